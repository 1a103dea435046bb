// @ts-check
/** What the page itself draws on the map: the chosen feature's outline, a quarter, an area, a measured way, a draft. */
import { library } from "./library.js";
import { CHOSEN } from "./paint.js";
import { shadowless } from "./shadow.js";
import { state } from "./state.js";

/** Height of a storey of a draft, until the answer tells its own. [m] */
const STOREY_M = 3;

/** What lies on the ground, under the buildings. */
export const onTheGround = () => [outline(), ...quarterLayer(), ...drawings()];

/** The outline of one's quarter while its door is open. */
function quarterLayer() {
  if (state.door !== "neighbourhood" || !state.quarterOutline) return [];
  return [new (shadowless("GeoJsonLayer"))({
    id: "quarter", data: [{ type: "Feature", properties: {}, geometry: state.quarterOutline }], filled: false, stroked: true,
    getLineColor: CHOSEN[state.theme], getLineWidth: 3, lineWidthUnits: "pixels", lineJointRounded: true, parameters: { depthCompare: "always" },
    updateTriggers: { getLineColor: state.theme },
  })];
}

/** What was drawn: the selected area, and what is being measured. */
function drawings() {
  const GeoJsonLayer = shadowless("GeoJsonLayer");
  const colour = CHOSEN[state.theme];
  const shapes = [
    state.area && { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...state.area, state.area[0]]] } },
    state.measured.length > 1 && { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: state.measured } },
    ...state.measured.map((coordinates) => ({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates } })),
  ].filter(Boolean);
  if (shapes.length === 0) return [];
  return [new GeoJsonLayer({
    id: "drawing", data: shapes, filled: true, stroked: true, getFillColor: [...colour.slice(0, 3), 26], getLineColor: colour, getLineWidth: 2,
    lineWidthUnits: "pixels", pointRadiusUnits: "pixels", getPointRadius: 4, parameters: { depthCompare: "always" },
  })];
}

/**
 * What a draft is drawn of: outlines at the height at which each begins, and how high each rises.
 * @returns {any[]}
 */
function draftFeatures() {
  const { draft, draftBodies } = state;
  const top = draftBodies ? Math.max(...draftBodies.map((body) => body.height_m)) : (draft?.storeys ?? 1) * STOREY_M;
  const bodies = draft?.corners ? [{ geometry: { type: "Polygon", coordinates: [[...draft.corners, draft.corners[0]]] }, base_m: 0, height_m: top }] : draftBodies ?? [];
  return bodies.map(({ geometry, base_m: base, height_m: height }) => ({
    type: "Feature", properties: { rise_m: height - base }, geometry: { type: geometry.type, coordinates: raised(geometry.coordinates, base) },
  }));
}

/** @param {any} coordinates @param {number} height [m] @returns {any} */
const raised = (coordinates, height) => (typeof coordinates[0] === "number" ? [coordinates[0], coordinates[1], height] : coordinates.map((/** @type {any} */ inner) => raised(inner, height)));

/** A building as it would stand: like glass, in the colour of what is chosen. */
export function draftLayer() {
  const data = draftFeatures();
  if (data.length === 0) return [];
  const colour = CHOSEN[state.theme];
  return [new (library().GeoJsonLayer)({
    id: "draft", data, extruded: true, wireframe: true, getElevation: (/** @type {any} */ { properties }) => properties.rise_m,
    getFillColor: [...colour.slice(0, 3), 190], getLineColor: [255, 255, 255, 160], updateTriggers: { getFillColor: state.theme },
  })];
}

/** The outline of the chosen feature on the ground, under the buildings. */
function outline() {
  const feature = state.feature;
  const colour = CHOSEN[state.theme];
  const data = feature ? [{ type: "Feature", properties: {}, geometry: feature.geometry }] : [];
  return new (shadowless("GeoJsonLayer"))({
    id: "selection",
    data,
    filled: feature?.kind === "parcel",
    getFillColor: [...colour.slice(0, 3), 46],
    getLineColor: colour,
    getLineWidth: 2.5,
    lineWidthUnits: "pixels",
    lineJointRounded: true,
    getPointRadius: 14,
    pointRadiusUnits: "meters",
    pointRadiusMinPixels: 9,
    pointRadiusMaxPixels: 22,
    parameters: { depthCompare: "always" },
    updateTriggers: { getFillColor: state.theme, getLineColor: state.theme },
  });
}
