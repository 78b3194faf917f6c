// Draws every <div data-chart="id-of-the-json">: the options stand in a JSON script element, the
// colours come from the page's tokens. The same numbers stand in a table beside the chart.

import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
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

const quiet = matchMedia("(prefers-reduced-motion: reduce)");

function draw(/** @type {HTMLElement} */ element) {
  const source = document.getElementById(element.dataset.chart ?? "");
  if (!source) return;
  const look = theme(element);
  const { tooltip = {}, ...options } = JSON.parse(source.textContent ?? "{}");
  const chart = init(element, look);
  chart.setOption({
    animation: !quiet.matches, aria: { enabled: true },
    tooltip: { ...look.tooltip, ...tooltip },
    ...options,
  });
  const resized = new ResizeObserver(() => chart.resize());
  resized.observe(element);
  document.addEventListener("themechange", () => {
    resized.disconnect();
    chart.dispose();
    draw(element);
  }, { once: true });
}

function drawAll() {
  for (const element of document.querySelectorAll("[data-chart]:not([data-drawn])")) {
    element.setAttribute("data-drawn", "");
    draw(/** @type {HTMLElement} */ (element));
  }
}

drawAll();
document.addEventListener("htmx:load", drawAll);
