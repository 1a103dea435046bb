// @ts-check
/** What the colours mean, how many features have each, and which of them are shown. */
/** @import {Histogram, Legend, PlannedEntry, Stop, ViewMeta} from "./types.js" */
import { fetchHistogram } from "./api.js";
import { css, element, swatch } from "./dom.js";
import { doubtBox } from "./doubt.js";
import { emit, EVENTS, on } from "./events.js";
import { formatNumber } from "./format.js";
import { namedClasses, numberScale, rangeText } from "./histogram.js";
import { label } from "./labels.js";
import { find } from "./selectors.js";
import { state } from "./state.js";

/** What a histogram is of: a month of a view has its own. @param {ViewMeta} meta */
const keyOf = ({ view, column }) => `${view} ${column}`;

/** Histograms by view and column: they do not change with language or theme. @type {Map<string, Histogram>} */
const histograms = new Map();

/**
 * Show only the classes from one to another; all of them: no filter.
 * @param {number} first
 * @param {number} last
 * @param {Stop[]} stops
 */
function keepRange(first, last, stops) {
  const isAll = first === 0 && last === stops.length - 1;
  state.filter = isAll ? null : { least: first === 0 ? null : stops[first].low, most: last === stops.length - 1 ? null : stops[last].high, words: null };
  emit(EVENTS.filter);
}

/** Show or hide a class of words. @param {string} word */
function toggleWord(word) {
  const hidden = new Set(state.filter?.words ?? []);
  if (!hidden.delete(word)) hidden.add(word);
  state.filter = hidden.size ? { least: null, most: null, words: hidden } : null;
  emit(EVENTS.filter);
}

/** The classes that the filter leaves, as first and last. @param {Stop[]} stops @returns {[number, number]} */
function keptRange(stops) {
  const { least = null, most = null } = state.filter ?? {};
  const first = least === null ? 0 : stops.findIndex(({ low }) => low === least);
  const last = most === null ? stops.length - 1 : stops.findIndex(({ high }) => high === most);
  return [Math.max(first, 0), last < 0 ? stops.length - 1 : last];
}

/**
 * Bars over the steps, the steps with the limits between them, and the two handles that choose among them.
 * @param {ViewMeta} meta
 * @param {Stop[]} stops
 * @param {Histogram | undefined} histogram
 */
function stepBar(meta, stops, histogram) {
  const { write } = numberScale(meta.unit, meta.column, stops.map(({ low }) => low));
  const counts = histogram?.counts ?? [];
  const most = Math.max(...counts, 1);
  const [first, last] = keptRange(stops);
  const cells = stops.map(({ low, high, colour }, index) => {
    const cell = element("span", { class: "step" });
    const bar = element("u", { "aria-hidden": "true" });
    bar.style.height = `${Math.round((100 * (counts[index] ?? 0)) / most)}%`;
    const block = element("i", { "aria-hidden": "true" });
    block.style.backgroundColor = css(colour);
    cell.classList.toggle("out", index < first || index > last);
    const limit = index > 0 || (low !== null && low !== 0) ? low : null;
    cell.append(element("s", { "aria-hidden": "true" }, bar), block, element("b", {}, limit === null || limit === undefined ? (low === 0 ? "0" : "") : write(limit)));
    cell.title = [rangeText(write, low, high), counts[index] !== undefined && formatNumber(counts[index], { whole: true })].filter(Boolean).join(": ");
    return cell;
  });
  return element("div", {}, element("div", { class: "steps" }, ...cells), stops.length > 1 && brush(stops, first, last, (index) => rangeText(write, stops[index].low, stops[index].high)));
}

/**
 * Two handles on one line: the lowest and the highest class that is shown.
 * @param {Stop[]} stops
 * @param {number} first
 * @param {number} last
 * @param {(index: number) => string} nameOf
 */
function brush(stops, first, last, nameOf) {
  /** @param {number} value @param {string} key */
  const handle = (value, key) => {
    const made = /** @type {HTMLInputElement} */ (element("input", { type: "range", min: "0", max: String(stops.length - 1), step: "1", value: String(value), "aria-label": label(key), "aria-valuetext": nameOf(value) }));
    made.value = String(value);
    return made;
  };
  const low = handle(first, "app.filter.least");
  const high = handle(last, "app.filter.most");
  const change = (/** @type {HTMLInputElement} */ moved) => {
    const [from, to] = [Number(low.value), Number(high.value)];
    if (from > to) moved.value = String(moved === low ? to : from);
    for (const one of [low, high]) one.setAttribute("aria-valuetext", nameOf(Number(one.value)));
    keepRange(Number(low.value), Number(high.value), stops);
  };
  low.addEventListener("input", () => change(low));
  high.addEventListener("input", () => change(high));
  return element("div", { class: "brush" }, low, high);
}

/**
 * The classes of words; a click hides one or shows it again.
 * @param {Legend} legend
 * @param {Histogram | undefined} histogram
 */
function classList({ classes = [] }, histogram) {
  const counts = new Map(histogram?.classes?.map(({ key, count }) => [key, count]) ?? []);
  const items = classes.map(({ key, word, colour }) => {
    const isHidden = state.filter?.words?.has(word) ?? false;
    const count = counts.get(key);
    return element("li", {}, element("button", { type: "button", class: "class", "aria-pressed": String(!isHidden), click: () => toggleWord(word) },
      swatch(colour), element("span", {}, label(key)), count !== undefined && element("small", {}, formatNumber(count, { whole: true }))));
  });
  return element("ul", { class: "classes" }, ...items);
}

/** @param {number[]} colour @param {Histogram | undefined} histogram */
function missingItem(colour, histogram) {
  const count = histogram?.missing && formatNumber(histogram.missing, { whole: true });
  return element("span", { class: "no-data" }, swatch(colour), [label("app.legend.missing"), count].filter(Boolean).join(" "));
}

/** @param {PlannedEntry} planned @param {Histogram | undefined} histogram */
function plannedItem({ key, colour, edge }, histogram) {
  const square = swatch(colour);
  square.style.boxShadow = `inset 0 0 0 1.5px ${css(edge)}`;
  const count = histogram?.planned && formatNumber(histogram.planned, { whole: true });
  return element("span", { class: "no-data" }, square, [label(key), count].filter(Boolean).join(" "));
}

/**
 * A legend that only tells: title and colours, without counts or filter.
 * @param {ViewMeta} meta
 * @returns {HTMLElement[]}
 */
export function plainLegend(meta) {
  const stops = meta.legend.stops ?? [];
  const { unit, write } = numberScale(meta.unit, meta.column, stops.map(({ low }) => low));
  const swatches = meta.legend.kind === "steps"
    ? stops.map(({ low, high, colour }) => element("li", {}, swatch(colour), rangeText(write, low, high)))
    : (meta.legend.classes ?? []).map(({ key, colour }) => element("li", {}, swatch(colour), label(key)));
  const { missing, planned } = meta.legend;
  return [element("h2", {}, label(meta.title_key), unit && element("span", { class: "unit" }, unit)), element("ul", { class: "classes" }, ...swatches),
    element("div", { class: "legend-foot" }, missing && missingItem(missing, undefined), planned && plannedItem(planned, undefined))];
}

/** The same in words, for who does not see it. @param {Histogram | undefined} histogram @param {ViewMeta} meta */
function spoken(histogram, meta) {
  if (!histogram) return null;
  const rows = namedClasses({ ...histogram, column: meta.column }, meta.legend).map(({ name, count }) => `${name}: ${count}`);
  return element("p", { class: "unseen" }, `${rows.join("; ")}; ${label("app.legend.missing")}: ${histogram.missing}`);
}

/** Write the legend of the shown view; a handle that is held stays. */
function renderLegend() {
  const meta = state.spec?.metadata;
  find("legend").hidden = !meta;
  if (!meta) return;
  const body = find("legendBody");
  const held = [...body.querySelectorAll("input, .class")].indexOf(/** @type {Element} */ (document.activeElement));
  const histogram = histograms.get(keyOf(meta));
  const stops = meta.legend.stops ?? [];
  const { unit } = numberScale(meta.unit, meta.column, stops.map(({ low }) => low));
  const { missing, planned } = meta.legend;
  const parts = [
    element("h2", {}, label(meta.title_key), unit && element("span", { class: "unit" }, unit)),
    meta.legend.kind === "steps" ? stepBar(meta, stops, histogram) : classList(meta.legend, histogram),
    spoken(histogram, meta),
    element("div", { class: "legend-foot" }, missing && missingItem(missing, histogram), planned && plannedItem(planned, histogram), doubtBox(),
      state.filter && element("button", { type: "button", class: "link-like", click: () => { state.filter = null; emit(EVENTS.filter); } }, label("app.filter.all"))),
  ];
  body.replaceChildren(.../** @type {Node[]} */ (parts.filter(Boolean)));
  if (held >= 0) /** @type {HTMLElement | undefined} */ (body.querySelectorAll("input, .class")[held])?.focus();
}

/** Fetch how the shown quantity is spread, once, and write it. */
async function count() {
  const meta = state.spec?.metadata;
  if (!meta || histograms.has(keyOf(meta))) return;
  try {
    histograms.set(keyOf(meta), await fetchHistogram(meta));
  } catch {
    return; // the legend stands without bars
  }
  if (state.spec?.metadata === meta) renderLegend();
}

/** Keep the legend right. */
export function startLegend() {
  on([EVENTS.view, EVENTS.language, EVENTS.filter, EVENTS.doubt], renderLegend);
  on(EVENTS.view, count);
}
