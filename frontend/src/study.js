// Pictures of a loss to be moved: <figure data-picture="id-of-the-json">. Sliders choose among numbers that
// the server computed; the point can be dragged as well. What is drawn also stands in words and in a table.

import { WIDTH, drawPlot, frameOf, numberAt } from "./study_plot.js";

/** @typedef {{ name: string, label: string, values: string[], start: number }} Knob */
/** @typedef {(number | null)[]} Numbers */
/** @typedef {{ title: string, axis: string, x: number[], start: number, knobs: Knob[], loss: Numbers[], slope: Numbers[] | null, jumps: number[][] }} Data */

/** @returns {HTMLInputElement[]} */
function sliders(/** @type {HTMLElement} */ figure, /** @type {string} */ what) {
  return [...figure.querySelectorAll(`input[${what}]`)].filter((each) => each instanceof HTMLInputElement);
}

function text(/** @type {number | null} */ value) {
  return value === null ? "none" : Number(value.toPrecision(4)).toString().replace("-", "−");
}

/** The line of a combination of the knobs: the last knob turns fastest. */
function lineOf(/** @type {Data} */ data, /** @type {number[]} */ places) {
  return places.reduce((line, place, i) => line * data.knobs[i].values.length + place, 0);
}

/** Where the slope has no number or jumps. */
function kinksOf(/** @type {Data} */ data, /** @type {number} */ line) {
  if (!data.slope) return [];
  const slope = data.slope[line], loss = data.loss[line];
  const gaps = data.x.filter((_, i) => slope[i] === null && loss[i] !== null);
  return [...gaps, ...data.jumps[line].map((i) => (data.x[i] + data.x[i + 1]) / 2)];
}

/** What a listener is told of the point. */
function words(/** @type {Data} */ data, /** @type {number} */ line, /** @type {number} */ place) {
  const loss = data.loss[line][place];
  if (loss === null) return "There is no number here.";
  if (!data.slope) return `Value ${text(loss)}.`;
  const slope = data.slope[line][place];
  if (slope === null) return `Loss ${text(loss)}. A kink, or an end: the slope is none, or any between those of both sides.`;
  const way = Math.abs(slope) < 1e-9 ? "It is flat here: gradient descent stays." : `Gradient descent moves to the ${slope > 0 ? "left" : "right"}.`;
  return `Loss ${text(loss)}, slope ${text(slope)}. ${way}`;
}

class Picture {
  constructor(/** @type {HTMLElement} */ figure, /** @type {Data} */ data) {
    this.figure = figure;
    this.data = data;
    this.x = sliders(figure, "data-x")[0];
    this.knobs = sliders(figure, "data-knob");
    this.before = lineOf(data, data.knobs.map((knob) => knob.start));
    figure.addEventListener("input", () => this.show());
    figure.querySelector("[data-reset]")?.addEventListener("click", () => this.reset());
    for (const svg of this.plots()) this.letDrag(svg);
    for (const part of figure.querySelectorAll("[hidden]")) part.removeAttribute("hidden");
    this.show();
  }

  plots() {
    return [...this.figure.querySelectorAll("svg[data-plot]")].filter((each) => each instanceof SVGElement);
  }

  places() {
    return this.knobs.map((knob) => Number(knob.value));
  }

  reset() {
    this.x.value = String(this.data.start);
    this.knobs.forEach((knob, i) => { knob.value = String(this.data.knobs[i].start); });
    this.show();
  }

  show() {
    const line = lineOf(this.data, this.places()), place = Number(this.x.value);
    const said = words(this.data, line, place);
    for (const svg of this.plots()) this.draw(svg, line, place, said);
    this.tell(this.x, text(this.data.x[place]), said);
    this.knobs.forEach((knob, i) => this.tell(knob, this.data.knobs[i].values[Number(knob.value)], said));
    const shown = this.figure.querySelector("[data-words]");
    if (shown) shown.textContent = `${this.data.axis} = ${text(this.data.x[place])}. ${said}`;
    this.fillTable(line);
  }

  draw(/** @type {SVGElement} */ svg, /** @type {number} */ line, /** @type {number} */ place, /** @type {string} */ said) {
    const { data } = this, isSlope = svg.dataset.plot === "slope";
    const lines = isSlope && data.slope ? data.slope : data.loss;
    const jumps = (/** @type {number} */ each) => new Set(isSlope ? data.jumps[each] : []);
    drawPlot(svg, {
      frame: frameOf(data.x, [...lines[line], ...lines[this.before]]),
      axis: data.axis,
      line: { x: data.x, y: lines[line], jumps: jumps(line) },
      before: { x: data.x, y: lines[this.before], jumps: jumps(this.before) },
      kinks: kinksOf(data, line),
      place,
      slope: isSlope || !data.slope ? null : data.slope[line][place],
    });
    const what = isSlope ? "Slope" : data.slope ? "Loss" : "Score";
    svg.setAttribute("aria-label", `${what} along ${data.axis}. At ${text(data.x[place])}: ${said} The table has the numbers.`);
  }

  tell(/** @type {HTMLInputElement} */ slider, /** @type {string} */ value, /** @type {string} */ said) {
    slider.setAttribute("aria-valuetext", `${value}. ${said}`);
    const output = this.figure.querySelector(`output[for="${slider.id}"]`);
    if (output) output.textContent = value;
  }

  fillTable(/** @type {number} */ line) {
    const lines = this.data.slope ? [this.data.loss[line], this.data.slope[line]] : [this.data.loss[line]];
    for (const row of this.figure.querySelectorAll("tr[data-place]")) {
      const place = Number(row.getAttribute("data-place"));
      row.querySelectorAll("td").forEach((cell, i) => { cell.textContent = text(lines[i][place]); });
    }
    const setting = this.figure.querySelector("[data-setting]");
    const turned = this.data.knobs.map((knob, i) => `${knob.label}: ${knob.values[this.places()[i]]}.`);
    if (setting) setting.textContent = turned.join(" ");
  }

  letDrag(/** @type {SVGElement} */ svg) {
    const move = (/** @type {PointerEvent} */ event) => {
      if (event.type === "pointermove" && !svg.hasPointerCapture(event.pointerId)) return;
      if (event.type === "pointerdown") svg.setPointerCapture(event.pointerId);
      const box = svg.getBoundingClientRect();
      const wanted = numberAt(frameOf(this.data.x, []), ((event.clientX - box.left) / box.width) * WIDTH);
      const distance = (/** @type {number} */ i) => Math.abs(this.data.x[i] - wanted);
      this.x.value = String(this.data.x.reduce((best, _, i) => (distance(i) < distance(best) ? i : best), 0));
      this.show();
    };
    svg.addEventListener("pointerdown", move);
    svg.addEventListener("pointermove", move);
  }
}

for (const figure of document.querySelectorAll("[data-picture]")) {
  if (!(figure instanceof HTMLElement)) continue;
  const source = document.getElementById(figure.dataset.picture ?? "");
  if (source) new Picture(figure, JSON.parse(source.textContent ?? "{}"));
}
