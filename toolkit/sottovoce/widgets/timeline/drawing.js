// What a timeline looks like, and how it is said in words: from what Python sends to elements.

const LEFT = 66;
const RIGHT = 20;
const RIBBON = { top: 6, height: 190 };
const UNCERTAIN = { top: 210, height: 44 };
const SOUND = { top: 266, height: 62 };
const LETTER = 7;

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
