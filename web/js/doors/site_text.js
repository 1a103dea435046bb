// @ts-check
/** What is said of a roof in one line. */
/** @import {Site} from "../types.js" */
import { formatQuantity } from "../format.js";
import { label } from "../labels.js";

/** A figure in its best multiple. @param {number | null} value @param {string} unit */
export function write(value, unit) {
  if (value === null || value === undefined) return label("app.missing");
  const written = formatQuantity(value, unit);
  return `${written.number} ${written.unit}`.trim();
}

/** How long until it has paid itself back, or why that is not known. @param {Site} site */
export function paybackText({ payback_years: years, payback_years_low: low, payback_years_high: high, payback_reason_key: reason }) {
  if (years === null) return label(reason ?? "app.missing");
  const written = formatQuantity(years, "1", { low, high });
  const text = label("app.energy.years", { years: written.number });
  return written.interval ? `${text} (${written.interval})` : text;
}
