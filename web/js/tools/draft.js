// @ts-check
/** A building that is drawn or changed: its corners, its form, and what follows from it. */
/** @import {Place} from "../ground.js" */
/** @import {Draft, Feature} from "../types.js" */
import { askWhatif } from "../api.js";
import { element } from "../dom.js";
import { emit, EVENTS, on } from "../events.js";
import { degreeLengths, placeAt } from "../ground.js";
import { label, useNames } from "../labels.js";
import { showNews } from "../message.js";
import { select } from "../panel.js";
import { leavePanel, onEscape, takePanel } from "../room.js";
import { getDeck } from "../scene.js";
import { find } from "../selectors.js";
import { state } from "../state.js";
import { takeTool } from "../tools.js";
import { consequences } from "./consequences.js";
import { draftForm, MOST_STOREYS, ROOFS } from "./draft_form.js";

const PAUSE_MS = 350;
const MOST_CORNERS = 64;
/** A click so near to the first corner closes the outline. [px] */
const CLOSE_PX = 14;
/** What is put at the middle of the map on request: half length and half depth. [m] */
const HALF_M = [20, 7];

/** @type {AbortController | null} */
let request = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Keep the corners that are being set where the map draws them. @param {Place[]} places */
function setCorners(places) {
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
  state.draftHeight = null;
  emit(EVENTS.draft);
  if (!draft) return leavePanel("draft");
  show();
  work();
}

/** The outline is done. */
function close() {
  const corners = state.measured;
  if (corners.length < 3) return;
  setCorners([]);
  openDraft({ corners, storeys: 6, use: "residential", roof: "flat", roof_pv: true, replaces: null });
}

/** A plain house at the middle of the map, so that it goes by keyboard, too. */
function placeAtMiddle() {
  if (!state.camera) return;
  const { longitude, latitude } = state.camera;
  const [degreeEast, degreeNorth] = degreeLengths(latitude);
  const [east, north] = [HALF_M[0] / degreeEast, HALF_M[1] / degreeNorth];
  state.measured = [[longitude - east, latitude - north], [longitude + east, latitude - north], [longitude + east, latitude + north], [longitude - east, latitude + north]];
  close();
}

/**
 * Take up a draft in the place of a building.
 * @param {Feature} feature
 */
export function changeBuilding(feature) {
  const draft = draftFrom(feature);
  if (draft) openDraft(draft);
  else showNews(label("app.draft.too_many", { count: MOST_CORNERS }));
}

/**
 * A draft that takes the place of a building; null where its outline has too many corners.
 * @param {Feature} feature
 * @returns {Draft | null}
 */
function draftFrom({ id, geometry, groups }) {
  const shape = /** @type {any} */ (geometry);
  const first = shape.type === "GeometryCollection" ? shape.geometries[0] : shape;
  const ring = first.type === "MultiPolygon" ? first.coordinates[0][0] : first.coordinates[0];
  const outline = ring.slice(0, -1).map((/** @type {number[]} */ [x, y]) => [x, y]);
  if (outline.length < 3 || outline.length > MOST_CORNERS) return null;
  const value = (/** @type {string} */ column) => groups[0]?.values.find((entry) => entry.column === column)?.value;
  const use = String(value("use") ?? "residential");
  const shapeName = String(value("roof_shape") ?? "flat");
  return {
    corners: outline, storeys: Math.min(MOST_STOREYS, Math.max(1, Math.round(Number(value("levels") ?? 1)))), use: useNames().includes(use) ? use : "other",
    roof: ROOFS.includes(shapeName) ? shapeName : "flat", roof_pv: true, replaces: id,
  };
}

/** Write what to do while the outline is drawn. */
function renderReadout() {
  const box = find("readout");
  const corners = state.measured;
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
  const draft = /** @type {Draft} */ (state.draft);
  const title = draft.replaces ? label("app.draft.change", { id: draft.replaces }) : label("app.draft.new");
  takePanel("draft", { kicker: label("app.draft"), title, close: () => openDraft(null) },
    [draftForm(draft, change), element("div", { id: "draft-answer", "aria-live": "polite" })]);
}

/** Take over what was changed, and ask again soon. @param {Partial<Draft>} changed */
function change(changed) {
  state.draft = { .../** @type {Draft} */ (state.draft), ...changed };
  state.draftHeight = null;
  emit(EVENTS.draft);
  clearTimeout(timer);
  timer = setTimeout(work, PAUSE_MS);
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
    if (signal.aborted) return;
    state.draftHeight = found.buildings[0]?.height_m ?? null;
    emit(EVENTS.draft);
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
    const corners = state.measured;
    if (!place || corners.length >= MOST_CORNERS) return;
    if (corners.length > 2 && isNearFirst(event.offsetX, event.offsetY)) return close();
    setCorners([...corners, place]);
  });
  document.addEventListener("keydown", (event) => {
    const isOnMap = event.target instanceof HTMLCanvasElement || event.target === document.body;
    if (event.key === "Enter" && state.tool === "draft" && isOnMap) close();
  });
  onEscape(() => {
    if (!state.draft) return false;
    openDraft(null);
    return true;
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
  const [atX, atY] = getDeck().getViewports()[0].project(state.measured[0]);
  return Math.hypot(atX - x + box.left, atY - y + box.top) < CLOSE_PX;
}
