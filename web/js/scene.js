// @ts-check
/** The deck.gl canvas: one map view, its light, and what the pointer meets. */
/** @import {Camera} from "./types.js" */
import { emit, EVENTS } from "./events.js";
import { isPhone } from "./dom.js";
import { label } from "./labels.js";
import { library } from "./library.js";
import { find } from "./selectors.js";
import { withSmoothShadows } from "./shadow.js";
import { moment } from "./solar.js";
import { state } from "./state.js";
import { setsCorners } from "./tools.js";

/** Room that the column takes from the map, so that its middle is the middle of what one sees. [px] */
const COLUMN_PX = 348;
/** Room for the controls on the other side. [px] */
const CONTROLS_PX = 56;

/** How long the first picture may wait to be whole. [ms] */
const PATIENCE_MS = 2500;

/** Longest press that is still a click: where drawing is slow, the release is noticed late. [ms] */
const CLICK_MS = 1000;

/** Sky light and sun per theme; the sun stands in the west-south-west, so that two walls of a house differ. */
const LIGHT = {
  light: { sky: 1.12, sun: 1.0, fill: 0.3 },
  dark: { sky: 1.05, sun: 0.95, fill: 0.35 },
};
/** What a shadow is mixed with. */
const SHADOW = [0, 0, 0, 90 / 255];
const SUN_DIRECTION = [0.9, 0.75, -1.35];
const FILL_DIRECTION = [-0.6, 0.5, -0.6];

/** @type {any} */
let instance = null;

/** The running Deck, null before createScene. */
export const getDeck = () => instance;

/** @type {boolean | null} */
let draws3d = null;

/** Whether this browser can draw at all; finding out takes a while. */
export function hasWebgl() {
  if (library()) draws3d ??= Boolean(document.createElement("canvas").getContext("webgl2"));
  return Boolean(draws3d);
}

/** Room that the cards take from the map. @returns {Record<string, number>} */
const cards = () => (isPhone() ? { bottom: 96, top: 96 } : { left: COLUMN_PX, right: CONTROLS_PX });

/** The view of the map. @param {Record<string, number>} padding */
function mapView(padding) {
  return new (library().MapView)({
    id: "map",
    padding,
    farZMultiplier: 1.6,
    controller: { keyboard: true, dragRotate: true, touchRotate: true, inertia: 220, scrollZoom: { smooth: true, speed: 0.015 } },
  });
}

/** Ambient sky, sun and a weak fill from the other side; with a day and hour, the sun as it stands then, and its shadows. */
function lighting() {
  const { LightingEffect, AmbientLight, DirectionalLight, _SunLight: SunLight } = library();
  const light = LIGHT[state.theme];
  const white = [255, 255, 255];
  if (state.sun && state.zone) {
    const timestamp = moment(state.sun.date, state.sun.minutes, state.zone.centre[0]);
    const effect = new (withSmoothShadows(LightingEffect))({
      sky: new AmbientLight({ color: white, intensity: light.sky }),
      sun: new SunLight({ timestamp, color: [255, 246, 230], intensity: light.sun * 1.5, _shadow: true }),
    });
    effect.id = "sunlight"; // one of its own: deck.gl keeps what a shadow is mixed with by id
    effect.shadowColor = SHADOW;
    return effect;
  }
  return new LightingEffect({
    sky: new AmbientLight({ color: white, intensity: light.sky }),
    sun: new DirectionalLight({ color: [255, 249, 238], intensity: light.sun, direction: SUN_DIRECTION }),
    fill: new DirectionalLight({ color: [226, 236, 255], intensity: light.fill, direction: FILL_DIRECTION }),
  });
}

/** Whether layers are drawn: half a picture costs as much as a whole one, and its drawing delays the rest. */
let draws = false;

/** Draw from now on. */
export function startDrawingLayers() {
  if (draws) return;
  draws = true;
  instance?.redraw("first picture");
}

/**
 * Start drawing into #map: when the first tiles are there, or when they take too long.
 * @param {Camera} camera
 */
export function createScene(camera) {
  state.camera = camera;
  setTimeout(startDrawingLayers, PATIENCE_MS);
  instance = new (library().Deck)({
    parent: find("map"),
    views: [mapView(cards())],
    initialViewState: camera,
    layers: [],
    layerFilter: () => draws,
    effects: [lighting()],
    pickingRadius: 2,
    eventRecognizerOptions: { click: { time: CLICK_MS } },
    getCursor: (/** @type {any} */ pointer) => (pointer.isDragging ? "grabbing" : pointer.isHovering ? "pointer" : "grab"),
    onViewStateChange: (/** @type {{viewState: Camera}} */ { viewState }) => {
      state.camera = viewState;
      emit(EVENTS.camera);
      return viewState;
    },
    onHover: (/** @type {any} */ info) => emit(EVENTS.hover, info),
    onClick: (/** @type {any} */ info) => { if (!setsCorners()) emit(EVENTS.hover, { ...info, clicked: true }); },
    onResize: () => instance?.setProps({ views: [mapView(cards())] }),
    onLoad: () => emit(EVENTS.camera),
    onAfterRender: () => emit(EVENTS.progress),
    onError: (/** @type {Error} */ error) => console.warn(`deck.gl: ${error.message}`),
  });
  nameCanvas();
  return instance;
}

/** Give the canvas its place in the tab order and its words. */
function nameCanvas() {
  const canvas = find("map").querySelector("canvas");
  if (!canvas) return;
  canvas.setAttribute("tabindex", "0");
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-describedby", "map-help");
  canvas.setAttribute("aria-label", label("app.map"));
}

/**
 * Another canvas with the same light, for a second picture.
 * @param {HTMLElement} parent
 * @param {object} options
 * @param {Camera | null} [options.camera] where it stands; as the map does if not given
 * @param {Record<string, number>} [options.padding] room that is not for the picture; that of the cards if not given
 * @param {(camera: Camera) => void} [options.onMove]
 * @param {() => import("./types.js").ViewMeta | undefined} [options.meta] of the view that it shows
 * @returns {any} its Deck
 */
export function createTwin(parent, { camera = state.camera, padding = cards(), onMove = () => {}, meta = () => undefined }) {
  return new (library().Deck)({
    parent,
    views: [mapView(padding)],
    initialViewState: camera,
    layers: [],
    effects: [lighting()],
    pickingRadius: 2,
    eventRecognizerOptions: { click: { time: CLICK_MS } },
    onViewStateChange: (/** @type {{viewState: Camera}} */ { viewState }) => {
      onMove(viewState);
      return viewState;
    },
    onHover: (/** @type {any} */ info) => emit(EVENTS.hover, { ...info, meta: meta() }),
    onClick: (/** @type {any} */ info) => { if (!setsCorners()) emit(EVENTS.hover, { ...info, clicked: true }); },
    onError: (/** @type {Error} */ error) => console.warn(`deck.gl: ${error.message}`),
  });
}

/** Light for another canvas, as it is now. */
export const lightNow = () => lighting();

/**
 * Show these layers.
 * @param {any[]} layers
 */
export function showLayers(layers) {
  instance?.setProps({ layers });
}

/** Light again, after a change of theme; the canvas also hears the words anew. */
export function relight() {
  instance?.setProps({ effects: [lighting()] });
  nameCanvas();
}
