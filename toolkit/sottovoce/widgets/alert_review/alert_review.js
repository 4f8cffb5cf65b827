// One alert after the other: hear it, see why it was raised, and say whether it was right.

const VERDICTS = { confirmed: "You confirmed it", overruled: "You overruled it" };

function render({ model, el, signal }) {
  el.classList.add("sottovoce", "sv-one-by-one", "sottovoce-alert-review");
  el.setAttribute("data-lm-suppress-shortcuts", "true"); // letters and space are ours here
  el.tabIndex = -1;

  const player = makeClipPlayer(model, signal);
  const place = element("h2");
  const bar = element("progress", { "aria-label": "Alerts reviewed by you" });
  const who = element("span", { class: "sv-faint" });
  const rule = element("p", { class: "sv-rule" });
  const where = element("p", { class: "sv-where" });
  const how = element("p", { class: "sv-faint" });
  const silent = element("p", { class: "sv-silent" });
  const shares = element("table", { class: "sv-shares", "aria-label": "Shares in its last window" });
  const values = element("p", { class: "sv-faint" });
  const about = element("div", {}, rule, where, how, silent, shares, values);
  const note = element("textarea", { rows: 2, id: `sv-note-${++reviews}`, "aria-keyshortcuts": "N" });
  const label = element("label", { for: note.id }, "Note, why", key("N"));
  const own = element("p", { class: "sv-own" });
  const others = element("ul", { class: "sv-others", "aria-label": "What others said" });
  const confirm = control("Confirm", "C", () => judge("confirmed"));
  const overrule = control("Overrule", "O", () => judge("overruled"));
  const before = control("Previous", "←", () => send({ kind: "go", step: -1 }), "ArrowLeft");
  const after = control("Next", "→", () => send({ kind: "go", step: 1 }), "ArrowRight");
  const refresh = control("Look for new alerts", "R", () => send({ kind: "refresh" }));
  const verdicts = element("div", { class: "sv-actions" }, confirm, overrule, before, after);
  const precision = element("ul", { class: "sv-precision", "aria-label": "Precision as reviewed" });
  const live = element("div", { class: "sv-hidden", role: "status", "aria-live": "polite" });
  const done = element("p", { class: "sv-done" });
  el.replaceChildren(
    element("header", {}, place, bar, who),
    about,
    player.node,
    element("div", { class: "sv-write" }, label, note),
    own,
    others,
    verdicts,
    element("footer", {}, done, precision, refresh),
    live,
  );

  let waiting = false; // for the kernel to save
  let answered = false; // a gesture was made, so that a sound may play by itself
  let written = null; // what the note belongs to
  const fit = followPaper(el, signal, () =>
    (model.get("shown").alert?.shares ?? []).map((one) => one.color),
  );

  function key(name) {
    return element("kbd", { "aria-hidden": "true" }, name);
  }

  function control(text, name, act, shortcut = name) {
    const asked = { type: "button", "aria-keyshortcuts": shortcut, onclick: act };
    return element("button", asked, text, key(name));
  }

  function draw() {
    const shown = model.get("shown");
    const { alert, of, judged } = shown;
    waiting = false;
    place.textContent = alert ? `Alert ${shown.place + 1} of ${of}` : "No alerts so far";
    bar.max = Math.max(of, 1);
    bar.value = judged;
    who.textContent = `${judged} reviewed by ${shown.reviewer}`;
    player.load(model.get("audio"), shown.duration);
    about.hidden = verdicts.hidden = !alert;
    label.hidden = note.hidden = !alert;
    if (alert) tell(alert);
    silent.textContent = shown.silent;
    silent.hidden = !shown.silent;
    own.textContent = shown.own ? `${VERDICTS[shown.own.verdict]}${quoted(shown.own.note)}.` : "";
    own.hidden = !shown.own;
    others.replaceChildren(...shown.others.map((said) => element("li", {}, said)));
    others.hidden = !shown.others.length;
    if (written !== alert?.id) note.value = shown.own?.note ?? "";
    written = alert?.id;
    done.textContent = of && judged === of ? "Every alert has your verdict." : "";
    done.hidden = !done.textContent;
    precision.replaceChildren(...shown.precision.map((line) => element("li", {}, line)));
    live.textContent = [place.textContent, alert?.rule, own.textContent, done.textContent]
      .filter(Boolean)
      .join(". ");
    mark();
    fit();
    if (alert && !shown.own && shown.autoplay && answered) player.play({ unasked: true });
  }

  function tell(alert) {
    rule.textContent = alert.rule;
    where.textContent = alert.where;
    how.textContent = alert.how;
    shares.replaceChildren(...alert.shares.map(row));
    shares.hidden = !alert.shares.length;
    const measured = alert.values.map(({ name, value }) => `${name} ${value.toFixed(2)}`);
    values.textContent = measured.length ? `Held against the rule: ${measured.join(", ")}` : "";
  }

  function row({ name, share, color, threshold }) {
    const length = 100 * Math.min(Math.max(share, 0), 1);
    const area = element("span", { class: "sv-area" });
    area.style.width = `${length}%`;
    area.style.background = tone(color);
    const line = typeof threshold === "number" ? element("span", { class: "sv-threshold" }) : null;
    if (line) line.style.left = `${100 * Math.min(threshold, 1)}%`;
    const told = line ? `the rule's threshold is ${percent(threshold)}` : null;
    return element(
      "tr",
      { title: told },
      element("th", { scope: "row" }, name),
      element("td", { class: "sv-track" }, element("span", { "aria-hidden": "true" }, area, line)),
      element("td", {}, percent(share)),
    );
  }

  function quoted(text) {
    return text ? `: “${text}”` : "";
  }

  // What can be heard is heard before it is judged.
  function mark() {
    const { alert, place: at, of } = model.get("shown");
    const deaf = !player.node.hidden && player.heard().plays === 0;
    confirm.disabled = overrule.disabled = waiting || !alert || deaf;
    before.disabled = waiting || at === 0;
    after.disabled = waiting || at + 1 >= of;
    refresh.disabled = waiting;
    verdicts.title = deaf && !waiting ? "Play the sound first" : "";
  }

  function judge(verdict) {
    send({ kind: "verdict", verdict, note: note.value });
  }

  function send(message) {
    if (waiting) return;
    waiting = true;
    answered = true;
    player.stop();
    mark();
    model.send({ ...message, turn: model.get("shown").turn });
    el.focus({ preventScroll: true }); // what had it may be gone with the alert
  }

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === note) {
      if (event.key === "Escape") el.focus({ preventScroll: true });
      return;
    }
    const pressed = event.key.toLowerCase();
    if (pressed === "n" && !note.hidden) {
      event.preventDefault();
      note.focus();
      return;
    }
    const keys = { c: confirm, o: overrule, r: refresh, " ": player.button };
    const button = { ...keys, arrowleft: before, arrowright: after }[pressed];
    if (!button) return;
    event.preventDefault();
    if (!event.repeat) button.click();
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

let reviews = 0;

export default { render };
