// Lines of concepts and spellings to write in. What the kernel makes of them is told beside each
// line while it is written; the lines themselves change only when the kernel says so.

const WAIT = 200;

function render({ model, el, signal }) {
  el.classList.add("sottovoce", "sottovoce-tokens");
  el.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab would take keys for itself
  const presets = makePresets(model, tick);
  const body = element("div", { class: "sv-lines" });
  const status = element("p", { class: "sv-status", role: "status" });
  const add = element("button", { type: "button", onclick: () => added() }, "+ Add a concept");
  const fromTable = makeTable(model, signal);
  const legend = element(
    "span",
    { class: "sv-legend" },
    "● one token   ◐ several pieces, followed by the first   ○ not followed   ␣ a space",
  );
  const actions = element("div", { class: "sv-actions" }, add, legend);
  el.append(presets.node, status, body, actions, fromTable.node);
  let lines = [];
  let turn = null;
  let timer = 0;

  function content() {
    return {
      lines: lines.map((line) => line.value()),
      percentages: presets.percentages(),
    };
  }

  function edited(soon = true) {
    clearTimeout(timer);
    const send = () => model.send({ kind: "edit", ...content() });
    if (soon) timer = setTimeout(send, WAIT);
    else send();
  }

  function tick(name, ticked) {
    clearTimeout(timer);
    model.send({ kind: "preset", name, ticked, ...content() });
  }

  function removed(line) {
    const place = lines.indexOf(line);
    lines.splice(place, 1);
    line.node.remove();
    (lines[place] ?? lines[place - 1])?.focus();
    if (!lines.length) add.focus();
    edited(false);
  }

  function added() {
    const line = makeLine({ concept: "", spellings: "", aside: false }, edited, removed);
    lines.push(line);
    body.append(line.node);
    line.focus();
    edited(false);
  }

  // Lines of the same turn are what was written here, and perhaps not the last of it.
  function fill() {
    const given = model.get("lines");
    if (given.turn === turn) return;
    turn = given.turn;
    clearTimeout(timer);
    lines = (given.lines ?? []).map((one) => makeLine(one, edited, removed));
    presets.setPercentages(given.percentages);
    body.replaceChildren(...lines.map((line) => line.node));
    for (const line of lines) line.fit();
    tell();
  }

  function tell() {
    const told = model.get("told");
    if (!told.lines) return;
    presets.tell(told.presets);
    lines.forEach((line, i) => line.tell(told.lines[i], told.has_tokenizer));
    legend.hidden = !told.has_tokenizer;
    status.classList.toggle("sv-wrong", !told.right);
    status.textContent = told.right
      ? `In use: ${told.using}${told.n_tokens === null ? "" : `, ${told.n_tokens} tokens are followed`}.` +
        (told.has_tokenizer ? "" : " How the spellings are split is told once the model is loaded.")
      : `${told.problem || "A line is not right yet."} Still in use: ${told.using || "percentages"}.`;
  }

  fill();
  observe(model, signal, { lines: fill, told: tell });
  signal.addEventListener("abort", () => clearTimeout(timer));
}

function makePresets(model, tick) {
  const boxes = new Map();
  const group = element("div", { class: "sv-presets", role: "group", "aria-label": "Presets" });
  group.append(element("span", { class: "sv-faint" }, "presets"));
  let percentages = false;
  for (const name of model.get("presets")) {
    const box = element("input", { type: "checkbox", onchange: () => tick(name, box.checked) });
    boxes.set(name, box);
    group.append(element("label", {}, box, name));
  }
  return {
    node: group,
    percentages: () => percentages,
    setPercentages: (value) => {
      percentages = Boolean(value);
    },
    tell: (states) => {
      for (const [name, box] of boxes) box.checked = Boolean(states[name]);
    },
  };
}

function makeLine(given, edited, removed) {
  const told = element("p", { class: "sv-told", role: "status", id: `sv-${Math.random().toString(36).slice(2)}` });
  const words = element("ul", { class: "sv-words" });
  const forms = element("div", { class: "sv-scroll" });
  const sum = element("span", { "aria-live": "polite" });
  const summary = element("summary", { title: "all forms of the spellings" }, sum);
  const details = element("details", { hidden: true, ontoggle: () => drawForms() }, summary, forms);
  const concept = element("input", {
    type: "text",
    class: "sv-concept",
    "aria-label": "Concept",
    "aria-describedby": told.id,
    placeholder: "concept",
    oninput: () => named(),
  });
  const spellings = element("textarea", {
    rows: 1,
    "aria-describedby": told.id,
    placeholder: "spellings, separated by commas",
    spellcheck: "false",
    oninput: () => {
      fit();
      edited();
    },
  });
  const share = element("input", { type: "checkbox", onchange: () => edited(false) });
  const remove = element("button", { type: "button", class: "sv-remove", onclick: () => removed(line) }, "×");
  concept.value = given.concept;
  spellings.value = given.spellings;
  share.checked = !given.aside;
  const node = element(
    "div",
    { class: "sv-line", role: "group" },
    concept,
    spellings,
    element("label", { class: "sv-share", title: "whether it takes a share of the whole" }, share, "share"),
    remove,
    element("div", { class: "sv-below" }, told, words, details),
  );
  let current = [];

  function label() {
    const name = concept.value.trim() || "new concept";
    node.setAttribute("aria-label", name);
    spellings.setAttribute("aria-label", `Spellings of ${name}`);
    share.setAttribute("aria-label", `${name} takes a share`);
    remove.setAttribute("aria-label", `Remove ${name}`);
  }

  function named() {
    label();
    edited();
  }

  // As high as its text, so that no spelling is out of sight.
  function fit() {
    spellings.style.height = "auto";
    if (spellings.scrollHeight) spellings.style.height = `${spellings.scrollHeight + 2}px`;
  }

  function drawForms() {
    forms.replaceChildren(...(details.open && current.length ? [formsTable(current)] : []));
  }

  function tell(state, hasTokenizer) {
    const { problem = "", lost = false, words: written = [] } = state ?? {};
    const warning = `No token of ${concept.value.trim()} is followed, so read-outs of tokens cannot give it a share.`;
    told.textContent = problem || (lost ? warning : "");
    sum.textContent = state?.sum ?? "";
    told.className = `sv-told ${problem ? "sv-error" : lost ? "sv-warning" : ""}`;
    told.hidden = !told.textContent;
    concept.setAttribute("aria-invalid", String(Boolean(problem)));
    spellings.setAttribute("aria-invalid", String(Boolean(problem)));
    current = written;
    words.hidden = details.hidden = !hasTokenizer || !written.length;
    words.replaceChildren(...written.map(wordChip));
    drawForms();
  }

  label();
  const line = {
    node,
    fit,
    tell,
    focus: () => concept.focus(),
    value: () => ({ concept: concept.value, spellings: spellings.value, aside: !share.checked }),
  };
  return line;
}

// A table of spellings, from a file or pasted.
function makeTable(model, signal) {
  const told = element("p", { class: "sv-told", role: "status" });
  const text = element("textarea", {
    rows: 4,
    "aria-label": "Table of spellings",
    spellcheck: "false",
    placeholder: "concept,spelling\ncalm,calm\ncalm,serene",
  });
  const input = element("input", {
    type: "file",
    accept: ".csv,.tsv,.tab,.txt,text/csv,text/plain",
    class: "sv-hidden",
    tabindex: "-1",
    "aria-label": "File with a table of spellings",
    onchange: async () => {
      const [file] = input.files;
      input.value = "";
      if (!file) return;
      if (file.size > model.get("largest")) {
        return tell(`${file.name} has more than ${model.get("largest") / 1000} kB. A row holds one spelling.`, false);
      }
      text.value = await file.text();
      use();
    },
  });
  const use = () => {
    if (!text.value.trim()) return tell("Paste a table first, or choose a file.", false);
    if (new Blob([text.value]).size > model.get("largest")) {
      return tell(`This is more than ${model.get("largest") / 1000} kB. A row holds one spelling.`, false);
    }
    model.send({ kind: "table", text: text.value });
  };
  const node = element(
    "details",
    { class: "sv-table" },
    element("summary", {}, "From a table"),
    element("p", { class: "sv-faint" }, "CSV with the columns concept and spelling, a row a spelling. It takes the place of the lines above."),
    text,
    element(
      "div",
      { class: "sv-actions" },
      element("button", { type: "button", onclick: use }, "Use this table"),
      element("button", { type: "button", onclick: () => input.click() }, "Choose a file…"),
      input,
    ),
    told,
  );

  function tell(words, ok) {
    told.textContent = words;
    told.className = `sv-told ${ok ? "" : "sv-error"}`;
  }

  function heard(content) {
    if (content.kind === "table") tell(content.text, content.ok);
  }

  model.on("msg:custom", heard);
  signal.addEventListener("abort", () => model.off("msg:custom", heard));
  return { node };
}

export default { render };
