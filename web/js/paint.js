// @ts-check
/** Over the colours of a view: what is chosen, what the filter hides, what is unsure. */
/** @import {Colour, Filter, ViewMeta} from "./types.js" */
import { KEPT } from "./doubt.js";
import { state } from "./state.js";

/** Colour of what is chosen: a hue that no ramp and no class has. @type {Record<string, Colour>} */
export const CHOSEN = { light: [226, 24, 118], dark: [255, 84, 160] };
/** Roofs that were picked, as their boxes are ticked: css/theme.css has the same. @type {Record<string, Colour>} */
const PICKED = { light: [0, 126, 140], dark: [64, 214, 224] };
/** What the filter hides. @type {Record<string, Colour>} */
const GHOST = { light: [214, 211, 205, 70], dark: [88, 94, 102, 60] };

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

/** The building in whose place a draft is drawn, "" for none: two bodies in one place would hide each other. */
export const replacedId = () => (state.draft && (state.draft.corners || state.draftBodies) ? state.draft.replaces ?? "" : "");

/** Colours of buildings that stand out: the chosen one, and the roofs that are picked while the Energy door is open. */
export function standingOut() {
  /** @type {Map<string, Colour>} */
  const colours = new Map();
  if (state.door === "energy") for (const id of state.picked.keys()) colours.set(id, PICKED[state.theme]);
  if (state.selection?.kind === "building") colours.set(state.selection.id, CHOSEN[state.theme]);
  return colours;
}

/** The roofs that pass the filters of the Energy door while it is open; null if all do. */
const fitting = () => (state.door === "energy" ? state.fitting : null);

/** What colours depend on beside the view, for deck.gl's triggers. */
export function paintKey() {
  const { filter, doubt, view } = state;
  const hidden = filter ? `${filter.least} ${filter.most} ${[...(filter.words ?? [])]}` : "";
  return `${hidden} ${doubt ? view : ""} ${fitting()?.key ?? ""}`;
}

/**
 * Whether the filter hides a value; what has none is hidden by bounds.
 * @param {Filter} filter
 * @param {any} value
 */
function isHidden({ least, most, words }, value) {
  if (words) return words.has(value);
  return value === null || value === undefined || (least !== null && value < least) || (most !== null && value >= most);
}

/**
 * A colour faded into that of the ground.
 * @param {number[]} colour
 * @param {number[]} ground
 * @param {number} kept share of its own
 */
const fade = (colour, ground, kept) => [...[0, 1, 2].map((part) => Math.round(kept * colour[part] + (1 - kept) * ground[part])), colour[3] ?? 255];

/**
 * An accessor with all that lies over a view's own colours.
 * @param {any} accessor a colour, or a function that gives one
 * @param {ViewMeta | null} meta of the shown view; null for what is not coloured by it
 * @param {Map<string, Colour> | null} bold colours of buildings that stand out; null for what is no building
 */
export function paint(accessor, meta, bold) {
  const filter = meta && state.filter;
  const doubt = meta && state.doubt;
  const fits = bold && fitting()?.ids;
  if (!bold?.size && !filter && !doubt && !fits) return accessor;
  const ghost = GHOST[state.theme];
  return (/** @type {any} */ feature, /** @type {any} */ info) => {
    const id = featureId(feature);
    const bright = bold?.get(id);
    if (bright) return bright;
    if (fits && !fits.has(id)) return ghost;
    if (meta && filter && isHidden(filter, feature.properties?.[meta.column])) return ghost;
    const colour = typeof accessor === "function" ? accessor(feature, info) : accessor;
    const kept = KEPT[doubt?.get(id) ?? 0];
    return meta && kept < 1 ? fade(colour, meta.background, kept) : colour;
  };
}
