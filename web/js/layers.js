// @ts-check
/** From the server's spec to deck.gl layers that can be hovered, chosen and switched off. */
/** @import {Colour, Spec} from "./types.js" */
import { KEPT } from "./doubt.js";
import { glyphs } from "./glyphs.js";
import { chooseNames } from "./names.js";
import { flat, shadowless } from "./shadow.js";
import { state } from "./state.js";

const library = () => /** @type {any} */ (globalThis).deck;

/** Colour of what is chosen: a hue that no ramp and no class has. @type {Record<string, Colour>} */
const CHOSEN = { light: [226, 24, 118], dark: [255, 84, 160] };
/** Laid over what the pointer is on. @type {Record<string, Colour>} */
const HOVERED = { light: [20, 20, 24, 46], dark: [255, 255, 255, 64] };

/** What the filter hides. @type {Record<string, Colour>} */
const GHOST = { light: [214, 211, 205, 70], dark: [88, 94, 102, 60] };

/** Height of a storey in the picture of a draft; the answer has the right one of its use. [m] */
const STOREY_M = 3;

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
 * The id by which a drawn feature opens: a part opens its building.
 * @param {any} feature
 * @returns {string}
 */
export function featureId(feature) {
  const properties = feature?.properties ?? {};
  return properties.building_id ?? properties.part_of ?? properties.id ?? "";
}

/**
 * What a click on a drawn feature opens: a surface opens its building.
 * @param {string} layer
 * @param {any} feature
 * @returns {import("./types.js").Selection}
 */
export function opened(layer, feature) {
  return { kind: feature?.properties?.building_id ? "building" : layer, id: featureId(feature) };
}

/**
 * deck.gl layers of a spec, with the choices of the state.
 * @param {Spec} spec
 * @returns {any[]}
 */
export function buildLayers(spec) {
  const converter = new (library().JSONConverter)({ configuration: { classes: { ...library(), TextLayer: shadowless("TextLayer") } } });
  const raws = spec.layers.map(thinNames).filter((raw) => isWanted(raw) && (!Array.isArray(raw.data) || raw.data.length > 0));
  const layers = converter.convert({ layers: raws }).layers.map(
    (/** @type {any} */ layer, /** @type {number} */ index) => wireLayer(layer, raws[index], spec),
  );
  const before = layers.findIndex((/** @type {any} */ layer) => layer.id === "building");
  layers.splice(before < 0 ? layers.length : before, 0, outline(), ...quarterLayer(), ...drawings());
  return [...layers, ...draftLayer()];
}

/** Layers that were drawn once: hidden ones keep their tiles. @type {Set<string>} */
const drawn = new Set();

/**
 * Whether a layer is there at all: deck.gl would fetch the tiles of a hidden one, too.
 * @param {Record<string, any>} raw
 */
function isWanted(raw) {
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
  const kind = isOfBuilding(raw) ? "building" : raw.id;
  const chosen = state.selection && state.selection.kind === kind ? state.selection.id : null;
  /** @type {Record<string, any>} */
  const wired = {
    visible: state.shown.get(raw.id) ?? raw.visible ?? true,
    onTileError: (/** @type {Error} */ error) => reportTile(error),
    updateTriggers: triggers(raw, chosen),
  };
  if (!isOfBuilding(raw)) Object.assign(wired, flat(raw.id));
  if (String(raw.pointType).includes("icon")) Object.assign(wired, glyphs());
  if (raw.pickable) Object.assign(wired, { autoHighlight: true, highlightColor: HOVERED[state.theme] });
  if (raw["@@type"] === "TextLayer") wired.getSize = undoPerspective(layer.props.getSize);
  if (isOfBuilding(raw)) wired.getFillColor = paintChosen(layer.props.getFillColor, chosen);
  if (state.doubt && raw.id === spec.metadata.subject) wired.getFillColor = paintDoubt(wired.getFillColor ?? layer.props.getFillColor, spec.metadata, chosen);
  if (state.filter && raw.id === spec.metadata.subject) wired.getFillColor = paintFiltered(wired.getFillColor ?? layer.props.getFillColor, spec.metadata, chosen);
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
 * @param {string | null} chosen
 */
function triggers(raw, chosen) {
  const accessors = Object.keys(raw).filter((name) => name.startsWith("get"));
  /** @type {Record<string, unknown>} */
  const made = Object.fromEntries(accessors.map((name) => [name, JSON.stringify(raw[name])]));
  if (isOfBuilding(raw)) made.getFillColor = `${made.getFillColor} ${chosen}`;
  made.getFillColor = `${made.getFillColor} ${filterText()} ${state.doubt ? state.view : ""}`;
  made.getTileData = tilesAsked;
  return made;
}

/**
 * An accessor that paints the chosen feature and leaves the others.
 * @param {any} accessor
 * @param {string | null} chosen
 */
function paintChosen(accessor, chosen) {
  if (!chosen) return accessor;
  const colour = CHOSEN[state.theme];
  return (/** @type {any} */ feature, /** @type {any} */ info) => {
    if (featureId(feature) === chosen) return colour;
    return typeof accessor === "function" ? accessor(feature, info) : accessor;
  };
}

/** The filter in words, for triggers. */
const filterText = () => (state.filter ? `${state.filter.least} ${state.filter.most} ${[...(state.filter.words ?? [])]}` : "");

/**
 * An accessor that leaves only a shadow of what the filter hides.
 * @param {any} accessor
 * @param {import("./types.js").ViewMeta} meta
 * @param {string | null} chosen
 */
function paintFiltered(accessor, { column }, chosen) {
  const { least, most, words } = /** @type {import("./types.js").Filter} */ (state.filter);
  const ghost = GHOST[state.theme];
  return (/** @type {any} */ feature, /** @type {any} */ info) => {
    const value = feature.properties?.[column];
    const isOut = words ? words.has(value) : value === null || value === undefined || (least !== null && value < least) || (most !== null && value >= most);
    if (isOut && featureId(feature) !== chosen) return ghost;
    return typeof accessor === "function" ? accessor(feature, info) : accessor;
  };
}

/**
 * An accessor that fades what is unsure into the colour of the ground.
 * @param {any} accessor
 * @param {import("./types.js").ViewMeta} meta
 * @param {string | null} chosen
 */
function paintDoubt(accessor, { background }, chosen) {
  return (/** @type {any} */ feature, /** @type {any} */ info) => {
    const colour = typeof accessor === "function" ? accessor(feature, info) : accessor;
    const id = featureId(feature);
    const kept = KEPT[state.doubt?.get(id) ?? 0];
    if (kept === 1 || id === chosen) return colour;
    return [...[0, 1, 2].map((part) => Math.round(kept * colour[part] + (1 - kept) * background[part])), colour[3] ?? 255];
  };
}

/** The outline of one's quarter while its door is open. */
function quarterLayer() {
  if (state.door !== "neighbourhood" || !state.quarterOutline) return [];
  return [new (shadowless("GeoJsonLayer"))({
    id: "quarter", data: [{ type: "Feature", properties: {}, geometry: state.quarterOutline }], filled: false, stroked: true,
    getLineColor: CHOSEN[state.theme], getLineWidth: 3, lineWidthUnits: "pixels", lineJointRounded: true, parameters: { depthCompare: "always" },
    updateTriggers: { getLineColor: state.theme },
  })];
}

/** What was drawn: the selected area, and what is being measured. */
function drawings() {
  const GeoJsonLayer = shadowless("GeoJsonLayer");
  const colour = CHOSEN[state.theme];
  const shapes = [
    state.area && { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...state.area, state.area[0]]] } },
    state.measured.length > 1 && { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: state.measured } },
    ...state.measured.map((coordinates) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates } })),
  ].filter(Boolean);
  if (shapes.length === 0) return [];
  return [new GeoJsonLayer({
    id: "drawing", data: shapes, filled: true, stroked: true, getFillColor: [...colour.slice(0, 3), 26], getLineColor: colour, getLineWidth: 2,
    lineWidthUnits: "pixels", pointRadiusUnits: "pixels", getPointRadius: 4, parameters: { depthCompare: "always" },
  })];
}

/** A drawn building as it would stand: like glass, in the colour of what is chosen. */
function draftLayer() {
  const { draft } = state;
  if (!draft) return [];
  const colour = CHOSEN[state.theme];
  const geometry = { type: "Polygon", coordinates: [[...draft.corners, draft.corners[0]]] };
  return [new (library().GeoJsonLayer)({
    id: "draft", data: [{ type: "Feature", properties: {}, geometry }], extruded: true, wireframe: true, getElevation: draft.storeys * STOREY_M,
    getFillColor: [...colour.slice(0, 3), 190], getLineColor: [255, 255, 255, 160], updateTriggers: { getElevation: draft.storeys, getFillColor: state.theme },
  })];
}

/** The outline of the chosen feature on the ground, under the buildings. */
function outline() {
  const feature = state.feature;
  const colour = CHOSEN[state.theme];
  const data = feature ? [{ type: "Feature", properties: {}, geometry: feature.geometry }] : [];
  return new (shadowless("GeoJsonLayer"))({
    id: "selection",
    data,
    filled: feature?.kind === "parcel",
    getFillColor: [...colour.slice(0, 3), 46],
    getLineColor: colour,
    getLineWidth: 2.5,
    lineWidthUnits: "pixels",
    lineJointRounded: true,
    getPointRadius: 14,
    pointRadiusUnits: "meters",
    pointRadiusMinPixels: 9,
    pointRadiusMaxPixels: 22,
    parameters: { depthCompare: "always" },
    updateTriggers: { getFillColor: state.theme, getLineColor: state.theme },
  });
}
