// @ts-check
/** Where the camera stands and how it gets elsewhere. */
/** @import {Box, Camera} from "./types.js" */
import { isCalm, isPhone } from "./dom.js";
import { library } from "./library.js";
import { find } from "./selectors.js";
import { getDeck } from "./scene.js";
import { state } from "./state.js";

const TILTED_DEGREES = 52;
const MAX_PITCH_DEGREES = 72;
const MIN_ZOOM = 10;
const MAX_ZOOM = 20;
/** Closest zoom when flying to one feature. */
const FEATURE_ZOOM = 16.9;
/** Rounds after which a fit no longer moves. */
const FIT_ROUNDS = 5;
/** Room of the panel on wide screens, and the part of a phone above its sheet. [px], [1] */
const PANEL_PX = 460;
const SHEET_FREE = 0.34;
const LONG_MS = 1400;
const SHORT_MS = 320;

/** Size of the map that no card covers. [px] */
export function openSize() {
  const { clientWidth, clientHeight } = find("map");
  const size = isPhone() ? [clientWidth - 24, clientHeight - 250] : [clientWidth - 460, clientHeight - 110];
  return size.map((side) => Math.max(side, 160));
}

/**
 * Zoom and centre at which a box, seen with this pitch and bearing, fills the open part of the map.
 * @param {Box} box
 * @param {number} maxZoom
 * @param {{pitch: number, bearing: number}} look
 */
function fitBox([west, south, east, north], maxZoom, { pitch, bearing }) {
  const [width, height] = openSize();
  const corners = [[west, south], [east, south], [east, north], [west, north]];
  let camera = { longitude: (west + east) / 2, latitude: (south + north) / 2, zoom: 14, pitch, bearing };
  for (let round = 0; round < FIT_ROUNDS; round += 1) {
    const viewport = new (library().WebMercatorViewport)({ width, height, ...camera });
    const seen = corners.map((corner) => viewport.project(corner));
    const [xs, ys] = [0, 1].map((axis) => seen.map((point) => point[axis]));
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const [longitude, latitude] = viewport.unproject([(left + right) / 2, (top + bottom) / 2]);
    const grow = Math.log2(Math.min(width / (right - left), height / (bottom - top)));
    camera = { ...camera, longitude, latitude, zoom: Math.min(maxZoom, camera.zoom + grow) };
  }
  return { longitude: camera.longitude, latitude: camera.latitude, zoom: camera.zoom };
}

/**
 * The camera of a spec, its zoom made to fit the whole zone into this window.
 * @param {Camera} suggested
 * @returns {Camera}
 */
export function homeCamera(suggested) {
  const pitch = suggested.pitch ?? TILTED_DEGREES;
  const base = { ...suggested, pitch, bearing: suggested.bearing ?? 0, minZoom: MIN_ZOOM, maxZoom: MAX_ZOOM, maxPitch: MAX_PITCH_DEGREES };
  return state.zone ? { ...base, ...fitBox(state.zone.bbox, MAX_ZOOM, base) } : base;
}

/**
 * Move to a camera; at once if the user wants less motion.
 * @param {Partial<Camera>} target
 * @param {number} [duration]
 */
export function moveTo(target, duration = SHORT_MS) {
  const { FlyToInterpolator, LinearInterpolator } = library();
  const changed = Object.keys(target);
  const glide = isCalm() ? 0 : duration;
  const interpolator = duration > SHORT_MS ? new FlyToInterpolator({ speed: 1.6 }) : new LinearInterpolator(changed);
  const limits = { minZoom: MIN_ZOOM, maxZoom: MAX_ZOOM, maxPitch: MAX_PITCH_DEGREES };
  const camera = /** @type {any} */ ({ ...plain(state.camera), ...target, ...limits });
  getDeck()?.setProps({ initialViewState: { ...camera, transitionDuration: glide, transitionInterpolator: interpolator } });
  if (glide === 0) getDeck()?.props.onViewStateChange({ viewState: camera });
}

/**
 * Only the five numbers of a camera.
 * @param {Camera | null} camera
 */
function plain(camera) {
  if (!camera) return {};
  const { longitude, latitude, zoom, pitch, bearing } = camera;
  return { longitude, latitude, zoom, pitch, bearing };
}

/**
 * Fly until a box fills the map, but never closer than a house needs.
 * @param {Box} box
 */
export function flyToBox(box) {
  if (!getDeck()) return;
  const look = { pitch: state.camera?.pitch ?? 0, bearing: state.camera?.bearing ?? 0 };
  const target = { ...look, ...fitBox(box, FEATURE_ZOOM, look) };
  if (isPhone()) {
    const { clientWidth: width, clientHeight: height } = find("map");
    const viewport = new (library().WebMercatorViewport)({ width, height, ...target });
    [target.longitude, target.latitude] = viewport.unproject([width / 2, height * (1 - SHEET_FREE)]);
  }
  moveTo(target, LONG_MS);
}

/**
 * Move the map a little if a place lies under the panel.
 * @param {[number, number]} place
 */
export function reveal(place) {
  const viewport = getDeck()?.getViewports()[0];
  if (!viewport || !state.camera) return;
  const { clientWidth, clientHeight } = find("map");
  const [x, y] = viewport.project(place);
  const [across, down] = isPhone() ? [0, y - clientHeight * SHEET_FREE] : [x - (clientWidth - PANEL_PX), 0];
  if (across <= 0 && down <= 0) return;
  const [middleX, middleY] = viewport.project([state.camera.longitude, state.camera.latitude]);
  const [longitude, latitude] = viewport.unproject([middleX + Math.max(across, 0), middleY + Math.max(down, 0)]);
  moveTo({ longitude, latitude });
}

/** Fly back to the whole zone. */
export function flyHome() {
  if (state.spec) moveTo(plain(homeCamera(state.spec.initialViewState)), LONG_MS);
}

/**
 * Zoom by steps.
 * @param {number} steps
 */
export function zoomBy(steps) {
  const zoom = (state.camera?.zoom ?? MIN_ZOOM) + steps;
  moveTo({ zoom: Math.min(MAX_ZOOM, Math.max(MIN_ZOOM, zoom)) });
}

/** Turn north up. */
export function turnNorth() {
  moveTo({ bearing: 0 });
}

/** Change between looking from above and at an angle. */
export function togglePitch() {
  moveTo({ pitch: isTilted() ? 0 : TILTED_DEGREES });
}

/** Whether the camera looks at an angle. */
export function isTilted() {
  return (state.camera?.pitch ?? 0) > 5;
}
