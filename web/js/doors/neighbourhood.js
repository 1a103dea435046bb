// @ts-check
/** The Neighbourhood door: find one's quarter, and what its homes use and emit per resident. */
/** @import {Bounded, Footprint, Quarter} from "../types.js" */
import { fetchFootprint, fetchQuarters } from "../api.js";
import { flyToBox } from "../camera.js";
import { pathChart } from "../chart.js";
import { element } from "../dom.js";
import { emit, EVENTS, on } from "../events.js";
import { formatNumber, formatQuantity, formatShare } from "../format.js";
import { label } from "../labels.js";
import { find } from "../selectors.js";
import { state } from "../state.js";

const KILOGRAMS = "kgCO2e";

/** @type {Quarter[]} */
let quarters = [];
/** @type {Footprint | null} */
let shown = null;

/** A bare number in three digits. @param {number | null} value */
const number = (value) => (value === null ? "" : formatNumber(value, { rough: true }));

/**
 * Choose a quarter, here or from a link.
 * @param {string | null} id
 * @param {{near?: boolean}} [options] whether the map moves to it
 */
export async function chooseQuarter(id, { near = true } = {}) {
  state.quarter = id;
  state.quarterOutline = null;
  shown = null;
  emit(EVENTS.door);
  if (!id) {
    emit(EVENTS.layers);
    return render();
  }
  shown = await fetchFootprint(id, state.language);
  state.quarterOutline = shown.geometry;
  emit(EVENTS.layers);
  if (near && shown.bbox[0] !== null) flyToBox(shown.bbox);
  render();
}

/** The list to choose from. */
function chooser() {
  const options = quarters.map(({ id, name, name_latin }) => element("option", { value: id, selected: id === state.quarter }, [name, name_latin !== name && name_latin].filter(Boolean).join(" · ")));
  const select = /** @type {HTMLSelectElement} */ (element("select", { id: "quarter", class: "wide" }, element("option", { value: "" }, label("app.quarter.choose")), ...options));
  select.value = state.quarter ?? "";
  select.addEventListener("change", () => chooseQuarter(select.value || null).catch(fault));
  return element("div", { class: "field" }, element("label", { for: "quarter" }, label("app.quarter.find")), select);
}

/** @param {unknown} error */
function fault(error) {
  find("neighbourhoodDoor").append(element("p", { class: "meta", role: "alert" }, error instanceof Error ? error.message : String(error)));
}

/** An interval in words. @param {Bounded} figure @param {string} unit */
function between({ low, high }, unit) {
  return label("app.quarter.between", { low: number(low), high: `${number(high)} ${unit}` });
}

/** @param {Footprint} place */
function headline({ homes, synthetic, notice }) {
  if (!homes) return null;
  const { energy_kwh_per_person_a: energy, emissions_kgco2e_per_person_a: emissions } = homes;
  const kg = formatQuantity(1, KILOGRAMS).unit;
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
  const kg = formatQuantity(1, KILOGRAMS).unit;
  /** @param {string} name @param {Bounded} energy @param {Bounded} emissions @param {string} [kind] */
  const row = (name, energy, emissions, kind = "") => element("tr", { class: kind }, element("th", { scope: "row" }, name), element("td", {}, number(energy.value)), element("td", {}, number(emissions.value)));
  const titles = [label("app.quarter.per_resident"), "kWh", kg].map((text) => element("th", { scope: "col" }, text));
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
    }))))));
}

/** @param {Footprint} place */
function path({ path: way }) {
  if (!way) return null;
  const title = label("app.quarter.path", { year: way.target_year });
  return element("section", {}, element("h3", {}, title),
    pathChart({ title, unit: KILOGRAMS, known: way.known, years: way.years.map(({ year, kgco2e_per_person_a: value }) => ({ year, value })) }),
    element("p", { class: "meta" }, label("app.quarter.path.text", { year: way.target_year })));
}

/** What meters say, by the rule of disclosure. @param {Footprint} place */
function measured({ homes, measured: cells }) {
  if (!homes) return null;
  const text = homes.share_measured > 0 ? label("app.quarter.measured.some", { share: formatShare(homes.share_measured) }) : label("app.quarter.measured.none");
  return element("section", {}, element("h3", {}, label("app.quarter.measured")), element("p", { class: "meta" }, text),
    ...cells.map((cell) => element("p", { class: "meta" }, `${label(cell.carrier_key)}: `,
      cell.is_public ? `${formatQuantity(cell.amount ?? 0, cell.unit).number} ${formatQuantity(cell.amount ?? 0, cell.unit).unit} · ${label("app.quarter.meters", { count: cell.meters ?? 0 })}` : label(cell.reason_key ?? "app.missing"))));
}

/** Figures of other kinds, each under its own name. @param {Footprint} place */
function beside({ territorial, lifestyle }) {
  /** @param {string} key @param {Bounded | null} figure */
  const line = (key, figure) => {
    if (!figure || figure.value === null) return null;
    const written = formatQuantity(figure.value, KILOGRAMS, figure);
    return element("div", {}, element("p", {}, label(key)), element("p", { class: "figure" }, element("strong", {}, written.number), ` ${written.unit} `, element("small", {}, written.interval)), element("p", { class: "meta" }, label(`${key}.text`)));
  };
  const lines = [line("app.quarter.territorial", territorial), line("app.quarter.lifestyle", lifestyle)];
  return element("section", {}, element("h3", {}, label("app.quarter.beside")), .../** @type {HTMLElement[]} */ (lines.filter(Boolean)));
}

/** The plain page, for a phone or to pass on. @param {Footprint} place */
function share({ id }) {
  const address = `/n/${id.split("/").map(encodeURIComponent).join("/")}?lang=${state.language}`;
  return element("section", {}, element("a", { class: "action", href: address, target: "_blank", rel: "noopener" }, label("app.quarter.page")));
}

/** Write the door. */
function render() {
  const door = find("neighbourhoodDoor");
  if (!shown) return door.replaceChildren(chooser(), element("p", { class: "meta" }, label("app.quarter.tap")));
  const reason = shown.reason_key && element("p", {}, label(shown.reason_key));
  const parts = [chooser(), reason, headline(shown), shown.homes && table(shown.homes), actions(shown), path(shown), measured(shown), beside(shown), share(shown)];
  door.replaceChildren(.../** @type {HTMLElement[]} */ (parts.filter(Boolean)));
}

/** Fetch the quarters once in each language, and keep the door right. */
export function startNeighbourhoodDoor() {
  let language = "";
  on([EVENTS.door, EVENTS.language], async () => {
    if (state.door !== "neighbourhood" || language === state.language) return;
    language = state.language;
    try {
      quarters = (await fetchQuarters(language)).neighbourhoods;
      if (state.quarter) shown = await fetchFootprint(state.quarter, language);
      render();
    } catch (error) {
      language = "";
      fault(error);
    }
  });
}
