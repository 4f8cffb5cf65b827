const PARTS = { recording: "Recording", prompt: "Prompt", readout: "Read-out", steps: "Steps" };
const LEFT = 66;
const RIGHT = 20;
const RIBBON = { top: 6, height: 190 };
const UNCERTAIN = { top: 210, height: 44 };
const SOUND = { top: 266, height: 62 };
const LETTER = 7;
const MOST_KEPT = 40;
const OVERLAP =
  "The windows overlap: a moment is drawn in the one whose middle is nearer; what the window heard is marked below.";

function render({ model, el, signal }) {
  el.classList.add("sottovoce", "sottovoce-timeline");
  const timeline = new Timeline(model);
  el.append(...timeline.nodes);
  timeline.draw();
  observe(model, signal, {
    choices: () => timeline.draw(),
    shown: () => timeline.draw(),
    outline: () => timeline.draw(),
    window: () => timeline.choose(),
    sound: () => timeline.receive(),
  });
  observeWidth(timeline.plot, signal, () => timeline.draw());
  signal.addEventListener("abort", () => timeline.end());
}

class Timeline {
  constructor(model) {
    this.model = model;
    this.hovered = null;
    this.player = new Player(model, () => this.drawPlayhead());
    this.controls = new Controls((part, value) => model.send({ kind: "choose", part, value }));
    this.button = element("button", { type: "button", onclick: () => this.toggle() });
    const hint = element("span", { class: "sv-faint" }, "← → choose a window, space plays it");
    this.controls.node.append(this.button, hint);
    this.note = element("p", { class: "sv-faint" });
    this.legend = element("div", { class: "sv-legend", "aria-hidden": "true" });
    this.canvas = element("div", {});
    this.cursor = element("div", {
      class: "sv-cursor",
      role: "slider",
      tabindex: "0",
      onpointermove: (event) => this.hover(this.at(event)),
      onpointerleave: () => this.hover(null),
      onclick: (event) => this.click(this.at(event)),
      onkeydown: (event) => this.press(event),
    });
    this.plot = element("div", { class: "sv-plot" }, this.canvas, this.cursor);
    this.details = element("div", { class: "sv-details", role: "status" });
    this.table = element("div", { class: "sv-scroll", tabindex: "0", role: "region", "aria-label": "Numbers" });
    this.numbers = element(
      "details",
      { ontoggle: () => this.drawTable() },
      element("summary", {}, "Numbers"),
      this.table,
    );
    this.nodes = [this.controls.node, this.legend, this.plot, this.note, this.details, this.numbers];
  }

  get windows() {
    return this.shown.windows ?? [];
  }

  get window() {
    return Math.min(this.model.get("window"), this.windows.length - 1);
  }

  end() {
    this.player.end();
  }

  draw() {
    this.shown = this.model.get("shown");
    if (!this.windows.length) return;
    this.player.of(this.shown.recording);
    this.hovered = null;
    this.controls.update(this.model.get("choices"), this.shown);
    const width = Math.max(this.plot.clientWidth, 320);
    this.x = (time) => LEFT + ((width - LEFT - RIGHT) * time) / this.shown.duration;
    this.time = (x) => ((x - LEFT) * this.shown.duration) / (width - LEFT - RIGHT);
    this.marks = svg("g", {});
    this.playhead = svg("g", {});
    const outline = this.model.get("outline");
    const bottom = outline.low ? SOUND.top + SOUND.height : UNCERTAIN.top + UNCERTAIN.height;
    this.bottom = bottom;
    this.canvas.replaceChildren(
      svg(
        "svg",
        {
          width,
          height: bottom + 24,
          viewBox: `0 0 ${width} ${bottom + 24}`,
          role: "img",
          "aria-label": overview(this.shown),
        },
        ribbon(this.shown, this.x),
        uncertainty(this.shown, this.x),
        outline.low ? wave(outline, this.x) : null,
        axis(this.shown.duration, this.x, bottom),
        this.marks,
        this.playhead,
      ),
    );
    this.legend.replaceChildren(...this.shown.emotions.map(({ name, color }) => entry(name, color)));
    this.note.textContent = this.shown.overlapping ? OVERLAP : "";
    this.choose();
    this.drawTable();
  }

  // Show the window that is chosen, in Python or here.
  choose() {
    if (!this.windows.length) return;
    this.cursor.setAttribute("aria-label", `Window of ${this.shown.recording}; space plays it`);
    this.cursor.setAttribute("aria-valuemin", "1");
    this.cursor.setAttribute("aria-valuemax", this.windows.length);
    this.cursor.setAttribute("aria-valuenow", this.window + 1);
    this.cursor.setAttribute("aria-valuetext", inWords(this.shown, this.window));
    this.drawMarks();
    this.drawPlayhead();
  }

  drawMarks() {
    const seen = this.hovered ?? this.window;
    const { start, end } = this.windows[seen];
    const frame = (place, kind) => {
      const { from, to } = this.windows[place];
      const height = RIBBON.height;
      return svg("rect", { x: this.x(from), y: RIBBON.top, width: this.x(to) - this.x(from), height, class: kind });
    };
    const heard = { x: this.x(start), width: this.x(end) - this.x(start), class: "sv-heard" };
    this.marks.replaceChildren(
      svg("rect", { ...heard, y: UNCERTAIN.top, height: this.bottom - UNCERTAIN.top }),
      frame(this.window, "sv-chosen"),
      seen === this.window ? "" : frame(seen, "sv-hovered"),
    );
    this.details.replaceChildren(...details(this.shown, seen));
  }

  drawPlayhead() {
    const playing = this.player.playing;
    this.button.textContent = playing === null ? "▶ Play window" : "■ Stop";
    this.button.disabled = !this.shown?.audible;
    this.button.title = this.shown?.audible ? "" : "The recording is not at hand";
    if (!this.playhead) return;
    if (playing === null || !this.windows[playing]) {
      this.playhead.replaceChildren();
      return;
    }
    const x = this.x(this.windows[playing].start + this.player.time);
    this.playhead.replaceChildren(
      svg("line", { x1: x, x2: x, y1: RIBBON.top, y2: this.bottom, class: "sv-playhead" }),
    );
  }

  drawTable() {
    if (this.numbers.open && this.shown.windows) this.table.replaceChildren(numbersTable(this.shown));
  }

  at(event) {
    const time = this.time(event.clientX - this.plot.getBoundingClientRect().left);
    const place = this.windows.findIndex(({ from, to }) => from <= time && time < to);
    return place < 0 ? null : place;
  }

  hover(place) {
    if (place === this.hovered || !this.windows.length) return;
    this.hovered = place;
    this.drawMarks();
  }

  click(place) {
    if (place === null) return;
    this.select(place);
    this.player.play(place, this.shown.audible);
  }

  select(place) {
    this.hovered = null;
    this.model.set("window", Math.min(Math.max(place, 0), this.windows.length - 1));
    this.model.save_changes();
    this.choose();
  }

  toggle() {
    if (this.player.playing === null) this.player.play(this.window, this.shown.audible);
    else this.player.stop();
  }

  press(event) {
    const places = {
      ArrowLeft: this.window - 1,
      ArrowDown: this.window - 1,
      ArrowRight: this.window + 1,
      ArrowUp: this.window + 1,
      Home: 0,
      End: this.windows.length - 1,
    };
    if (event.key in places) {
      this.player.stop();
      this.select(places[event.key]);
    } else if (event.key === " ") {
      this.toggle();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation(); // or the notebook scrolls and changes its cell
  }

  receive() {
    this.player.receive(this.model.get("sound"));
  }
}

// Asks for the sound of a window once, and plays it.
class Player {
  constructor(model, tell) {
    this.model = model;
    this.tell = tell;
    this.audio = new Audio();
    this.audio.addEventListener("ended", () => this.stop());
    this.kept = new Map();
    this.playing = null;
    this.wanted = null;
  }

  get time() {
    return this.audio.currentTime;
  }

  of(recording) {
    if (recording === this.recording) return;
    this.end();
    this.recording = recording;
  }

  play(place, audible) {
    this.stop();
    if (!audible) return;
    this.wanted = place;
    if (this.kept.has(place)) this.start(place);
    else this.model.send({ kind: "hear", window: place });
  }

  receive({ recording, window, wav }) {
    if (recording !== this.recording || !wav) return;
    if (this.kept.size >= MOST_KEPT) this.forget(this.kept.keys().next().value);
    if (this.kept.has(window)) this.forget(window);
    this.kept.set(window, URL.createObjectURL(new Blob([wav], { type: "audio/wav" })));
    if (this.wanted === window) this.start(window);
  }

  start(place) {
    this.wanted = null;
    this.playing = place;
    this.audio.src = this.kept.get(place);
    this.audio.play().catch(() => this.playing === place && this.stop());
    const follow = () => {
      if (this.playing === null) return;
      this.tell();
      requestAnimationFrame(follow);
    };
    follow();
  }

  stop() {
    this.wanted = null;
    this.playing = null;
    this.audio.pause();
    this.tell();
  }

  forget(place) {
    URL.revokeObjectURL(this.kept.get(place));
    this.kept.delete(place);
  }

  end() {
    this.stop();
    this.audio.removeAttribute("src");
    for (const place of [...this.kept.keys()]) this.forget(place);
  }
}

class Controls {
  constructor(choose) {
    this.node = element("div", { class: "sv-choices", role: "group", "aria-label": "What to show" });
    this.selects = {};
    for (const [part, name] of Object.entries(PARTS)) {
      const select = element("select", {
        "aria-label": name,
        onchange: () => choose(part, this.value(part)),
      });
      this.selects[part] = select;
      this.node.append(element("label", {}, name, select));
    }
  }

  value(part) {
    const { value, selectedOptions } = this.selects[part];
    return selectedOptions[0].dataset.steps ? JSON.parse(selectedOptions[0].dataset.steps) : value;
  }

  update(choices, shown) {
    const listed = Array.isArray(shown.steps);
    const names = {
      recording: choices.recordings,
      prompt: choices.prompts,
      readout: choices.readouts.map(({ name }) => name),
      steps: listed ? [...choices.steps, shown.steps.join(", ")] : choices.steps,
    };
    for (const [part, select] of Object.entries(this.selects)) {
      select.replaceChildren(...names[part].map((name) => element("option", { value: name }, name)));
      select.value = part === "steps" && listed ? shown.steps.join(", ") : shown[part];
    }
    if (listed) this.selects.steps.lastChild.dataset.steps = JSON.stringify(shown.steps);
    this.selects.steps.disabled = !choices.readouts.find(({ name }) => name === shown.readout).stepped;
    this.selects.recording.parentNode.style.display = choices.recordings.length < 2 ? "none" : "";
  }
}

function entry(name, color, share = null) {
  const swatch = element("span", { class: "sv-swatch", style: `background: ${tone(color)}` });
  return element("span", {}, swatch, share === null ? name : `${name} ${percent(share)}`);
}

// One closed path an emotion: a box for each window, as wide as it is, so that nothing is smoothed.
function ribbon(shown, x) {
  const { top, height } = RIBBON;
  const parts = [0, 0.5, 1].map((share) => {
    const y = top + height * (1 - share);
    return svg(
      "g",
      {},
      svg("line", { x1: LEFT, x2: x(shown.duration), y1: y, y2: y, class: "sv-grid" }),
      svg("text", { x: LEFT - 8, y: y + 4, "text-anchor": "end", class: "sv-tick" }, percent(share)),
    );
  });
  const boxes = shown.emotions.map(() => []);
  const letters = [];
  for (const { from, to, shares } of shown.windows) {
    const width = x(to) - x(from);
    const inset = width > 8 ? 0.75 : 0;
    if (!shares) {
      parts.push(gap(x(from) + inset, width - 2 * inset));
      continue;
    }
    let above = 1;
    shares.forEach((share, i) => {
      const y = top + height * (1 - above);
      const box = `M${x(from) + inset} ${y}H${x(to) - inset}v${height * share}H${x(from) + inset}Z`;
      if (share > 0) boxes[i].push(box);
      const { name, color } = shown.emotions[i];
      if (share >= 0.3 && width > LETTER * name.length + 10 && height * share > 18) {
        letters.push(
          svg(
            "text",
            {
              x: (x(from) + x(to)) / 2,
              y: y + (height * share) / 2 + 4,
              "text-anchor": "middle",
              style: `fill: ${onTone(color)}`,
            },
            name,
          ),
        );
      }
      above -= share;
    });
  }
  shown.emotions.forEach(({ name, color }, i) => {
    const path = svg("path", { d: boxes[i].join(""), style: `fill: ${tone(color)}` });
    path.dataset.emotion = name;
    parts.push(path);
  });
  return svg("g", {}, parts, letters);
}

function gap(x, width) {
  const { top, height } = RIBBON;
  return svg(
    "g",
    {},
    svg("rect", { x, y: top, width, height, class: "sv-gap" }),
    svg("path", { d: hatch(x, top, width, height), class: "sv-hatch" }),
  );
}

// Slanted lines across a box, cut at its edges.
function hatch(x, y, width, height) {
  const lines = [];
  for (let offset = 10; offset < width + height; offset += 10) {
    const from = [x + Math.max(0, offset - height), y + Math.min(offset, height)];
    const to = [x + Math.min(offset, width), y + Math.max(0, offset - width)];
    lines.push(`M${from[0]} ${from[1]}L${to[0]} ${to[1]}`);
  }
  return lines.join("");
}

function uncertainty(shown, x) {
  const { top, height } = UNCERTAIN;
  const y = (bits) => top + height * (1 - bits / shown.most_entropy);
  const lines = shown.windows
    .filter(({ entropy }) => entropy !== null)
    .map(({ from, to, entropy }) => `M${x(from)} ${y(entropy)}H${x(to)}`);
  const scale = [0, shown.most_entropy].map((bits) =>
    svg("text", { x: LEFT - 8, y: y(bits) + 4, "text-anchor": "end", class: "sv-tick" }, bits ? `${bits.toFixed(1)} bits` : "0"),
  );
  const label = svg("text", { x: LEFT - 8, y: top + height / 2 + 4, "text-anchor": "end", class: "sv-tick" }, "entropy");
  return svg(
    "g",
    {},
    [0, shown.most_entropy].map((bits) =>
      svg("line", { x1: LEFT, x2: x(shown.duration), y1: y(bits), y2: y(bits), class: "sv-grid" }),
    ),
    scale,
    label,
    svg("path", { d: lines.join(""), class: "sv-entropy" }),
  );
}

function wave({ low, high, duration }, x) {
  const middle = SOUND.top + SOUND.height / 2;
  const at = (i, part) => `${x((duration * i) / low.length)} ${middle - (SOUND.height / 2) * part}`;
  const over = high.map((part, i) => at(i, part));
  const under = low.map((part, i) => at(i, part)).reverse();
  return svg(
    "g",
    {},
    svg("text", { x: LEFT - 8, y: middle + 4, "text-anchor": "end", class: "sv-tick" }, "sound"),
    svg("path", { d: `M${over.join("L")}L${under.join("L")}Z`, class: "sv-wave" }),
  );
}

function axis(duration, x, bottom) {
  const steps = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
  const step = steps.find((each) => x(each) - x(0) > 46) ?? 7200;
  const ticks = [];
  for (let time = 0; time <= duration + 1e-9; time += step) {
    ticks.push(svg("text", { x: x(time), y: bottom + 16, "text-anchor": "middle", class: "sv-tick" }, clock(time)));
  }
  return svg("g", {}, ticks);
}

function clock(time) {
  if (time < 60) return `${Number(time.toFixed(1))} s`;
  const rest = Math.round(time % 60);
  return `${Math.floor(time / 60)}:${String(rest).padStart(2, "0")}`;
}

function span({ start, end }) {
  return `${start.toFixed(1)}–${end.toFixed(1)} s`;
}

function ranked(shown, { shares }) {
  return shown.emotions
    .map((emotion, i) => ({ ...emotion, share: shares[i] }))
    .sort((a, b) => b.share - a.share);
}

function inWords(shown, place) {
  const window = shown.windows[place];
  const head = `Window ${place + 1} of ${shown.windows.length}, ${span(window)}`;
  if (!window.shares) return `${head}: ${window.message}`;
  const [first, second] = ranked(shown, window);
  const told = [first, second].filter(Boolean).map(({ name, share }) => `${name} ${percent(share)}`);
  return `${head}: ${told.join(", ")}; said ${window.answer}`;
}

function details(shown, place) {
  const window = shown.windows[place];
  const head = element(
    "p",
    {},
    element("strong", {}, `Window ${place + 1} of ${shown.windows.length}`),
    ` · heard ${span(window)}`,
    window.entropy === null ? "" : ` · entropy ${window.entropy.toFixed(2)} bits`,
  );
  const notes = window.notes ? element("p", { class: "sv-faint" }, window.notes) : null;
  const said = window.answer ? element("p", {}, "said ", element("q", {}, window.answer)) : null;
  const told = window.message ? element("p", { class: "sv-warning" }, window.message) : null;
  const listed = window.shares
    ? element("div", { class: "sv-legend" }, ranked(shown, window).map(({ name, color, share }) => entry(name, color, share)))
    : null;
  return [head, listed, said, told, notes].filter(Boolean);
}

function overview(shown) {
  const turns = [];
  for (const window of shown.windows) {
    const leading = window.shares ? ranked(shown, window)[0].name : "no answer";
    if (turns.at(-1)?.leading !== leading) turns.push({ leading, from: window.from });
  }
  const told = turns.map(({ leading, from }) => `${leading} from ${from.toFixed(1)} s`).join(", ");
  const overlap = shown.overlapping ? " The windows overlap." : "";
  return `Shares of ${shown.emotions.length} emotions over time in ${shown.windows.length} windows. Largest: ${told}.${overlap}`;
}

function numbersTable(shown) {
  const heads = ["from", "to", ...shown.emotions.map(({ name }) => name), "entropy, bits", "answer"];
  const exact = (share) => (share === undefined ? "–" : `${(100 * share).toFixed(1)} %`);
  const rows = shown.windows.map((window) => {
    const cells = [window.start.toFixed(1), window.end.toFixed(1)];
    cells.push(...shown.emotions.map((_, i) => exact(window.shares?.[i])));
    cells.push(window.entropy === null ? "–" : window.entropy.toFixed(2), window.message || window.answer);
    return element("tr", {}, cells.map((cell) => element("td", {}, cell)));
  });
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, rows),
  );
}

export default { render };
