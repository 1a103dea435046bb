// @ts-check
/** What follows from a draft, in words and figures: limits, the building itself, its neighbours. */
/** @import {DraftAnswer} from "../types.js" */
import { element, icon } from "../dom.js";
import { formatNumber, formatQuantity } from "../format.js";
import { hasLabel, label } from "../labels.js";
import { select } from "../panel.js";

const SHOWN = 6;
const MARKS = { true: "✓", false: "✗", null: "?" };

/** @param {string} key @param {(HTMLElement | false | null)[]} parts */
function section(key, parts) {
  return element("section", {}, element("h3", {}, label(key)), .../** @type {HTMLElement[]} */ (parts.filter(Boolean)));
}

/** @param {string} name @param {string} value @param {string} [unit] @param {string} [remark] */
function row(name, value, unit = "", remark = "") {
  return element("div", { class: "row" }, element("dt", {}, name),
    element("dd", {}, element("span", { class: "value" }, value, unit && element("span", { class: "unit" }, unit)), remark && element("small", {}, remark)));
}

/** A quantity with its interval. @param {string} key @param {number | null} value @param {string} unit @param {number | null} [low] @param {number | null} [high] */
function figure(key, value, unit, low = null, high = null) {
  if (value === null || value === undefined) return null;
  const written = formatQuantity(value, unit, { low, high });
  return row(label(key), written.number, written.unit, written.interval);
}

/**
 * The limits of one parcel: what they are, what the draft makes of them, whether they are kept.
 * @param {DraftAnswer["parcels"][number]} parcel
 */
function limits(parcel) {
  const share = parcel.shares.reduce((sum, one) => sum + one.share, 0);
  const name = parcel.is_public ? label("app.draft.public") : parcel.cadastral_ref ?? parcel.parcel_id;
  const rows = Object.entries(parcel.limits).filter(([, { limit, reason }]) => limit !== null || reason !== "public").map(([kind, limit]) => {
    const state = String(limit.passes);
    const after = limit.after === null ? label("app.missing") : formatQuantity(limit.after, limit.unit).number;
    const most = limit.limit === null ? "" : label(kind === "green" ? "app.draft.at_least" : "app.draft.at_most", { limit: `${formatQuantity(limit.limit, limit.unit).number} ${formatQuantity(limit.limit, limit.unit).unit}`.trim() });
    const why = limit.reason && hasLabel(`whatif.reason.${limit.reason}`) ? label(`whatif.reason.${limit.reason}`) : "";
    const verdict = label(limit.passes === null ? "app.draft.unjudged" : limit.passes ? "app.draft.kept" : "app.draft.broken");
    return element("tr", { class: `verdict-${state}` },
      element("th", { scope: "row" }, label(`app.draft.limit.${kind}`)), element("td", {}, after), element("td", {}, most),
      element("td", {}, element("b", { "aria-hidden": "true" }, MARKS[/** @type {"true" | "false" | "null"} */ (state)]), " ", element("span", {}, verdict), why && element("small", {}, why)));
  });
  const title = share < 0.995 ? `${name} · ${formatNumber(Math.round(share * 100))} %` : name;
  return element("div", {}, element("p", { class: "meta" }, title), rows.length ? element("table", { class: "verdicts" }, element("tbody", {}, ...rows)) : null);
}

/** @param {DraftAnswer["buildings"][number]} building */
function itself({ energy, solar, sunlight, ...building }) {
  return [
    figure("building.floor_area_m2", building.floor_area_m2, "m2", building.floor_area_m2_low, building.floor_area_m2_high),
    figure("building.height_m", building.height_m, "m"),
    building.residents ? figure("building.residents", building.residents, "persons") : null,
    energy && figure("construction.electricity_kwh_per_a", energy.electricity_kwh_per_a, "kWh/a", energy.electricity_kwh_per_a_low, energy.electricity_kwh_per_a_high),
    energy && figure("construction.gas_kwh_per_a", energy.gas_kwh_per_a, "kWh/a", energy.gas_kwh_per_a_low, energy.gas_kwh_per_a_high),
    energy && figure("construction.heat_kwh_per_a", energy.heat_kwh_per_a, "kWh/a", energy.heat_kwh_per_a_low, energy.heat_kwh_per_a_high),
    energy && figure("construction.emissions_kgco2e_per_a", energy.emissions_kgco2e_per_a, "kgCO2e/a", energy.emissions_kgco2e_per_a_low, energy.emissions_kgco2e_per_a_high),
    energy && figure("construction.embodied_kgco2e", energy.embodied_kgco2e, "kgCO2e", energy.embodied_kgco2e_low, energy.embodied_kgco2e_high),
    solar && figure("solar.pv_capacity_kwp", solar.capacity_kwp, "kWp"),
    solar && figure("solar.pv_yield_kwh_per_a", solar.yield_p50_kwh_per_a, "kWh/a", solar.yield_low_kwh_per_a, solar.yield_high_kwh_per_a),
    sunlight && sunlight.hours !== null ? row(label("app.draft.own_sun"), formatNumber(sunlight.hours), label("app.unit.h"), verdict(sunlight.verdict)) : null,
  ];
}

/** @param {string} word */
const verdict = (word) => (hasLabel(`whatif.verdict.${word}`) ? label(`whatif.verdict.${word}`) : word);

/** @param {string} id @param {string | null} name @param {string} text @param {string} [remark] */
function neighbour(id, name, text, remark = "") {
  return element("li", {}, element("button", { type: "button", class: "link", click: () => select({ kind: "building", id }, { focus: true }) },
    element("span", {}, name ?? id, element("small", {}, [text, remark].filter(Boolean).join(" · "))), icon("chevron")));
}

/** @param {HTMLElement[]} items */
function list(items) {
  const rest = items.splice(SHOWN);
  return [items.length > 0 ? element("ul", { class: "links" }, ...items) : null,
    rest.length > 0 ? element("details", { class: "more" }, element("summary", {}, label("app.links.more", { count: rest.length })), element("ul", { class: "links" }, ...rest)) : null];
}

/** @param {DraftAnswer["neighbours"]["sunlight"]} sunlight */
function neighboursSun({ dwellings, falls_below: falls, needs_h: needs }) {
  const items = dwellings.map((one) => neighbour(one.building_id, one.name, label("app.draft.hours", { before: formatNumber(one.hours_before), after: formatNumber(one.hours_after) }), one.falls_below ? label("app.draft.falls_below") : ""));
  const text = dwellings.length === 0 ? label("app.draft.sun.none") : label("app.draft.sun.some", { count: dwellings.length, falls, hours: needs === null ? "–" : formatNumber(needs) });
  return section("app.draft.sun", [element("p", {}, text), ...list(items)]);
}

/** @param {DraftAnswer["neighbours"]["photovoltaics"]} panels */
function neighboursPanels({ buildings, lost_kwh: lost, radius_m: radius }) {
  const written = formatQuantity(lost ?? 0, "kWh/a");
  const items = buildings.filter((one) => Math.abs(one.lost_kwh) >= 1).map((one) => {
    const each = formatQuantity(one.lost_kwh, "kWh/a");
    return neighbour(one.building_id, one.name ?? null, `−${each.number} ${each.unit}`);
  });
  return section("app.draft.lost", [element("p", {}, label("app.draft.lost.text", { value: `${written.number} ${written.unit}`, radius: formatNumber(Math.round(radius ?? 0)) })), ...list(items)]);
}

/**
 * The parts of the answer, the verdicts first.
 * @param {DraftAnswer} found
 * @returns {HTMLElement[]}
 */
export function consequences(found) {
  return [
    element("p", { class: "absent" }, found.notice),
    ...found.overlaps.map(({ building_id: id }) => element("p", { class: "warn" }, label("app.draft.overlap", { id }))),
    section("app.draft.limits", found.parcels.map(limits)),
    ...found.buildings.map((building) => section("app.draft.building", [element("dl", {}, .../** @type {HTMLElement[]} */ (itself(building).filter(Boolean)))])),
    neighboursSun(found.neighbours.sunlight),
    neighboursPanels(found.neighbours.photovoltaics),
    element("details", { class: "more" }, element("summary", {}, label("app.draft.method")), ...Object.values(found.method).map((text) => element("p", { class: "absent" }, text))),
  ];
}
