// @ts-check
/** Drawing over the map: a rectangle or a loop, kept in pixels until it is let go. */
/** @import {Place} from "../ground.js" */
import { svg } from "../dom.js";
import { EVENTS, on } from "../events.js";
import { placeAt } from "../ground.js";
import { find } from "../selectors.js";
import { state } from "../state.js";
import { setsCorners } from "../tools.js";

/** Tools that draw, and whether it is freehand. @type {Record<string, boolean>} */
const FREEHAND = { rectangle: false, lasso: true };
/** Points of a loop that are nearer to each other are one. [px] */
const STEP_PX = 7;
const MOST_CORNERS = 120;
/** A shorter drag is a slip. [px] */
const LEAST_PX = 6;

/** @type {[number, number][]} */
let points = [];
/** Where the pointer went down while corners are set, so that a click that ends a pull sets none. @type {[number, number] | null} */
let pressed = null;
/** @type {(area: Place[]) => void} */
let finish = () => {};

/** The corners of what is drawn. @returns {[number, number][]} */
function outline() {
  if (FREEHAND[state.tool] || points.length < 2) return points;
  const [[left, top], [right, bottom]] = [points[0], points[points.length - 1]];
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

/** Write the drawing. */
function render() {
  const drawn = points.length > 1 ? [svg("polygon", { points: outline().map((point) => point.join()).join(" ") })] : [];
  find("draw").replaceChildren(...drawn);
}

/** Lay the pen down; what is large enough becomes an area. */
function lift() {
  const corners = outline();
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  const isLarge = corners.length > 2 && Math.max(...xs) - Math.min(...xs) > LEAST_PX && Math.max(...ys) - Math.min(...ys) > LEAST_PX;
  const every = Math.ceil(corners.length / MOST_CORNERS);
  const places = corners.filter((_, index) => index % every === 0).map(([x, y]) => placeAt(x, y));
  points = [];
  render();
  const area = /** @type {Place[]} */ (places.filter(Boolean));
  if (isLarge && area.length > 2) finish(area);
}

/**
 * Let the map have an event, too: it is pulled, turned and zoomed while a tool lies over it.
 * @param {WheelEvent | PointerEvent} event
 */
function passOn(event) {
  const Kind = /** @type {any} */ (event.constructor);
  find("map").querySelector("canvas")?.dispatchEvent(new Kind(event.type, event));
}

/**
 * Listen while a drawing tool is in hand.
 * @param {(area: Place[]) => void} onArea
 */
export function startDrawing(onArea) {
  finish = onArea;
  const sheet = find("draw");
  sheet.addEventListener("pointerdown", (event) => {
    pressed = [event.offsetX, event.offsetY];
    if (!(state.tool in FREEHAND)) return passOn(event);
    sheet.setPointerCapture(event.pointerId);
    points = [[event.offsetX, event.offsetY]];
  });
  sheet.addEventListener("pointermove", (event) => {
    if (points.length === 0) return;
    const [x, y] = points[points.length - 1];
    if (Math.hypot(event.offsetX - x, event.offsetY - y) < STEP_PX) return;
    points.push([event.offsetX, event.offsetY]);
    render();
  });
  sheet.addEventListener("wheel", passOn, { passive: true });
  sheet.addEventListener("click", (event) => {
    if (pressed && Math.hypot(event.offsetX - pressed[0], event.offsetY - pressed[1]) > LEAST_PX) event.stopImmediatePropagation();
  }, { capture: true });
  sheet.addEventListener("pointerup", () => points.length > 0 && lift());
  sheet.addEventListener("pointercancel", () => { points = []; render(); });
  on(EVENTS.tool, () => {
    points = [];
    render();
    sheet.toggleAttribute("data-active", state.tool in FREEHAND || setsCorners());
  });
}
