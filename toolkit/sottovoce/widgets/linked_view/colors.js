// Colours that can be told from the paper that they lie on, whatever the theme.

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

// Move a colour towards black or white until it stands out from the paper.
function standingOut(color, paper, least) {
  const end = luminance(paper) > 0.18 ? [0, 0, 0] : [255, 255, 255];
  for (let share = 0; share < 1; share += 0.04) {
    const mixed = mix(color, end, share);
    if (contrast(mixed, paper) >= least) return mixed;
  }
  return end;
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
