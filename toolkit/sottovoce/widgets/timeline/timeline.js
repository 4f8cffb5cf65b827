const PARTS = { recording: "Recording", prompt: "Prompt", readout: "Read-out", steps: "Steps" };
const MOST_KEPT = 40;
const OVERLAP =
  "The windows overlap: a moment is drawn in the one whose middle is nearer; what the window heard is marked below.";

function render({ model, el, signal }) {
  el.classList.add("sottovoce", "sottovoce-timeline");
  const timeline = new Timeline(model);
  el.append(...timeline.nodes);
  const fit = followPaper(el, signal, () => (model.get("shown").emotions ?? []).map(({ color }) => color));
  timeline.draw();
  observe(model, signal, {
    choices: () => timeline.draw(),
    shown: () => (fit(), timeline.draw()),
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

export default { render };
