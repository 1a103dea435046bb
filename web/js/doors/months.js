// @ts-check
/** Months in the chosen language, and runs of them. */
import { locale } from "../labels.js";

const YEAR = 12;

/** @param {number} month 0 to 11 @param {"long" | "short" | "narrow"} [length] */
export const monthName = (month, length = "long") => new Intl.DateTimeFormat(locale(), { month: length, timeZone: "UTC" }).format(new Date(Date.UTC(2025, month, 15)));

/**
 * First and last of the months that follow one another, over the turn of the year, too.
 * @param {number[]} months 1 to 12
 * @returns {[number, number][]}
 */
export function monthRuns(months) {
  const has = (/** @type {number} */ month) => months.includes(((month + YEAR - 1) % YEAR) + 1);
  const starts = [...months].sort((one, other) => one - other).filter((month) => !has(month - 1));
  if (starts.length === 0) return [[1, YEAR]];
  return starts.map((first) => {
    let last = first;
    while (has(last + 1) && last - first < YEAR - 1) last += 1;
    return [first, ((last - 1) % YEAR) + 1];
  });
}
