// @ts-check
/** The values of a feature, in groups: how much, between which limits, how it is known, where it ranks. */
/** @import {FeatureValue} from "./types.js" */
import { element } from "./dom.js";
import { openExplanation } from "./explain.js";
import { formatEvidence, formatList, formatNumber, formatQuantity, formatText } from "./format.js";
import { hasLabel, label } from "./labels.js";
import { state } from "./state.js";

/** Kinds whose figures open down to their sources. */
const EXPLAINED = ["parcel", "building"];

/** Half of itself is all that stands above the greatest; a little more than that, for rounding. */
const ALONE = 0.51;

/**
 * The way from a figure to how it was computed.
 * @param {FeatureValue} entry
 */
function howButton({ column, value }) {
  const { selection } = state;
  if (!selection || !EXPLAINED.includes(selection.kind) || typeof value !== "number") return null;
  return element("button", { type: "button", class: "how", click: () => openExplanation(selection, column) }, label("app.explain"));
}

/**
 * Where a building stands among those of its use, in words.
 * @param {FeatureValue} entry
 */
function rankText({ rank }) {
  if (!rank) return "";
  const told = { count: formatNumber(rank.count, { whole: true }), name: label(rank.class_key) };
  const above = rank.count * (1 - rank.share_below); // its equals, itself among them, count half
  if (above <= ALONE) return label("app.rank.top", told);
  return label("app.rank", { ...told, share: formatNumber(Math.min(Math.round(100 * rank.share_below), 99)) });
}

/**
 * One value: what it is, how much, between which limits, how it is known.
 * @param {FeatureValue} entry
 */
function valueRow(entry) {
  const number = typeof entry.value === "number" && !entry.text && !hasLabel(entry.value_key);
  const written = number
    ? formatQuantity(/** @type {number} */ (entry.value), entry.unit, { low: entry.low, high: entry.high, key: entry.label_key })
    : { number: formatText(entry), unit: "", interval: "" };
  const remark = [written.interval, formatEvidence(entry)].filter(Boolean).join(" · ");
  const meaning = hasLabel(entry.meaning_key) ? label(entry.meaning_key) : "";
  const rank = rankText(entry);
  return element(
    "div",
    { class: "row" },
    element("dt", {}, meaning ? element("details", {}, element("summary", {}, label(entry.label_key)), element("p", {}, meaning), howButton(entry)) : label(entry.label_key)),
    element(
      "dd",
      {},
      element("span", { class: "value" }, written.number, written.unit && element("span", { class: "unit" }, written.unit)),
      remark && element("small", {}, remark),
      rank && element("small", { class: "rank" }, rank),
    ),
  );
}

/** @param {FeatureValue} entry */
const isKnown = ({ value, text }) => Boolean(text) || (value !== null && value !== undefined && value !== "");

/**
 * The value that the map shows, which comes first; null where this kind of thing has none.
 * @param {FeatureValue[]} values
 */
export function shownSection(values) {
  const shown = values.find(({ column }) => column === state.spec?.metadata.column);
  return shown && isKnown(shown) ? element("section", { class: "shown" }, element("dl", {}, valueRow(shown))) : null;
}

/**
 * A group of values; what is not known stands in one line at its end.
 * @param {{key: string, values: FeatureValue[]}} group
 */
export function groupSection({ key, values }) {
  const known = values.filter(isKnown);
  const absent = values.filter((entry) => !isKnown(entry)).map(({ label_key }) => label(label_key));
  return element("section", {},
    element("h3", {}, label(key)),
    known.length > 0 && element("dl", {}, ...known.map(valueRow)),
    absent.length > 0 && element("p", { class: "absent" }, label("app.absent", { names: formatList(absent) })));
}
