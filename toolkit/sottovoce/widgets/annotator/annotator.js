// One clip after the other: hear it, choose, and the next one is there.

function render({ model, el, signal }) {
  el.classList.add("sottovoce", "sv-one-by-one", "sottovoce-annotator");
  el.setAttribute("data-lm-suppress-shortcuts", "true"); // letters, numbers and space are ours here
  el.tabIndex = -1;

  const player = makeClipPlayer(model, signal);
  const place = element("h2");
  const name = element("span", { class: "sv-name" });
  const bar = element("progress", { "aria-label": "Clips done" });
  const question = element("p", { class: "sv-question", id: `sv-question-${++asked}` });
  const choices = element("div", { class: "sv-choices", role: "group" });
  choices.setAttribute("aria-labelledby", question.id);
  const save = control("Save", "Enter", () => answer(picked));
  const skip = control("Skip", "S", () => answer([], true));
  const undo = control("Undo", "U", () => send({ kind: "undo" }));
  const last = element("span", { class: "sv-last" });
  const actions = element("div", { class: "sv-actions" }, save, skip, undo, last);
  const note = element("p", { class: "sv-note" });
  const reveal = element(
    "button",
    { type: "button", onclick: () => model.send({ kind: "agreement" }) },
    "Show the agreement",
  );
  const agreement = element("p", { class: "sv-agreement" });
  const live = element("div", { class: "sv-hidden", role: "status", "aria-live": "polite" });
  const after = element("footer", {}, note, reveal, agreement);
  el.replaceChildren(
    element("header", {}, place, bar, name),
    player.node,
    question,
    choices,
    actions,
    after,
    live,
  );

  let picked = [];
  let waiting = false; // for the kernel to save
  let answered = false; // a gesture was made, so that a clip may play by itself

  function control(label, key, act) {
    return element(
      "button",
      { type: "button", "aria-keyshortcuts": key, onclick: act },
      label,
      element("kbd", { "aria-hidden": "true" }, key),
    );
  }

  function draw() {
    const shown = model.get("shown");
    const { done, of, finished, several } = shown;
    picked = [];
    waiting = false;
    place.textContent = finished ? `All ${of} clips are done` : `Clip ${done + 1} of ${of}`;
    bar.max = Math.max(of, 1);
    bar.value = done;
    name.textContent = shown.name;
    player.load(model.get("audio"), shown.duration);
    question.textContent = several ? "What do you hear? One or several." : "What do you hear?";
    choices.replaceChildren(...shown.choices.map(choice));
    for (const node of [question, choices, skip]) node.hidden = finished;
    save.hidden = finished || !several;
    undo.disabled = shown.last === null;
    last.textContent = shown.last === null ? "" : `Last answer: ${shown.last}`;
    note.textContent = shown.unreadable;
    note.hidden = !shown.unreadable;
    reveal.hidden = finished || Boolean(shown.agreement);
    agreement.textContent = shown.agreement;
    agreement.hidden = !shown.agreement;
    live.textContent = [last.textContent, place.textContent].filter(Boolean).join(". ");
    mark();
    if (!finished && shown.autoplay && answered) player.play({ unasked: true });
  }

  function choice({ key, label }, index) {
    return element(
      "button",
      {
        type: "button",
        class: "sv-choice",
        "aria-keyshortcuts": key || null,
        onclick: () => choose(index),
      },
      element("kbd", { "aria-hidden": "true" }, key),
      element("span", {}, label),
    );
  }

  // What was not heard is not rated.
  function mark() {
    const { several, finished } = model.get("shown");
    const deaf = waiting || finished || player.heard().plays === 0;
    [...choices.children].forEach((button, index) => {
      button.disabled = deaf;
      if (several) button.setAttribute("aria-pressed", picked.includes(index));
    });
    save.disabled = deaf || !picked.length;
    skip.disabled = waiting || finished;
    undo.disabled = waiting || model.get("shown").last === null;
    choices.title = deaf && !waiting && !finished ? "Play the clip first" : "";
  }

  function choose(index) {
    const { several, choices: all } = model.get("shown");
    if (!several) return answer([index]);
    if (picked.includes(index)) picked = picked.filter((other) => other !== index);
    else if (all[index].alone) picked = [index];
    else picked = [...picked.filter((other) => !all[other].alone), index];
    mark();
  }

  function answer(chosen, skipped = false) {
    if (!skipped && (!chosen.length || player.heard().plays === 0)) return;
    send({ kind: "answer", chosen: [...chosen].sort((a, b) => a - b), ...player.heard() });
  }

  function send(message) {
    if (waiting) return;
    waiting = true;
    answered = true;
    player.stop();
    mark();
    model.send({ ...message, turn: model.get("shown").turn });
    el.focus({ preventScroll: true }); // the button that had it is gone with the clip
  }

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { choices: all, several, finished } = model.get("shown");
    const key = event.key.toLowerCase();
    const index = all.findIndex((one) => one.key && one.key === key);
    const button = { s: skip, u: undo, " ": player.button }[key] ?? choices.children[index];
    const at = event.target.closest("button");
    // Enter on a choice picks it, and once more saves; on any other button it is that button's.
    const saves = key === "enter" && several && !finished && (!at || isPicked(at) || at === save);
    if (!button && !saves) return;
    event.preventDefault();
    if (!event.repeat) (button ?? save).click();
  }

  function isPicked(button) {
    return button.getAttribute("aria-pressed") === "true";
  }

  el.addEventListener("keydown", press, { signal });
  player.onPlay(mark);
  // The traits of one message come one by one.
  let drawing = false;
  function later() {
    if (drawing) return;
    drawing = true;
    queueMicrotask(() => {
      drawing = false;
      if (!signal.aborted) draw();
    });
  }
  observe(model, signal, { shown: later, audio: later });
  draw();
}

let asked = 0;

export default { render };
