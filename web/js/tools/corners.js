// @ts-check
/** Handles on the corners of a drawn draft: dragged, or moved, taken away and added by keys. */
/** @import {Place} from "../ground.js" */
import { element } from "../dom.js";
import { EVENTS, on } from "../events.js";
import { degreeLengths, placeAt } from "../ground.js";
import { label } from "../labels.js";
import { getDeck } from "../scene.js";
import { find } from "../selectors.js";
import { state } from "../state.js";

export const LEAST_CORNERS = 3;
export const MOST_CORNERS = 64;
/** By which an arrow key moves a corner, alone and with Shift. [m] */
const STEPS_M = [1, 10];
/** A place that the eye sees elsewhere than where it is lies behind it. [degrees] */
const SAME_DEGREES = 1e-3;
/** @type {Record<string, [number, number]>} east and north */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] };

/** Handles of corners, each with that of the edge behind it. @type {{corner: HTMLElement, edge: HTMLElement}[]} */
let handles = [];
/** @type {(corners: Place[]) => void} */
let onMove = () => {};

const corners = () => state.draft?.corners ?? [];
const isShown = () => corners().length > 0 && !state.tool;

/** Middle of the edge behind a corner. @param {number} number @returns {Place} */
function middle(number) {
  const [[x, y], [nextX, nextY]] = [corners()[number], corners()[(number + 1) % corners().length]];
  return [(x + nextX) / 2, (y + nextY) / 2];
}

/** @param {number} number @param {Place} place */
const moveCorner = (number, place) => onMove(corners().with(number, place));

/** Put a corner behind another. @param {number} number of that @param {Place} place */
function addCorner(number, place) {
  if (corners().length >= MOST_CORNERS) return;
  onMove(corners().toSpliced(number + 1, 0, place));
  handles[number + 1]?.corner.focus();
}

/** @param {number} number */
function dropCorner(number) {
  if (corners().length <= LEAST_CORNERS) return;
  onMove(corners().toSpliced(number, 1));
  handles[Math.min(number, handles.length - 1)]?.corner.focus();
}

/** @param {number} number @param {KeyboardEvent} event */
function press(number, event) {
  const [longitude, latitude] = corners()[number];
  if (event.key in ARROWS) {
    const [east, north] = ARROWS[event.key];
    const [degreeEast, degreeNorth] = degreeLengths(latitude);
    const step = STEPS_M[Number(event.shiftKey)];
    moveCorner(number, [longitude + east * step / degreeEast, latitude + north * step / degreeNorth]);
  } else if (event.key === "Delete" || event.key === "Backspace") dropCorner(number);
  else if (event.key === "Insert" || event.key === "+") addCorner(number, middle(number));
  else return;
  event.preventDefault();
}

/** Follow the pointer until it is let go. @param {HTMLElement} handle @param {() => number} numberOf which corner moves */
function drag(handle, numberOf) {
  handle.addEventListener("pointerdown", (/** @type {PointerEvent} */ { pointerId, button }) => {
    if (button !== 0) return;
    const number = numberOf();
    const held = handles[number].corner;
    held.setPointerCapture(pointerId);
    const follow = (/** @type {PointerEvent} */ event) => {
      const { left, top } = find("map").getBoundingClientRect();
      const place = placeAt(event.clientX - left, event.clientY - top);
      if (place) moveCorner(number, place);
    };
    held.addEventListener("pointermove", follow);
    held.addEventListener("lostpointercapture", () => held.removeEventListener("pointermove", follow), { once: true });
  });
}

/** Handles of one corner and of the edge behind it. @param {number} number */
function makeHandles(number) {
  const corner = element("button", { type: "button", class: "corner", "aria-label": label("app.draft.corner", { number: number + 1 }), "aria-describedby": "corners-help", keydown: (/** @type {KeyboardEvent} */ event) => press(number, event) });
  // by keys a corner is added from the one before: these would only double the way through them
  const edge = element("button", { type: "button", class: "edge", tabindex: "-1", "aria-hidden": "true", title: label("app.draft.add_corner") });
  drag(corner, () => number);
  drag(edge, () => {
    addCorner(number, middle(number));
    return Math.min(number + 1, handles.length - 1);
  });
  return { corner, edge };
}

/** As many handles as there are corners. */
function render() {
  const wanted = isShown() ? corners().length : 0;
  const box = find("corners");
  box.hidden = wanted === 0;
  if (wanted !== handles.length) {
    handles = Array.from({ length: wanted }, (_, number) => makeHandles(number));
    box.replaceChildren(element("p", { id: "corners-help", class: "unseen" }, label("app.draft.corner_help")), ...handles.flatMap(({ corner, edge }) => [corner, edge]));
  }
  place();
}

/** Put the handles where their places are seen. */
function place() {
  const viewport = handles.length > 0 && getDeck()?.isInitialized && getDeck().getViewports()[0];
  if (!viewport || corners().length !== handles.length) return;
  const put = (/** @type {HTMLElement} */ handle, /** @type {Place} */ [longitude, latitude]) => {
    const [x, y] = viewport.project([longitude, latitude]);
    const seen = x >= 0 && y >= 0 && x <= viewport.width && y <= viewport.height ? placeAt(x, y) : null;
    handle.hidden = !seen || Math.hypot(seen[0] - longitude, seen[1] - latitude) > SAME_DEGREES;
    handle.style.translate = `${x}px ${y}px`;
  };
  handles.forEach(({ corner, edge }, number) => {
    put(corner, corners()[number]);
    put(edge, middle(number));
  });
}

/**
 * Show handles while a draft has corners.
 * @param {(corners: Place[]) => void} listener hears of other corners
 */
export function startCorners(listener) {
  onMove = listener;
  on([EVENTS.draft, EVENTS.tool], render);
  on(EVENTS.language, () => {
    handles = [];
    render();
  });
  on(EVENTS.progress, place);
}
