// @ts-check
/** What one sees in the address, so that a link shows what its sender saw: nothing of it is kept elsewhere. */
/** @import {Camera, Draft, Filter, Selection} from "./types.js" */
/** @import {Place} from "./ground.js" */
import { OPENABLE } from "./api.js";
import { DOORS } from "./doors.js";
import { EVENTS, on } from "./events.js";
import { LANGUAGES } from "./labels.js";
import { ownLanguage } from "./settings.js";
import { state } from "./state.js";

const PAUSE_MS = 300;
/** Of degrees: a decimetre. */
const DIGITS = 6;
const MOST_CORNERS = 130;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let written = "";

/**
 * @typedef {object} Link
 * @property {string} door
 * @property {string} language "" for the reader's own
 * @property {string | null} quarter
 * @property {string} view
 * @property {string} compare
 * @property {number} step
 * @property {Partial<Camera> | null} camera
 * @property {Selection | null} selection
 * @property {Place[] | null} area
 * @property {Filter | null} filter
 * @property {{date: string, minutes: number} | null} sun
 * @property {Map<string, boolean>} layers
 * @property {Draft | null} draft
 * @property {string} release
 */

/**
 * What the address asks for; anything odd in it is left out.
 * @returns {Link}
 */
export function readLink() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const [, kind = "", id = ""] = /^(\w+)\/(.+)$/.exec(asked.get("select") ?? "") ?? [];
  const door = asked.get("door") ?? "";
  return {
    // a link to a quantity without a door is one to the list of quantities
    door: DOORS.includes(door) ? door : asked.has("view") ? "plan" : "zone",
    language: Object.hasOwn(LANGUAGES, asked.get("lang") ?? "") ? (asked.get("lang") ?? "") : "",
    quarter: asked.get("quarter"),
    view: /^[\w-]+$/.test(asked.get("view") ?? "") ? (asked.get("view") ?? "") : "",
    compare: asked.get("compare") ?? "",
    step: /^\d{1,2}$/.test(asked.get("step") ?? "") ? Number(asked.get("step")) : 0,
    camera: readCamera(asked.get("at") ?? ""),
    selection: OPENABLE.includes(kind) ? { kind, id } : null,
    area: readPlaces(asked.get("area") ?? ""),
    filter: readFilter(asked.get("filter") ?? ""),
    sun: readSun(asked.get("sun") ?? ""),
    draft: readDraft(asked.get("draft") ?? ""),
    layers: readLayers(asked.get("layers") ?? ""),
    release: asked.get("release") ?? "",
  };
}

/** @param {string} text latitude, longitude, zoom, pitch, bearing @returns {Partial<Camera> | null} */
function readCamera(text) {
  const numbers = text.split(",").map(Number);
  const [latitude, longitude, zoom, pitch, bearing] = numbers;
  const sound = numbers.length === 5 && numbers.every(Number.isFinite) && Math.abs(latitude) < 85 && zoom >= 0 && zoom <= 24;
  return sound ? { latitude, longitude, zoom, pitch, bearing } : null;
}

/** @param {string} text longitude,latitude;… @returns {Place[] | null} */
function readPlaces(text) {
  const places = text.split(";").map((pair) => pair.split(",").map(Number));
  const sound = places.length > 2 && places.length <= MOST_CORNERS && places.every((place) => place.length === 2 && place.every(Number.isFinite) && Math.abs(place[0]) <= 180 && Math.abs(place[1]) < 85);
  return sound ? /** @type {Place[]} */ (places) : null;
}

/** @param {string} text low..high, or !word,word for what is hidden @returns {Filter | null} */
function readFilter(text) {
  if (text.startsWith("!")) return { least: null, most: null, words: new Set(text.slice(1).split(",")) };
  const [, low, high] = /^(-?[\d.e+]*)\.\.(-?[\d.e+]*)$/.exec(text) ?? [];
  if (!low && !high) return null;
  const [least, most] = [low, high].map((end) => (end && Number.isFinite(Number(end)) ? Number(end) : null));
  return { least, most, words: null };
}

/** @param {string} text date and minutes: 2025-06-21T900 @returns {{date: string, minutes: number} | null} */
function readSun(text) {
  const [, date, minutes] = /^(\d{4}-\d{2}-\d{2})T(\d{1,4})$/.exec(text) ?? [];
  return date && !Number.isNaN(Date.parse(date)) && Number(minutes) < 1440 ? { date, minutes: Number(minutes) } : null;
}

/** @param {string} text layers that are switched on, and off behind a hyphen: energy_asset,-label @returns {Map<string, boolean>} */
const readLayers = (text) => new Map(text.split(",").filter((name) => /^-?\w+$/.test(name)).map((name) => (name.startsWith("-") ? [name.slice(1), false] : [name, true])));

/** @param {Map<string, boolean>} shown */
const writeLayers = (shown) => [...shown].map(([name, isOn]) => (isOn ? name : `-${name}`)).join(",");

/** @param {string} text storeys~use~roof~panels~replaced~places; a change has no places, and nothing for what stays @returns {Draft | null} */
function readDraft(text) {
  const [storeys, use = "", roof = "", panels, replaces, places = ""] = text.split("~");
  const corners = readPlaces(places);
  const count = storeys === "" ? null : Number(storeys);
  const isChange = Boolean(replaces) && places === "";
  const isWhole = Boolean(corners && count && use && roof);
  if (!(isChange || isWhole) || !/^\w*$/.test(use) || !/^\w*$/.test(roof)) return null;
  if (count !== null && !(Number.isInteger(count) && count >= 1 && count <= 120)) return null;
  return { corners, storeys: count, use: use || null, roof: roof || null, roof_pv: panels === "1", replaces: replaces || null };
}

/** @param {Place[]} places @returns {string} */
export const writePlaces = (places) => places.map((place) => place.map((degrees) => degrees.toFixed(DIGITS)).join(",")).join(";");

/** @param {Draft} draft */
const writeDraft = ({ corners, storeys, use, roof, roof_pv: panels, replaces }) => [storeys, use, roof, Number(panels), replaces, corners && writePlaces(corners)].join("~");

/** @param {Filter} filter */
const writeFilter = ({ least, most, words }) => (words ? `!${[...words].join(",")}` : `${least ?? ""}..${most ?? ""}`);

/** What the address says, in its order; what is not there is left out. */
function parts() {
  const { camera, selection, view, area, filter, sun, draft, zone } = state;
  const at = camera && [camera.latitude.toFixed(5), camera.longitude.toFixed(5), camera.zoom.toFixed(2), Math.round(camera.pitch), Math.round(camera.bearing)];
  return Object.entries({
    door: state.door, quarter: state.quarter, view, compare: state.compare || null, step: state.step || null, at: at && at.join(","),
    select: selection && `${selection.kind}/${selection.id}`, area: area && writePlaces(area), filter: filter && writeFilter(filter),
    layers: state.shown.size > 0 ? writeLayers(state.shown) : null, sun: sun && `${sun.date}T${sun.minutes}`, draft: draft && writeDraft(draft), release: zone?.release_id.slice(0, 8) ?? null,
    lang: state.language === ownLanguage() ? null : state.language, // only what came by a link: who passes it on rarely means to choose
  }).filter(([, value]) => value !== null);
}

/** A part of an address: readable where that does no harm. @param {unknown} value */
const encode = (value) => encodeURI(String(value)).replaceAll("&", "%26").replaceAll("#", "%23").replaceAll("+", "%2B");

/** Write the address without a step in the history. */
function write() {
  if (!state.view) return;
  written = `#${parts().map(([name, value]) => `${name}=${encode(value)}`).join("&")}`;
  history.replaceState(null, "", written);
}

/** The address of what is seen now. */
export function currentLink() {
  write();
  return location.href;
}

/**
 * Keep the address right, and follow it when it is changed by hand.
 * @param {() => void} onArrive
 */
export function startPermalink(onArrive) {
  on([EVENTS.camera, EVENTS.selection, EVENTS.view, EVENTS.compare, EVENTS.door, EVENTS.area, EVENTS.filter, EVENTS.layers, EVENTS.sun, EVENTS.draft, EVENTS.language], () => {
    clearTimeout(timer);
    timer = setTimeout(write, PAUSE_MS);
  });
  addEventListener("hashchange", ({ newURL }) => {
    const asked = new URL(newURL).hash;
    if (asked === written) return;
    written = asked; // so that the way back to what was written last is no longer one's own
    // a late write may have taken the address back before this event came
    clearTimeout(timer);
    if (location.hash !== asked) history.replaceState(null, "", asked);
    onArrive();
  });
}
