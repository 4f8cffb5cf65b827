// The answer, token by token: the surer the model was of a token, the stronger its colour.

const SURE = { light: [84, 39, 136], dark: [216, 190, 250] };

function exactly(p) {
  if (!Number.isFinite(p)) return "–";
  if (p < 0.0005) return p > 0 ? "<0.1 %" : "0 %";
  return `${(100 * p).toFixed(1)} %`;
}

function makeChips(model, choose) {
  const list = element("div", {
    class: "sv-chips",
    role: "listbox",
    "aria-label": "The answer, token by token",
    "aria-orientation": "horizontal",
  });
  const scale = element("span", { class: "sv-ramp", "aria-hidden": "true" });
  const node = element(
    "section",
    { class: "sv-answer" },
    list,
    element(
      "div",
      { class: "sv-note sv-ramp-key" },
      "how sure of each token: 0 ",
      scale,
      " 100 %",
    ),
  );
  let chips = [];

  function draw(palette) {
    chips = (model.get("answer").steps ?? []).map((step, i) => {
      const chip = element(
        "span",
        {
          class: "sv-chip",
          role: "option",
          "aria-label": `Step ${i + 1}: ${step.label}, ${exactly(step.p)}`,
          title: `step ${i + 1}: ${exactly(step.p)}`,
          onclick: () => choose(i, true),
        },
        step.label,
      );
      if (step.concept) chip.style.setProperty("--sv-own", palette.line(step.concept));
      chip.classList.toggle("sv-emotion", Boolean(step.concept));
      return chip;
    });
    list.replaceChildren(...chips);
  }

  function paint(paper) {
    const end = SURE[isDark(paper) ? "dark" : "light"];
    const fill = (p) => mix(paper, end, 0.06 + 0.84 * p);
    model.get("answer").steps.forEach((step, i) => {
      const color = fill(step.p);
      chips[i].style.background = css(color);
      chips[i].style.color = css(inkOn(color));
    });
    const stops = [0, 0.25, 0.5, 0.75, 1].map((p) => css(fill(p)));
    scale.style.background = `linear-gradient(to right, ${stops.join(", ")})`;
  }

  function mark(step, focus) {
    chips.forEach((chip, i) => {
      chip.setAttribute("aria-selected", i === step);
      chip.setAttribute("tabindex", i === step ? 0 : -1);
    });
    if (focus || list.contains(document.activeElement)) chips[step]?.focus();
  }

  return { node, draw, paint, mark };
}
