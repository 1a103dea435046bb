// @ts-check
/** Names on the map: only those that have room, the first in the server's order first, near and far of one size. */
import { getDeck } from "./scene.js";

/** Rough box of one character and the room around a name. [px] */
const LATIN_PX = 6.6;
const WIDE_PX = 12.5;
const LINE_PX = 15;
const ROOM_PX = 14;
/** A short way across the picture, to measure how the picture shrinks with distance. [degrees] */
const STEP_DEGREES = 0.0005;
/** Names so far away that they would stand in a heap are left out. */
const FARTHEST = 2.6;

/**
 * Width of a name of one or two lines, roughly. [px]
 * @param {string} text
 */
function textWidth(text) {
  const widths = text.split("\n").map((line) => [...line].reduce((sum, sign) => sum + ((sign.codePointAt(0) ?? 0) > 0x2e7f ? WIDE_PX : LATIN_PX), 0));
  return Math.max(...widths);
}

/**
 * How long a short way looks at a place: across the picture, where only distance shrinks it. [px]
 * @param {any} viewport
 * @param {number[]} place
 */
function stepWidth(viewport, [longitude, latitude]) {
  const [x, y] = viewport.project([longitude, latitude]);
  const bearing = (viewport.bearing * Math.PI) / 180;
  const east = (STEP_DEGREES * Math.cos(bearing)) / Math.cos((latitude * Math.PI) / 180);
  const [right, below] = viewport.project([longitude + east, latitude - STEP_DEGREES * Math.sin(bearing)]);
  return Math.hypot(right - x, below - y);
}

/**
 * The names that fit into the present picture without touching each other.
 * @template {Record<string, any>} Row
 * @param {Row[]} rows each with `text` and `position`
 * @returns {(Row & {distance: number})[]} with the factor that undoes perspective
 */
export function chooseNames(rows) {
  const deck = getDeck();
  const viewport = deck?.isInitialized ? deck.getViewports()[0] : null;
  if (!viewport) return [];
  /** @type {[number, number, number, number][]} */
  const taken = [];
  const middle = stepWidth(viewport, [viewport.longitude, viewport.latitude]);
  return rows.map((row) => ({ ...row, distance: middle / stepWidth(viewport, row.position) })).filter(({ text, position, distance }) => {
    const [x, y] = viewport.project(position);
    if (!(distance > 0 && distance < FARTHEST)) return false;
    const half = textWidth(text) / 2 + ROOM_PX;
    if (x < -half || y < 0 || x > viewport.width + half || y > viewport.height) return false;
    const height = LINE_PX * text.split("\n").length;
    const box = /** @type {[number, number, number, number]} */ ([x - half, y - height, x + half, y + height]);
    if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) return false;
    taken.push(box);
    return true;
  });
}
