// What else the model could have said at a step, and how likely that was.

function makeAlternatives(model) {
  const title = element("h3");
  const table = element("div", { class: "sv-alternatives", role: "list" });
  const note = element("p", { class: "sv-note" });
  const node = element("section", { class: "sv-step" }, title, table, note);

  function row(label, p, kind, color, told = "") {
    const bar = element("span", { class: "sv-bar" }, element("span"));
    bar.firstChild.style.width = `${100 * p}%`;
    if (color) bar.firstChild.style.background = color;
    return element(
      "div",
      { class: `sv-alternative ${kind}`, role: "listitem", "aria-label": `${label}, ${exactly(p)}${told}` },
      element("span", { class: "sv-token", title: label }, label),
      bar,
      element("span", { class: "sv-percent" }, exactly(p)),
    );
  }

  function draw(palette) {
    const { steps, n_followed: followed } = model.get("answer");
    const at = model.get("step");
    const step = steps?.[at];
    if (!step) return;
    title.replaceChildren(
      `At step ${at + 1} of ${steps.length}: `,
      element("span", { class: "sv-token" }, step.label),
      element("span", { class: "sv-note" }, ` entropy ${step.entropy.toFixed(2)} nat`),
    );
    const rows = step.alternatives.map((one) =>
      row(
        one.label,
        one.p,
        one.emitted ? "sv-emitted" : "",
        one.concept ? palette.line(one.concept) : null,
        one.emitted ? ", emitted" : "",
      ),
    );
    if (step.n_rest) {
      rows.push(row(`${step.n_rest} others kept`, step.rest, "sv-rest", null));
    }
    rows.push(row("everything else", step.beyond, "sv-rest", null));
    table.replaceChildren(...rows);
    note.textContent =
      `▸ emitted. The run keeps ${followed} tokens of the vocabulary; ` +
      "what is left of 100 % is everything else.";
  }

  return { node, draw };
}
