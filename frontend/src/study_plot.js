// Draws a line of numbers into an SVG: axes, the line as it was at the start (dashed), the line as it
// is, kinks, and the point that moves. All of its looks are classes, for the policy allows no styles.

/** @typedef {{ x: number[], y: (number | null)[], jumps: Set<number> }} Line */
/** @typedef {{ low: number, high: number, bottom: number, top: number }} Frame */

const NAMESPACE = "http://www.w3.org/2000/svg";
export const WIDTH = 360, HEIGHT = 240;
const LEFT = 50, RIGHT = 12, TOP = 10, BOTTOM = 42;

/** @returns {SVGElement} */
function make(/** @type {string} */ name, /** @type {Record<string, string | number>} */ attributes, text = "") {
  const element = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.textContent = text;
  return element;
}

/** A power of ten, or twice or five times one: about a quarter of the span. */
export function niceStep(/** @type {number} */ span) {
  const power = 10 ** Math.floor(Math.log10(span / 4));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= span / 4) ?? span;
}

/** @returns {Frame} */
export function frameOf(/** @type {number[]} */ xs, /** @type {(number | null)[]} */ ys) {
  const known = ys.filter((y) => y !== null);
  let [low, high] = [Math.min(...known), Math.max(...known)];
  if (!known.length) [low, high] = [0, 1];
  if (high - low < 1e-9 * Math.max(1, Math.abs(high))) [low, high] = [low - 1, high + 1];
  const step = niceStep(high - low);
  return {
    low: xs[0], high: xs[xs.length - 1],
    bottom: Math.floor(low / step + 1e-9) * step, top: Math.ceil(high / step - 1e-9) * step,
  };
}

const atX = (/** @type {Frame} */ f, /** @type {number} */ x) => LEFT + ((x - f.low) / (f.high - f.low)) * (WIDTH - LEFT - RIGHT);
const atY = (/** @type {Frame} */ f, /** @type {number} */ y) => HEIGHT - BOTTOM - ((y - f.bottom) / (f.top - f.bottom)) * (HEIGHT - TOP - BOTTOM);

/** The number of the axis under a place in the picture. */
export function numberAt(/** @type {Frame} */ frame, /** @type {number} */ place) {
  return frame.low + ((place - LEFT) / (WIDTH - LEFT - RIGHT)) * (frame.high - frame.low);
}

function ticks(/** @type {number} */ low, /** @type {number} */ high) {
  const step = niceStep(high - low);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function label(/** @type {number} */ value) {
  return Number(value.toPrecision(4)).toString().replace("-", "−");
}

function axes(/** @type {Frame} */ frame, /** @type {string} */ name) {
  const right = WIDTH - RIGHT, floor = HEIGHT - BOTTOM;
  const rows = ticks(frame.bottom, frame.top).flatMap((value) => [
    make("line", { class: value === 0 ? "m-plot-zero" : "m-plot-grid", x1: LEFT, x2: right, y1: atY(frame, value), y2: atY(frame, value) }),
    make("text", { x: LEFT - 6, y: atY(frame, value) + 4, "text-anchor": "end" }, label(value)),
  ]);
  const columns = ticks(frame.low, frame.high).map((value) =>
    make("text", { x: atX(frame, value), y: floor + 16, "text-anchor": "middle" }, label(value)));
  const title = make("text", { x: (LEFT + right) / 2, y: HEIGHT - 6, "text-anchor": "middle", class: "m-plot-name" }, name);
  return [...rows, ...columns, title];
}

/** The runs of a line between its gaps. */
function path(/** @type {Frame} */ frame, /** @type {Line} */ line) {
  let pen = "M", drawn = "";
  line.x.forEach((x, i) => {
    const y = line.y[i];
    if (y === null) pen = "M";
    else {
      drawn += `${pen}${atX(frame, x).toFixed(1)} ${atY(frame, y).toFixed(1)}`;
      pen = line.jumps.has(i) ? "M" : "L";
    }
  });
  return drawn;
}

function kinks(/** @type {Frame} */ frame, /** @type {number[]} */ places) {
  return places.map((x) => make("line", { class: "m-plot-kink", x1: atX(frame, x), x2: atX(frame, x), y1: TOP, y2: HEIGHT - BOTTOM }));
}

/** The slope as a short line through the point. */
function tangent(/** @type {Frame} */ frame, /** @type {number} */ x, /** @type {number} */ y, /** @type {number} */ slope) {
  const dx = WIDTH / (frame.high - frame.low), dy = HEIGHT / (frame.top - frame.bottom);
  const half = 46 / Math.hypot(dx, slope * dy);
  return make("line", {
    class: "m-plot-tangent",
    x1: atX(frame, x - half), y1: atY(frame, y - half * slope), x2: atX(frame, x + half), y2: atY(frame, y + half * slope),
  });
}

/**
 * Draw one panel.
 * @param {SVGElement} svg
 * @param {{ frame: Frame, axis: string, line: Line, before: Line, kinks: number[], place: number, slope?: number | null }} what
 */
export function drawPlot(svg, what) {
  const { frame, line, before, place } = what;
  const x = line.x[place], y = line.y[place];
  const parts = [
    ...axes(frame, what.axis), ...kinks(frame, what.kinks),
    make("path", { class: "m-plot-before", d: path(frame, before) }), make("path", { class: "m-plot-line", d: path(frame, line) }),
  ];
  if (y !== null) {
    if (typeof what.slope === "number") parts.push(tangent(frame, x, y, what.slope));
    parts.push(make("line", { class: "m-plot-drop", x1: atX(frame, x), x2: atX(frame, x), y1: atY(frame, y), y2: HEIGHT - BOTTOM }));
    parts.push(make("circle", { class: "m-plot-point", cx: atX(frame, x), cy: atY(frame, y), r: 7 }));
  }
  svg.replaceChildren(...parts);
}
