// @ts-check
/** The quantity that the map shows: draw it, draw it again when a choice changes. */
/** @import {Camera} from "./types.js" */
import { homeCamera } from "./camera.js";
import { emit, EVENTS, on } from "./events.js";
import { css } from "./dom.js";
import { buildLayers } from "./layers.js";
import { libraryLoaded } from "./library.js";
import { createScene, getDeck, hasWebgl, relight, showLayers } from "./scene.js";
import { find } from "./selectors.js";
import { prepareView } from "./specs.js";
import { state } from "./state.js";

/** The camera rests when it has not moved for so long. [ms] */
const REST_MS = 160;

let order = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

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
    timer = setTimeout(() => emit(EVENTS.rest), REST_MS);
  });
  on([EVENTS.rest, EVENTS.door, EVENTS.selection, EVENTS.feature, EVENTS.picked, EVENTS.fitting, EVENTS.layers, EVENTS.area, EVENTS.filter, EVENTS.doubt, EVENTS.draft], draw);
  on([EVENTS.theme, EVENTS.language, EVENTS.sun], relight);
}
