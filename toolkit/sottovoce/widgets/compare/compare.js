const SIDES = ["left", "right"];
const SIDE_NAMES = { left: "Left", right: "Right" };
const PART_NAMES = {
  run: "Run",
  utterance: "Recording",
  prompt: "Prompt",
  readout: "Read-out",
  steps: "Steps",
};
const ROW = 32;
const BAR = 16;
const HEAD = 46;
const FOOT = 26;
const NAMES = 104;
const NARROW = 620;
const LETTER = 7;
const BOLD = 8;

function points(difference) {
  if (!Number.isFinite(difference)) return "–";
  const value = 100 * difference;
  const digits = Math.abs(value) < 0.95 ? 1 : 0;
  const told = Math.abs(value).toFixed(digits);
  if (Number(told) === 0) return "0";
  return `${value < 0 ? "−" : "+"}${told}`;
}

function bits(value) {
  return Number.isFinite(value) ? value.toFixed(3) : "–";
}

function render({ model, el, signal }) {
  el.classList.add("sottovoce", "sottovoce-compare");
  const choose = (side, part, value) => model.send({ kind: "choose", side, part, value });
  const keep = (part, value) => model.send({ kind: "same", part, value });
  const controls = new Controls(model.get("choices"), choose, keep);
  const plot = element("div", { class: "sv-plot" });
  const told = element("div", { class: "sv-told", role: "status" });
  const answers = element("div", { class: "sv-answers" });
  const table = element("div", { class: "sv-scroll" });
  const numbers = element("details", {}, element("summary", {}, "Numbers"), table);
  el.append(controls.node, plot, told, answers, numbers);
  const fit = followPaper(el, signal, () => (model.get("shown").emotions ?? []).map(({ color }) => color));
  const draw = () => {
    const shown = model.get("shown");
    if (!shown.emotions) return;
    fit();
    controls.update(shown);
    plot.replaceChildren(drawing(shown, Math.max(plot.clientWidth, 360)));
    told.replaceChildren(...divergences(shown));
    answers.replaceChildren(...SIDES.map((side) => answer(shown[side], side)));
    table.replaceChildren(numbersTable(shown));
  };
  draw();
  observe(model, signal, {
    shown: draw,
    choices: () => {
      controls.fill(model.get("choices"));
      draw();
    },
  });
  observeWidth(plot, signal, draw);
}

// A row a part: left, whether it is the same on both sides, right.
class Controls {
  constructor(choices, choose, keep) {
    this.choose = choose;
    this.keep = keep;
    this.node = element("div", { class: "sv-choices", role: "group", "aria-label": "What to compare" });
    this.fill(choices);
  }

  fill(choices) {
    this.choices = choices;
    this.parts = {};
    const rows = Object.keys(PART_NAMES)
      .filter((part) => part !== "run" || choices.runs.length > 1)
      .map((part) => {
        const name = PART_NAMES[part];
        const [left, right] = SIDES.map((side) =>
          element("select", {
            "aria-label": `${SIDE_NAMES[side]} ${name.toLowerCase()}`,
            onchange: (event) => this.choose(side, part, this.value(event.target, part)),
          }),
        );
        const same = element("input", {
          type: "checkbox",
          "aria-label": `Same ${name.toLowerCase()} on both sides`,
          onchange: (event) => this.keep(part, event.target.checked),
        });
        this.parts[part] = { left, right, same };
        const label = element("label", { title: "the same on both sides" }, same, `same ${name.toLowerCase()}`);
        return [left, label, right];
      });
    this.node.replaceChildren(...rows.flat());
  }

  value(select, part) {
    const option = select.selectedOptions[0];
    return part === "steps" && option.dataset.steps ? JSON.parse(option.dataset.steps) : option.value;
  }

  update(shown) {
    for (const [part, { left, right, same }] of Object.entries(this.parts)) {
      same.checked = shown.same.includes(part);
      for (const [side, select] of [["left", left], ["right", right]]) {
        const parts = shown[side].parts;
        this.options(select, part, parts);
        if (part === "steps") {
          const readout = this.choices.readouts.find(({ name }) => name === parts.readout);
          select.disabled = !readout.stepped;
        }
      }
    }
  }

  options(select, part, parts) {
    const listed = Array.isArray(parts[part]);
    const value = listed ? parts[part].join(", ") : parts[part];
    const names = this.names(part, parts);
    if (listed) names.push(value);
    if (select.names?.length !== names.length || names.some((name, i) => select.names[i] !== name)) {
      select.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
      select.names = names;
      if (listed) select.lastChild.dataset.steps = JSON.stringify(parts[part]);
    }
    select.value = value;
    select.title = value;
  }

  names(part, parts) {
    if (part === "run") return this.choices.runs.map(({ name }) => name);
    if (part === "readout") return this.choices.readouts.map(({ name }) => name);
    if (part === "steps") return [...this.choices.steps];
    return this.choices.runs.find(({ name }) => name === parts.run)[part];
  }
}

function drawing(shown, width) {
  const narrow = width < NARROW;
  const block = HEAD + ROW * shown.emotions.length + FOOT;
  const half = narrow ? (width - NAMES) / 2 : (0.7 * width - NAMES) / 2;
  const middle = half + NAMES / 2;
  const differences = narrow
    ? { x: NAMES, y: block, width: width - NAMES - 8, named: true }
    : { x: 2 * half + NAMES + 34, y: 0, width: width - 2 * half - NAMES - 42, named: false };
  const height = narrow ? 2 * block : block;
  return svg(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      role: "img",
      "aria-label": description(shown),
    },
    mirrored(shown, middle, half),
    lollipops(shown, differences),
  );
}

function description(shown) {
  const said = (side) => {
    const listed = shown.emotions.map((emotion) => `${emotion.name} ${percent(emotion[side] ?? NaN)}`);
    return `${SIDE_NAMES[side]}, ${shown[side].title}: ${shown[side].message || listed.join(", ")}.`;
  };
  const differing = shown.emotions.map(({ name, difference }) => `${name} ${points(difference ?? NaN)}`);
  return `${SIDES.map(said).join(" ")} Right less left, in points: ${differing.join(", ")}.`;
}

// The shares of the left side grow to the left, those of the right side to the right.
function mirrored(shown, middle, half) {
  const listeners = SIDES.flatMap((side) => shown[side].listeners ?? []);
  const shares = shown.emotions.flatMap(({ left, right }) => [left, right]);
  const most = Math.max(0.1, Math.ceil(10 * Math.max(...shares, ...listeners)) / 10);
  const room = half - 44;
  const bottom = HEAD + ROW * shown.emotions.length;
  const parts = [];
  for (const side of SIDES) {
    const sign = side === "left" ? -1 : 1;
    const axis = middle + (sign * NAMES) / 2;
    const at = (share) => axis + (sign * room * share) / most;
    const anchor = side === "left" ? "end" : "start";
    const title = `${SIDE_NAMES[side]}: ${shown[side].title}`;
    parts.push(
      svg(
        "text",
        { x: axis, y: 16, "text-anchor": anchor, class: "sv-title" },
        shortened(title, Math.floor(half / BOLD)),
        svg("title", {}, title),
      ),
    );
    for (const share of [0, most / 2, most]) {
      parts.push(
        svg("line", { x1: at(share), x2: at(share), y1: HEAD - 8, y2: bottom, class: share ? "sv-grid" : "sv-axis" }),
        svg("text", { x: at(share), y: bottom + 16, "text-anchor": "middle", class: "sv-tick" }, percent(share)),
      );
    }
    if (shown[side].message) {
      parts.push(
        svg("text", { x: at(most / 2), y: HEAD + (bottom - HEAD) / 2, "text-anchor": "middle", class: "sv-missing" }, "nothing to show"),
      );
    }
    shown.emotions.forEach((emotion, i) => {
      const y = HEAD + ROW * (i + 0.5);
      const share = emotion[side];
      if (share === null) return;
      const end = at(share);
      const heard = shown[side].listeners?.[i] ?? null;
      parts.push(
        svg("rect", {
          x: Math.min(axis, end),
          y: y - BAR / 2,
          width: Math.abs(end - axis),
          height: BAR,
          style: `fill: ${tone(emotion.color)}`,
        }),
      );
      if (heard !== null) parts.push(mark(at(heard), y));
      // The number stands behind whatever reaches further.
      const behind = at(heard !== null && Math.abs(heard - share) < 0.12 * most ? Math.max(heard, share) : share);
      const clear = heard !== null && Math.abs(heard - share) < 0.12 * most ? 10 : 5;
      parts.push(svg("text", { x: behind + sign * clear, y: y + 4, "text-anchor": anchor, class: "sv-value" }, percent(share)));
    });
  }
  shown.emotions.forEach((emotion, i) => {
    parts.push(name(emotion, middle, HEAD + ROW * (i + 0.5) + 4, "middle", NAMES));
  });
  if (shown.reference) {
    parts.push(mark(middle - 36, HEAD - 14), svg("text", { x: middle - 26, y: HEAD - 10, class: "sv-tick" }, "listeners"));
  }
  return svg("g", {}, parts);
}

function mark(x, y) {
  return svg("path", { d: `M${x} ${y - 6}l5 6l-5 6l-5 -6z`, class: "sv-listeners" });
}

function name(emotion, x, y, anchor, width) {
  const shown = shortened(emotion.name, Math.floor(width / LETTER) - 1);
  return svg("text", { x, y, "text-anchor": anchor, class: "sv-name" }, shown, svg("title", {}, emotion.name));
}

function lollipops(shown, { x, y, width, named }) {
  const most = Math.max(0.05, ...shown.emotions.map(({ difference }) => Math.abs(difference ?? 0)));
  const zero = x + width / 2;
  const at = (difference) => zero + ((width / 2 - 36) * difference) / most;
  const bottom = y + HEAD + ROW * shown.emotions.length;
  const parts = [
    svg("text", { x: zero, y: y + 16, "text-anchor": "middle", class: "sv-title" }, "Right less left, points"),
    svg("text", { x: zero - 8, y: y + HEAD - 12, "text-anchor": "end", class: "sv-tick" }, "◂ more on the left"),
    svg("text", { x: zero + 8, y: y + HEAD - 12, class: "sv-tick" }, "more on the right ▸"),
    svg("line", { x1: zero, x2: zero, y1: y + HEAD - 8, y2: bottom, class: "sv-axis" }),
  ];
  shown.emotions.forEach((emotion, i) => {
    const row = y + HEAD + ROW * (i + 0.5);
    const color = tone(emotion.color);
    if (named) parts.push(name(emotion, x - 10, row + 4, "end", NAMES));
    if (emotion.difference === null) {
      parts.push(svg("text", { x: zero + 8, y: row + 4, class: "sv-value" }, "–"));
      return;
    }
    const end = at(emotion.difference);
    const left = emotion.difference < 0;
    parts.push(
      svg("line", { x1: zero, x2: end, y1: row, y2: row, style: `stroke: ${color}`, class: "sv-stem" }),
      svg("circle", { cx: end, cy: row, r: 5, style: `fill: ${color}` }),
      svg(
        "text",
        { x: end + (left ? -9 : 9), y: row + 4, "text-anchor": left ? "end" : "start", class: "sv-value" },
        points(emotion.difference),
      ),
    );
  });
  return svg("g", {}, parts);
}

function divergences(shown) {
  const told = [
    element("strong", {}, `Jensen–Shannon divergence ${bits(shown.js ?? NaN)} bits`),
    element("span", { class: "sv-faint" }, "0: the same, 1: nothing in common"),
  ];
  if (shown.reference) {
    const [left, right] = SIDES.map((side) => bits(shown[side].js_listeners ?? NaN));
    told.push(element("span", {}, `from the listeners: left ${left}, right ${right}`));
  }
  if (shown.note) told.push(element("span", { class: "sv-warning" }, shown.note));
  return told;
}

function answer(side, name) {
  const said = side.message
    ? element("p", { class: "sv-warning" }, side.message)
    : element("p", {}, element("q", {}, side.answer || " "));
  return element("section", { "aria-label": `${SIDE_NAMES[name]} answer` }, element("h4", {}, `${SIDE_NAMES[name]}: ${side.title}`), said);
}

function numbersTable(shown) {
  const exact = (share) => (share === null || share === undefined ? "–" : `${(100 * share).toFixed(1)} %`);
  const heads = ["", "left", "right", "difference"];
  if (shown.reference) heads.push("listeners, left", "listeners, right");
  const rows = shown.emotions.map((emotion, i) => {
    const cells = [exact(emotion.left), exact(emotion.right)];
    const { difference } = emotion;
    cells.push(difference === null ? "–" : `${difference < 0 ? "−" : "+"}${Math.abs(100 * difference).toFixed(1)}`);
    if (shown.reference) cells.push(...SIDES.map((side) => exact(shown[side].listeners[i])));
    return element("tr", {}, element("th", { scope: "row" }, emotion.name), cells.map((cell) => element("td", {}, cell)));
  });
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, rows),
  );
}

export default { render };
