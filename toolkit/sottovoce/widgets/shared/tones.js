// Colours of concepts on light and dark paper. A very dark one, as neutral's, moves towards the ink,
// which the theme turns light.

function luminance(color) {
  const channels = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16) / 255);
  const linear = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

function isDark(color) {
  return luminance(color) < 0.06;
}

function tone(color) {
  return isDark(color) ? `color-mix(in srgb, ${color} 55%, var(--sv-ink))` : color;
}

// The colour of letters on a tone.
function onTone(color) {
  if (isDark(color)) return "var(--sv-paper)";
  return luminance(color) > 0.18 ? "#000000" : "#ffffff";
}

// Tell the width of a view whenever it changes. In a frame of its own, since what is drawn then
// changes the height of what is observed.
function observeWidth(node, signal, listener) {
  let width = 0;
  const observer = new ResizeObserver(() => {
    if (node.clientWidth === width) return;
    width = node.clientWidth;
    requestAnimationFrame(() => !signal.aborted && width && listener(width));
  });
  observer.observe(node);
  signal.addEventListener("abort", () => observer.disconnect());
}

function shortened(text, longest) {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= longest ? line : `${line.slice(0, Math.max(1, longest - 1))}…`;
}
