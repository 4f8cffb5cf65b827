// Send a file to the kernel in pieces: a message larger than 10 MB would close the connection of
// most servers in silence. Each piece waits for the answer to the one before.

const PIECE = 4 * 1024 * 1024;
const PATIENCE = 4000;

// Return the kernel's last word on it, { ok, text }. `progress` hears how much has arrived, from 0
// to 1, and whether the kernel keeps us waiting.
async function sendInPieces(model, signal, blob, about, progress = () => {}) {
  const id = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  let start = 0;
  for (;;) {
    const piece = await blob.slice(start, start + PIECE).arrayBuffer();
    const waiting = setTimeout(() => progress(start / blob.size, true), PATIENCE);
    const answer = nextAnswer(model, signal, id);
    model.send({ kind: "piece", id, start, size: blob.size, ...about }, undefined, [piece]);
    const said = await answer.finally(() => clearTimeout(waiting));
    if (said.kind === "result") return said;
    start = said.start;
    progress(start / blob.size, false);
  }
}

function nextAnswer(model, signal, id) {
  return new Promise((resolve, reject) => {
    const hear = (content) => {
      if (content.id !== id) return;
      leave();
      resolve(content);
    };
    const give = () => {
      leave();
      reject(new DOMException("The view was removed.", "AbortError"));
    };
    const leave = () => {
      model.off("msg:custom", hear);
      signal.removeEventListener("abort", give);
    };
    model.on("msg:custom", hear);
    signal.addEventListener("abort", give);
  });
}
