// A clip to be heard without being seen: no outline, which tells how loud a voice is, and no name.

function makeClipPlayer(model, signal) {
  const audio = element("audio", { preload: "auto" });
  const label = element("span", {}, "Play");
  const button = element(
    "button",
    { type: "button", class: "sv-listen", "aria-keyshortcuts": "Space", onclick: () => play() },
    label,
    element("kbd", { "aria-hidden": "true" }, "space"),
  );
  const bar = element("span", { class: "sv-heard", "aria-hidden": "true" }, element("span"));
  const clock = element("span", { class: "sv-clock" });
  const trouble = element("span", { class: "sottovoce-error", role: "alert" });
  const node = element("div", { class: "sv-clip" }, button, bar, clock, trouble, audio);
  const listeners = [];
  let address = "";
  let plays = 0;
  let since = null; // when it began to play first

  function load(bytes, duration) {
    drop();
    plays = 0;
    since = null;
    trouble.textContent = "";
    label.textContent = "Play";
    clock.textContent = seconds(duration);
    node.hidden = !bytes.byteLength;
    if (node.hidden) return;
    address = URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
    audio.src = address;
    place();
  }

  function drop() {
    audio.pause();
    audio.removeAttribute("src");
    if (address) URL.revokeObjectURL(address);
    address = "";
  }

  // Always from the beginning: a part of a clip is another clip. A browser that wants a click first
  // refuses what plays by itself; then there is the button.
  async function play({ unasked = false } = {}) {
    if (!address) return;
    const now = address;
    audio.currentTime = 0;
    try {
      await audio.play();
      if (now === address) began();
    } catch (error) {
      if (unasked || now !== address || error.name === "AbortError") return;
      trouble.textContent = `It cannot be played (${error.message}).`;
    }
  }

  function began() {
    plays += 1;
    since ??= performance.now();
    label.textContent = "Play again";
    follow();
    for (const listener of listeners) listener();
  }

  function place() {
    const share = audio.duration > 0 ? audio.currentTime / audio.duration : 0;
    bar.firstChild.style.width = `${100 * share}%`;
  }

  function follow() {
    place();
    if (!audio.paused && !signal.aborted) requestAnimationFrame(follow);
  }

  audio.addEventListener("ended", place);
  signal.addEventListener("abort", drop);
  return {
    node,
    button,
    load,
    play,
    stop: () => audio.pause(),
    onPlay: (listener) => listeners.push(listener),
    heard: () => ({
      plays,
      seconds: since === null ? 0 : (performance.now() - since) / 1000,
    }),
  };
}
