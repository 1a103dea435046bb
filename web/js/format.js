// @ts-check
/** Numbers in the chosen language, with as many digits as they deserve. */
/** @import {FeatureValue} from "./types.js" */
import { hasLabel, label, locale } from "./labels.js";
import { chooseMultiple, writeUnit } from "./units.js";

/** Between a number and its unit: a space that does not break. */
const SPACE = "\u00a0";

/** From this size on people are counted whole; below, a modelled fraction still says something. */
const WHOLE_PERSONS = 10;

/**
 * Whether a number is a year of the calendar, which is never grouped or rounded.
 * @param {string | null | undefined} unit
 * @param {string} [key]
 */
export function isYear(unit, key = "") {
  return unit === "year" || /(^|[._])year(_built)?$/.test(key);
}

/**
 * A bare number: counts whole, large ones to four digits, the rest and whatever has an interval to three.
 * @param {number} value
 * @param {{whole?: boolean, year?: boolean, rough?: boolean}} [options]
 */
export function formatNumber(value, { whole = false, year = false, rough = false } = {}) {
  if (year) return String(Math.round(value));
  if (whole && Number.isInteger(value)) return new Intl.NumberFormat(locale()).format(value);
  const digits = Math.abs(value) >= 1000 && !rough ? 4 : 3;
  return new Intl.NumberFormat(locale(), { maximumSignificantDigits: digits }).format(value);
}

/**
 * A share of one as a percentage.
 * @param {number} share
 */
export function formatShare(share) {
  return new Intl.NumberFormat(locale(), { style: "percent", maximumSignificantDigits: 3 }).format(share);
}

/**
 * Number, unit and interval of a quantity, all in the same multiple.
 * @param {number} value
 * @param {string | null | undefined} unit
 * @param {{low?: number | null, high?: number | null, key?: string, rough?: boolean}} [options] rough: to three digits, as with an interval
 * @returns {{number: string, unit: string, interval: string}}
 */
export function formatQuantity(value, unit, { low = null, high = null, key = "", rough = false } = {}) {
  const multiple = chooseMultiple(value, unit ?? "");
  const known = low !== null && high !== null && low !== high;
  const options = { rough: rough || known, whole: !unit || unit === "1" || unit === "persons", year: isYear(unit, key) };
  /** @param {number} size */
  const write = (size) => formatNumber(unit === "persons" && size >= WHOLE_PERSONS ? Math.round(size) : size * multiple.factor, options);
  return {
    number: write(value),
    unit: writeUnit(multiple.unit),
    interval: known ? label("app.interval", { low: write(low), high: write(high) }) : "",
  };
}

/**
 * A quantity in one line.
 * @param {number} value
 * @param {string | null | undefined} unit
 * @param {string} [key]
 */
export function formatLine(value, unit, key = "") {
  const written = formatQuantity(value, unit, { key });
  return written.unit ? `${written.number}${SPACE}${written.unit}` : written.number;
}

/**
 * A word of a vocabulary, or the text itself.
 * @param {string} value
 * @param {string | null | undefined} key
 */
export function formatWord(value, key) {
  return hasLabel(key) ? label(key) : value;
}

/**
 * How a value is known, in words; "" if that is not said.
 * @param {FeatureValue} entry
 */
export function formatEvidence({ evidence, evidence_key }) {
  if (!evidence) return "";
  for (const key of [evidence_key, `evidence.${evidence}`, `app.evidence.${evidence}`]) if (hasLabel(key)) return label(key);
  return evidence.replaceAll("_", " ");
}

/**
 * Names one after the other.
 * @param {string[]} names
 */
export function formatList(names) {
  return new Intl.ListFormat(locale(), { type: "conjunction" }).format(names);
}

/**
 * The value of a feature as text, for values that are not numbers.
 * @param {FeatureValue} entry
 */
export function formatText(entry) {
  if (entry.text) return entry.text;
  if (typeof entry.value === "boolean") return label(entry.value ? "app.yes" : "app.no");
  if (entry.value === null || entry.value === undefined || entry.value === "") return label("app.missing");
  return formatWord(String(entry.value), entry.value_key);
}

/**
 * A refusal of the server in the chosen language, where it names words for it.
 * @param {{message: string, key?: string, values?: Record<string, number | string>}} refusal
 */
export function writeRefusal({ message, key, values = {} }) {
  if (!hasLabel(key)) return message;
  const written = Object.entries(values).map(([name, value]) => [name, typeof value === "number" ? formatNumber(value, { whole: true }) : value]);
  return label(key, Object.fromEntries(written));
}
