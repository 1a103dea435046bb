// @ts-check
/** The four doors into the zone: at a glance, planning, energy, one's own quarter. */
import { emit, EVENTS, on } from "./events.js";
import { find } from "./selectors.js";
import { state } from "./state.js";

/** In the order of the tabs. */
export const DOORS = Object.freeze(["zone", "plan", "energy", "neighbourhood"]);

/** The quantity that each door first shows on the map, if there is such a view. @type {Record<string, string>} */
const VIEWS = { energy: "pv_yield", neighbourhood: "footprint" };

/** The quantity that a door opens with, undefined if it has none of its own. @param {string} door */
export const ownView = (door) => VIEWS[door];

/** The quantity that each door showed last. @type {Map<string, string>} */
const last = new Map();

const tabs = () => /** @type {HTMLElement[]} */ ([...find("doorTabs").querySelectorAll("[role=tab]")]);

/** Show the tab and the panel of the open door. */
function render() {
  for (const tab of tabs()) {
    const isOpen = tab.dataset.door === state.door;
    tab.setAttribute("aria-selected", String(isOpen));
    tab.tabIndex = isOpen ? 0 : -1;
    const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
    if (panel) panel.hidden = !isOpen;
  }
}

/**
 * Open a door; the map stays as it is.
 * @param {string} door
 */
export function openDoor(door) {
  state.door = door;
  render();
  emit(EVENTS.door);
}

/**
 * The view that a door shows when nobody asks for another: the one it showed last, else its own; none if it has none.
 * @param {string} door
 */
export function viewOf(door) {
  const view = last.get(door) ?? ownView(door);
  return state.catalogue?.layers.some(({ views }) => views.some(({ id }) => id === view)) ? view : undefined;
}

/** What shows a quantity on the map. @type {(view: string) => void} */
let show = () => {};

/**
 * Go through a door: the map shows what it showed there last, else the door's own quantity.
 * @param {string} door
 */
export function enterDoor(door) {
  if (door === state.door) return;
  last.set(state.door, state.view);
  openDoor(door);
  const view = viewOf(door);
  if (view && view !== state.view) show(view);
}

/**
 * Listen to the tabs: a click, or arrows, Home and End as in the pattern of tabs.
 * @param {(view: string) => void} onView
 */
export function startDoors(onView) {
  show = onView;
  /** @param {HTMLElement} tab */
  const enter = (tab) => enterDoor(tab.dataset.door ?? DOORS[0]);
  for (const tab of tabs()) tab.addEventListener("click", () => enter(tab));
  find("doorTabs").addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = tabs();
    const place = all.findIndex(({ dataset }) => dataset.door === state.door);
    const next = Number.isFinite(step) ? (place + step + all.length) % all.length : step > 0 ? all.length - 1 : 0;
    all[next].focus();
    enter(all[next]);
  });
  on(EVENTS.view, render);
}
