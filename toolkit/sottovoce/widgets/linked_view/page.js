// Start the view on a page without a kernel: the state stands in the page, and nobody else listens.

{
  const state = JSON.parse(document.getElementById("sottovoce-state").textContent);
  const audio = document.getElementById("sottovoce-audio");
  const letters = audio ? atob(audio.getAttribute("src").split(",")[1]) : "";
  const traits = { ...state, time: 0, audio: Uint8Array.from(letters, (one) => one.charCodeAt(0)) };
  const listeners = {};
  const model = {
    get: (name) => traits[name],
    set: (name, value) => {
      traits[name] = value;
      for (const listener of listeners[`change:${name}`] ?? []) listener();
    },
    save_changes: () => {},
    on: (event, listener) => (listeners[event] ??= []).push(listener),
    off: () => {},
  };
  document.getElementById("sottovoce-still").remove();
  const el = document.getElementById("sottovoce-view");
  el.classList.add("sottovoce-page");
  render({ model, el, signal: new AbortController().signal });
}
