// The colours of concepts, as Python's plots have them, moved only where the paper would swallow
// them. Elements name them as CSS variables, which follow the theme.

const LEAST = { light: 2.1, dark: 3 }; // the contrast of an area; on white no colour of the plots moves
const READABLE = 4.5; // that of letters, WCAG 2 level AA

function channels(color) {
  const hex = /^#([0-9a-f]{6})$/i.exec(color);
  if (hex) return [0, 2, 4].map((at) => parseInt(hex[1].slice(at, at + 2), 16));
  const numbers = (color.match(/[\d.]+/g) ?? []).map(Number);
  return numbers.length >= 3 && numbers[3] !== 0 ? numbers.slice(0, 3) : null;
}

function luminance(rgb) {
  const [red, green, blue] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

// The contrast of WCAG 2, from 1 to 21.
function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function mix(from, to, share) {
  return from.map((value, i) => value + (to[i] - value) * share);
}

function css(rgb) {
  return `rgb(${rgb.map(Math.round).join(", ")})`;
}

function isDark(paper) {
  return luminance(paper) <= 0.18;
}

// Move a colour towards black or white until it stands out from the paper.
function standingOut(color, paper, least) {
  const end = isDark(paper) ? [255, 255, 255] : [0, 0, 0];
  for (let kept = 1; kept > 0.01; kept *= 0.98) {
    const mixed = mix(end, color, kept);
    if (contrast(mixed, paper) >= least) return mixed;
  }
  return end;
}

function areaColor(color, paper) {
  return standingOut(channels(color), paper, isDark(paper) ? LEAST.dark : LEAST.light);
}

function letterColor(color, paper) {
  return standingOut(channels(color), paper, READABLE);
}

function inkOn(area) {
  return contrast(area, [0, 0, 0]) > contrast(area, [255, 255, 255]) ? [0, 0, 0] : [255, 255, 255];
}

// A concept's colour for an area or a line, for letters on the paper, for letters on its area.
const tone = (color) => `var(--sv-area-${color.slice(1)}, ${color})`;
const toneOfLetters = (color) => `var(--sv-letters-${color.slice(1)}, ${color})`;
const onTone = (color) => `var(--sv-on-${color.slice(1)}, ${css(inkOn(channels(color)))})`;

// Give the variables of some colours their values on the present paper, which is returned.
function fitColors(el, colors) {
  const paper = paperOf(el);
  for (const color of colors) {
    const area = areaColor(color, paper);
    const values = { area, letters: letterColor(color, paper), on: inkOn(area) };
    for (const [use, value] of Object.entries(values)) {
      el.style.setProperty(`--sv-${use}-${color.slice(1)}`, css(value));
    }
  }
  return paper;
}

// Keep the colours of a view fitting while its paper changes; the function returned does it now.
function followPaper(el, signal, colors) {
  const fit = () => fitColors(el, colors());
  watchTheme(signal, fit);
  const shown = new ResizeObserver(fit); // before it is in the page, a view has no paper
  shown.observe(el);
  signal.addEventListener("abort", () => shown.disconnect());
  return fit;
}

// The colour behind an element: its own, or that of what holds it.
function paperOf(node) {
  for (let at = node; at; at = at.parentElement) {
    const found = channels(getComputedStyle(at).backgroundColor);
    if (found) return found;
  }
  return [255, 255, 255];
}

// Call the listener when the theme of the notebook or of the system changes.
function watchTheme(signal, listener) {
  const watcher = new MutationObserver(listener);
  for (const node of [document.documentElement, document.body]) {
    watcher.observe(node, { attributes: true });
  }
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", listener, { signal });
  signal.addEventListener("abort", () => watcher.disconnect());
}
