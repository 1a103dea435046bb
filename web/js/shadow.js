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

/**
 * Whether a place lies in the shadow: asked of nine texels about it, each with the depth that the surface has at the texel's
 * middle, and with its share of a square of two texels. deck.gl asks one mixture of texels whose bytes make a number: edges are stairs, and what the light grazes
 * has stripes. Sources: W. Reeves et al., "Rendering antialiased shadows with depth maps", 1987, doi:10.1145/37402.37435
 * (percentage closer filtering); J. Isidoro, "Shadow mapping: GPU-based tips and techniques", GDC 2006 (depth by the plane
 * of the receiver).
 */
const NINE_TEXELS = `
float shadow_ofTexel(sampler2D shadowMap, ivec2 texel, vec3 position, vec2 slope) {
  ivec2 size = textureSize(shadowMap, 0);
  vec2 aside = (vec2(texel) + 0.5) / vec2(size) - position.xy;
  float depth = position.z + clamp(dot(slope, aside), -0.03, 0.03);
  vec4 bytes = texelFetch(shadowMap, clamp(texel, ivec2(0), size - 1), 0);
  return smoothstep(0.0002, 0.002, depth - dot(bytes, bitUnpackShift));
}

float shadow_getShadowWeight(vec3 position, sampler2D shadowMap) {
  vec3 right = dFdx(position);
  vec3 up = dFdy(position);
  float area = right.x * up.y - up.x * right.y;
  vec2 slope = abs(area) > 0.0 ? vec2(up.y * right.z - right.y * up.z, right.x * up.z - up.x * right.z) / area : vec2(0.0);
  vec2 place = position.xy * vec2(textureSize(shadowMap, 0));
  vec2 share = fract(place);
  vec3 across = vec3(1.0 - share.x, 1.0, share.x);
  vec3 along = vec3(1.0 - share.y, 1.0, share.y);
  float sum = 0.0;
  for (int y = 0; y < 3; y++) {
    for (int x = 0; x < 3; x++) sum += across[x] * along[y] * shadow_ofTexel(shadowMap, ivec2(place) + ivec2(x - 1, y - 1), position, slope);
  }
  return sum / 4.0;
}`;

/** What deck.gl has in its shaders for shadows, and what stands there instead. @type {{vs: [RegExp, string][], fs: [RegExp, string][]}} */
const CHANGES = {
  // A depth in the map is that of the surface: gl_FragCoord has the offset by which layers lie over one another, too.
  vs: [[/return (project_common_position_to_clipspace\([^;]*);/, "vec4 seen = $1; shadow_vPosition[0] = (seen.xyz / seen.w + 1.0) / 2.0; return seen;"]],
  fs: [[/gl_FragCoord\.z/, "shadow_vPosition[0].z"], [/float shadow_getShadowWeight\([^}]*\}/, NINE_TEXELS]],
};

/**
 * Light whose shadows have smooth edges, for all layers: what deck.gl adds to every shader is changed on its way there.
 * @param {any} LightingEffect
 * @returns {any}
 */
export const withSmoothShadows = (LightingEffect) => class extends LightingEffect {
  /** @param {any} context */
  setup(context) {
    const change = (/** @type {string} */ source, /** @type {[RegExp, string][]} */ changes) => changes.reduce((text, [from, to]) => text.replace(from, to), source);
    const add = (/** @type {any} */ module) =>
      context.deck._addDefaultShaderModule({ ...module, vs: change(module.vs, CHANGES.vs), fs: change(module.fs, CHANGES.fs) });
    super.setup({ ...context, deck: { _addDefaultShaderModule: add } });
    this.context = context;
  }
};

/**
 * What a layer that lies on the ground is given: it throws no shadow, and most have none on them.
 * @param {string} id
 */
export function flat(id) {
  const parts = PARTS.map((part) => [part, { shadowEnabled: false }]);
  const own = SHADED.includes(id) ? {} : { renderSubLayers: (/** @type {any} */ props) => new (shadowless("GeoJsonLayer"))(props) };
  return { shadowEnabled: false, _subLayerProps: Object.fromEntries(parts), ...own };
}
