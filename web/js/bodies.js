// @ts-check
/** Tiles drawn in pieces: buildings as boxes or, where their roofs slant, by the faces of their bodies; parcels' lines. */
import { library } from "./library.js";
import { featureId } from "./paint.js";

/** From here on houses and parcels have edges: farther away these are half of the work, and blur what they enclose. */
const EDGES_ZOOM = 14.5;

/** deck.gl lights polygons as if all of them were level: these are lit by their own slope. */
const SLOPES = {
  "vs:#decl": "out vec3 bodyPosition;\nout vec3 bodyCamera;\n",
  "vs:#main-end": "bodyPosition = geometry.position.xyz;\nbodyCamera = project.cameraPosition;\n",
  "fs:#decl": "in vec3 bodyPosition;\nin vec3 bodyCamera;\n",
  "fs:DECKGL_FILTER_COLOR": {
    order: -1, // before what picks and what casts shadows
    injection: `
      vec3 normal = normalize(cross(dFdx(bodyPosition), dFdy(bodyPosition)));
      if (dot(normal, bodyCamera - bodyPosition) < 0.0) normal = -normal;
      vec3 light = material.ambient * lighting.ambientColor;
      for (int i = 0; i < lighting.directionalLightCount; i++) {
        DirectionalLight one = lighting_getDirectionalLight(i);
        light += max(dot(-one.direction, normal), 0.0) * material.diffuse * one.color;
      }
      color.rgb *= light;
    `,
  },
};

/** Made when it is first asked for: deck.gl comes later than this module. @type {any} */
let slanted = null;

/** deck.gl's layer of features, whose polygons are lit by their slope. */
function slantedLayer() {
  if (slanted) return slanted;
  const { GeoJsonLayer, SolidPolygonLayer } = library();
  class SlantedPolygonLayer extends SolidPolygonLayer {
    static layerName = "SlantedPolygonLayer";
    static componentName = "SlantedPolygonLayer";
    /** @param {string} type top or side */
    getShaders(type) {
      const shaders = super.getShaders(type);
      return { ...shaders, inject: SLOPES, defines: { ...shaders.defines, LIGHTING_FRAGMENT: true } };
    }
  }
  slanted = class extends GeoJsonLayer {
    static layerName = "GeoJsonLayer";
    static componentName = "SlantedGeoJsonLayer";
    /** @param {string} id @param {any} Base */
    getSubLayerClass(id, Base) {
      return id === "polygons-fill" ? SlantedPolygonLayer : super.getSubLayerClass(id, Base);
    }
  };
  return slanted;
}

/** Pieces of tiles, by the tile as it came, and which building is left out. @type {WeakMap<any, {gone: string, made: any[][]}>} */
const pieces = new WeakMap();

/**
 * The pieces of a tile: as many features in the same order, each without a geometry where it is not of the piece, so that
 * a number means the same feature in all.
 * @param {any} data
 * @param {(feature: any) => any[]} cut the feature's geometry in each piece
 * @param {string} gone building that is in no piece
 * @returns {any[][]}
 */
function cutTile(data, cut, gone) {
  const known = pieces.get(data);
  if (known?.gone === gone) return known.made;
  const features = Array.isArray(data) ? data : data.features;
  const cuts = features.map((/** @type {any} */ feature) => (gone && featureId(feature) === gone ? [null, null] : cut(feature)));
  const made = [0, 1].map((number) =>
    features.map((/** @type {any} */ feature, /** @type {number} */ place) => ({ ...feature, geometry: cuts[place][number] })));
  pieces.set(data, { gone, made });
  return made;
}

/** @param {any} feature with a body, or null where another feature's body stands for it, or without */
const boxOrBody = ({ geometry, body }) => (body === undefined ? [geometry, null] : [null, body]);

/**
 * What draws each tile in two pieces.
 * @param {(feature: any) => any[]} cut
 * @param {(props: any, first: any[], second: any[]) => any[]} draw
 * @param {string} [gone] building that is not drawn
 */
const inPieces = (cut, draw, gone = "") => (/** @type {any} */ props) => {
  if (!props.data) return null;
  const [first, second] = cutTile(props.data, cut, gone);
  return draw(props, first, second);
};

/**
 * What a layer of extruded buildings is given.
 * @param {number} zoom
 * @param {string} gone building that is not drawn
 */
export const withBodies = (zoom, gone) => ({
  wireframe: zoom >= EDGES_ZOOM,
  renderSubLayers: inPieces(boxOrBody, (props, upright, bodies) => [
    new (library().GeoJsonLayer)({ ...props, data: upright }),
    new (slantedLayer())({ ...props, id: `${props.id}-bodies`, data: bodies, extruded: false, stroked: false, _full3d: true }),
  ], gone),
});

/**
 * What any other layer of buildings, or of surfaces of them, is given.
 * @param {string} gone building that is not drawn
 */
export const withoutOne = (gone) => ({
  renderSubLayers: inPieces(({ geometry }) => [geometry, null], (props, rest) => [new (library().GeoJsonLayer)({ ...props, data: rest })], gone),
});

/** @param {any} feature of a parcel: the streets' own have no line */
const areaAndLine = ({ geometry, properties }) => [geometry, properties.land_use === "public" ? null : geometry];

/**
 * What the layer of parcels is given.
 * @param {number} zoom
 */
export const withFewLines = (zoom) => ({
  stroked: zoom >= EDGES_ZOOM,
  renderSubLayers: inPieces(areaAndLine, (props, areas, lines) => [
    new (library().GeoJsonLayer)({ ...props, data: areas, stroked: false }),
    props.stroked && new (library().GeoJsonLayer)({ ...props, id: `${props.id}-lines`, data: lines, filled: false, pickable: false }),
  ]),
});
