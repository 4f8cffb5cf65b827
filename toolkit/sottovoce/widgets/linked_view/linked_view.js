// One answer, seen whole: every part tells of the chosen step, and all listen to the same keys.

function render({ model, el, signal }) {
  el.classList.add("sottovoce", "sottovoce-linked");
  el.setAttribute("data-lm-suppress-shortcuts", "true"); // arrows and space are ours here
  const colors = new Map();
  const palette = {
    line: (name) => (colors.has(name) ? tone(colors.get(name)) : "var(--sv-faint)"),
    text: (name) => (colors.has(name) ? toneOfLetters(colors.get(name)) : "var(--sv-ink)"),
  };

  const player = makePlayer(model, signal);
  const chips = makeChips(model, choose);
  const alternatives = makeAlternatives(model);
  const curves = makeCurves(model, choose);
  const range = makeStepRange(model);
  const bars = makeBars(model);
  curves.field.append(range.node);
  const title = element("h2");
  const message = element("p", { class: "sottovoce-error", role: "alert" });
  const live = element("div", { class: "sv-hidden", role: "status", "aria-live": "polite" });
  const python = element("pre", { tabindex: 0 });
  const code = element("details", { class: "sv-code" }, element("summary", {}, "Show code"), python);
  const told = [chips.node, element("div", { class: "sv-columns" }, curves.node, alternatives.node)];
  el.replaceChildren(
    element("header", {}, title),
    message,
    player.node,
    ...told,
    bars.node,
    code,
    live,
  );

  function choose(step, focus) {
    model.set("step", step);
    model.save_changes();
    chips.mark(step, focus);
  }

  function color() {
    const { trajectories, steps = [] } = model.get("answer");
    const known = [...(trajectories?.emotions ?? []), ...(model.get("bars").emotions ?? [])];
    for (const { name, color } of known) colors.set(name, color);
    const paper = fitColors(el, colors.values());
    el.classList.toggle("sv-dark", isDark(paper));
    return steps.length ? paper : null;
  }

  const draw = {
    answer() {
      const { utterance, prompt, status, message: why, steps = [] } = model.get("answer");
      colors.clear();
      const paper = color();
      title.replaceChildren(
        element("span", { class: "sv-utterance" }, utterance ?? "Nothing is shown yet"),
        ...(prompt ? [element("span", { class: "sv-note" }, prompt)] : []),
      );
      message.textContent = status === "error" ? why : "";
      message.hidden = status !== "error";
      for (const node of told) node.hidden = !steps.length;
      chips.draw(palette);
      if (paper) chips.paint(paper);
      draw.curves();
      draw.bars();
      draw.step();
    },
    curves() {
      curves.draw(palette);
      curves.mark(model.get("step"));
      draw.range();
    },
    range() {
      curves.shade(model.get("step_range"), model.get("used_steps"));
      range.draw(curves.geometry(), curves.field.clientWidth);
    },
    bars() {
      color();
      const failed = model.get("answer").status !== "ok";
      bars.draw(palette);
      bars.node.hidden ||= failed;
      python.textContent = model.get("python");
      code.hidden = !model.get("python");
    },
    step() {
      const step = model.get("step");
      const { steps } = model.get("answer");
      chips.mark(step, false);
      curves.mark(step);
      alternatives.draw(palette);
      const one = steps?.[step];
      live.textContent = one
        ? `Step ${step + 1} of ${steps.length}: ${one.label}, ${exactly(one.p)}`
        : "";
    },
  };

  // A message of the kernel changes several traits: what belongs together is drawn once.
  let waiting = new Set();
  function later(part) {
    if (!waiting.size) queueMicrotask(flush);
    waiting.add(part);
  }
  function flush() {
    const parts = waiting;
    waiting = new Set();
    if (signal.aborted) return;
    if (parts.delete("sound")) player.load();
    if (parts.has("answer")) return draw.answer();
    for (const part of parts) draw[part]();
  }

  observe(model, signal, {
    answer: () => later("answer"),
    sound: () => later("sound"),
    audio: () => later("sound"),
    bars: () => later("bars"),
    python: () => later("bars"),
    used_steps: () => later("range"),
    step_range: () => later("range"),
    step: () => later("step"),
  });

  el.addEventListener(
    "keydown",
    (event) => {
      const { steps = [] } = model.get("answer");
      const now = model.get("step");
      const last = steps.length - 1;
      const targets = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last };
      const own = event.target.closest("[role=slider], button, summary");
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === " " && !event.target.closest("button, summary")) player.toggle();
      else if (event.key in targets && steps.length && !own?.matches("[role=slider]")) {
        choose(Math.min(Math.max(targets[event.key], 0), last), false);
      } else return;
      event.preventDefault();
    },
    { signal },
  );

  function paint() {
    const paper = color();
    if (paper) chips.paint(paper);
  }

  let width = 0;
  const sizes = new ResizeObserver(() => {
    paint(); // before it is in the page, a view has no paper
    if (curves.field.clientWidth === width) return;
    width = curves.field.clientWidth;
    draw.curves();
  });
  sizes.observe(el);
  signal.addEventListener("abort", () => sizes.disconnect());
  watchTheme(signal, paint);
  player.load();
  draw.answer();
}

export default { render };
