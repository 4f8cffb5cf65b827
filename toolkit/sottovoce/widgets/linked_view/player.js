// The recording: its outline, a playhead in step with the audio clock, click or arrows to seek.

const PLAY = "M4 2.5v11l9-5.5z";
const PAUSE = "M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z";
const SEEK = 0.1; // seconds, of an arrow key

function makePlayer(model, signal) {
  const audio = element("audio", { preload: "auto" });
  const icon = svg("path", { d: PLAY });
  const button = element(
    "button",
    { class: "sv-play", type: "button", "aria-label": "Play", onclick: toggle },
    svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, icon),
  );
  const outline = svg("path", { class: "sv-wave-all" });
  const played = svg("path", { class: "sv-wave-played" });
  const playhead = element("div", { class: "sv-playhead" });
  const wave = element(
    "div",
    { class: "sv-wave", role: "slider", tabindex: 0, "aria-label": "Position in the recording" },
    svg("svg", { preserveAspectRatio: "none", "aria-hidden": "true" }, outline, played),
    playhead,
  );
  const clock = element("span", { class: "sv-clock", "aria-hidden": "true" });
  const trouble = element("span", { class: "sottovoce-error", role: "alert" });
  const node = element("section", { class: "sv-player" }, button, wave, clock, audio, trouble);

  let address = "";
  let duration = 0;
  let told = 0; // the time that the kernel knows

  function load() {
    const sound = model.get("sound");
    const bytes = model.get("audio");
    audio.pause();
    if (address) URL.revokeObjectURL(address);
    address = "";
    trouble.textContent = "";
    node.hidden = !sound;
    if (!sound) return audio.removeAttribute("src");
    address = URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
    audio.src = address;
    duration = sound.duration;
    told = model.get("time");
    const n = sound.low.length;
    const above = sound.high.map((value, i) => `${i} ${-value}`);
    const below = sound.low.map((value, i) => `${i} ${-value}`).reverse();
    const path = `M${[...above, ...below].join("L")}Z`;
    wave.firstChild.setAttribute("viewBox", `0 -1.05 ${Math.max(n - 1, 1)} 2.1`);
    outline.setAttribute("d", path);
    played.setAttribute("d", path);
    wave.setAttribute("aria-valuemin", 0);
    wave.setAttribute("aria-valuemax", duration.toFixed(2));
    place(0);
  }

  function place(time) {
    const share = duration ? Math.min(time / duration, 1) : 0;
    playhead.style.left = `${100 * share}%`;
    played.style.clipPath = `inset(0 ${100 * (1 - share)}% 0 0)`;
    clock.textContent = `${time.toFixed(2)} / ${seconds(duration)}`;
    wave.setAttribute("aria-valuenow", time.toFixed(2));
    wave.setAttribute("aria-valuetext", `${time.toFixed(2)} of ${duration.toFixed(2)} seconds`);
  }

  function tell() {
    told = audio.currentTime;
    model.set("time", told);
    model.save_changes();
  }

  function seek(time) {
    audio.currentTime = Math.min(Math.max(time, 0), duration);
    place(audio.currentTime);
    tell();
  }

  function toggle() {
    if (!audio.src) return;
    if (!audio.paused) return audio.pause();
    audio.play().catch((error) => {
      trouble.textContent = `The recording cannot be played: ${error.message}`;
    });
  }

  function follow() {
    if (signal.aborted) return;
    place(audio.currentTime);
    if (!audio.paused) requestAnimationFrame(follow);
  }

  function show(playing) {
    icon.setAttribute("d", playing ? PAUSE : PLAY);
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
  }

  function at(event) {
    const box = wave.getBoundingClientRect();
    return (duration * (event.clientX - box.left)) / box.width;
  }

  audio.addEventListener("play", () => (show(true), follow()));
  audio.addEventListener("pause", () => (show(false), tell()));
  audio.addEventListener("timeupdate", () => !audio.paused && tell());
  wave.addEventListener("pointerdown", (event) => {
    wave.setPointerCapture(event.pointerId);
    seek(at(event));
  });
  wave.addEventListener("pointermove", (event) => {
    if (wave.hasPointerCapture(event.pointerId)) seek(at(event));
  });
  wave.addEventListener("keydown", (event) => {
    const targets = {
      ArrowLeft: audio.currentTime - SEEK,
      ArrowRight: audio.currentTime + SEEK,
      Home: 0,
      End: duration,
    };
    if (!(event.key in targets)) return;
    event.preventDefault();
    seek(targets[event.key]);
  });
  observe(model, signal, {
    // What we told ourselves comes back as a change too.
    time: () => {
      const time = model.get("time");
      if (time === told) return;
      told = time;
      audio.currentTime = time;
      place(time);
    },
  });
  signal.addEventListener("abort", () => {
    audio.pause();
    if (address) URL.revokeObjectURL(address);
  });
  return { node, load, toggle };
}
