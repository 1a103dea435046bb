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

/** A drawn building as it would stand: like glass, in the colour of what is chosen. */
export function draftLayer() {
  const { draft } = state;
  if (!draft) return [];
  const colour = CHOSEN[state.theme];
  const height = state.draftHeight ?? draft.storeys * STOREY_M;
  const geometry = { type: "Polygon", coordinates: [[...draft.corners, draft.corners[0]]] };
  return [new (library().GeoJsonLayer)({
    id: "draft", data: [{ type: "Feature", properties: {}, geometry }], extruded: true, wireframe: true, getElevation: height,
    getFillColor: [...colour.slice(0, 3), 190], getLineColor: [255, 255, 255, 160], updateTriggers: { getElevation: height, getFillColor: state.theme },
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
