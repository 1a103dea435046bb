// @ts-check
/** The Energy door: all roofs ranked, what they would give, cost and pay back, on which terms; or the page of one of them. */
/** @import {Selection, SiteRanking} from "../types.js" */
import { ApiError, fetchSites, siteTable } from "../api.js";
import { element } from "../dom.js";
import { emit, EVENTS, on } from "../events.js";
import { faultNote } from "../fault.js";
import { label } from "../labels.js";
import { find } from "../selectors.js";
import { state } from "../state.js";
import { sayFault } from "./fields.js";
import { conditions, filterForm, isNarrowed } from "./filters.js";
import { closeRoof, openRoof } from "./roof.js";
import { siteList, targetLines } from "./site_list.js";
import { sums } from "./site_sums.js";
import { changedTerms, markChanged, tariffParts, termsForm } from "./terms.js";

const PAGE = 25;
const PAUSE_MS = 300;

/** @type {(selection: Selection | null, options?: {panel?: boolean, focus?: boolean}) => void} */
let open = () => {};
/** @type {AbortController | null} */
let request = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {SiteRanking | null} */
let ranking = null;
/** In which language the fields are written. */
let written = "";
/** The roof whose page is open, "" for the list. */
let shown = "";
/** The language of that page. */
let told = "";
/** How far the list was scrolled. [px] */
let scrolled = 0;
/** The field that the server refused. @type {HTMLElement | null} */
let refused = null;

/** Put the focus where what had it is gone. @param {string} selector within the door */
const focusOn = (selector) => /** @type {HTMLElement | null} */ (find("energyDoor").querySelector(selector))?.focus();

/** A part of the door, made when it is first asked for. @param {string} id */
const room = (id) => document.getElementById(id) ?? find("energyDoor").appendChild(element("div", { id }));
const listRoom = () => room("energy-list");
const roofRoom = () => room("energy-roof");

/** What the server is asked. */
const query = () => Object.fromEntries(Object.entries({ ...conditions(), ...changedTerms() }).filter(([, value]) => value !== ""));

/** Fetch the ranking and write what depends on it; what was typed, and the last good list, stay. */
async function load() {
  clearTimeout(timer);
  if (state.door !== "energy") return;
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  const door = find("energyDoor");
  door.setAttribute("aria-busy", "true");
  try {
    const asked = { ...query(), limit: PAGE, lang: state.language };
    ranking = await fetchSites(isNarrowed() ? { ...asked, ids: "true" } : asked, signal);
    render();
    showFitting(ranking.building_ids, JSON.stringify(asked));
  } catch (error) {
    if (signal.aborted) return;
    refuse(error);
  }
  door.removeAttribute("aria-busy");
}

/** Ask again soon: fields change one after the other. */
function soon() {
  clearTimeout(timer);
  timer = setTimeout(load, PAUSE_MS);
}

/** Fade on the map what the filters leave out. @param {string[] | null} ids @param {string} key */
function showFitting(ids, key) {
  if (!ids && !state.fitting) return;
  state.fitting = ids && { ids: new Set(ids), key };
  emit(EVENTS.fitting);
}

/** Say at its field what the server does not take, and anything else above the list. @param {unknown} error */
function refuse(error) {
  const name = error instanceof ApiError && error.status === 422 ? /^(\w+): /.exec(error.message)?.[1] ?? "" : "";
  refused = document.getElementById(`energy-${name.startsWith("target_") ? "target" : name}`);
  if (refused) sayFault(refused, label("app.field.refused"));
  else if (ranking) room("energy-fault").replaceChildren(faultNote(error, load));
  else listRoom().replaceChildren(faultNote(error, load));
}

/** The same to take away. */
function saving() {
  const link = (/** @type {string} */ form, /** @type {string} */ name) => element("a", { href: siteTable(form, { ...query(), lang: state.language }), download: "" }, name);
  return element("p", { class: "saving" }, element("span", {}, label("app.area.save")), link("csv", "CSV"), link("gpkg", "GeoPackage"));
}

/** Make the list's page: fields, which stay, and room for what follows from them. @param {SiteRanking} found */
function build(found) {
  const isOpen = (/** @type {string} */ id) => Boolean(document.getElementById(id)?.hasAttribute("open"));
  const [filters, terms] = [isOpen("energy-filters"), isOpen("energy-terms")];
  const section = (/** @type {string} */ id, kind = "") => element("section", { id, class: kind });
  written = state.language;
  refused = null;
  listRoom().replaceChildren(section("energy-sums", "headline"), element("div", { id: "energy-fault" }), filterForm(found.bounds, { now: load, soon }, filters),
    section("energy-goals"), section("energy-sites"), termsForm(found, soon, resetTerms, terms), section("energy-saving"));
}

/** Write the fields anew, now that no term is set, and ask. */
function resetTerms() {
  if (ranking) build(ranking);
  focusOn("#energy-terms > summary");
  load();
}

/** Write what follows from what was asked. */
function render() {
  if (!ranking) return;
  if (!ranking.has_weather) return listRoom().replaceChildren(element("p", { class: "meta" }, label("app.energy.unknown")));
  if (written !== state.language || !document.getElementById("energy-sums")) build(ranking);
  if (refused) sayFault(refused, "");
  refused = null;
  const held = listRoom().contains(document.activeElement) && document.activeElement;
  room("energy-fault").replaceChildren();
  room("energy-sums").replaceChildren(...sums(ranking));
  room("energy-sites").replaceChildren(...siteList(ranking, { more: moreSites, pick: changePicks, show: (id) => open({ kind: "building", id }) }));
  room("energy-tariff").replaceChildren(...tariffParts(ranking.tariff));
  room("energy-saving").replaceChildren(saving());
  markChanged();
  writeGoals();
  if (held && !held.isConnected) (document.getElementById(held.id) ?? find("energyDoor")).focus({ preventScroll: true });
}

/** Fetch the next page of the list that is shown. @param {number} offset */
async function moreSites(offset) {
  return (await fetchSites({ ...query(), limit: PAGE, offset, lang: state.language })).sites;
}

/** Whether targets are reached, by the best or by what is picked. */
function writeGoals() {
  const lines = ranking ? targetLines(ranking, dropPicks) : [];
  const goals = room("energy-goals");
  goals.hidden = lines.length === 0;
  goals.replaceChildren(...lines);
}

/** Write the sums of what is picked, and mark it on the map. */
function changePicks() {
  writeGoals();
  emit(EVENTS.picked);
}

/** Pick nothing. */
function dropPicks() {
  state.picked.clear();
  for (const box of listRoom().querySelectorAll("input:checked[type=checkbox]")) /** @type {HTMLInputElement} */ (box).checked = false;
  changePicks();
  focusOn("#energy-sites input");
}

/** Show the page of the chosen building, or the list; the focus stays within the door. */
function follow() {
  if (state.door !== "energy") return;
  const { selection } = state;
  const id = selection?.kind === "building" ? selection.id : "";
  const before = shown;
  if (id === before && (!id || told === state.language)) return;
  const door = find("energyDoor");
  const isHeld = door.contains(document.activeElement);
  if (id && !before) scrolled = door.scrollTop;
  [shown, told] = [id, state.language];
  if (id && id !== before) emit(EVENTS.sheet, "menu");
  listRoom().hidden = Boolean(id);
  roofRoom().hidden = !id;
  if (id) {
    openRoof(roofRoom(), id, changedTerms(), { back: () => open(null), all: () => open({ kind: "building", id }, { panel: true, focus: true }), hasFocus: isHeld });
    return;
  }
  closeRoof();
  roofRoom().replaceChildren();
  door.scrollTop = scrolled;
  if (isHeld) (document.getElementById(`energy-site-${before}`) ?? door).focus();
}

/**
 * Follow the door, the language and what is chosen.
 * @param {(selection: Selection | null, options?: {panel?: boolean, focus?: boolean}) => void} onOpen
 */
export function startEnergyDoor(onOpen) {
  open = onOpen;
  on([EVENTS.door, EVENTS.language], load);
  on([EVENTS.door, EVENTS.selection], follow);
}
