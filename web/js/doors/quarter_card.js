// @ts-check
/**
 * What residents are told of their quarter. Figures per resident in kWh and kg, all to three digits, residents whole: as in
 * server/quarter_page.py, so that the page which is passed on says what the map says.
 */
/** @import {Bounded, Footprint} from "../types.js" */
import { pathChart, pathKey } from "../chart.js";
import { element } from "../dom.js";
import { formatNumber, formatQuantity, formatShare } from "../format.js";
import { label } from "../labels.js";
import { state } from "../state.js";

const KILOGRAMS = "kgCO2e";

/** A bare number in three digits. @param {number | null} value */
const number = (value) => (value === null ? "" : formatNumber(value, { rough: true }));

/** How kilograms of CO2e are written. */
const kilograms = () => formatQuantity(1, KILOGRAMS).unit;

/** A sum in its best multiple, in three digits. @param {number} value @param {string} unit */
function amount(value, unit) {
  const written = formatQuantity(value, unit, { rough: true });
  return `${written.number} ${written.unit}`;
}

/** An interval in words. @param {Bounded} figure @param {string} unit */
function between({ low, high }, unit) {
  return label("app.quarter.between", { low: number(low), high: `${number(high)} ${unit}` });
}

/** The bounds alone. @param {Bounded} figure */
const bounds = ({ low, high }) => label("app.interval", { low: number(low), high: number(high) });

/** @param {Footprint} place */
function headline({ homes, synthetic, notice }) {
  if (!homes) return null;
  const { energy_kwh_per_person_a: energy, emissions_kgco2e_per_person_a: emissions } = homes;
  const kg = kilograms();
  return element("section", { class: "headline" },
    synthetic && notice && element("p", { class: "notice" }, notice),
    element("h2", {}, label("app.quarter.headline")),
    element("p", { class: "big" }, element("strong", {}, number(energy.value)), " kWh"),
    element("p", { class: "meta" }, label("app.quarter.energy")),
    element("p", { class: "big" }, element("strong", {}, number(emissions.value)), ` ${kg}`),
    element("p", { class: "meta" }, label("app.quarter.emissions")),
    element("p", { class: "meta" }, `${between(energy, "kWh")} ${between(emissions, kg)}`),
    element("p", { class: "meta" }, `${label("app.quarter.residents", { count: formatNumber(Math.round(homes.residents), { whole: true }), buildings: homes.buildings })} ${label("app.quarter.single")}`));
}

/** What each carrier makes of it, and the zone for comparison. @param {NonNullable<Footprint["homes"]>} homes */
function table(homes) {
  /** @param {string} name @param {Bounded} energy @param {Bounded} emissions @param {string} [kind] */
  const row = (name, energy, emissions, kind = "") => element("tr", { class: kind }, element("th", { scope: "row" }, name), element("td", {}, number(energy.value)), element("td", {}, number(emissions.value)));
  const titles = [label("app.quarter.per_resident"), "kWh", kilograms()].map((text) => element("th", { scope: "col" }, text));
  return element("table", { class: "plain-table" },
    element("thead", {}, element("tr", {}, ...titles)),
    element("tbody", {},
      ...homes.carriers.map((carrier) => row(label(carrier.carrier_key), carrier.energy_kwh_per_person_a, carrier.emissions_kgco2e_per_person_a)),
      row(label("app.quarter.here"), homes.energy_kwh_per_person_a, homes.emissions_kgco2e_per_person_a, "sum"),
      row(label("app.quarter.zone"), homes.zone.energy_kwh_per_person_a, homes.zone.emissions_kgco2e_per_person_a)));
}

/** @param {Footprint} place */
function actions({ actions: found }) {
  if (found.length === 0) return null;
  return element("section", {}, element("h3", {}, label("app.quarter.actions")), element("ol", { class: "actions" }, ...found.map((action) => element("li", {},
    element("b", {}, label(action.title_key)),
    element("p", { class: "meta" }, label(action.kind === "roofs" ? "app.quarter.action.roofs" : "app.quarter.action.tenth", {
      kwh: number(action.kwh_per_person_a.value), kg: number(action.kgco2e_per_person_a.value),
    }), ` (${bounds(action.kgco2e_per_person_a)} ${kilograms()})`)))));
}

/** @param {Footprint} place */
function path({ path: way }) {
  if (!way) return null;
  const title = label("app.quarter.path", { year: way.target_year });
  return element("section", {}, element("h3", {}, title),
    pathChart({ title, known: way.known, write: (value) => `${number(value)} ${kilograms()}`, years: way.years.map(({ year, kgco2e_per_person_a: value }) => ({ year, value })) }),
    pathKey(),
    element("p", { class: "meta" }, label("app.quarter.path.text", { year: way.target_year })));
}

/** What meters say of a carrier, and the model of the same buildings. @param {Footprint["measured"][number]} cell */
function cell({ carrier_key, is_public, amount: read, modelled_amount: modelled, unit, meters, coverage, reason_key }) {
  const told = is_public && read !== null
    ? [label("app.quarter.read", { count: formatNumber(meters ?? 0, { whole: true }), amount: amount(read, unit), coverage: formatShare(coverage ?? 0) }),
      modelled !== null && label("app.quarter.modelled", { amount: amount(modelled, unit), share: formatShare(modelled / read) })]
    : [label(reason_key ?? "app.missing")];
  return element("p", { class: "meta" }, element("b", {}, label(carrier_key)), ` · ${told.filter(Boolean).join(" ")}`);
}

/** What meters say, by the rule of disclosure. @param {Footprint} place */
function measured({ homes, measured: cells }) {
  if (!homes) return null;
  const text = homes.share_measured > 0 ? label("app.quarter.measured.some", { share: formatShare(homes.share_measured) }) : label("app.quarter.measured.none");
  return element("section", {}, element("h3", {}, label("app.quarter.measured")), element("p", { class: "meta" }, text), ...cells.map(cell));
}

/** Figures of other kinds, each under its own name. @param {Footprint} place */
function beside({ territorial, lifestyle }) {
  /** @param {string} key @param {Bounded | null} figure */
  const line = (key, figure) => figure && figure.value !== null && element("div", {}, element("p", {}, label(key)),
    element("p", { class: "figure" }, element("strong", {}, number(figure.value)), ` ${kilograms()} `, element("small", {}, bounds(figure))),
    element("p", { class: "meta" }, label(`${key}.text`)));
  return element("section", {}, element("h3", {}, label("app.quarter.beside")), line("app.quarter.territorial", territorial), line("app.quarter.lifestyle", lifestyle));
}

/** The plain page, for a phone or to pass on. @param {Footprint} place */
function share({ id }) {
  const address = `/n/${id.split("/").map(encodeURIComponent).join("/")}?lang=${state.language}`;
  return element("section", {}, element("a", { class: "action", href: address, target: "_blank", rel: "noopener" }, label("app.quarter.page")));
}

/**
 * All that is told of a quarter, part by part.
 * @param {Footprint} place
 */
export function quarterCard(place) {
  const reason = place.reason_key && element("p", {}, label(place.reason_key));
  return [reason, headline(place), place.homes && table(place.homes), actions(place), path(place), measured(place), beside(place), share(place)];
}
