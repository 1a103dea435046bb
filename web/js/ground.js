// @ts-check
/** Places on the ground: from the screen to the earth, and how far and how large things are there. */
import { getDeck } from "./scene.js";

/** WGS 84: equatorial radius [m] and first eccentricity squared. */
const RADIUS_M = 6378137;
const ECCENTRICITY_2 = 0.00669437999014;
const RADIANS = Math.PI / 180;

/** @typedef {[number, number]} Place longitude, latitude [degrees] */

/**
 * Metres that a degree of longitude and of latitude are long at a latitude.
 * @param {number} latitude [degrees]
 * @returns {[number, number]} [m]
 * Source: Snyder, Map Projections - A Working Manual, USGS PP 1395 (1987), eq. 4-18 and 4-19.
 */
export function degreeLengths(latitude) {
  const flat = 1 - ECCENTRICITY_2 * Math.sin(latitude * RADIANS) ** 2;
  return [RADIANS * RADIUS_M * Math.cos(latitude * RADIANS) / Math.sqrt(flat), RADIANS * RADIUS_M * (1 - ECCENTRICITY_2) / flat ** 1.5];
}

/**
 * Length of a way on the ellipsoid; within a zone true to a part in a million.
 * @param {Place[]} places
 * @returns {number} [m]
 */
export function lengthOf(places) {
  return places.slice(1).reduce((sum, [longitude, latitude], index) => {
    const [fromLongitude, fromLatitude] = places[index];
    const [east, north] = degreeLengths((latitude + fromLatitude) / 2);
    return sum + Math.hypot((longitude - fromLongitude) * east, (latitude - fromLatitude) * north);
  }, 0);
}

/**
 * Area that a way encloses, by the shoelace formula in metres around its middle.
 * @param {Place[]} places
 * @returns {number} [m2]
 */
export function areaOf(places) {
  if (places.length < 3) return 0;
  const middle = places.reduce((sum, [, latitude]) => sum + latitude, 0) / places.length;
  const [east, north] = degreeLengths(middle);
  const [[fromX, fromY]] = places;
  const flat = places.map(([x, y]) => [(x - fromX) * east, (y - fromY) * north]);
  const twice = flat.reduce((sum, [x, y], index) => {
    const [nextX, nextY] = flat[(index + 1) % flat.length];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}

/**
 * Where a point of the screen lies on the ground; null above the horizon.
 * @param {number} x [px]
 * @param {number} y [px]
 * @returns {Place | null}
 */
export function placeAt(x, y) {
  const viewport = getDeck()?.getViewports()[0];
  const found = viewport?.unproject([x, y], { targetZ: 0 });
  if (!found) return null;
  const [longitude, latitude] = found;
  const [backX, backY] = viewport.project([longitude, latitude]);
  // above the horizon the ray meets the ground behind the eye, and comes back elsewhere
  const isTrue = Number.isFinite(longitude) && Number.isFinite(latitude) && Math.hypot(backX - x, backY - y) < 2;
  return isTrue ? [longitude, latitude] : null;
}

/**
 * The ground that is seen: the corners of the picture, lowered to where the ground is met.
 * @returns {Place[]}
 */
export function seenGround() {
  const viewport = getDeck()?.getViewports()[0];
  if (!viewport) return [];
  const { width, height } = viewport;
  /** @param {number} x */
  const highest = (x) => {
    for (let y = 0; y < height; y += height / 24) {
      const place = placeAt(x, y);
      if (place) return place;
    }
    return null;
  };
  const corners = [highest(0), highest(width), placeAt(width, height), placeAt(0, height)];
  return /** @type {Place[]} */ (corners.filter(Boolean));
}
