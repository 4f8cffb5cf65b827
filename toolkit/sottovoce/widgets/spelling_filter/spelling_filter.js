// Concepts to tick, each with its spellings behind a button.

function render({ model, el, signal }) {
  el.classList.add("sottovoce", "sottovoce-spellings");
  el.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab would take keys for itself
  const all = element("button", { type: "button", onclick: () => tick(everything()) }, "All count");
  const status = element("span", { class: "sv-faint", role: "status" });
  const body = element("div", { class: "sv-concepts" });
  el.append(body, element("div", { class: "sv-actions" }, all, status));
  let groups = [];

  function everything() {
    return model.get("concepts").map(({ words }) => words.map((_, place) => place));
  }

  function tick(ticked) {
    model.set("ticked", ticked);
    model.send({ kind: "tick", ticked });
    update();
  }

  function change(i, places) {
    tick(model.get("ticked").map((old, j) => (i === j ? places : old)));
  }

  function draw() {
    groups = model.get("concepts").map((concept, i) => makeConcept(concept, (places) => change(i, places)));
    body.replaceChildren(...groups.map((group) => group.node));
    update();
  }

  function update() {
    const ticked = model.get("ticked");
    groups.forEach((group, i) => group.update(ticked[i] ?? []));
    const counted = groups.filter((group) => group.counted).length;
    status.textContent = `${counted} of ${groups.length} concepts count. Percentages always do.`;
    all.disabled = groups.every((group) => group.full);
  }

  draw();
  observe(model, signal, { concepts: draw, ticked: update });
}

function makeConcept({ concept, words }, change) {
  const tickable = words.map((word, place) => (word.counts ? place : -1)).filter((place) => place >= 0);
  const lost = words.filter((word) => !word.counts);
  const list = element("ul", { id: `sv-${Math.random().toString(36).slice(2)}`, hidden: true });
  const whole = element("input", {
    type: "checkbox",
    onchange: () => change(whole.checked ? words.map((_, place) => place) : []),
  });
  const fold = element(
    "button",
    { type: "button", class: "sv-fold", "aria-expanded": "false", "aria-controls": list.id, onclick: () => toggle() },
  );
  const count = element("span", { class: "sv-count" });
  fold.append(count, element("span", { class: "sv-hidden" }, ` of the spellings of ${concept}`));
  const boxes = tickable.map((place) => {
    const { spelling, tokens } = words[place];
    const box = element("input", { type: "checkbox", "data-place": place, onchange: () => gather() });
    const shown = tokens.map((token) => element("span", { class: "sv-token" }, token));
    list.append(element("li", {}, element("label", {}, box, element("bdi", {}, spelling), ...shown)));
    return box;
  });
  if (lost.length) {
    const names = lost.map((word) => word.spelling).join(", ");
    list.append(element("li", { class: "sv-faint" }, `without a token of their own: ${names}`));
  }
  const node = element(
    "div",
    { class: "sv-concept", role: "group", "aria-label": concept },
    element("div", { class: "sv-head" }, element("label", {}, whole, element("bdi", {}, concept)), fold),
    list,
  );

  function toggle() {
    list.hidden = !list.hidden;
    fold.setAttribute("aria-expanded", String(!list.hidden));
  }

  // Spellings without a token go with the concept, which the kernel sees to.
  function gather() {
    change(boxes.filter((box) => box.checked).map((box) => Number(box.dataset.place)));
  }

  const group = {
    node,
    counted: false,
    full: false,
    update: (places) => {
      for (const box of boxes) box.checked = places.includes(Number(box.dataset.place));
      const n = boxes.filter((box) => box.checked).length;
      group.counted = n > 0;
      group.full = n === boxes.length;
      whole.checked = group.full;
      whole.indeterminate = n > 0 && !group.full;
      count.textContent = `${n} of ${boxes.length}`;
      node.classList.toggle("sv-off", n === 0);
    },
  };
  return group;
}

export default { render };
