// @ts-check
/** Which layers throw shadows, and on which they fall: deck.gl would shade each layer of a stack anew. */
import { library } from "./library.js";

/** Parts of layers by the names that deck.gl gives them. */
const PARTS = ["polygons-fill", "polygons-stroke", "linestrings", "points-circle", "points-icon"];
/** Flat layers on which shadows fall: parcels cover the zone, roads lie over them. */
const SHADED = ["parcel", "road"];

/** Classes whose parts no shadow falls on, by what they are made from. @type {Map<any, any>} */
const made = new Map();

/**
 * A class whose shaders leave out deck.gl's module of shadows.
 * @param {any} Base
 */
function withoutModule(Base) {
  if (!made.has(Base)) {
    made.set(Base, class extends Base {
      static layerName = `Shadowless${Base.layerName}`;
      static componentName = `Shadowless${Base.componentName ?? Base.layerName ?? Base.name}`;
      /** @param {any} [shaders] */
      getShaders(shaders) {
        const found = super.getShaders(shaders);
        return { ...found, modules: found.modules.filter((/** @type {{name: string}} */ { name }) => name !== "shadow") };
      }
    });
  }
  return made.get(Base);
}

/**
 * A composite layer of deck.gl on whose parts no shadow falls.
 * @param {string} name such as TextLayer
 */
export function shadowless(name) {
  if (!made.has(name)) {
    made.set(name, class extends library()[name] {
      static layerName = name;
      static componentName = `Shadowless${name}`;
      /** @param {string} id @param {any} Base */
      getSubLayerClass(id, Base) {
        return withoutModule(super.getSubLayerClass(id, Base));
      }
    });
  }
  return made.get(name);
}

/** How deck.gl finds out whether a place lies in the shadow: within a thousandth of the depth it does not. */
const FIXED = "smoothstep(0.001, 0.01, position.z - z)";
/**
 * The same, and within what the depth changes over a texel of the shadow map: else walls along which the light falls would
 * be striped. Source: J. Isidoro, "Shadow mapping: GPU-based tips and techniques", GDC 2006 (receiver plane depth bias).
 */
const BY_SLOPE = `smoothstep(0.001, 0.01, position.z - z - min(0.03, dot(abs(vec2(
    dFdy(position).y * dFdx(position).z - dFdx(position).y * dFdy(position).z,
    dFdx(position).x * dFdy(position).z - dFdy(position).x * dFdx(position).z
  ) / (dFdx(position).x * dFdy(position).y - dFdx(position).y * dFdy(position).x)), 1.0 / vec2(textureSize(shadowMap, 0)))))`;

/**
 * Shaders whose shadows do not stripe what they graze.
 * @param {any} shaders
 */
export function withoutStripes(shaders) {
  const mend = (/** @type {any} */ module) => (module.name === "shadow" ? { ...module, fs: module.fs.replace(FIXED, BY_SLOPE) } : module);
  return { ...shaders, modules: shaders.modules.map(mend) };
}

/**
 * What a layer that lies on the ground is given: it throws no shadow, and most have none on them.
 * @param {string} id
 */
export function flat(id) {
  const parts = PARTS.map((part) => [part, { shadowEnabled: false }]);
  const own = SHADED.includes(id) ? {} : { renderSubLayers: (/** @type {any} */ props) => new (shadowless("GeoJsonLayer"))(props) };
  return { shadowEnabled: false, _subLayerProps: Object.fromEntries(parts), ...own };
}
