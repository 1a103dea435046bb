// @ts-check
/** The names of all events, and the one bus they travel on. */

export const EVENTS = Object.freeze({
  language: "language",
  theme: "theme",
  door: "door",
  view: "view",
  selection: "selection",
  feature: "feature",
  picked: "picked",
  fitting: "fitting",
  area: "area",
  draft: "draft",
  compare: "compare",
  filter: "filter",
  doubt: "doubt",
  tool: "tool",
  sun: "sun",
  camera: "camera",
  rest: "rest",
  layers: "layers",
  progress: "progress",
  hover: "hover",
  sheet: "sheet",
  panel: "panel",
});

const bus = new EventTarget();

/**
 * Call a listener each time one of the events happens.
 * @param {string | string[]} names
 * @param {(detail: any) => void} listener
 */
export function on(names, listener) {
  for (const name of [names].flat()) {
    bus.addEventListener(name, (event) => listener(/** @type {CustomEvent} */ (event).detail));
  }
}

/**
 * Tell all listeners.
 * @param {string} name
 * @param {unknown} [detail]
 */
export function emit(name, detail) {
  bus.dispatchEvent(new CustomEvent(name, { detail }));
}
