// @ts-check
/** The title of the zone, the notice and the sources. */
import { element } from "./dom.js";
import { EVENTS, on } from "./events.js";
import { formatNumber } from "./format.js";
import { label } from "./labels.js";
import { find } from "./selectors.js";
import { state } from "./state.js";

/** Digits that a modelled number of residents is worth. */
const MODELLED_DIGITS = 2;

/**
 * The text for a number of residents: planned, modelled from floor area, or declared.
 * @param {import("./types.js").Zone} zone
 */
function populationKey(zone) {
  if (zone.population_is_modelled) return "app.population.modelled";
  return zone.synthetic ? "app.population.planned" : "app.population";
}

/**
 * How many people live in the zone, with the year that the number is of if it is another; "" if nobody knows.
 * @param {import("./types.js").Zone} zone
 */
function populationText(zone) {
  const { population, population_is_modelled: isModelled, population_year: year } = zone;
  if (population === null) return "";
  const people = isModelled ? Number(population.toPrecision(MODELLED_DIGITS)) : population;
  const text = label(populationKey(zone), { count: formatNumber(people, { whole: true }) });
  return isModelled || !year || year === zone.year ? text : `${text} (${year})`;
}

/** Write what is known of the zone. */
function render() {
  const zone = state.zone;
  if (!zone) return;
  document.title = `${zone.title} · zonetwin`;
  find("zoneTitle").textContent = zone.title;
  const facts = [
    label(zone.planned_buildings ? "app.state.planned" : "app.state", { year: zone.year }),
    populationText(zone),
    zone.target_year && label("app.target", { year: zone.target_year }),
  ].filter(Boolean);
  find("zoneMeta").replaceChildren(...facts.map((fact) => element("span", {}, String(fact))));
  const notice = find("notice");
  notice.hidden = !zone.notice;
  notice.textContent = zone.notice;
  find("attribution").replaceChildren(
    ...zone.attribution.map(({ text, url, licence }) =>
      /^https?:/.test(url) ? element("a", { href: url, target: "_blank", rel: "noopener noreferrer", title: licence }, text) : element("span", { title: licence }, text)),
  );
}

/** Keep it right. */
export function startTitle() {
  on([EVENTS.view, EVENTS.language], render);
}
