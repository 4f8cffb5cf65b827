// Recordings to search and choose from. Only the first matches are drawn, so that thousands stay quick.

const PAGE = 100;
const HINT = "Click to choose, or use the arrow keys and space; Enter plays.";
let nLists = 0;

function render({ model, el, signal }) {
  el.classList.add("sottovoce", "sottovoce-recordings");
  const prefix = `sv-recordings-${(nLists += 1)}`;
  const multiple = model.get("multiple");
  const emotions = model.get("emotions");
  let entries = [];
  let matches = [];
  let known = new Map();
  let rows = new Map(); // of those that are drawn
  let drawn = PAGE;
  let active = null;
  let seen = false;
  let sound = "";

  const search = element("input", {
    type: "search",
    placeholder: "Search names, speakers, words, emotions",
    "aria-label": "Search recordings",
    "aria-controls": `${prefix}-list`,
    oninput: () => {
      drawn = PAGE;
      filter();
    },
    onkeydown: (event) => {
      if (event.key !== "ArrowDown") return;
      event.preventDefault();
      list.focus();
    },
  });
  const count = element("span", { class: "sv-note", role: "status" });
  const all = button("Choose all", () => choose([...new Set([...chosen(), ...matches.map((e) => e.key)])]));
  const none = button("Choose none", () => choose([]));
  const list = element("ul", {
    id: `${prefix}-list`,
    role: "listbox",
    tabindex: "0",
    class: "sv-list",
    "aria-label": "Recordings",
    "aria-multiselectable": String(multiple),
    onkeydown: press,
    onclick: ({ target }) => pick(target.closest("[data-key]")),
    ondblclick: ({ target }) => target.closest("[data-key]") && play(),
  });
  const more = button("", () => {
    drawn += PAGE;
    draw();
  });
  const playing = element("button", { type: "button", class: "sv-play", onclick: () => play() }, "▶ Play");
  const about = element("bdi", { class: "sv-about" });
  const remove = button("Remove", () => model.send({ kind: "remove", key: active }));
  const player = element("audio", { controls: true, hidden: true });
  const told = element("div", { class: "sv-told", role: "status" });
  el.replaceChildren();
  furnish(el, {}, [
    element("div", { class: "sv-bar" }, search, multiple ? null : count),
    multiple ? element("div", { class: "sv-bar sv-choice" }, all, none, count) : null,
    list,
    more,
    legend(emotions),
    element("p", { class: "sv-about-corpus" }, model.get("note")),
    element("div", { class: "sv-bar sv-foot" }, playing, about, remove),
    player,
    told,
  ]);
  list.classList.toggle("sv-multiple", multiple);

  followPaper(el, signal, () => emotions.map(({ color }) => color));
  gather();
  const sight = new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.height && !seen) reveal(); // unfolded, or in the page for the first time
    seen = contentRect.height > 0;
  });
  sight.observe(list);
  observe(model, signal, { listed: gather, added: gather, chosen: followChoice });
  model.on("msg:custom", hear);
  signal.addEventListener("abort", () => {
    model.off("msg:custom", hear);
    sight.disconnect();
    player.pause();
    if (sound) URL.revokeObjectURL(sound);
  });

  function chosen() {
    return model.get("chosen");
  }

  function gather() {
    const before = known;
    entries = ["added", "listed"].flatMap((trait) => {
      const table = model.get(trait);
      return table.keys.map((key, i) => {
        const entry = {
          key,
          own: trait === "added",
          name: table.names[i],
          detail: table.details[i],
          votes: table.votes[i],
          duration: table.durations[i] ?? before.get(key)?.duration ?? null,
          problem: before.get(key)?.problem ?? "",
        };
        entry.words = searchable(entry, emotions);
        return entry;
      });
    });
    known = new Map(entries.map((entry) => [entry.key, entry]));
    if (!known.has(active)) active = chosen()[0] ?? null;
    filter();
  }

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    matches = entries.filter((entry) => words.every((word) => entry.words.includes(word)));
    draw();
  }

  function draw() {
    const seen = matches.slice(0, drawn);
    rows = new Map(seen.map((entry) => [entry.key, makeRow(entry, emotions, `${prefix}-${entry.key}`)]));
    [...rows.values()].forEach((row, i) => {
      row.setAttribute("aria-posinset", i + 1);
      row.setAttribute("aria-setsize", matches.length);
    });
    const nothing = entries.length ? "No recording matches." : "There are no recordings yet.";
    list.replaceChildren(...(seen.length ? rows.values() : [element("li", { class: "sv-note" }, nothing)]));
    const rest = matches.length - seen.length;
    more.hidden = rest <= 0;
    more.textContent = `${rest.toLocaleString("en")} more: show ${Math.min(PAGE, rest)}`;
    const unmeasured = seen.filter((entry) => entry.duration === null && !entry.problem);
    if (unmeasured.length) model.send({ kind: "measure", keys: unmeasured.map((entry) => entry.key) });
    mark();
  }

  function followChoice() {
    const keys = chosen();
    const other = keys.length && !keys.includes(active);
    if (other) active = keys.at(-1);
    mark();
    if (other) reveal();
  }

  // Show what is chosen and what is active, on the rows that are there.
  function mark() {
    const keys = new Set(chosen());
    for (const [key, row] of rows) {
      row.setAttribute("aria-selected", String(keys.has(key)));
      row.classList.toggle("sv-active", key === active);
    }
    if (rows.has(active)) list.setAttribute("aria-activedescendant", rows.get(active).id);
    else list.removeAttribute("aria-activedescendant");
    const found = matches.length === entries.length ? "" : `${matches.length.toLocaleString("en")} of `;
    const unseen = matches.length === entries.length ? 0 : keys.size - matches.filter((e) => keys.has(e.key)).length;
    const hidden = unseen ? ` (${unseen} of them not found here)` : "";
    const parts = [`${found}${entries.length.toLocaleString("en")} recordings`];
    if (multiple) parts.push(`${keys.size.toLocaleString("en")} chosen${hidden}`);
    count.textContent = parts.join(", ");
    none.disabled = !keys.size;
    all.disabled = matches.every((entry) => keys.has(entry.key));
    const entry = known.get(active);
    playing.disabled = !entry;
    playing.setAttribute("aria-label", entry ? `Play ${entry.name}` : "Play");
    about.textContent = entry ? describeRow(entry, emotions) : HINT;
    remove.hidden = !entry?.own;
    if (sound && player.dataset.key !== String(active)) silence();
  }

  // Bring what is active into sight within the list, while the page stays where it is.
  function reveal() {
    const at = matches.findIndex((entry) => entry.key === active);
    if (at >= drawn) {
      drawn = PAGE * Math.ceil((at + 1) / PAGE);
      draw();
    }
    const row = rows.get(active);
    if (!row) return;
    const above = row.offsetTop < list.scrollTop;
    const below = row.offsetTop + row.offsetHeight > list.scrollTop + list.clientHeight;
    if (above || below) list.scrollTop = row.offsetTop - (list.clientHeight - row.offsetHeight) / 2;
  }

  function choose(keys) {
    model.set("chosen", keys);
    model.save_changes();
    mark();
  }

  function pick(row) {
    if (!row) return;
    move(Number(row.dataset.key), multiple);
  }

  function move(key, toggle) {
    active = key;
    told.textContent = "";
    if (!multiple) choose([key]);
    else if (toggle) toggleActive();
    else mark();
    rows.get(key)?.scrollIntoView({ block: "nearest" });
  }

  function toggleActive() {
    const keys = chosen();
    choose(keys.includes(active) ? keys.filter((key) => key !== active) : [...keys, active]);
  }

  function press(event) {
    const at = matches.findIndex((entry) => entry.key === active);
    const last = matches.length - 1;
    const steps = {
      ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 10, PageUp: at - 10, Home: 0, End: Math.min(last, drawn - 1),
    }; // prettier-ignore
    if (event.key in steps && last >= 0) {
      const to = Math.max(0, Math.min(last, steps[event.key]));
      if (to >= drawn) {
        drawn += PAGE;
        draw();
      }
      move(matches[to].key, false);
    } else if (event.key === "Enter") play();
    else if (event.key === " " && known.has(active)) multiple ? toggleActive() : choose([active]);
    else if (multiple && event.key === "a" && (event.ctrlKey || event.metaKey)) all.click();
    else if (event.key === "Delete" && known.get(active)?.own) remove.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function play() {
    if (!known.has(active)) return;
    if (sound && player.dataset.key === String(active)) {
      player.currentTime = 0;
      player.play();
      return;
    }
    told.textContent = "";
    model.send({ kind: "play", key: active });
  }

  function hear(content, buffers) {
    if (content.kind === "measured") measured(content);
    if (content.key !== active) return;
    if (content.kind === "silent") told.textContent = content.text;
    if (content.kind !== "sound") return;
    silence();
    sound = URL.createObjectURL(new Blob([buffers[0]], { type: "audio/wav" }));
    player.src = sound;
    player.dataset.key = content.key;
    player.hidden = false;
    player.setAttribute("aria-label", `Recording ${known.get(active).name}`);
    told.textContent = content.cut ? `These are its first ${content.cut} s.` : "";
    player.play().catch(() => {}); // where a browser wants a gesture, the controls are there
  }

  function silence() {
    player.pause();
    if (sound) URL.revokeObjectURL(sound);
    sound = "";
    player.removeAttribute("src");
    player.hidden = true;
  }

  function measured({ durations, problems }) {
    for (const [key, duration] of Object.entries(durations)) {
      const entry = known.get(Number(key));
      if (!entry) continue;
      entry.duration = duration;
      entry.problem = problems[key] ?? "";
      rows.get(entry.key)?.measured();
    }
    mark();
  }
}

function button(text, onclick) {
  return element("button", { type: "button", onclick }, text);
}

export default { render };
