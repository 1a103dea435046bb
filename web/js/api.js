// @ts-check
/** What is asked of the server, question by question. */
/** @import {AreaSums, Catalogue, Explanation, Feature, Footprint, Histogram, Inventory, SearchResult, Spec, TablePage, Zone} from "./types.js" */

import { getJson, post } from "./http.js";

export { ApiError } from "./http.js";

/** A drawn area as the server takes it. @param {[number, number][]} area */
const polygon = (area) => ({ type: "Polygon", coordinates: [area] });

/**
 * Ids contain ":" and "/": each segment is encoded, the slashes stay.
 * @param {string} id
 */
function encodeId(id) {
  return id.split("/").map(encodeURIComponent).join("/");
}

/**
 * @param {string} language
 * @returns {Promise<Zone>}
 */
export const fetchZone = (language) => getJson("/api/zone", { lang: language });

/**
 * @param {string} language
 * @returns {Promise<Catalogue>}
 */
export const fetchCatalogue = (language) => getJson("/api/layers", { lang: language });

/**
 * @param {string} language
 * @returns {Promise<Record<string, string>>}
 */
export const fetchLabels = (language) => getJson("/api/labels", { lang: language });

/**
 * @param {string} view
 * @param {string} theme
 * @param {string} language
 * @param {number} step of the view, 0 for the whole
 * @returns {Promise<Spec>}
 */
export const fetchView = (view, theme, language, step = 0) =>
  getJson(`/views/${encodeURIComponent(view)}.json`, { theme, lang: language, step });

/**
 * Which features of a view are unsure: ids by class of doubt, the surer first.
 * @param {string} view
 * @returns {Promise<{classes: string[][], limits: number[], counts: number[]}>}
 */
export const fetchDoubt = (view) => getJson(`/views/${encodeURIComponent(view)}/doubt.json`);

/**
 * Rows of a layer that is not tiled.
 * @param {string} path
 * @param {string} language
 * @returns {Promise<Record<string, any>[]>}
 */
export const fetchRows = (path, language) => getJson(path, { lang: language });

/** Where the features of a kind are found. @type {Record<string, string>} */
const FEATURES = { building: "buildings", parcel: "parcels", energy_asset: "energy-assets" };

/** Kinds of features that can be opened. */
export const OPENABLE = Object.freeze(Object.keys(FEATURES));

/**
 * Roofs ranked, on which terms, and their sums.
 * @param {Record<string, string | number>} query
 * @param {AbortSignal} [signal]
 * @returns {Promise<import("./types.js").SiteRanking>}
 */
export const fetchSites = (query, signal = undefined) => getJson("/api/solar/sites", query, signal);

/**
 * One roof with its months and days.
 * @param {string} id of its building
 * @param {Record<string, string | number>} query
 * @param {AbortSignal} signal
 * @returns {Promise<import("./types.js").Roof>}
 */
export const fetchRoof = (id, query, signal) => getJson(`/api/solar/sites/${encodeId(id)}`, query, signal);

/**
 * Where all ranked roofs are found as a file.
 * @param {string} form
 * @param {Record<string, string>} query
 */
export const siteTable = (form, query) => `/api/solar/sites.${form}?${new URLSearchParams(query)}`;

/**
 * @param {string} kind one of OPENABLE
 * @param {string} id
 * @param {string} language
 * @param {AbortSignal} signal
 * @returns {Promise<Feature>}
 */
export const fetchFeature = (kind, id, language, signal) =>
  getJson(`/api/${FEATURES[kind]}/${encodeId(id)}`, { lang: language }, signal);

/**
 * How a figure of a parcel or building came about.
 * @param {import("./types.js").Selection} selection
 * @param {string} metric
 * @param {string} language
 * @param {AbortSignal} signal
 * @returns {Promise<Explanation>}
 */
export const fetchExplanation = ({ kind, id }, metric, language, signal) =>
  getJson(`/api/${FEATURES[kind]}/${encodeId(id)}/explain`, { metric, lang: language }, signal);

/**
 * Sums over a drawn area, and the spread of a view's values in it.
 * @param {[number, number][]} area
 * @param {string} view
 * @param {string} language
 * @param {AbortSignal} signal
 * @returns {Promise<AreaSums>}
 */
export const fetchSelection = async (area, view, language, signal) =>
  (await post("/api/selection", { lang: language }, { area: polygon(area), view }, signal)).json();

/**
 * What follows from a draft.
 * @param {import("./types.js").Draft} draft
 * @param {string} language
 * @param {AbortSignal} signal
 * @returns {Promise<import("./types.js").DraftAnswer>}
 */
export const askWhatif = async ({ corners, ...drawn }, language, signal) => {
  const told = Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== null));
  const building = corners ? { ...told, footprint: polygon([...corners, corners[0]]) } : told;
  return (await post("/api/whatif", {}, { buildings: [building], lang: language }, signal)).json();
};

/**
 * What lies in a drawn area as a file.
 * @param {[number, number][]} area
 * @param {string} subject
 * @param {string} form
 * @returns {Promise<Blob>}
 */
export const saveSelection = async (area, subject, form) =>
  (await post(`/export/selection.${form}`, { subject }, { area: polygon(area) })).blob();

/**
 * A page of what a view colours.
 * @param {string} view
 * @param {Record<string, string | number>} query
 * @param {AbortSignal} [signal]
 * @returns {Promise<TablePage>}
 */
export const fetchTable = (view, query, signal) => getJson(`/api/table/${encodeURIComponent(view)}`, query, signal);

/**
 * The inventory of the base year, by location.
 * @param {string} language
 * @returns {Promise<Inventory>}
 */
export const fetchInventory = (language) => getJson("/api/inventory", { lang: language });

/**
 * @param {string} language
 * @returns {Promise<{neighbourhoods: Quarter[]}>}
 */
export const fetchQuarters = (language) => getJson("/api/neighbourhoods", { lang: language });

/**
 * What residents are told of a quarter.
 * @param {string} id
 * @param {string} language
 * @returns {Promise<Footprint>}
 */
export const fetchFootprint = (id, language) => getJson(`/api/neighbourhoods/${encodeId(id)}/footprint`, { lang: language });

/**
 * @param {string} text
 * @param {string} language
 * @param {AbortSignal} signal
 * @returns {Promise<SearchResult[]>}
 */
export const searchPlaces = async (text, language, signal) =>
  (await getJson("/api/search", { q: text, limit: 8, lang: language }, signal)).results;

/**
 * @param {{layer: string, column: string, subject: string}} view
 * @returns {Promise<Histogram>}
 */
export const fetchHistogram = ({ layer, column, subject }) =>
  getJson(`/api/layers/${encodeURIComponent(layer)}/histogram`, { column, subject });
