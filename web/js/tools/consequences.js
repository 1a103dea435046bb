// @ts-check
/** What follows from a draft, in words and figures: limits, the building itself, its neighbours. */
/** @import {DraftAnswer, LimitVerdict} from "../types.js" */
import { element } from "../dom.js";
import { formatLine, formatNumber, formatQuantity } from "../format.js";
import { hasLabel, label } from "../labels.js";
import { neighboursPanels, neighboursSun } from "./neighbours.js";

const MARKS = { true: "✓", false: "✗", null: "?" };
/** Figures that differ by less than this share of themselves are one. */
const SAME = 1e-6;

/** @param {string} key @param {(HTMLElement | false | null)[]} parts */
function section(key, parts) {
  return element("section", {}, element("h3", {}, label(key)), .../** @type {HTMLElement[]} */ (parts.filter(Boolean)));
}

/** @param {string} name @param {string} value @param {string} [unit] @param {string} [remark] */
function row(name, value, unit = "", remark = "") {
  return element("div", { class: "row" }, element("dt", {}, name),
    element("dd", {}, element("span", { class: "value" }, value, unit && element("span", { class: "unit" }, unit)), remark && element("small", {}, remark)));
}

/** @param {number | null | undefined} value */
const isKnown = (value) => value !== null && value !== undefined;

/** A difference with its sign. @param {number} change @param {string} unit */
const signed = (change, unit) => `${change < 0 ? "−" : "+"}${formatLine(Math.abs(change), unit)}`;

/**
 * A quantity with its interval; of a building that is changed with what it was, and the difference.
 * @param {string} key
 * @param {number | null | undefined} value
 * @param {string} unit
 * @param {{low?: number | null, high?: number | null, was?: number | null}} [more] was is left out where nothing stood
 */
function figure(key, value, unit, { low = null, high = null, was } = {}) {
  if (!isKnown(value) && !isKnown(was)) return null;
  const written = isKnown(value) ? formatQuantity(Number(value), unit, { low, high }) : { number: label("app.missing"), unit: "", interval: "" };
  const isSame = was === undefined || (isKnown(was) && isKnown(value) && Math.abs(Number(value) - Number(was)) <= SAME * Math.abs(Number(was)));
  if (isSame) return row(label(key), written.number, written.unit, written.interval);
  const before = isKnown(was) ? formatQuantity(Number(was), unit) : { number: label("app.missing"), unit: "" };
  const first = before.unit === written.unit || !before.unit ? before.number : `${before.number} ${before.unit}`;
  const change = isKnown(was) && isKnown(value) ? signed(Number(value) - Number(was), unit) : "";
  return row(label(key), `${first} → ${written.number}`, written.unit, [change, written.interval].filter(Boolean).join(" · "));
}

/** @param {boolean | null} passes */
const judged = (passes) => label(passes === null ? "app.draft.unjudged" : passes ? "app.draft.kept" : "app.draft.broken");

/** @param {number | null} value @param {string} unit */
const written = (value, unit) => (value === null ? label("app.missing") : formatQuantity(value, unit).number);

/** One limit: what it is before and after, how much it may be, and the verdict. @param {string} kind @param {LimitVerdict} limit */
function limitRow(kind, { before, after, limit, unit, passes, passes_before: passed, reason }) {
  const [was, now] = [written(before, unit), written(after, unit)];
  const most = limit === null ? "" : label(kind === "green" ? "app.draft.at_least" : "app.draft.at_most", { limit: formatLine(limit, unit) });
  const why = [reason && hasLabel(`whatif.reason.${reason}`) ? label(`whatif.reason.${reason}`) : "", passed === passes ? "" : label("app.draft.before", { verdict: judged(passed) })];
  return element("tr", { class: `verdict-${passes}` },
    element("th", { scope: "row" }, label(`app.draft.limit.${kind}`)), element("td", {}, was === now ? now : `${was} → ${now}`), element("td", {}, most),
    element("td", {}, element("b", { "aria-hidden": "true" }, MARKS[/** @type {"true" | "false" | "null"} */ (String(passes))]), " ", element("span", {}, judged(passes)),
      ...why.filter(Boolean).map((text) => element("small", {}, text))));
}

/** The limits that are there to be told. @param {DraftAnswer["parcels"][number]} parcel */
const toldLimits = (parcel) => Object.entries(parcel.limits).filter(([, { limit, reason }]) => limit !== null || reason !== "public");

/**
 * The limits of one parcel: what they are, what the draft makes of them, whether they are kept.
 * @param {DraftAnswer["parcels"][number]} parcel
 */
function limits(parcel) {
  const share = parcel.shares.reduce((sum, one) => sum + one.share, 0);
  const name = parcel.is_public ? label("app.draft.public") : parcel.cadastral_ref ?? parcel.parcel_id;
  const rows = toldLimits(parcel).map(([kind, limit]) => limitRow(kind, limit));
  const title = share < 0.995 ? `${name} · ${formatNumber(Math.round(share * 100))} %` : name;
  return element("div", {}, element("p", { class: "meta" }, title), rows.length ? element("table", { class: "verdicts" }, element("tbody", {}, ...rows)) : null);
}

/**
 * The building itself, beside what stood there.
 * @param {DraftAnswer["buildings"][number]} building
 * @param {Record<string, any> | undefined} was
 */
function itself({ energy, solar, sunlight, ...building }, was) {
  /** @param {string} key @param {Record<string, any> | null} of @param {string} name @param {string} unit @param {{before?: string, low?: string, high?: string}} [names] */
  const told = (key, of, name, unit, { before = name, low = `${name}_low`, high = `${name}_high` } = {}) =>
    of && figure(key, of[name], unit, { low: of[low], high: of[high], was: was && (was[before] ?? null) });
  /** @param {string} name @param {string} unit */
  const used = (name, unit) => told(`construction.${name}`, energy, name, unit);
  return [
    told("building.levels", building, "storeys", "1", { before: "levels" }),
    told("building.floor_area_m2", building, "floor_area_m2", "m2"),
    told("building.height_m", building, "height_m", "m"),
    building.residents || was?.residents ? told("building.residents", building, "residents", "persons") : null,
    used("electricity_kwh_per_a", "kWh/a"), used("gas_kwh_per_a", "kWh/a"), used("heat_kwh_per_a", "kWh/a"),
    used("emissions_kgco2e_per_a", "kgCO2e/a"), used("embodied_kgco2e", "kgCO2e"),
    energy?.energy_reason ? row(label("construction.energy_reason"), label(`construction.energy_reason.${energy.energy_reason}`)) : null,
    told("solar.pv_capacity_kwp", solar, "capacity_kwp", "kWp", { before: "pv_capacity_kwp" }),
    told("solar.pv_yield_kwh_per_a", solar, "yield_p50_kwh_per_a", "kWh/a", { before: "pv_yield_kwh_per_a", low: "yield_low_kwh_per_a", high: "yield_high_kwh_per_a" }),
    told("solar.pv_yield_p90_kwh_per_a", solar, "yield_p90_kwh_per_a", "kWh/a", { before: "pv_yield_p90_kwh_per_a" }),
    sunlight && isKnown(sunlight.hours) ? row(label("app.draft.own_sun"), ownHours(sunlight.hours, was?.sunlight_h_min), label("app.unit.h"), verdict(sunlight.verdict)) : null,
  ];
}

/** @param {number} hours @param {number | null} [was] */
function ownHours(hours, was) {
  const [before, now] = [isKnown(was) ? formatNumber(Number(was)) : "", formatNumber(hours)];
  return !before || before === now ? now : `${before} → ${now}`;
}

/** @param {string} word */
const verdict = (word) => (hasLabel(`whatif.verdict.${word}`) ? label(`whatif.verdict.${word}`) : word);

/**
 * The answer in a line, to be read out.
 * @param {DraftAnswer} found
 */
export function summary({ parcels, neighbours }) {
  const passes = parcels.flatMap((parcel) => toldLimits(parcel).map(([, limit]) => limit.passes));
  const count = (/** @type {boolean | null} */ verdict) => passes.filter((one) => one === verdict).length;
  return label("app.draft.summary", { kept: count(true), broken: count(false), open: count(null), falls: neighbours.sunlight.falls_below });
}

/**
 * The parts of the answer, the verdicts first.
 * @param {DraftAnswer} found
 * @returns {HTMLElement[]}
 */
export function consequences(found) {
  const was = (/** @type {string | null} */ replaces) => found.removed.find(({ building_id: id }) => id === replaces);
  return [
    element("p", { class: "absent" }, found.notice),
    ...found.overlaps.map(({ building_id: id }) => element("p", { class: "warn" }, label("app.draft.overlap", { id }))),
    section("app.draft.limits", found.parcels.map(limits)),
    ...found.buildings.map((building) => section("app.draft.building", [element("dl", {}, .../** @type {HTMLElement[]} */ (itself(building, was(building.replaces)).filter(Boolean)))])),
    section("app.draft.sun", neighboursSun(found.neighbours.sunlight)),
    section("app.draft.lost", neighboursPanels(found.neighbours.photovoltaics)),
    element("details", { class: "more" }, element("summary", {}, label("app.draft.method")), ...Object.values(found.method).map((text) => element("p", { class: "absent" }, text))),
  ];
}
