// Two handles that choose a range of steps, by mouse, finger or keyboard.

function makeStepRange(model) {
  const track = svg("line", { class: "sv-track", y1: 11, y2: 11 });
  const band = svg("line", { class: "sv-band", y1: 11, y2: 11 });
  const name = svg("text", { class: "sv-tick", x: 48, y: 15, "text-anchor": "end" }, "range");
  const ends = ["First step of the range", "Last step of the range"].map((label, end) =>
    svg(
      "g",
      { class: "sv-handle", role: "slider", tabindex: 0, "aria-label": label, "data-end": end },
      svg("rect", { x: -13, y: 0, width: 26, height: 22, fill: "transparent" }),
      svg("rect", { class: "sv-grip", x: -4, y: 2, width: 8, height: 18, rx: 3 }),
    ),
  );
  const drawing = svg(
    "svg",
    { class: "sv-range", height: 22, role: "group", "aria-label": "Range of steps" },
    name,
    track,
    band,
    ...ends,
  );
  let place = { left: 0, slot: 1, steps: 1 };

  function move(end, step) {
    const range = [...model.get("step_range")];
    const clipped = Math.min(Math.max(step, 0), place.steps - 1);
    range[end] = end ? Math.max(clipped, range[0]) : Math.min(clipped, range[1]);
    if (range[end] === model.get("step_range")[end]) return;
    model.set("step_range", range);
    model.save_changes();
  }

  function draw(geometry, width) {
    place = geometry;
    drawing.setAttribute("width", width);
    const { left, slot, steps } = place;
    if (!steps) return;
    const range = model.get("step_range");
    const at = [left + range[0] * slot, left + (range[1] + 1) * slot];
    track.setAttribute("x1", left);
    track.setAttribute("x2", left + steps * slot);
    band.setAttribute("x1", at[0]);
    band.setAttribute("x2", at[1]);
    name.textContent = range[0] === range[1] ? `${range[0] + 1}` : `${range[0] + 1}–${range[1] + 1}`;
    ends.forEach((handle, end) => {
      handle.setAttribute("transform", `translate(${at[end]} 0)`);
      handle.setAttribute("aria-valuemin", end ? range[0] + 1 : 1);
      handle.setAttribute("aria-valuemax", end ? steps : range[1] + 1);
      handle.setAttribute("aria-valuenow", range[end] + 1);
      const label = model.get("answer").steps[range[end]]?.label ?? "";
      handle.setAttribute("aria-valuetext", `step ${range[end] + 1}: ${label}`);
    });
  }

  ends.forEach((handle, end) => {
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.focus();
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", (event) => {
      if (!handle.hasPointerCapture(event.pointerId)) return;
      const along = event.clientX - drawing.getBoundingClientRect().left - place.left;
      move(end, Math.round(along / place.slot) - end);
    });
    handle.addEventListener("keydown", (event) => {
      const now = model.get("step_range")[end];
      const targets = {
        ArrowLeft: now - 1,
        ArrowDown: now - 1,
        ArrowRight: now + 1,
        ArrowUp: now + 1,
        PageDown: now - 5,
        PageUp: now + 5,
        Home: 0,
        End: place.steps - 1,
      };
      if (!(event.key in targets)) return;
      event.preventDefault();
      move(end, targets[event.key]);
    });
  });
  return { node: drawing, draw };
}
