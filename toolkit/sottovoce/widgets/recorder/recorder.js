// Record, stop, listen, discard. The sound goes to the kernel in pieces when it is complete.

const QUIETEST = -60; // dB, the left end of the meter

function decibels(level) {
  return Math.max(QUIETEST, 20 * Math.log10(Math.max(level, 1e-6)));
}

// What a level means to somebody who speaks.
function judgement(level) {
  if (level >= 0.99) return "too loud";
  if (level < 0.01) return "very quiet";
  return "good";
}

function render({ model, el, signal }) {
  el.classList.add("sottovoce", "sottovoce-recorder");
  const limit = model.get("max_seconds");
  const dot = element("span", { class: "sv-dot", "aria-hidden": "true" });
  const word = element("span", {}, "Record");
  const record = element(
    "button",
    { type: "button", class: "sv-record", "aria-pressed": "false", onclick: press },
    dot,
    word,
  );
  const fill = element("div", { class: "sv-fill" });
  const meter = element(
    "div",
    { class: "sv-meter", role: "meter", "aria-label": "Level of the microphone",
      "aria-valuemin": QUIETEST, "aria-valuemax": 0 },
    fill,
  );
  const loudness = element("span", { class: "sv-note sv-loudness" });
  const clock = element("span", { class: "sv-clock", role: "timer", "aria-label": "Recorded" });
  const player = element("audio", { controls: true, "aria-label": "Your recording" });
  const discard = element("button", { type: "button", onclick: () => forget() }, "Discard");
  const done = element("div", { class: "sv-done" }, player, discard);
  const told = element("div", { class: "sv-told", role: "status" });
  const failed = element("div", { class: "sv-failed", role: "alert" });
  el.replaceChildren(
    element("div", { class: "sv-row" }, record, meter, loudness, clock),
    done,
    told,
    failed,
  );
  if (model.get("python")) el.append(codeBelow());

  let open = null; // the microphone, while it records
  let blocks = [];
  let length = 0;
  let peak = 0;
  let notice = "";
  let busy = false; // between a press and what it leads to
  let sound = "";

  const hindrance = obstacle();
  record.disabled = Boolean(hindrance);
  showLevel(0);
  showTime();
  tell();
  observe(model, signal, { error: tell, notes: tell, state: tell });
  model.on("msg:custom", hear);
  document.addEventListener("visibilitychange", hide);
  window.addEventListener("pagehide", leave);
  signal.addEventListener("abort", () => {
    model.off("msg:custom", hear);
    document.removeEventListener("visibilitychange", hide);
    window.removeEventListener("pagehide", leave);
    leave();
    if (sound) URL.revokeObjectURL(sound);
  });
  if (model.get("state") === "done") model.send({ kind: "play" });
  else if (model.get("state") !== "error") put({ state: "idle" }); // a reloaded page records nothing
  return () => leave();

  async function press() {
    if (busy) return;
    busy = true;
    try {
      if (open) await stop();
      else await start();
    } finally {
      busy = false;
      tell();
    }
  }

  async function start() {
    [blocks, length, peak, notice] = [[], 0, 0, ""];
    put({ state: "asking", error: "", notes: [] });
    try {
      const microphone = await openMicrophone(hearBlock, () => stop("The microphone went away."));
      if (signal.aborted) return void microphone.drop();
      open = microphone;
    } catch (error) {
      put({ state: "error", error: inWords(error) });
      return;
    }
    putSound(null);
    put({ state: "recording" });
    if (document.hidden) hide();
  }

  // Blocks that come before start() is through belong to the recording as well.
  function hearBlock(block) {
    const most = open ? Math.round(limit * open.rate) : Infinity;
    if (length >= most) return;
    const kept = length + block.length > most ? block.subarray(0, most - length) : block;
    blocks.push(kept);
    length += kept.length;
    peak = Math.max(0.9 * peak, kept.reduce((top, sample) => Math.max(top, Math.abs(sample)), 0));
    showLevel(peak);
    showTime();
    if (length >= most) stop(`Stopped at the limit of ${limit} s.`);
  }

  async function stop(why = "") {
    const microphone = open;
    if (!microphone) return;
    notice = why;
    await microphone.close();
    if (open !== microphone) return;
    open = null;
    showLevel(0);
    const wav = wavOf(blocks, microphone.rate);
    blocks = [];
    putSound(wav);
    put({ state: "sending" });
    send(wav);
  }

  async function send(wav) {
    const wait = (_part, busyKernel) => {
      notice = busyKernel ? "The kernel is busy; the recording is sent when it is free." : "";
      tell();
    };
    try {
      await sendInPieces(model, signal, wav, { name: "recording" }, wait);
      if (notice.startsWith("The kernel")) wait(1, false);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  function leave() {
    open?.drop();
    open = null;
  }

  function hide() {
    if (document.hidden && open) {
      stop("The page went out of sight, so the recording was stopped; what was said before is kept.");
    }
  }

  function forget() {
    putSound(null);
    [length, notice] = [0, ""];
    showTime();
    model.send({ kind: "discard" });
    record.focus();
  }

  function hear(content, buffers) {
    if (content.kind === "sound" && !sound) putSound(new Blob([buffers[0]], { type: "audio/wav" }));
    if (content.kind === "discarded") putSound(null);
  }

  function putSound(wav) {
    player.pause();
    if (sound) URL.revokeObjectURL(sound);
    sound = wav ? URL.createObjectURL(wav) : "";
    if (sound) player.src = sound;
    else player.removeAttribute("src");
    done.hidden = !sound;
  }

  function put(traits) {
    for (const [trait, value] of Object.entries(traits)) model.set(trait, value);
    model.save_changes();
    tell();
  }

  function showLevel(level) {
    const db = decibels(level);
    fill.style.width = `${(100 * (db - QUIETEST)) / -QUIETEST}%`;
    meter.classList.toggle("sv-loud", level >= 0.99);
    meter.setAttribute("aria-valuenow", db.toFixed(0));
    const words = open ? judgement(level) : "";
    meter.setAttribute("aria-valuetext", open ? `${db.toFixed(0)} dB, ${words}` : "off");
    loudness.textContent = words;
  }

  function showTime() {
    const passed = open ? length / open.rate : 0;
    if (open || !length) clock.textContent = `${passed.toFixed(1)} of ${limit} s`;
  }

  function tell() {
    const state = model.get("state");
    record.setAttribute("aria-pressed", String(Boolean(open)));
    word.textContent = open ? "Stop" : "Record";
    record.classList.toggle("sv-on", Boolean(open));
    done.hidden = !sound;
    const waiting = { asking: "Allow the microphone when the browser asks.", sending: "Sending…" };
    const lines = [hindrance, waiting[state], notice, ...model.get("notes")].filter(Boolean);
    told.replaceChildren(...lines.map((line) => element("p", { dir: "auto" }, line)));
    failed.textContent = model.get("error");
  }

  function codeBelow() {
    const text = element("pre", {}, model.get("python"));
    observe(model, signal, { python: () => (text.textContent = model.get("python")) });
    return element("details", { class: "sv-code" }, element("summary", {}, "Show code"), text);
  }
}

export default { render };
