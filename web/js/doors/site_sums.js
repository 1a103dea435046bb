// @ts-check
/** What all roofs that fit give together, and why they pay back as soon as they do. */
/** @import {SiteRanking} from "../types.js" */
import { element } from "../dom.js";
import { formatNumber, formatQuantity, formatShare } from "../format.js";
import { label } from "../labels.js";
import { write } from "./site_text.js";

/** Two digits behind the point. @param {number} value */
const cents = (value) => formatNumber(Math.round(100 * value) / 100);

/** Why half of the roofs have paid back so soon: what is used in the house saves more than what is sold brings. @param {SiteRanking} found */
function why({ typical }) {
  if (!typical || typical.saved_cny_per_kwh <= typical.sold_cny_per_kwh) return null;
  return element("p", { class: "meta", id: "energy-why" }, label("app.energy.why", {
    count: formatNumber(typical.roofs, { whole: true }),
    years: formatNumber(Math.round(10 * typical.payback_years) / 10), share: formatShare(Math.round(100 * typical.self_used_share) / 100),
    saved: cents(typical.saved_cny_per_kwh), sold: cents(typical.sold_cny_per_kwh),
  }));
}

/** @param {SiteRanking} found */
export function sums(found) {
  const { sums: all, count } = found;
  if (count === 0) return [element("p", { role: "status" }, label("app.energy.none"))];
  const energy = formatQuantity(all.yield_kwh_per_a ?? 0, "kWh/a", { low: all.yield_kwh_per_a_low, high: all.yield_kwh_per_a_high });
  return [
    element("h2", {}, label("app.energy.all", { count: formatNumber(count, { whole: true }) })),
    element("p", { class: "big" }, element("strong", {}, energy.number), ` ${energy.unit}`),
    element("p", { class: "meta" }, label("app.energy.sums", {
      interval: energy.interval, p90: write(all.yield_p90_kwh_per_a, "kWh/a"), capacity: write(all.capacity_kwp, "kWp"), avoided: write(all.avoided_kgco2e_per_a, "kgCO2e/a"),
    })),
    why(found),
  ].filter((part) => part !== null);
}
