// A stand-in for Jupyter: holds the traits, tells the view of changes, keeps what the view sends.

import widget from "/widget.js";

const traits = {};
const listeners = {};
const sent = { messages: [], buffers: [], saved: [] };
let dirty = new Set();
let ending = new AbortController();
let cleanups = [];

function packed(value) {
  if (value instanceof ArrayBuffer) value = new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    let text = "";
    for (let i = 0; i < bytes.length; i += 4096) {
      text += String.fromCharCode(...bytes.subarray(i, i + 4096));
    }
    return { $bytes: btoa(text) };
  }
  if (Array.isArray(value)) return value.map(packed);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, packed(item)]));
  }
  return value;
}

function unpacked(value) {
  if (Array.isArray(value)) return value.map(unpacked);
  if (value && typeof value === "object") {
    if ("$bytes" in value) {
      const bytes = Uint8Array.from(atob(value.$bytes), (letter) => letter.charCodeAt(0));
      return new DataView(bytes.buffer);
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpacked(item)]));
  }
  return value;
}

function tell(event, ...what) {
  for (const listener of [...(listeners[event] ?? [])]) listener(...what);
}

function change(changed) {
  const names = Object.keys(changed).filter((name) => traits[name] !== changed[name]);
  Object.assign(traits, changed);
  for (const name of names) tell(`change:${name}`, model, traits[name]);
  if (names.length) tell("change", model);
}

const model = {
  get: (trait) => traits[trait],
  set: (trait, value) => {
    dirty.add(trait);
    change({ [trait]: value });
  },
  save_changes: () => {
    if (dirty.size) {
      sent.saved.push(Object.fromEntries([...dirty].map((name) => [name, packed(traits[name])])));
    }
    dirty = new Set();
  },
  on: (events, listener) => {
    for (const event of events.split(" ")) (listeners[event] ??= []).push(listener);
  },
  off: (events, listener) => {
    for (const event of (events ?? Object.keys(listeners).join(" ")).split(" ")) {
      listeners[event] = listener
        ? (listeners[event] ?? []).filter((other) => other !== listener)
        : [];
    }
  },
  send: (content, _callbacks, buffers = []) => {
    sent.messages.push(packed(content));
    sent.buffers.push(packed([...buffers]));
  },
};

window.host = {
  get: (trait) => packed(traits[trait]),
  update: (changed) => change(unpacked(changed)),
  receive: (content, buffers = []) => tell("msg:custom", unpacked(content), unpacked(buffers)),
  messages: () => sent.messages,
  buffers: () => sent.buffers,
  saved: () => sent.saved,
  listeners: () => Object.values(listeners).flat().length,
  mount: async (state) => {
    Object.assign(traits, unpacked(state));
    const made = typeof widget === "function" ? await widget() : widget;
    const el = document.getElementById("widget");
    const { signal } = ending;
    cleanups.push(await made.initialize?.({ model, signal }));
    cleanups.push(await made.render?.({ model, el, signal }));
  },
  close: () => {
    ending.abort();
    for (const cleanup of cleanups) cleanup?.();
    document.getElementById("widget").replaceChildren();
    ending = new AbortController();
    cleanups = [];
  },
};
