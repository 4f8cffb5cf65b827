// What the widgets' modules share. No imports and no exports: the Python side puts files together.

const SVG = "http://www.w3.org/2000/svg";

// Make an element. Children that are no nodes become text, so that nothing a model, a file or a
// table says is ever markup; properties that begin with "on" become listeners.
function element(name, properties = {}, ...children) {
  return furnish(document.createElement(name), properties, children);
}

function svg(name, properties = {}, ...children) {
  return furnish(document.createElementNS(SVG, name), properties, children);
}

function furnish(node, properties, children) {
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

function percent(share) {
  if (!Number.isFinite(share)) return "–";
  if (share > 0 && share < 0.005) return "<1 %";
  return `${Math.round(100 * share)} %`;
}

function seconds(value) {
  return `${value.toFixed(2)} s`;
}

// Observe traits of the model, once each, and stop when the view goes.
function observe(model, signal, listeners) {
  for (const [trait, listener] of Object.entries(listeners)) {
    model.on(`change:${trait}`, listener);
    signal.addEventListener("abort", () => model.off(`change:${trait}`, listener));
  }
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
