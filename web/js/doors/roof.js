// @ts-check
/** One roof: what it gives by month and hour, what is left out of it and why, and where the grid is. */
/** @import {Roof} from "../types.js" */
import { ApiError, fetchRoof } from "../api.js";
import { dayCurve, monthBars } from "../chart.js";
import { element, icon } from "../dom.js";
import { faultNote } from "../fault.js";
import { formatNumber, formatQuantity, formatShare, formatWord } from "../format.js";
import { label } from "../labels.js";
import { state } from "../state.js";
import { monthName } from "./months.js";
import { paybackText } from "./site_text.js";

const JUNE = 5;

/** @type {AbortController | null} */
let request = null;

/**
 * Show a roof in the door.
 * @param {HTMLElement} room
 * @param {string} id of its building
 * @param {Record<string, string>} terms that were changed
 * @param {{back: () => void, all: () => void, hasFocus: boolean}} ways back to the list, and to all that is known; whether the focus comes along
 */
export async function openRoof(room, id, terms, { back, all, hasFocus }) {
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  const way = element("button", { type: "button", class: "link-like back", click: back }, icon("chevron"), label("app.energy.back"));
  const more = element("button", { type: "button", class: "link-like", id: "energy-known", click: all }, label("app.energy.known"));
  room.replaceChildren(way, element("p", { class: "meta", "aria-busy": "true" }, label("app.loading")));
  if (hasFocus) way.focus();
  try {
    const roof = await fetchRoof(id, { ...terms, lang: state.language }, signal);
    const isHeld = room.contains(document.activeElement);
    room.replaceChildren(way, ...parts(roof, more));
    if (isHeld) way.focus();
    room.parentElement?.scrollTo(0, 0);
  } catch (error) {
    if (signal.aborted) return;
    const isBare = error instanceof ApiError && error.status === 404;
    const again = () => openRoof(room, id, terms, { back, all, hasFocus: true });
    room.replaceChildren(way, isBare ? element("p", {}, label("app.energy.bare")) : faultNote(error, again), more);
  }
}

/** Forget a roof that is still on its way. */
export function closeRoof() {
  request?.abort();
}

/** @param {string} name @param {number | null} value @param {string} unit @param {number | null} [low] @param {number | null} [high] */
function row(name, value, unit, low = null, high = null) {
  if (value === null || value === undefined) return null;
  const written = formatQuantity(value, unit, { low, high });
  return element("div", { class: "row" }, element("dt", {}, name),
    element("dd", {}, element("span", { class: "value" }, written.number, written.unit && element("span", { class: "unit" }, written.unit)), written.interval && element("small", {}, written.interval)));
}

/** @param {Roof} roof @param {HTMLElement} more the way to all that is known @returns {HTMLElement[]} */
function parts(roof, more) {
  const name = roof.name || formatWord(roof.use ?? "unknown", `use.${roof.use ?? "unknown"}`);
  const facts = [
    row(label("solar.pv_capacity_kwp"), roof.capacity_kwp, "kWp"),
    row(label("solar.pv_yield_kwh_per_a"), roof.yield_kwh_per_a, "kWh/a", roof.yield_kwh_per_a_low, roof.yield_kwh_per_a_high),
    row("P90", roof.yield_p90_kwh_per_a, "kWh/a"),
    row(label("solar.pv_specific_yield_kwh_per_kwp_a"), roof.specific_yield_kwh_per_kwp_a, "kWh/kWp/a"),
    row(label("app.energy.avoided"), roof.avoided_kgco2e_per_a, "kgCO2e/a", roof.avoided_kgco2e_per_a_low, roof.avoided_kgco2e_per_a_high),
    row(label("app.energy.cost"), roof.capex_cny, "CNY", roof.capex_cny_low, roof.capex_cny_high),
    row(label("app.energy.worth"), roof.value_cny_per_a, "CNY/a", roof.value_cny_per_a_low, roof.value_cny_per_a_high),
  ];
  return [
    element("section", { class: "headline" }, element("h2", {}, name), element("p", { class: "meta" }, roof.building_id),
      element("p", { class: "figure" }, element("strong", {}, roof.payback_years === null ? "–" : paybackText(roof)), roof.payback_years === null && ` ${paybackText(roof)}`),
      roof.self_used_share !== null && element("p", { class: "meta" }, label("app.energy.self_used", { share: formatShare(roof.self_used_share) })),
      element("dl", {}, .../** @type {HTMLElement[]} */ (facts.filter(Boolean))), more),
    months(roof), days(roof), leftOut(roof), grid(roof),
  ].filter((part) => part !== null);
}

/** @param {Roof} roof */
function months({ months: { pv_kwh: pv, load_kwh: load, self_used_kwh: used } }) {
  const names = pv.map((_, month) => monthName(month, "narrow"));
  const title = label("app.energy.months");
  return element("section", {}, element("h3", {}, title), monthBars({ title, names, full: pv.map((_, month) => monthName(month)), pv, used }),
    element("p", { class: "meta key" }, key("pv", "app.energy.pv"), key("used", "app.energy.used")),
    load ? null : element("p", { class: "meta" }, label("payback.payback_reason.no_load")));
}

/** @param {Roof} roof */
function days(roof) {
  const { pv_kw: pv, load_kw: load, price_cny_per_kwh: price } = roof.mean_days;
  const chosen = /** @type {HTMLSelectElement} */ (element("select", { class: "wide", "aria-label": label("app.step") }, ...pv.map((_, month) => element("option", { value: String(month) }, monthName(month)))));
  chosen.value = String(JUNE);
  const title = label("app.energy.day");
  const room = element("div", {});
  const draw = () => {
    const month = Number(chosen.value);
    room.replaceChildren(dayCurve({ title: `${title}, ${monthName(month)}`, pv: pv[month], load: load?.[month] ?? null, price: price?.[month] ?? null, priceName: label("app.energy.price") }));
  };
  chosen.addEventListener("change", draw);
  draw();
  return element("section", {}, element("h3", {}, title), chosen, room,
    element("p", { class: "meta key" }, key("pv", "app.energy.pv"), load && key("load", "app.energy.load"), price && key("price", "app.energy.price_scale")));
}

/** @param {string} kind @param {string} text */
const key = (kind, text) => element("span", {}, element("i", { class: kind }), label(text));

/** What modules may not stand on, and why. @param {Roof} roof */
function leftOut({ left_out_m2: out, left_out_keys: names, roof_m2: whole, roof_usable_m2: usable }) {
  const rows = Object.entries(out).filter(([, area]) => area && area >= 0.5).sort(([, a], [, b]) => (b ?? 0) - (a ?? 0));
  const line = (/** @type {string} */ name, /** @type {number} */ area, /** @type {string} */ kind = "") => element("tr", { class: kind }, element("th", { scope: "row" }, name), element("td", {}, `${formatNumber(Math.round(area), { whole: true })} m²`));
  return element("section", {}, element("h3", {}, label("app.energy.left_out")),
    element("table", { class: "plain-table" }, element("tbody", {}, line(label("solar.roof_m2"), whole ?? 0, "sum"), ...rows.map(([reason, area]) => line(label(names[reason]), area ?? 0)), line(label("solar.roof_usable_m2"), usable ?? 0, "sum"))));
}

/** The nearest transformer or substation. @param {Roof} roof */
function grid({ grid: asset }) {
  if (!asset?.asset_id) return null;
  const capacity = asset.capacity_kw === null ? label("app.energy.capacity_unknown") : formatQuantity(asset.capacity_kw, "kW").number + " " + formatQuantity(asset.capacity_kw, "kW").unit;
  return element("section", {}, element("h3", {}, label("app.energy.grid")),
    element("p", {}, [asset.name ?? label(asset.kind_key ?? ""), capacity, label("app.energy.away", { distance: formatNumber(Math.round(asset.distance_m ?? 0), { whole: true }) })].join(" · ")),
    asset.synthetic ? element("p", { class: "meta" }, label("app.synthetic")) : null);
}
