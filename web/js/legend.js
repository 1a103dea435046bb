// @ts-check
/** What the colours mean, and the same as a table. */
/** @import {Histogram, Legend, Stop, ViewMeta} from "./types.js" */
import { fetchHistogram } from "./api.js";
import { css, element, swatch } from "./dom.js";
import { EVENTS, on } from "./events.js";
import { formatNumber, isYear } from "./format.js";
import { label } from "./labels.js";
import { find } from "./selectors.js";
import { state } from "./state.js";
import { chooseMultiple, writeUnit } from "./units.js";

/**
 * How the numbers of one legend are written: all in the multiple of the largest.
 * @param {ViewMeta} meta
 * @param {(number | null)[]} numbers
 */
function scale(meta, numbers) {
  const known = numbers.filter((number) => number !== null).map(Math.abs);
  const middle = known.sort((a, b) => a - b)[Math.floor(known.length / 2)] ?? 0;
  const multiple = chooseMultiple(middle, meta.unit);
  const year = isYear(meta.unit, meta.column);
  return {
    unit: writeUnit(multiple.unit),
    /** @param {number} number */
    write: (number) => formatNumber(number * multiple.factor, { year }),
  };
}

/**
 * A bar of the steps with the limits between them; open ends carry no number.
 * @param {ViewMeta} meta
 * @param {Stop[]} stops
 */
function stepBar(meta, stops) {
  const { write } = scale(meta, stops.map(({ low }) => low));
  const cells = stops.map(({ low, high, colour }, index) => {
    const cell = element("span", { class: "step" });
    const block = element("i", { "aria-hidden": "true" });
    block.style.backgroundColor = css(colour);
    const limit = index > 0 || (low !== null && low !== 0) ? low : null;
    cell.append(block, element("b", {}, limit === null || limit === undefined ? (low === 0 ? "0" : "") : write(limit)));
    cell.title = rangeText(write, low, high);
    return cell;
  });
  return element("div", { class: "steps" }, ...cells);
}

/**
 * A range in words.
 * @param {(number: number) => string} write
 * @param {number | null} low
 * @param {number | null} high
 */
function rangeText(write, low, high) {
  if (low === null && high !== null) return label("app.legend.below", { value: write(high) });
  if (high === null && low !== null) return label("app.legend.above", { value: write(low) });
  return `${low === null ? "" : write(low)}–${high === null ? "" : write(high)}`;
}

/**
 * A list of the classes.
 * @param {Legend} legend
 */
function classList(legend) {
  const items = (legend.classes ?? []).map(({ key, colour }) => element("li", {}, swatch(colour), label(key)));
  return element("ul", { class: "classes" }, ...items);
}

/** @param {number[]} colour */
function missingItem(colour) {
  return element("span", { class: "no-data" }, swatch(colour), label("app.legend.missing"));
}

/** @param {import("./types.js").PlannedEntry} planned */
function plannedItem({ key, colour, edge }) {
  const square = swatch(colour);
  square.style.boxShadow = `inset 0 0 0 1.5px ${css(edge)}`;
  return element("span", { class: "no-data" }, square, label(key));
}

/**
 * The values of the view as a table, fetched when it is opened.
 * @param {ViewMeta} meta
 */
function tableTwin(meta) {
  const details = element("details", { class: "twin" }, element("summary", {}, label("app.legend.table")));
  details.addEventListener("toggle", async () => {
    try {
      details.append(countTable(meta, await fetchHistogram(meta)));
    } catch (error) {
      details.append(element("p", { class: "meta" }, error instanceof Error ? error.message : String(error)));
    }
  }, { once: true });
  return details;
}

/**
 * How many features there are in each class.
 * @param {ViewMeta} meta
 * @param {Histogram} histogram
 */
function countTable(meta, { edges = [], counts = [], classes, missing, planned }) {
  const { write, unit } = scale(meta, edges.slice(0, -1));
  const last = counts.length - 1;
  const { stops = [], classes: shown = [] } = meta.legend;
  const rows = classes
    ? classes.map(({ key, count }) => ({ name: label(key), count, colour: shown.find((entry) => entry.key === key)?.colour }))
    : counts.map((count, index) => ({ name: rangeText(write, edges[index], index < last ? edges[index + 1] : null), count, colour: stops[index]?.colour }));
  rows.push({ name: label("app.legend.missing"), count: missing, colour: meta.legend.missing });
  if (planned) rows.push({ name: label("app.legend.planned"), count: planned, colour: meta.legend.planned?.colour });
  const most = Math.max(...rows.map(({ count }) => count), 1);
  const head = classes ? label("app.legend.class") : `${label("app.legend.range")}${unit ? ` [${unit}]` : ""}`;
  const titles = [head, label("app.legend.count")].map((text) => element("th", { scope: "col" }, text));
  return element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label(meta.title_key) },
    element("table", {}, element("thead", {}, element("tr", {}, ...titles)), element("tbody", {}, ...rows.map((row) => countRow(row, most)))));
}

/**
 * @param {{name: string, count: number, colour?: number[]}} row
 * @param {number} most what the longest bar stands for
 */
function countRow({ name, count, colour }, most) {
  const cell = element("td", {}, formatNumber(count, { whole: true }));
  cell.style.setProperty("--share", `${Math.round((100 * count) / most)}%`);
  return element("tr", {}, element("th", { scope: "row" }, colour && swatch(colour), name), cell);
}

/** Write the legend of the shown view. */
function render() {
  const meta = state.spec?.metadata;
  find("legend").hidden = !meta;
  if (!meta) return;
  const stops = meta.legend.stops ?? [];
  const { unit } = scale(meta, stops.map(({ low }) => low));
  const steps = meta.legend.kind === "steps";
  const { missing, planned } = meta.legend;
  const parts = [
    element("h2", {}, label(meta.title_key), unit && element("span", { class: "unit" }, unit)),
    steps ? stepBar(meta, stops) : classList(meta.legend),
    element("div", { class: "legend-foot" }, missing && missingItem(missing), planned && plannedItem(planned), tableTwin(meta)),
  ];
  find("legendBody").replaceChildren(.../** @type {Node[]} */ (parts.filter(Boolean)));
}

/** Keep the legend right. */
export function startLegend() {
  on([EVENTS.view, EVENTS.language], render);
}
