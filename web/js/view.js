// @ts-check
/** The quantity that the map shows: fetch its spec, draw it, draw it again when a choice changes. */
/** @import {Camera, Spec} from "./types.js" */
import { fetchRows, fetchView } from "./api.js";
import { homeCamera } from "./camera.js";
import { emit, EVENTS, on } from "./events.js";
import { css } from "./dom.js";
import { buildLayers } from "./layers.js";
import { createScene, getDeck, hasWebgl, libraryLoaded, relight, showLayers } from "./scene.js";
import { find } from "./selectors.js";
import { state } from "./state.js";

/** The camera rests when it has not moved for so long. [ms] */
const REST_MS = 160;

let order = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Rows of untiled layers, by language and address. @type {Map<string, Record<string, any>[]>} */
const rows = new Map();

/**
 * Put the rows of untiled layers into the spec; deck.gl asks for tiles only.
 * @param {Spec} spec
 */
async function fillRows(spec) {
  await Promise.all(spec.layers.map(async (layer) => {
    if (typeof layer.data !== "string" || layer.data.includes("{z}")) return;
    const key = `${state.language} ${layer.data}`;
    if (!rows.has(key)) rows.set(key, await fetchRows(layer.data, state.language));
    layer.data = rows.get(key);
  }));
}

/** Specs that were asked for, by view, theme, language and step: switching back asks nobody. @type {Map<string, Promise<Spec>>} */
const specs = new Map();

/**
 * Fetch a view with all that it needs but its tiles; what is on its way is not asked for again.
 * @param {string} view
 * @param {number} step of the view, 0 for the whole
 * @returns {Promise<Spec>}
 */
export function prepareView(view, step = 0) {
  const key = [view, state.theme, state.language, step].join(" ");
  const prepared = specs.get(key) ?? fetchView(view, state.theme, state.language, step).then(async (spec) => {
    await fillRows(spec);
    return spec;
  });
  specs.set(key, prepared);
  prepared.catch(() => specs.delete(key));
  return prepared;
}

/**
 * Show a quantity. Only the newest order wins when several overlap.
 * @param {string} view
 * @param {Partial<Camera> | null} [camera] where the first view starts
 * @param {number} [step] of the view, 0 for the whole
 */
export async function showView(view, camera = null, step = view === state.view ? state.step : 0) {
  const mine = ++order;
  const [spec] = await Promise.all([prepareView(view, step), libraryLoaded()]);
  if (mine !== order) return;
  if (view !== state.view) Object.assign(state, { filter: null, doubt: null });
  state.spec = spec;
  state.view = spec.metadata?.view ?? view;
  state.step = spec.metadata?.step ?? 0;
  if (!getDeck() && hasWebgl()) createScene({ ...homeCamera(spec.initialViewState), ...camera });
  draw();
  emit(EVENTS.view);
}

/** Draw the spec with the choices of the state. */
export function draw() {
  if (!state.spec || !getDeck()) return;
  const { background } = state.spec.metadata;
  if (background) find("map").style.backgroundColor = css(background);
  showLayers(buildLayers(state.spec));
}

/** Follow the state; names are chosen anew when the camera rests. */
export function startView() {
  on(EVENTS.camera, () => {
    clearTimeout(timer);
    timer = setTimeout(draw, REST_MS);
  });
  on([EVENTS.door, EVENTS.selection, EVENTS.feature, EVENTS.layers, EVENTS.area, EVENTS.filter, EVENTS.doubt, EVENTS.draft], draw);
  on([EVENTS.theme, EVENTS.language, EVENTS.sun], relight);
}
