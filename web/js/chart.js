// @ts-check
/** Small drawings of figures: bars with intervals, and the way to a target. */
import { element, svg } from "./dom.js";
import { formatQuantity } from "./format.js";

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
 * @param {{years: {year: number, value: number}[], known: {year: number, value: number, low: number | null, high: number | null, is_projection: boolean}[], unit: string, title: string}} path
 */
export function pathChart({ years, known, unit, title }) {
  const [start, target] = [years[0].year, years[years.length - 1].year];
  const most = Math.max(...known.map(({ value, high }) => high ?? value), ...years.map(({ value }) => value), Number.MIN_VALUE);
  /** @param {number} year */
  const across = (year) => SIZE.left + ((SIZE.right - SIZE.left) * (year - start)) / (target - start || 1);
  /** @param {number} value */
  const up = (value) => SIZE.ground - ((SIZE.ground - SIZE.top) * value) / most;
  const dots = known.filter(({ year }) => year >= start && year <= target).flatMap(({ year, value, low, high, is_projection }) => {
    const x = across(year);
    const isLeft = x < SIZE.width / 2;
    const written = formatQuantity(value, unit);
    return [
      svg("line", { class: "whisker", x1: x, x2: x, y1: up(low ?? value), y2: up(high ?? value) }),
      svg("circle", { class: is_projection ? "projected" : "known", cx: x, cy: up(value), r: 4 }),
      svg("text", { x: x + (isLeft ? 9 : -9), y: up(value) - 6, "text-anchor": isLeft ? "start" : "end" }, `${written.number} ${written.unit}`),
    ];
  });
  return svg("svg", { class: "chart", viewBox: `0 0 ${SIZE.width} ${SIZE.height}`, role: "img", "aria-label": title },
    svg("line", { class: "axis", x1: SIZE.left - 10, x2: SIZE.right + 14, y1: SIZE.ground, y2: SIZE.ground }),
    svg("polyline", { class: "plan", points: years.map(({ year, value }) => `${across(year)},${up(value)}`).join(" ") }),
    ...dots,
    ...[start, target].map((year) => svg("text", { class: "tick", x: across(year), y: SIZE.height - 6, "text-anchor": "middle" }, String(year))));
}
