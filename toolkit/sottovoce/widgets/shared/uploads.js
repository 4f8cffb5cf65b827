// Where recordings are dropped or chosen; what became of each file stands below.

function megabytes(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function render({ model, el, signal }) {
  el.classList.add("sottovoce", "sottovoce-uploader");
  const input = element("input", {
    type: "file",
    multiple: true,
    accept: `audio/*,${model.get("suffixes").join(",")}`,
    "aria-label": "Files to upload",
    tabindex: "-1",
    class: "sv-hidden",
    onchange: () => {
      take([...input.files]);
      input.value = "";
    },
  });
  const choose = element("button", { type: "button", onclick: () => input.click() }, "Choose files…");
  const zone = element(
    "div",
    {
      class: "sv-zone",
      ondragover: (event) => {
        event.preventDefault();
        zone.classList.add("sv-over");
      },
      ondragleave: () => zone.classList.remove("sv-over"),
      ondrop: (event) => {
        event.preventDefault();
        event.stopPropagation();
        zone.classList.remove("sv-over");
        take([...event.dataTransfer.files]);
      },
    },
    choose,
    input,
    element("span", { class: "sv-note" }, "or drop recordings here"),
  );
  const list = element("ul", { class: "sv-files", "aria-live": "polite", "aria-label": "Uploads" });
  el.replaceChildren(zone, list);

  let queue = Promise.resolve();
  let running = 0;

  function take(files) {
    if (!running) list.replaceChildren();
    for (const file of files) {
      const row = fileRow(file);
      list.append(row.node);
      running += 1;
      queue = queue.then(() => upload(file, row)).finally(() => (running -= 1));
    }
  }

  async function upload(file, row) {
    const largest = model.get("largest");
    if (signal.aborted) return;
    if (file.size > largest) {
      row.refused(
        `${megabytes(file.size)} are more than the ${megabytes(largest)} that are taken. Put it ` +
          "into a folder on the kernel's machine and give the folder.",
      );
      return;
    }
    try {
      const { ok, text } = await sendInPieces(model, signal, file, { name: file.name }, row.progress);
      if (ok) row.taken(text);
      else row.refused(text);
    } catch (error) {
      if (error.name === "AbortError") return;
      row.refused(
        "The browser cannot read this. If it is a folder, give its path, or choose the files in it.",
      );
    }
  }
}

function fileRow(file) {
  const bar = element("progress", { max: 1, value: 0, "aria-label": `Upload of ${file.name}` });
  const told = element("span", { class: "sv-told" }, bar);
  const node = element(
    "li",
    {},
    element("bdi", { class: "sv-name" }, file.name),
    element("span", { class: "sv-note" }, megabytes(file.size)),
    told,
  );
  const end = (kind, text) => {
    node.classList.add(kind);
    told.replaceChildren(text);
    told.setAttribute("dir", "auto");
  };
  return {
    node,
    progress: (part, waiting) => {
      bar.value = part;
      told.replaceChildren(bar, waiting ? " the kernel is busy; this goes on when it is free" : "");
    },
    taken: (text) => end("sv-taken", text),
    refused: (text) => end("sv-refused", text),
  };
}

export default { render };
