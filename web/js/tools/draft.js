// @ts-check
/** A building that is drawn or changed: its corners, its form, and what follows from it. */
/** @import {Place} from "../ground.js" */
/** @import {Draft, Feature} from "../types.js" */
import { askWhatif } from "../api.js";
import { cardHead, element } from "../dom.js";
import { emit, EVENTS, on } from "../events.js";
import { placeAt } from "../ground.js";
import { label, labelKeys } from "../labels.js";
import { select } from "../panel.js";
import { find } from "../selectors.js";
import { state } from "../state.js";
import { takeTool } from "../tools.js";
import { consequences } from "./consequences.js";

const ROOFS = ["flat", "gabled", "hipped", "pyramidal", "skillion", "sawtooth"];
const PAUSE_MS = 350;
const MOST_CORNERS = 64;
const MOST_STOREYS = 120;
/** A click so near to the first corner closes the outline. [px] */
const CLOSE_PX = 14;
/** What is put at the middle of the map on request: half length and half depth. [m] */
const HALF_M = [20, 7];
const METRES_PER_DEGREE = 111_320;

/** @type {Place[]} */
let corners = [];
/** @type {AbortController | null} */
let request = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Keep the corners that are being set where the map draws them. @param {Place[]} places */
function setCorners(places) {
  corners = places;
  state.measured = places;
  renderReadout();
  emit(EVENTS.layers);
}

/**
 * Take up a draft, from a drawing, a building or a link; null lays it down.
 * @param {Draft | null} draft
 */
export async function openDraft(draft) {
  if (state.tool) takeTool("");
  if (draft && state.selection) await select(null);
  if (draft && state.area) {
    state.area = null;
    emit(EVENTS.area);
  }
  state.draft = draft;
  emit(EVENTS.draft);
  if (!draft) return hide();
  show();
  work();
}

/** The outline is done. */
function close() {
  if (corners.length < 3) return;
  const footprint = corners;
  setCorners([]);
  openDraft({ corners: footprint, storeys: 6, use: "residential", roof: "flat", roof_pv: true, replaces: null });
}

/** A plain house at the middle of the map, so that it goes by keyboard, too. */
function placeAtMiddle() {
  if (!state.camera) return;
  const { longitude, latitude } = state.camera;
  const east = HALF_M[0] / (METRES_PER_DEGREE * Math.cos((latitude * Math.PI) / 180));
  const north = HALF_M[1] / METRES_PER_DEGREE;
  corners = [[longitude - east, latitude - north], [longitude + east, latitude - north], [longitude + east, latitude + north], [longitude - east, latitude + north]];
  close();
}

/**
 * A draft that takes the place of a building.
 * @param {Feature} feature
 * @returns {Draft | null}
 */
export function draftFrom({ id, geometry, groups }) {
  const shape = /** @type {any} */ (geometry);
  const first = shape.type === "GeometryCollection" ? shape.geometries[0] : shape;
  const ring = first.type === "MultiPolygon" ? first.coordinates[0][0] : first.coordinates[0];
  const outline = ring.slice(0, -1).map((/** @type {number[]} */ [x, y]) => [x, y]);
  if (outline.length < 3 || outline.length > MOST_CORNERS) return null;
  const value = (/** @type {string} */ column) => groups[0]?.values.find((entry) => entry.column === column)?.value;
  const use = String(value("use") ?? "residential");
  const shapeName = String(value("roof_shape") ?? "flat");
  return {
    corners: outline, storeys: Math.min(MOST_STOREYS, Math.max(1, Math.round(Number(value("levels") ?? 1)))), use: uses().includes(use) ? use : "other",
    roof: ROOFS.includes(shapeName) ? shapeName : "flat", roof_pv: true, replaces: id,
  };
}

/** The uses that a building may have. */
const uses = () => labelKeys("use.").filter((name) => !name.includes(".") && name !== "unknown");

/** Write what to do while the outline is drawn. */
function renderReadout() {
  const box = find("readout");
  if (state.tool !== "draft") return;
  box.hidden = false;
  box.replaceChildren(
    element("p", { class: "meta", role: "status" }, label(corners.length < 3 ? "app.draft.help" : "app.draft.close_help", { count: corners.length })),
    corners.length < 3
      ? element("button", { type: "button", class: "link-like", click: placeAtMiddle }, label("app.draft.middle"))
      : element("button", { type: "button", class: "action", click: close }, label("app.draft.done")));
}

/** Show the form and room for the answer in the panel. */
function show() {
  const panel = find("panel");
  const draft = /** @type {Draft} */ (state.draft);
  panel.dataset.shows = "draft";
  panel.hidden = false;
  document.documentElement.toggleAttribute("data-panel", true);
  emit(EVENTS.sheet, "panel");
  const title = draft.replaces ? label("app.draft.change", { id: draft.replaces }) : label("app.draft.new");
  panel.replaceChildren(
    cardHead({ id: "panel-title", kicker: label("app.draft"), title, closing: label("app.close"), close: () => openDraft(null) }),
    element("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "panel-title" }, form(draft), element("div", { id: "draft-answer", "aria-live": "polite" })));
  panel.querySelector("h2")?.focus();
}

/** Leave the panel to others. */
function hide() {
  const panel = find("panel");
  if (panel.dataset.shows !== "draft") return;
  delete panel.dataset.shows;
  panel.hidden = true;
  panel.replaceChildren();
  document.documentElement.toggleAttribute("data-panel", false);
}

/** @param {Draft} draft */
function form(draft) {
  const storeys = /** @type {HTMLInputElement} */ (element("input", { id: "draft-storeys", class: "wide", type: "number", min: "1", max: String(MOST_STOREYS), step: "1", value: String(draft.storeys), required: true }));
  /** @param {string} id @param {string[]} names @param {string} value @param {string} prefix */
  const choice = (id, names, value, prefix) => {
    const made = /** @type {HTMLSelectElement} */ (element("select", { id, class: "wide" }, ...names.map((name) => element("option", { value: name }, label(`${prefix}.${name}`)))));
    made.value = value;
    return made;
  };
  const use = choice("draft-use", uses(), draft.use, "use");
  const roof = choice("draft-roof", ROOFS, draft.roof, "roof_shape");
  const panels = /** @type {HTMLInputElement} */ (element("input", { id: "draft-pv", type: "checkbox" }));
  panels.checked = draft.roof_pv;
  const change = () => {
    if (!storeys.checkValidity()) return;
    state.draft = { ...draft, ...state.draft, storeys: Number(storeys.value), use: use.value, roof: roof.value, roof_pv: panels.checked };
    emit(EVENTS.draft);
    clearTimeout(timer);
    timer = setTimeout(work, PAUSE_MS);
  };
  for (const field of [storeys, use, roof, panels]) field.addEventListener("input", change);
  /** @param {HTMLElement} control @param {string} key */
  const field = (control, key) => element("div", { class: "field" }, element("label", { for: control.id }, label(key)), control);
  return element("form", { class: "draft-form", submit: (/** @type {Event} */ event) => event.preventDefault() },
    field(storeys, "app.draft.storeys"), field(use, "app.draft.use"), field(roof, "app.draft.roof"),
    element("label", { class: "check", for: "draft-pv" }, panels, element("span", {}, label("app.draft.pv"))));
}

/** Ask the server what follows. */
async function work() {
  const { draft } = state;
  if (!draft) return;
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  const room = document.querySelector("#draft-answer");
  room?.setAttribute("aria-busy", "true");
  try {
    const found = await askWhatif(draft, state.language, signal);
    room?.replaceChildren(...consequences(found));
  } catch (error) {
    if (signal.aborted) return;
    room?.replaceChildren(element("p", { role: "alert" }, error instanceof Error ? error.message : String(error)),
      element("button", { type: "button", class: "action", click: work }, label("app.retry")));
  }
  if (!signal.aborted) room?.removeAttribute("aria-busy");
}

/** Listen while an outline is drawn; a chosen feature or area takes the panel. */
export function startDraft() {
  find("draw").addEventListener("click", (event) => {
    if (state.tool !== "draft") return;
    const place = placeAt(event.offsetX, event.offsetY);
    if (!place || corners.length >= MOST_CORNERS) return;
    if (corners.length > 2 && isNearFirst(event.offsetX, event.offsetY)) return close();
    setCorners([...corners, place]);
  });
  document.addEventListener("keydown", (event) => {
    const isOnMap = event.target instanceof HTMLCanvasElement || event.target === document.body;
    if (event.key === "Enter" && state.tool === "draft" && isOnMap) close();
    if (event.key === "Escape" && !event.defaultPrevented && state.draft && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      openDraft(null);
    }
  });
  on(EVENTS.tool, () => setCorners([]));
  on(EVENTS.language, () => { if (state.draft) openDraft(state.draft); });
  on([EVENTS.selection, EVENTS.area], () => {
    if (!state.draft || !(state.selection || state.area)) return;
    request?.abort();
    state.draft = null;
    emit(EVENTS.draft);
  });
}

/** Whether a point of the screen is at the first corner. @param {number} x @param {number} y */
function isNearFirst(x, y) {
  const box = find("map").getBoundingClientRect();
  const [atX, atY] = /** @type {any} */ (globalThis).zonetwin.deck.getViewports()[0].project(corners[0]);
  return Math.hypot(atX - x + box.left, atY - y + box.top) < CLOSE_PX;
}
