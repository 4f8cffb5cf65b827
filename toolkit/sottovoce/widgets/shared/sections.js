// A heading that folds the part below it, which the kernel hides and shows.

function render({ model, el, signal }) {
  el.classList.add("sottovoce", "sottovoce-section");
  const title = element("bdi", {});
  const button = element(
    "button",
    { type: "button", class: "sv-heading", onclick: toggle },
    element("span", { class: "sv-triangle", "aria-hidden": "true" }, "▸"),
    title,
  );
  el.append(element("div", { role: "heading", "aria-level": 3 }, button));

  function toggle() {
    model.set("expanded", !model.get("expanded"));
    model.save_changes();
  }

  function draw() {
    title.textContent = model.get("title");
    button.setAttribute("aria-expanded", String(model.get("expanded")));
  }

  draw();
  observe(model, signal, { title: draw, expanded: draw });
}

export default { render };
