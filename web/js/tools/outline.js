// @ts-check
/** Setting the corners of a building on the map, until its outline is closed. */
/** @import {Place} from "../ground.js" */
import { element } from "../dom.js";
import { emit, EVENTS, on } from "../events.js";
import { degreeLengths, placeAt } from "../ground.js";
import { label } from "../labels.js";
import { getDeck } from "../scene.js";
import { find } from "../selectors.js";
import { state } from "../state.js";
import { LEAST_CORNERS, MOST_CORNERS } from "./corners.js";

/** A click so near to the first corner closes the outline. [px] */
const CLOSE_PX = 14;
/** What is put at the middle of the map on request: half length and half depth. [m] */
const HALF_M = [20, 7];

/** @type {(corners: Place[]) => void} */
let finish = () => {};

/** Keep the corners that are being set where the map draws them. @param {Place[]} places */
function setCorners(places) {
  state.measured = places;
  renderReadout();
  emit(EVENTS.layers);
}

/** The outline is done. */
function close() {
  const corners = state.measured;
  if (corners.length < LEAST_CORNERS) return;
  setCorners([]);
  finish(corners);
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

/** Write what to do while the outline is drawn. */
function renderReadout() {
  const box = find("readout");
  const corners = state.measured;
  if (state.tool !== "draft") return;
  box.hidden = false;
  box.replaceChildren(
    element("p", { class: "meta", role: "status" }, label(corners.length < LEAST_CORNERS ? "app.draft.help" : "app.draft.close_help", { count: corners.length })),
    corners.length < LEAST_CORNERS
      ? element("button", { type: "button", class: "link-like", click: placeAtMiddle }, label("app.draft.middle"))
      : element("button", { type: "button", class: "action", click: close }, label("app.draft.done")));
}

/** Whether a point of the screen is at the first corner. @param {number} x @param {number} y */
function isNearFirst(x, y) {
  const box = find("map").getBoundingClientRect();
  const [atX, atY] = getDeck().getViewports()[0].project(state.measured[0]);
  return Math.hypot(atX - x + box.left, atY - y + box.top) < CLOSE_PX;
}

/**
 * Listen while the tool is in hand.
 * @param {(corners: Place[]) => void} onDone
 */
export function startOutline(onDone) {
  finish = onDone;
  find("draw").addEventListener("click", (event) => {
    if (state.tool !== "draft") return;
    const place = placeAt(event.offsetX, event.offsetY);
    const corners = state.measured;
    if (!place || corners.length >= MOST_CORNERS) return;
    if (corners.length >= LEAST_CORNERS && isNearFirst(event.offsetX, event.offsetY)) return close();
    setCorners([...corners, place]);
  });
  document.addEventListener("keydown", (event) => {
    const isOnMap = event.target instanceof HTMLCanvasElement || event.target === document.body;
    if (event.key === "Enter" && state.tool === "draft" && isOnMap) close();
  });
  on(EVENTS.tool, () => setCorners([]));
}
