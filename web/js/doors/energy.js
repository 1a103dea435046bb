// @ts-check
/** The Energy door: all roofs ranked, what they would give, cost and pay back, on which terms, and what is picked of them. */
/** @import {Selection, Site, SiteRanking} from "../types.js" */
import { fetchSites, siteTable } from "../api.js";
import { element, icon } from "../dom.js";
import { emit, EVENTS, on } from "../events.js";
import { formatNumber, formatQuantity, formatWord } from "../format.js";
import { label, useNames } from "../labels.js";
import { find } from "../selectors.js";
import { state } from "../state.js";
import { writeUnit } from "../units.js";
import { choiceField, numberField } from "./fields.js";
import { closeRoof, openRoof } from "./roof.js";
import { paybackText, write } from "./site_text.js";

const PAGE = 25;
const PAUSE_MS = 300;
const ORDERS = ["yield", "capacity", "p90", "specific_yield", "avoided", "payback"];

/** What is asked; empty fields are left out. @type {Record<string, string>} */
const asked = { by: "yield", use: "", least_kwp: "10", most_payback_years: "", target: "", target_unit: "kwh" };
/** Terms that stand in place of the factors. @type {Record<string, string>} */
const terms = {};

/** @type {(selection: Selection) => void} */
let open = () => {};
/** @type {AbortController | null} */
let request = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {SiteRanking | null} */
let ranking = null;

/** What the server is asked. */
function query() {
  const { target, target_unit: unit, ...filters } = asked;
  const wanted = target ? { [unit === "kwp" ? "target_kwp" : "target_kwh_per_a"]: String(Number(target) * 1000) } : {};
  return Object.fromEntries(Object.entries({ ...filters, ...wanted, ...terms }).filter(([, value]) => value !== ""));
}

/** Fetch the ranking and write what depends on it. */
async function load() {
  if (state.door !== "energy") return;
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  const door = find("energyDoor");
  door.setAttribute("aria-busy", "true");
  try {
    ranking = await fetchSites({ ...query(), limit: PAGE, lang: state.language }, signal);
    render();
  } catch (error) {
    if (signal.aborted) return;
    door.replaceChildren(element("p", { role: "alert" }, error instanceof Error ? error.message : String(error)), element("button", { type: "button", class: "action", click: load }, label("app.retry")));
  }
  if (!signal.aborted) door.removeAttribute("aria-busy");
}

/** Ask again soon: fields change one after the other. */
function soon() {
  clearTimeout(timer);
  timer = setTimeout(load, PAUSE_MS);
}

/** What all of it sums up to. @param {SiteRanking} found */
function sums({ sums: all, count }) {
  if (count === 0) return element("p", { role: "status" }, label("app.energy.none"));
  return element("section", { class: "headline" },
    element("h2", {}, label("app.energy.all", { count: formatNumber(count, { whole: true }) })),
    element("p", { class: "big" }, element("strong", {}, formatQuantity(all.yield_kwh_per_a ?? 0, "kWh/a").number), ` ${formatQuantity(all.yield_kwh_per_a ?? 0, "kWh/a").unit}`),
    element("p", { class: "meta" }, label("app.energy.sums", {
      interval: formatQuantity(all.yield_kwh_per_a ?? 0, "kWh/a", { low: all.yield_kwh_per_a_low, high: all.yield_kwh_per_a_high }).interval,
      p90: write(all.yield_p90_kwh_per_a, "kWh/a"), capacity: write(all.capacity_kwp, "kWp"), avoided: write(all.avoided_kgco2e_per_a, "kgCO2e/a"),
    })));
}

/** Filters, order and target. */
function filters() {
  return element("form", { class: "filters", submit: (/** @type {Event} */ event) => event.preventDefault() },
    choiceField(asked, "by", label("app.energy.by"), ORDERS.map((name) => [name, label(`app.energy.by.${name}`)]), load),
    choiceField(asked, "use", label("app.draft.use"), [["", label("app.energy.any")], ...useNames().map((name) => /** @type {[string, string]} */ ([name, label(`use.${name}`)]))], load),
    numberField(asked, "least_kwp", label("app.energy.least"), soon),
    numberField(asked, "most_payback_years", label("app.energy.most_years"), soon),
    numberField(asked, "target", label("app.energy.target"), soon),
    choiceField(asked, "target_unit", label("app.energy.target_unit"), [["kwh", writeUnit("MWh/a")], ["kwp", "MWp"]], load));
}

/** Whether the ranked roofs, or the picked ones, reach the target. @param {SiteRanking} found */
function targets(found) {
  const lines = (found.targets ?? []).map((target) => element("p", {}, label(target.is_met ? "app.energy.met" : "app.energy.not_met", {
    count: formatNumber(target.roofs ?? 0, { whole: true }), yield: write(target.sums?.yield_kwh_per_a ?? null, "kWh/a"), capacity: write(target.sums?.capacity_kwp ?? null, "kWp"),
  })));
  const mine = [...state.picked.values()];
  if (mine.length > 0) {
    const capacity = mine.reduce((sum, { capacity_kwp }) => sum + capacity_kwp, 0);
    const energy = mine.reduce((sum, { yield_kwh_per_a }) => sum + yield_kwh_per_a, 0);
    const goal = Number(asked.target) * 1000;
    const share = goal ? (asked.target_unit === "kwp" ? capacity : energy) / goal : null;
    lines.push(element("p", {}, label("app.energy.picked", { count: mine.length, yield: write(energy, "kWh/a"), capacity: write(capacity, "kWp") }),
      share !== null && ` ${label("app.energy.of_target", { share: formatNumber(Math.round(100 * share)) })}`,
      element("button", { type: "button", class: "link-like", click: () => { state.picked.clear(); changePicks(); } }, label("app.energy.drop"))));
  }
  return lines.length > 0 && element("section", {}, ...lines);
}

/** Write the sums anew, and mark the picked roofs on the map. */
function changePicks() {
  render();
  emit(EVENTS.picked);
}

/** @param {Site} site @param {number} place */
function item(site, place) {
  const box = /** @type {HTMLInputElement} */ (element("input", { type: "checkbox", "aria-label": label("app.energy.pick", { name: site.name ?? site.building_id }) }));
  box.checked = state.picked.has(site.building_id);
  box.addEventListener("change", () => {
    if (box.checked) state.picked.set(site.building_id, site);
    else state.picked.delete(site.building_id);
    changePicks();
  });
  return element("li", { class: "site" }, box,
    element("button", { type: "button", class: "link", click: () => show(site.building_id) },
      element("span", {}, `${place}. ${site.name || formatWord(site.use ?? "unknown", `use.${site.use ?? "unknown"}`)}`,
        element("small", {}, `${write(site.yield_kwh_per_a, "kWh/a")} · ${write(site.capacity_kwp, "kWp")} · P90 ${write(site.yield_p90_kwh_per_a, "kWh/a")}`),
        element("small", {}, paybackText(site))),
      icon("chevron")));
}

/** The list, a page at a time. @param {SiteRanking} found */
function list({ sites, count }) {
  const box = element("ol", { class: "links sites" }, ...sites.map((site, index) => item(site, index + 1)));
  const more = element("button", { type: "button", class: "link-like" }, label("app.table.more"));
  more.hidden = sites.length >= count;
  more.addEventListener("click", async () => {
    const next = await fetchSites({ ...query(), limit: PAGE, offset: sites.length, lang: state.language });
    sites.push(...next.sites);
    render();
  });
  return element("section", {}, element("h2", {}, label("app.sites")), box, more);
}

/** What is taken for granted, to be changed. @param {SiteRanking} found */
function assumptions({ assumptions: all }) {
  const fields = all.filter(({ can_change: canChange }) => canChange).map(({ key, label_key, unit, default: value, source, seen }) => element("div", {},
    numberField(terms, key, [label(label_key), writeUnit(unit) && `[${writeUnit(unit)}]`].filter(Boolean).join(" "), soon, { placeholder: value === null ? label("app.energy.by_hour") : formatNumber(value) }),
    source && element("p", { class: "meta" }, [source, seen && label(`app.seen.${seen}`)].filter(Boolean).join(" · "))));
  const isChanged = Object.values(terms).some(Boolean);
  return element("details", { class: "more", open: isChanged }, element("summary", {}, label("app.energy.terms")), ...fields,
    isChanged && element("button", { type: "button", class: "link-like", click: () => { for (const key of Object.keys(terms)) delete terms[key]; load(); } }, label("app.energy.reset")));
}

/** The same to take away. */
function saving() {
  const link = (/** @type {string} */ form, /** @type {string} */ name) => element("a", { href: siteTable(form, { ...query(), lang: state.language }), download: "" }, name);
  return element("section", {}, element("p", { class: "saving" }, element("span", {}, label("app.area.save")), link("csv", "CSV"), link("gpkg", "GeoPackage")));
}

/** Write the door; the field that has the focus keeps it. */
function render() {
  if (!ranking || state.door !== "energy") return;
  const door = find("energyDoor");
  const held = door.contains(document.activeElement) ? document.activeElement?.id : "";
  const scrolled = door.scrollTop;
  if (!ranking.has_weather) {
    door.replaceChildren(element("p", { class: "meta" }, label("app.energy.unknown")));
    return;
  }
  const parts = [sums(ranking), filters(), targets(ranking), list(ranking), assumptions(ranking), saving()];
  door.replaceChildren(.../** @type {HTMLElement[]} */ (parts.filter(Boolean)));
  door.scrollTop = scrolled;
  if (held) document.getElementById(held)?.focus();
}

/** Show one roof in the door, and its building on the map. @param {string} id */
function show(id) {
  open({ kind: "building", id });
  openRoof(id, terms, () => {
    closeRoof();
    render();
  });
  emit(EVENTS.sheet, "menu");
}

/**
 * Follow the door and the language.
 * @param {(selection: Selection) => void} onOpen
 */
export function startEnergyDoor(onOpen) {
  open = onOpen;
  on([EVENTS.door, EVENTS.language], load);
}
