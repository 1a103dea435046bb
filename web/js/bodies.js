// @ts-check
/** Buildings with roofs that slant: drawn by the faces of their bodies, each in the light that falls on it. */

const library = () => /** @type {any} */ (globalThis).deck;

/** Classes made from deck.gl's, by name. @type {Map<string, any>} */
const made = new Map();

/** What lies between a vertex and its pixel: deck.gl lights the tops of polygons as if all of them were level. */
const SLOPES = {
  "vs:#decl": "out vec3 bodyPosition;\nout vec3 bodyCamera;\n",
  "vs:#main-end": "bodyPosition = geometry.position.xyz;\nbodyCamera = project.cameraPosition;\n",
  "fs:#decl": `
    in vec3 bodyPosition;
    in vec3 bodyCamera;
    vec3 bodyLight(vec3 normal) {
      vec3 light = material.ambient * lighting.ambientColor;
      for (int i = 0; i < lighting.directionalLightCount; i++) {
        DirectionalLight one = lighting_getDirectionalLight(i);
        light += max(dot(-one.direction, normal), 0.0) * material.diffuse * one.color;
      }
      return light;
    }
  `,
  "fs:DECKGL_FILTER_COLOR": {
    order: -1, // before what picks and what casts shadows
    injection: `
      vec3 across = cross(dFdx(bodyPosition), dFdy(bodyPosition));
      if (length(across) > 0.0) {
        vec3 normal = normalize(across);
        if (dot(normal, bodyCamera - bodyPosition) < 0.0) normal = -normal;
        color.rgb *= bodyLight(normal) / bodyLight(vec3(0.0, 0.0, 1.0));
      }
    `,
  },
};

/** deck.gl's polygons, whose tops are lit by their own slope. */
function slanted() {
  if (!made.has("polygons")) {
    made.set("polygons", class extends library().SolidPolygonLayer {
      static layerName = "SlantedPolygonLayer";
      static componentName = "SlantedPolygonLayer";
      /** @param {string} type top or side */
      getShaders(type) {
        const found = super.getShaders(type);
        return type === "top" ? { ...found, inject: SLOPES, defines: { ...found.defines, LIGHTING_FRAGMENT: true } } : found;
      }
    });
  }
  return made.get("polygons");
}

/** deck.gl's layer of features, with such polygons. */
function featureLayer() {
  if (!made.has("features")) {
    made.set("features", class extends library().GeoJsonLayer {
      static layerName = "GeoJsonLayer";
      static componentName = "BodyGeoJsonLayer";
      /** @param {string} id @param {any} Base */
      getSubLayerClass(id, Base) {
        return id === "polygons-fill" ? slanted() : super.getSubLayerClass(id, Base);
      }
    });
  }
  return made.get("features");
}

/** Tiles as they are drawn in space, by the tile as it came. @type {WeakMap<any, any>} */
const spatial = new WeakMap();

/**
 * A tile's features in space: a body in the place of its outline; what it stands for besides is left out.
 * @param {any} data
 */
function inSpace(data) {
  if (!data) return data;
  if (!spatial.has(data)) {
    const features = Array.isArray(data) ? data : data.features;
    spatial.set(data, features.filter((/** @type {any} */ { body }) => body !== null)
      .map((/** @type {any} */ feature) => (feature.body ? { ...feature, geometry: feature.body } : feature)));
  }
  return spatial.get(data);
}

/**
 * What a layer of extruded buildings is given.
 * @param {any} rise accessor of the height of those without a body
 */
export const withBodies = (rise) => ({
  _full3d: true,
  getElevation: (/** @type {any} */ feature, /** @type {any} */ info) => (feature.body ? 0 : typeof rise === "function" ? rise(feature, info) : rise),
  renderSubLayers: (/** @type {any} */ props) => new (featureLayer())({ ...props, data: inSpace(props.data) }),
});
