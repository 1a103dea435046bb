// @ts-check
/** Views as the server describes them, with all that they are drawn from. */
/** @import {Spec} from "./types.js" */
import { fetchRows, fetchView } from "./api.js";
import { fetchAhead } from "./http.js";
import { library } from "./library.js";
import { state } from "./state.js";

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

/**
 * Whether a layer may come after the first picture: parcels that have no colour are but lines, and something to point at.
 * @param {Record<string, any>} layer
 * @param {Spec} spec
 */
export const comesLater = ({ id }, { metadata }) => id === "parcel" && metadata.subject !== "parcel";

/** How many tiles are asked for ahead: more are not a zone that one sees at once. */
const MOST_AHEAD = 64;

/** Whether that was done. */
let isAhead = false;

/**
 * Ask for the tiles of a whole zone while deck.gl, which will ask for them, is not there yet: then they are in the
 * browser's cache.
 * @param {Spec} spec
 */
function askTilesAhead(spec) {
  if (library() || isAhead) return;
  isAhead = true;
  const first = spec.layers.filter((layer) => typeof layer.data === "string" && layer.data.includes("{z}") && layer.visible !== false && !comesLater(layer, spec));
  const addresses = first.flatMap(tilesOf);
  if (addresses.length <= MOST_AHEAD) addresses.forEach(fetchAhead);
}

/**
 * Addresses of all tiles that a layer's extent touches.
 * @param {Record<string, any>} layer
 * @returns {string[]}
 */
function tilesOf({ data, extent: [west, south, east, north], maxZoom: zoom }) {
  const count = 2 ** zoom;
  const column = (/** @type {number} */ longitude) => Math.floor(((longitude + 180) / 360) * count);
  const row = (/** @type {number} */ latitude) => Math.floor((1 - Math.asinh(Math.tan((latitude * Math.PI) / 180)) / Math.PI) / 2 * count);
  const found = [];
  for (let x = column(west); x <= column(east); x += 1)
    for (let y = row(north); y <= row(south); y += 1) found.push(data.replace("{z}", zoom).replace("{x}", x).replace("{y}", y));
  return found;
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
    const filled = fillRows(spec);
    askTilesAhead(spec);
    await filled;
    return spec;
  });
  specs.set(key, prepared);
  prepared.catch(() => specs.delete(key));
  return prepared;
}
