// @ts-check
/** How a quantity is spread over its classes, as bars and as text. */
/** @import {Histogram, Legend} from "./types.js" */
import { css, element } from "./dom.js";
import { formatNumber, isYear } from "./format.js";
import { label } from "./labels.js";
import { chooseMultiple, writeUnit } from "./units.js";

/**
 * How the numbers of one quantity are written: all in the multiple of the middle one.
 * @param {string} unit
 * @param {string} column
 * @param {(number | null)[]} numbers
 */
export function numberScale(unit, column, numbers) {
  const known = numbers.filter((number) => number !== null).map(Math.abs).sort((a, b) => a - b);
  const multiple = chooseMultiple(known[Math.floor(known.length / 2)] ?? 0, unit);
  const year = isYear(unit, column);
  return {
    unit: writeUnit(multiple.unit),
    /** @param {number} number */
    write: (number) => formatNumber(number * multiple.factor, { year }),
  };
}

/**
 * A range in words.
 * @param {(number: number) => string} write
 * @param {number | null} low
 * @param {number | null} high
 */
export function rangeText(write, low, high) {
  if (low === null && high !== null) return label("app.legend.below", { value: write(high) });
  if (high === null && low !== null) return label("app.legend.above", { value: write(low) });
  return `${low === null ? "" : write(low)}–${high === null ? "" : write(high)}`;
}

/**
 * The classes of a histogram with name, count and colour.
 * @param {Histogram & {column?: string}} histogram
 * @param {Legend | undefined} legend
 */
export function namedClasses({ edges = [], counts = [], classes, unit, column = "" }, legend) {
  if (classes) return classes.map(({ key, count }) => ({ name: label(key), count, colour: legend?.classes?.find((entry) => entry.key === key)?.colour ?? legend?.missing }));
  const { write } = numberScale(unit, column, edges.slice(0, -1));
  const last = counts.length - 1;
  return counts.map((count, index) => ({ name: rangeText(write, edges[index], index < last ? edges[index + 1] : null), count, colour: legend?.stops?.[index]?.colour }));
}

/**
 * A row for each class: name, bar, count.
 * @param {Histogram & {column?: string}} histogram
 * @param {Legend | undefined} legend
 */
export function classBars(histogram, legend) {
  const rows = namedClasses(histogram, legend);
  if (histogram.missing) rows.push({ name: label("app.legend.missing"), count: histogram.missing, colour: legend?.missing });
  const most = Math.max(...rows.map(({ count }) => count), 1);
  return element("table", { class: "class-bars" }, element("tbody", {}, ...rows.map(({ name, count, colour }) => {
    const bar = element("i", { "aria-hidden": "true" });
    bar.style.width = `${(100 * count) / most}%`;
    if (colour) bar.style.backgroundColor = css(colour);
    return element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, bar), element("td", {}, formatNumber(count, { whole: true })));
  })));
}
