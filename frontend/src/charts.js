// Draws every <div data-chart="id-of-the-json">: the options stand in a JSON script element, the
// colours come from the page's tokens ("--m-brand" as a value is one, too). The same numbers stand in
// a table beside the chart; with the arrow keys one goes from point to point.

import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { getInstanceByDom, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([
  AriaComponent, BarChart, CanvasRenderer, GridComponent, LegendComponent, LineChart,
  MarkLineComponent, ScatterChart, TooltipComponent,
]);

const SERIES = ["--m-values", "--m-gradients", "--m-stability", "--m-edge-cases", "--m-efficiency"];

/** A token as the browser computes it: canvases know nothing of custom properties. */
function colour(/** @type {HTMLElement} */ element, /** @type {string} */ token) {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  element.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return srgb(found);
}

/** Canvas libraries read rgb() only; the browser converts whatever the token was written in. */
function srgb(/** @type {string} */ text) {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return text;
  context.fillStyle = text;
  context.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
  return `rgba(${r},${g},${b},${a / 255})`;
}

function theme(/** @type {HTMLElement} */ element) {
  const text = colour(element, "--m-text-quiet");
  const line = colour(element, "--m-line");
  const axis = {
    axisLine: { lineStyle: { color: line } }, axisLabel: { color: text },
    splitLine: { lineStyle: { color: line } }, nameTextStyle: { color: text },
  };
  return {
    color: SERIES.map((token) => colour(element, token)),
    backgroundColor: "transparent",
    textStyle: { color: text, fontFamily: getComputedStyle(element).fontFamily },
    legend: { textStyle: { color: text } },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: axis,
    logAxis: axis,
    tooltip: {
      // Rich text is drawn on the canvas: no HTML with inline styles.
      renderMode: "richText",
      backgroundColor: colour(element, "--m-surface-raised"), borderColor: line,
      textStyle: { color: colour(element, "--m-text-strong") },
    },
  };
}

/**
 * Options with every "--m-token" in them as the colour that it stands for.
 * @returns {any}
 */
function coloured(/** @type {HTMLElement} */ element, /** @type {unknown} */ value) {
  if (typeof value === "string") return value.startsWith("--m-") ? colour(element, value) : value;
  if (Array.isArray(value)) return value.map((each) => coloured(element, each));
  if (typeof value !== "object" || value === null) return value;
  /** @type {Record<string, unknown>} */
  const found = {};
  for (const [key, each] of Object.entries(value)) found[key] = coloured(element, each);
  return found;
}

const quiet = matchMedia("(prefers-reduced-motion: reduce)");

/** Go from point to point with the arrow keys; the tooltip tells the numbers. */
function walk(/** @type {KeyboardEvent} */ event) {
  const element = /** @type {HTMLElement} */ (event.currentTarget);
  const chart = getInstanceByDom(element);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!chart || !step) return;
  event.preventDefault();
  const series = /** @type {{ data: unknown[] }[]} */ (chart.getOption().series);
  const last = series[0].data.length - 1;
  const place = Math.min(last, Math.max(0, Number(element.dataset.point ?? -1) + step));
  element.dataset.point = String(place);
  chart.dispatchAction({ type: "showTip", seriesIndex: series.length - 1, dataIndex: place });
}

function hideTip(/** @type {Event} */ event) {
  getInstanceByDom(/** @type {HTMLElement} */ (event.currentTarget))?.dispatchAction({ type: "hideTip" });
}

function draw(/** @type {HTMLElement} */ element, moves = !quiet.matches) {
  const source = document.getElementById(element.dataset.chart ?? "");
  if (!source) return;
  const look = theme(element);
  const { tooltip = {}, aria = {}, ...options } = coloured(element, JSON.parse(source.textContent ?? "{}"));
  const chart = init(element, look);
  chart.setOption({
    animation: moves, aria: { enabled: true, ...aria },
    tooltip: { ...look.tooltip, ...tooltip },
    ...options,
  });
  const resized = new ResizeObserver(() => chart.resize());
  resized.observe(element);
  document.addEventListener("themechange", () => {
    resized.disconnect();
    chart.dispose();
    // At once: on its way to paper nothing may still be growing.
    if (element.isConnected) draw(element, false);
  }, { once: true });
}

function drawAll() {
  for (const element of document.querySelectorAll("[data-chart]:not([data-drawn])")) {
    if (!(element instanceof HTMLElement)) continue;
    element.setAttribute("data-drawn", "");
    element.addEventListener("keydown", walk);
    element.addEventListener("blur", hideTip);
    draw(element);
  }
}

drawAll();
document.addEventListener("htmx:load", drawAll);
