// @ts-check
/** Small drawings of figures: bars with intervals, and the way to a target. */
import { element, svg } from "./dom.js";
import { formatQuantity } from "./format.js";
import { label } from "./labels.js";
import { writeUnit } from "./units.js";

const SIZE = { width: 300, height: 128, left: 26, right: 274, top: 22, ground: 106 };

/** Share of the whole in per cent, for a style. @param {number} part @param {number} whole */
const percent = (part, whole) => `${((100 * part) / (whole || 1)).toFixed(2)}%`;

/**
 * A figure as a bar on a common scale, with a line for its interval.
 * @param {{name: string, value: number, low: number | null, high: number | null, unit: string, most: number, open?: (() => void) | null, note?: string}} figure
 */
export function bar({ name, value, low, high, unit, most, open = null, note = "" }) {
  const written = formatQuantity(value, unit, { low, high });
  const track = element("span", { class: "track", "aria-hidden": "true" }, element("i"), low !== null && high !== null && element("b"));
  track.style.setProperty("--value", percent(value, most));
  track.style.setProperty("--low", percent(Math.min(low ?? value, most), most));
  track.style.setProperty("--high", percent(Math.min(high ?? value, most), most));
  const parts = [
    element("span", { class: "name" }, name),
    element("span", { class: "amount" }, element("strong", {}, written.number), element("span", { class: "unit" }, written.unit)),
    track,
    element("small", {}, [written.interval, note].filter(Boolean).join(" · ")),
  ];
  return open ? element("button", { type: "button", class: "bar-row", click: open }, ...parts) : element("div", { class: "bar-row" }, ...parts);
}

/**
 * A plain line from the base year to the target, beside what is known of some years.
 * @param {{years: {year: number, value: number}[], known: {year: number, value: number, low: number | null, high: number | null, is_projection: boolean}[], title: string, write: (value: number) => string}} path write: how a figure reads
 */
export function pathChart({ years, known, title, write }) {
  const [start, target] = [years[0].year, years[years.length - 1].year];
  const most = Math.max(...known.map(({ value, high }) => high ?? value), ...years.map(({ value }) => value), Number.MIN_VALUE);
  /** @param {number} year */
  const across = (year) => SIZE.left + ((SIZE.right - SIZE.left) * (year - start)) / (target - start || 1);
  /** @param {number} value */
  const up = (value) => SIZE.ground - ((SIZE.ground - SIZE.top) * value) / most;
  const dots = known.filter(({ year }) => year >= start && year <= target).flatMap(({ year, value, low, high, is_projection }) => {
    const x = across(year);
    const isLeft = x < SIZE.width / 2;
    return [
      svg("line", { class: "whisker", x1: x, x2: x, y1: up(low ?? value), y2: up(high ?? value) }),
      svg("circle", { class: is_projection ? "projected" : "known", cx: x, cy: up(value), r: 4 }),
      svg("text", { x: x + (isLeft ? 9 : -9), y: up(value) - 6, "text-anchor": isLeft ? "start" : "end" }, write(value)),
    ];
  });
  return svg("svg", { class: "chart", viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-label": title },
    svg("line", { class: "axis", x1: SIZE.left - 10, x2: SIZE.right + 14, y1: SIZE.ground, y2: SIZE.ground }),
    svg("polyline", { class: "plan", points: years.map(({ year, value }) => `${across(year)},${up(value)}`).join(" ") }),
    ...dots,
    ...[start, target].map((year) => svg("text", { class: "tick", x: across(year), y: SIZE.height - 6, "text-anchor": "middle" }, String(year))));
}

/** What the marks of that drawing mean. */
export function pathKey() {
  const mark = (/** @type {string} */ kind, /** @type {string} */ key) => element("span", {}, element("i", { class: kind }), label(key));
  return element("p", { class: "meta key" }, mark("known", "app.quarter.path.now"), mark("projected", "app.quarter.path.projected"), mark("plan", "app.quarter.path.line"));
}

/** Size of the drawings of months and days, and the room for numbers. */
const FRAME = { width: 300, height: 112, left: 4, right: 296, top: 8, ground: 92 };

/**
 * Twelve bars: what modules give, and the part of it that is used in the house.
 * @param {{title: string, names: string[], full: string[], pv: number[], used: number[] | null}} year [kWh]
 */
export function monthBars({ title, names, full, pv, used }) {
  const most = Math.max(...pv, Number.MIN_VALUE);
  const step = (FRAME.right - FRAME.left) / pv.length;
  const up = (/** @type {number} */ value) => ((FRAME.ground - FRAME.top) * value) / most;
  const bars = pv.flatMap((value, month) => {
    const x = FRAME.left + month * step + 3;
    const width = step - 6;
    const part = used ? Math.min(used[month], value) : 0;
    return [
      svg("rect", { class: "pv", x, width, y: FRAME.ground - up(value), height: up(value), rx: 1.5 }, svg("title", {}, `${full[month]}: ${formatQuantity(value, "kWh").number} ${formatQuantity(value, "kWh").unit}`)),
      svg("rect", { class: "used", x, width, y: FRAME.ground - up(part), height: up(part), rx: 1.5 }),
      svg("text", { class: "tick", x: x + width / 2, y: FRAME.height - 6, "text-anchor": "middle" }, names[month]),
    ];
  });
  const text = pv.map((value, month) => `${full[month]} ${formatQuantity(value, "kWh").number} ${formatQuantity(value, "kWh").unit}`).join(", ");
  return svg("svg", { class: "chart", viewBox: `0 0 ${FRAME.width} ${FRAME.height}`, role: "img", "aria-label": `${title}: ${text}` },
    svg("line", { class: "axis", x1: FRAME.left, x2: FRAME.right, y1: FRAME.ground, y2: FRAME.ground }), ...bars);
}

/** Room of the mean day: the prices have their scale on the right. */
const DAY = { left: 4, right: 266, top: 22, ground: 106, height: 126 };

/** Steps: each hour holds its value. @param {number[]} values @param {(hour: number) => number} across @param {(value: number) => number} rise */
const steps = (values, across, rise) => values.flatMap((value, hour) => [`${across(hour)},${rise(value)}`, `${across(hour + 1)},${rise(value)}`]).join(" ");

/** A price. @param {number} value */
const priceText = (value) => formatQuantity(Math.round(100 * value) / 100, "CNY/kWh").number;

/**
 * Prices over the hours, above all else, with the dearest and the cheapest on their own scale.
 * @param {number[]} price [CNY/kWh]
 * @param {(hour: number) => number} across
 */
function priceLine(price, across) {
  const [cheapest, dearest] = [Math.min(...price), Math.max(...price, Number.MIN_VALUE)];
  const rise = (/** @type {number} */ value) => DAY.ground - ((DAY.ground - DAY.top) * value) / dearest;
  const points = steps(price, across, rise);
  const tick = (/** @type {number} */ value) => svg("text", { class: "tick", x: DAY.right + 5, y: rise(value) + 4 }, priceText(value));
  return [
    svg("polyline", { class: "price-edge", points }), svg("polyline", { class: "price", points }),
    svg("text", { class: "tick", x: FRAME.width, y: 10, "text-anchor": "end" }, writeUnit("CNY/kWh")),
    ...[...new Set([dearest, cheapest])].map(tick),
  ];
}

/**
 * The mean day of a month: what modules give as an area, what the building takes and what a kilowatt-hour costs as lines.
 * @param {{title: string, pv: number[], load: number[] | null, price: number[] | null, priceName: string}} day 24 hours each [kW], [CNY/kWh]
 */
export function dayCurve({ title, pv, load, price, priceName }) {
  const most = Math.max(...pv, ...(load ?? []), Number.MIN_VALUE);
  const across = (/** @type {number} */ hour) => DAY.left + ((DAY.right - DAY.left) * hour) / 24;
  const up = (/** @type {number} */ value) => DAY.ground - ((DAY.ground - DAY.top) * value) / most;
  const peak = formatQuantity(most, "kW");
  const prices = price ? `; ${priceName}: ${label("app.interval", { low: priceText(Math.min(...price)), high: priceText(Math.max(...price)) })} ${writeUnit("CNY/kWh")}` : "";
  return svg("svg", { class: "chart", viewBox: `0 0 ${FRAME.width} ${DAY.height}`, role: "img", "aria-label": `${title}: ${peak.number} ${peak.unit}${prices}` },
    svg("polygon", { class: "pv", points: `${across(0)},${DAY.ground} ${steps(pv, across, up)} ${across(24)},${DAY.ground}` }),
    ...(load ? [svg("polyline", { class: "load", points: steps(load, across, up) })] : []),
    ...(price ? priceLine(price, across) : []),
    svg("line", { class: "axis", x1: DAY.left, x2: DAY.right, y1: DAY.ground, y2: DAY.ground }),
    svg("text", { x: DAY.left, y: 10 }, `${peak.number} ${peak.unit}`),
    ...[0, 6, 12, 18, 24].map((hour) => svg("text", { class: "tick", x: across(hour), y: DAY.height - 6, "text-anchor": hour === 0 ? "start" : hour === 24 ? "end" : "middle" }, `${hour} h`)));
}
