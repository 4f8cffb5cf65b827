// The probability of each emotion at every step, on a log scale.

const HEIGHT = 190; // of the drawing field, in pixels
const LEFT = 54;
const TOP = 16;
const LETTER = 6.7; // about the width of one at the size of the tokens below

function makeCurves(model, choose) {
  const drawing = svg("svg", { role: "img", class: "sv-curves-drawing" });
  const key = element("ul", { class: "sv-key" });
  const keyTitle = element("div", { class: "sv-note" });
  const side = element("div", { class: "sv-key-side" }, keyTitle, key);
  const field = element("div", { class: "sv-curves-field" }, drawing);
  const note = element("p", { class: "sv-note" });
  const title = element("h3", {}, "Probability of each emotion over the steps");
  const node = element("section", { class: "sv-curves" }, title, note, field, side);
  let slot = 0;
  let parts = {};

  const x = (step) => LEFT + (step + 0.5) * slot;
  const geometry = () => ({ left: LEFT, slot, steps: model.get("answer").steps?.length ?? 0 });

  function draw(palette) {
    const { steps, trajectories, note: reason } = model.get("answer");
    drawing.replaceChildren();
    key.replaceChildren();
    parts = {};
    note.textContent = reason ?? "";
    field.hidden = side.hidden = !trajectories;
    if (!trajectories || !field.clientWidth) return;
    const width = field.clientWidth;
    const floor = -trajectories.decades * Math.LN10;
    const y = (log) => TOP + 8 + ((HEIGHT - 14) * log) / floor;
    slot = (width - LEFT - 2) / steps.length;
    parts = {
      used: svg("g", { class: "sv-used" }),
      outside: svg("g", { class: "sv-outside" }),
      cursor: svg("line", { class: "sv-cursor", y1: TOP, y2: TOP + HEIGHT + 4 }),
      ticks: labels(steps, palette),
    };
    const height = TOP + HEIGHT + parts.ticks.depth;
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) {
      drawing.setAttribute(name, value);
    }
    drawing.append(parts.used, ...scale(trajectories.decades, y, width));
    for (const emotion of trajectories.emotions) drawing.append(line(emotion, y, floor, palette));
    for (const marker of markers(trajectories, y, floor, palette, steps)) drawing.append(marker);
    drawing.append(parts.outside, ...answerMark(trajectories.answer_step), parts.cursor);
    drawing.append(...parts.ticks.nodes);
    drawing.setAttribute("aria-label", describe(trajectories, steps));
    const at = Math.max(trajectories.answer_step, 0);
    parts.order = [...trajectories.emotions].sort((a, b) => b.p[at] - a.p[at]);
    key.replaceChildren(...parts.order.map((emotion) => keyEntry(emotion, palette)));
  }

  function describe(trajectories, steps) {
    const at = Math.max(trajectories.answer_step, 0);
    const told = [...trajectories.emotions]
      .sort((a, b) => b.p[at] - a.p[at])
      .slice(0, 3)
      .map((emotion) => `${emotion.name} ${exactly(emotion.p[at])}`);
    return (
      `Line chart: probability, on a log scale, of ${trajectories.emotions.length} emotions ` +
      `over ${steps.length} steps. At step ${at + 1}, where the answer names its emotion: ` +
      `${told.join(", ")}.`
    );
  }

  function scale(decades, y, width) {
    const every = Math.ceil(decades / 6);
    const nodes = [];
    for (let k = 0; k <= decades; k += every) {
      const least = k + every > decades;
      const at = y(-k * Math.LN10);
      const value = `${least ? "<" : ""}${(100 * 10 ** -k).toFixed(Math.max(k - 2, 0))} %`;
      nodes.push(
        svg("line", { class: "sv-grid", x1: LEFT, x2: width, y1: at, y2: at }),
        svg("text", { class: "sv-tick", x: LEFT - 6, y: at + 4, "text-anchor": "end" }, value),
      );
    }
    return nodes;
  }

  // Stretches along the floor say nothing and are left out.
  function line(emotion, y, floor, palette) {
    let path = "";
    emotion.log_p.forEach((log, step) => {
      const next = emotion.log_p[step + 1];
      if (next === undefined || (log <= floor && next <= floor)) return;
      path += `M${x(step)} ${y(log)}L${x(step + 1)} ${y(next)}`;
    });
    const node = svg("path", { class: "sv-line", d: path });
    node.style.stroke = palette.line(emotion.name);
    return node;
  }

  function markers(trajectories, y, floor, palette, steps) {
    const nodes = [];
    steps.forEach((step, at) => {
      const drawn = trajectories.emotions
        .filter((emotion) => emotion.log_p[at] > floor)
        .sort((a, b) => b.p[at] - a.p[at]);
      const taken = [];
      for (const emotion of drawn) {
        const height = y(emotion.log_p[at]);
        const near = taken.filter((other) => Math.abs(other.height - height) < 7).length;
        const aside = Math.ceil(near / 2) * (near % 2 ? 1 : -1) * Math.min(7, slot / 4);
        taken.push({ height });
        const place = { cx: x(at) + aside, cy: height };
        const radius = 2.6 + 2.6 * Math.sqrt(emotion.p[at]);
        if (step.concept === emotion.name) {
          nodes.push(svg("circle", { ...place, class: "sv-ring", r: radius + 2.6 }));
        }
        const told = `${emotion.name} ${exactly(emotion.p[at])} at step ${at + 1}`;
        const dot = svg("circle", { ...place, class: "sv-dot", r: radius }, svg("title", {}, told));
        dot.style.fill = palette.line(emotion.name);
        nodes.push(dot);
      }
    });
    return nodes;
  }

  function answerMark(step) {
    if (step < 0) return [];
    const anchor = x(step) < LEFT + 40 ? "start" : "middle";
    const at = anchor === "start" ? LEFT : x(step);
    return [
      svg("text", { class: "sv-tick", x: at, y: TOP - 5, "text-anchor": anchor }, "answer step"),
      svg("path", { class: "sv-arrow", d: `M${x(step) - 3} ${TOP - 2}h6l-3 4z` }),
    ];
  }

  // Tokens under the steps: flat, upright where they are wider than their step, or, where there is
  // no room for either, every few numbers.
  function labels(steps, palette) {
    const numbers = slot < 12;
    const every = Math.ceil(26 / slot);
    let deepest = 1;
    const nodes = steps.flatMap((step, at) => {
      if (numbers && at % every && at !== steps.length - 1) return [];
      const signs = [...step.label];
      const upright = !numbers && (signs.length + 0.6) * LETTER > slot;
      const shown = numbers ? `${at + 1}` : signs.length > 9 ? `${signs.slice(0, 8).join("")}…` : step.label;
      if (upright) deepest = Math.max(deepest, Math.min(signs.length, 9));
      const place = `translate(${x(at) + (upright ? 4 : 0)} ${TOP + HEIGHT + (upright ? 7 : 15)})`;
      const node = svg(
        "text",
        {
          class: "sv-tick sv-token",
          "text-anchor": upright ? "end" : "middle",
          transform: `${place}${upright ? "rotate(-90)" : ""}`,
          "data-step": at,
        },
        shown,
      );
      if (step.concept) node.style.fill = palette.text(step.concept);
      return [node];
    });
    return { nodes, depth: Math.max(20, deepest > 1 ? 10 + deepest * LETTER : 0) };
  }

  function keyEntry(emotion, palette) {
    const swatch = element("span", { class: "sv-swatch" });
    swatch.style.background = palette.line(emotion.name);
    return element(
      "li",
      {},
      swatch,
      element("span", { class: "sv-name", title: emotion.name }, emotion.name),
      element("span", { class: "sv-percent" }),
    );
  }

  function mark(step) {
    if (!parts.cursor) return;
    parts.cursor.setAttribute("x1", x(step));
    parts.cursor.setAttribute("x2", x(step));
    for (const tick of parts.ticks.nodes) {
      tick.classList.toggle("sv-here", Number(tick.dataset.step) === step);
    }
    keyTitle.textContent = `at step ${step + 1}`;
    parts.order.forEach((emotion, i) => {
      key.children[i].lastChild.textContent = exactly(emotion.p[step]);
    });
  }

  function shade(range, used) {
    if (!parts.cursor) return;
    const box = (from, to, kind) =>
      svg("rect", { class: kind, x: x(from) - slot / 2, y: TOP, height: HEIGHT, width: (to - from) * slot });
    const [first, last] = range;
    const n = geometry().steps;
    parts.used.replaceChildren(
      ...used.flatMap((is, step) => (is ? [box(step, step + 1, "sv-used-step")] : [])),
    );
    parts.outside.replaceChildren(box(0, first, "sv-veil"), box(last + 1, n, "sv-veil"));
    const count = used.filter(Boolean).length;
    note.textContent = !used.length
      ? model.get("answer").note
      : `shaded: the ${count === 1 ? "step" : `${count} steps`} that the read-out uses` +
        (count ? "" : " (none)");
  }

  drawing.addEventListener("click", (event) => {
    const at = Math.floor((event.clientX - drawing.getBoundingClientRect().left - LEFT) / slot);
    choose(Math.min(Math.max(at, 0), geometry().steps - 1), false);
  });
  return { node, field, draw, mark, shade, geometry };
}
