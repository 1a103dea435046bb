// @ts-check
/** The ranked roofs, a page at a time, and whether they, or those that are picked, reach the target. */
/** @import {Site, SiteRanking} from "../types.js" */
import { element, icon } from "../dom.js";
import { faultNote } from "../fault.js";
import { formatNumber, formatWord } from "../format.js";
import { label } from "../labels.js";
import { state } from "../state.js";
import { goal, isNarrowed } from "./filters.js";
import { paybackText, write } from "./site_text.js";

/**
 * What the list tells of.
 * @typedef {{more: (offset: number) => Promise<Site[]>, pick: () => void, show: (id: string) => void}} Listeners
 */

/** @param {Site} site @param {number} place @param {Listeners} listeners */
function item(site, place, { pick, show }) {
  const box = /** @type {HTMLInputElement} */ (element("input", { type: "checkbox", "aria-label": label("app.energy.pick", { name: site.name ?? site.building_id }) }));
  box.checked = state.picked.has(site.building_id);
  box.addEventListener("change", () => {
    if (box.checked) state.picked.set(site.building_id, site);
    else state.picked.delete(site.building_id);
    pick();
  });
  return element("li", { class: "site" }, box,
    element("button", { type: "button", class: "link", id: `energy-site-${site.building_id}`, click: () => show(site.building_id) },
      element("span", {}, `${place}. ${site.name || formatWord(site.use ?? "unknown", `use.${site.use ?? "unknown"}`)}`,
        element("small", {}, `${write(site.yield_kwh_per_a, "kWh/a")} · ${write(site.capacity_kwp, "kWp")} · P90 ${write(site.yield_p90_kwh_per_a, "kWh/a")}`),
        element("small", {}, paybackText(site))),
      icon("chevron")));
}

/**
 * The list; what comes next is added at its end, and the first of it takes the focus.
 * @param {SiteRanking} found
 * @param {Listeners} listeners
 */
export function siteList({ sites, count }, listeners) {
  const items = (/** @type {Site[]} */ page, /** @type {number} */ from) => page.map((site, index) => item(site, from + index + 1, listeners));
  const box = element("ol", { class: "links sites" }, ...items(sites, 0));
  const fault = element("div");
  const more = element("button", { type: "button", class: "link-like" }, label("app.table.more"));
  more.hidden = sites.length >= count;
  const next = async () => {
    try {
      const from = box.childElementCount;
      const page = await listeners.more(from);
      if (from !== box.childElementCount) return; // asked for twice
      fault.replaceChildren();
      box.append(...items(page, from));
      more.hidden = page.length === 0 || box.childElementCount >= count;
      box.children[from]?.querySelector("input")?.focus();
    } catch (error) {
      fault.replaceChildren(faultNote(error, next));
    }
  };
  more.addEventListener("click", next);
  return [element("h2", {}, label("app.sites")), isNarrowed() && element("p", { class: "meta" }, label("app.energy.faded")), box, more, fault].filter((part) => part !== false);
}

/** What roofs give together. @param {number | null} energy @param {number | null} capacity */
const together = (energy, capacity) => ({ yield: write(energy, "kWh/a"), capacity: write(capacity, "kWp") });

/**
 * Whether the ranked roofs, or the picked ones, reach the target.
 * @param {SiteRanking} found
 * @param {() => void} drop
 */
export function targetLines({ targets }, drop) {
  const lines = (targets ?? []).map(({ is_met: isMet, roofs, sums }) => element("p", {}, label(isMet ? "app.energy.met" : "app.energy.not_met", {
    count: formatNumber(roofs ?? sums.roofs, { whole: true }), ...together(sums.yield_kwh_per_a, sums.capacity_kwp),
  })));
  const mine = [...state.picked.values()];
  if (mine.length === 0) return lines;
  const capacity = mine.reduce((sum, { capacity_kwp }) => sum + capacity_kwp, 0);
  const energy = mine.reduce((sum, { yield_kwh_per_a }) => sum + yield_kwh_per_a, 0);
  const { size, unit } = goal();
  const share = size > 0 && Math.round((100 * (unit === "kwp" ? capacity : energy)) / size);
  return [...lines, element("p", {}, label("app.energy.picked", { count: mine.length, ...together(energy, capacity) }),
    share !== false && ` ${label("app.energy.of_target", { share: formatNumber(share) })}`, " ",
    element("button", { type: "button", class: "link-like", click: drop }, label("app.energy.drop")))];
}
