// @ts-check
/** From the server's spec to deck.gl layers that can be hovered, chosen and switched off. */
/** @import {Colour, Spec} from "./types.js" */
import { withBodies, withFewLines, withoutOne } from "./bodies.js";
import { draftLayer, onTheGround } from "./drawings.js";
import { glyphs } from "./glyphs.js";
import { library } from "./library.js";
import { chooseNames } from "./names.js";
import { paint, paintKey, replacedId, standingOut } from "./paint.js";
import { flat, shadowless } from "./shadow.js";
import { comesLater } from "./specs.js";
import { state } from "./state.js";

/** Laid over what the pointer is on. @type {Record<string, Colour>} */
const HOVERED = { light: [20, 20, 24, 46], dark: [255, 255, 255, 64] };

let tilesAsked = 0;
let tilesMissing = false;
/** @type {(error: Error) => void} */
let reportTile = () => {};

/**
 * Say what happens when a tile does not arrive.
 * @param {(error: Error) => void} listener
 */
export function onTileFault(listener) {
  reportTile = (error) => {
    tilesMissing = true;
    listener(error);
  };
}

/** Ask again for the tiles that failed. */
export function askTilesAgain() {
  tilesAsked += 1;
  tilesMissing = false;
}

/** Whether a tile failed since they were last asked for. */
export const areTilesMissing = () => tilesMissing;

/**
 * deck.gl layers of a spec, with the choices of the state.
 * @param {Spec} spec
 * @returns {any[]}
 */
export function buildLayers(spec) {
  const converter = new (library().JSONConverter)({ configuration: { classes: { ...library(), TextLayer: shadowless("TextLayer") } } });
  const raws = spec.layers.map(thinNames).filter((raw) => isWanted(raw, spec) && (!Array.isArray(raw.data) || raw.data.length > 0));
  const layers = converter.convert({ layers: raws }).layers.map(
    (/** @type {any} */ layer, /** @type {number} */ index) => wireLayer(layer, raws[index], spec),
  );
  const before = layers.findIndex((/** @type {any} */ layer) => layer.id === "building");
  layers.splice(before < 0 ? layers.length : before, 0, ...onTheGround());
  return [...layers, ...draftLayer()];
}

/** Layers that were drawn once: hidden ones keep their tiles. @type {Set<string>} */
const drawn = new Set();

/**
 * Whether a layer is there at all: deck.gl would fetch the tiles of a hidden one, too.
 * @param {Record<string, any>} raw
 * @param {Spec} spec
 */
function isWanted(raw, spec) {
  if (!state.ready && comesLater(raw, spec)) return false;
  if (state.shown.get(raw.id) ?? raw.visible ?? true) drawn.add(raw.id);
  return drawn.has(raw.id);
}

/**
 * Text layers show the names that have room; the others stay as they are.
 * @param {Record<string, any>} raw
 */
function thinNames(raw) {
  return raw["@@type"] === "TextLayer" && Array.isArray(raw.data) ? { ...raw, data: chooseNames(raw.data) } : raw;
}

/**
 * Add to one layer what JSON cannot say.
 * @param {any} layer
 * @param {Record<string, any>} raw
 * @param {Spec} spec
 */
function wireLayer(layer, raw, spec) {
  const zoom = state.camera?.zoom ?? 0;
  /** @type {Record<string, any>} */
  const wired = {
    visible: state.shown.get(raw.id) ?? raw.visible ?? true,
    onTileError: (/** @type {Error} */ error) => reportTile(error),
    updateTriggers: triggers(raw),
  };
  if (!isOfBuilding(raw)) Object.assign(wired, flat(raw.id));
  if (raw.id === "building" && raw.extruded) Object.assign(wired, withBodies(zoom, replacedId()));
  else if (isOfBuilding(raw) && replacedId()) Object.assign(wired, withoutOne(replacedId()));
  if (raw.id === "parcel") Object.assign(wired, withFewLines(zoom));
  if (String(raw.pointType).includes("icon")) Object.assign(wired, glyphs());
  if (raw.pickable) Object.assign(wired, { autoHighlight: true, highlightColor: HOVERED[state.theme] });
  if (raw["@@type"] === "TextLayer") wired.getSize = undoPerspective(layer.props.getSize);
  const isShown = raw.id === spec.metadata.subject && spec.metadata.view === state.view;
  if (isShown || isOfBuilding(raw)) wired.getFillColor = paint(layer.props.getFillColor, isShown ? spec.metadata : null, isOfBuilding(raw) ? standingOut() : null);
  return layer.clone(wired);
}

/**
 * Whether a layer draws buildings, or surfaces of them.
 * @param {Record<string, any>} raw
 */
const isOfBuilding = ({ id, _full3d: inSpace }) => id === "building" || Boolean(inSpace);

/**
 * Sizes of names that look the same near and far.
 * @param {any} accessor
 */
function undoPerspective(accessor) {
  return (/** @type {any} */ row, /** @type {any} */ info) =>
    (typeof accessor === "function" ? accessor(row, info) : accessor) * row.distance;
}

/**
 * What must change for deck.gl to compute an accessor anew; the data stay.
 * @param {Record<string, any>} raw
 */
function triggers(raw) {
  const accessors = Object.keys(raw).filter((name) => name.startsWith("get"));
  /** @type {Record<string, unknown>} */
  const made = Object.fromEntries(accessors.map((name) => [name, JSON.stringify(raw[name])]));
  made.getFillColor = `${made.getFillColor} ${paintKey()} ${isOfBuilding(raw) ? [...standingOut()] : ""}`;
  if (isOfBuilding(raw)) made.renderSubLayers = replacedId();
  made.getTileData = tilesAsked;
  return made;
}
