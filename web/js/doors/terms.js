// @ts-check
/** On which terms roofs are judged: what may be changed, what stands, and what a kilowatt-hour costs when. */
/** @import {Assumption, SiteRanking, Tariff} from "../types.js" */
import { element } from "../dom.js";
import { formatNumber, formatQuantity } from "../format.js";
import { label, locale } from "../labels.js";
import { writeUnit } from "../units.js";
import { numberField } from "./fields.js";
import { monthName, monthRuns } from "./months.js";

const PERIODS = ["critical_peak", "peak", "flat", "valley"];
const PERCENT = 100;

/** What stands in place of the factors. @type {Record<string, string>} */
const terms = {};

/** The terms that somebody set. */
export const changedTerms = () => Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== ""));

/** Where a figure comes from. @param {{source: string | null, seen: string | null}} told */
const origin = ({ source, seen }) => source && element("p", { class: "meta" }, [source, seen && label(`app.seen.${seen}`)].filter(Boolean).join(" · "));

/** A name with its unit. @param {string} name @param {string} unit */
const named = (name, unit) => [name, unit && `[${unit}]`].filter(Boolean).join(" ");

/**
 * A term that may be changed; a share is asked for in per cent.
 * @param {Assumption} term
 * @param {SiteRanking} found
 * @param {() => void} soon
 */
function changeable(term, { bounds }, soon) {
  const isShare = term.unit === "1" && bounds[term.key].most === 1;
  const factor = isShare ? PERCENT : 1;
  const placeholder = term.default === null ? label("app.energy.by_hour") : formatNumber(term.default * factor);
  return element("div", {}, numberField(terms, term.key, named(label(term.label_key), isShare ? "%" : writeUnit(term.unit)), soon, { bounds: bounds[term.key], factor, placeholder }), origin(term));
}

/** A term that stands. @param {Assumption} term */
function standing(term) {
  if (term.value === null) return null;
  const { number, unit, interval } = formatQuantity(term.value, term.unit, { low: term.low, high: term.high });
  return element("div", { class: "term" }, element("div", { class: "row" }, element("span", {}, label(term.label_key)), element("span", {}, element("b", {}, number), ` ${unit}`, interval && element("small", {}, interval))), origin(term));
}

/**
 * All terms, folded, with room for the tariff.
 * @param {SiteRanking} found
 * @param {() => void} soon how typing asks anew
 * @param {() => void} reset how all of it goes back to the sources
 * @param {boolean} isOpen
 */
export function termsForm(found, soon, reset, isOpen) {
  const forget = () => {
    for (const key of Object.keys(terms)) delete terms[key];
    reset();
  };
  const parts = found.assumptions.map((term) => (term.can_change ? changeable(term, found, soon) : standing(term)));
  return element("details", { id: "energy-terms", class: "more", open: isOpen }, element("summary", {}, label("app.energy.terms")), ...parts,
    element("button", { type: "button", id: "energy-reset", class: "link-like", click: forget }, label("app.energy.reset")),
    element("div", { id: "energy-tariff" }));
}

/** Show whether there is something to take back. */
export function markChanged() {
  const button = document.getElementById("energy-reset");
  if (button) button.hidden = Object.keys(changedTerms()).length === 0;
}

/**
 * Prices of every tariff by period, the hours of the periods, and where both come from.
 * @param {Tariff} tariff
 * @returns {HTMLElement[]}
 */
export function tariffParts({ prices, hours, sources }) {
  if (prices.length === 0) return [];
  const tariffs = [...new Set(prices.map(({ tariff }) => tariff))];
  const write = new Intl.NumberFormat(locale(), { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  // what no row of the hours names is flat
  const isMet = (/** @type {string} */ tariff, /** @type {string} */ period) => period === "flat" || hours.some((row) => row.period === period && ["all", tariff].includes(row.tariff));
  const cell = (/** @type {string} */ tariff, /** @type {string} */ period) => {
    const found = prices.find((row) => row.tariff === tariff && row.period === period);
    return element("td", {}, found && isMet(tariff, period) ? write.format(found.price_cny_per_kwh) : "–");
  };
  const bodies = tariffs.map((tariff) => element("tbody", {},
    element("tr", {}, element("th", { scope: "rowgroup", colspan: PERIODS.length }, label(`payback.tariff.${tariff}`))),
    element("tr", {}, ...PERIODS.map((period) => cell(tariff, period)))));
  return [
    element("table", { class: "tariff" }, element("caption", {}, named(label("app.energy.tariff"), writeUnit("CNY/kWh"))),
      element("thead", {}, element("tr", {}, ...PERIODS.map((period) => element("th", { scope: "col" }, label(`payback.period.${period}`))))), ...bodies),
    element("dl", { class: "hours" }, ...periodHours(hours)),
    sourceList([...hours, ...[...sources].sort((one, other) => other.quantity.localeCompare(one.quantity))]),
  ];
}

/** The hours of each period: those of the same months stand together. @param {Tariff["hours"]} hours */
function periodHours(hours) {
  return PERIODS.filter((period) => hours.some((row) => row.period === period)).flatMap((period) => {
    /** @type {Map<string, string[]>} */
    const times = new Map();
    for (const { months, from_h: from, until_h: until, period: own } of hours) {
      if (own !== period) continue;
      const when = monthRuns(months).map(([first, last]) => (first === last ? monthName(first - 1, "short") : `${monthName(first - 1, "short")}–${monthName(last - 1, "short")}`)).join(", ");
      times.set(when, [...(times.get(when) ?? []), `${clock(from)}–${clock(until)}`]);
    }
    return [element("dt", {}, label(`payback.period.${period}`)), ...[...times].map(([when, spans]) => element("dd", {}, `${when} ${spans.join(", ")}`))];
  });
}

/** @param {number} hour of the day, with halves */
const clock = (hour) => `${Math.floor(hour)}:${hour % 1 ? "30" : "00"}`;

/** Each source once. @param {{source: string, seen: string}[]} rows */
function sourceList(rows) {
  const lines = new Set(rows.map(({ source, seen }) => [source, label(`app.seen.${seen}`)].join(" · ")));
  return element("details", { class: "more" }, element("summary", {}, label("app.energy.sources")), element("ul", {}, ...[...lines].map((line) => element("li", { class: "meta" }, line))));
}
