// @ts-check
/** Units as people read them: which multiple to show, and how a unit is written. */
import { hasLabel, label } from "./labels.js";

/**
 * A multiple of a unit: used from this size on, by this factor.
 * @typedef {{from: number, unit: string, factor: number}} Multiple
 */

/** Larger multiples, largest first. @type {Record<string, Multiple[]>} */
const MULTIPLES = {
  ...mass(""), ...mass("CO2"), ...mass("CO2e"),
  ...energy("k", ["M", "G", "T"]),
  kW: [{ from: 1e6, unit: "GW", factor: 1e-6 }, { from: 1e3, unit: "MW", factor: 1e-3 }],
  kWp: [{ from: 1e6, unit: "GWp", factor: 1e-6 }, { from: 1e3, unit: "MWp", factor: 1e-3 }],
  V: [{ from: 1e3, unit: "kV", factor: 1e-3 }],
  m: [{ from: 1e4, unit: "km", factor: 1e-3 }],
  m2: [{ from: 1e6, unit: "km2", factor: 1e-6 }, { from: 1e5, unit: "ha", factor: 1e-4 }],
};

/** How a factor of a unit is written. @type {Record<string, string>} */
const SIGNS = { m2: "m²", m3: "m³", km2: "km²", degrees: "°", degree: "°", degC: "°C", percent: "%", year: "", "1": "", "": "" };

/**
 * @param {string} gas
 * @returns {Record<string, Multiple[]>}
 */
function mass(gas) {
  const rows = [{ from: 1e6, prefix: "kt", factor: 1e-6 }, { from: 1e3, prefix: "t", factor: 1e-3 }];
  /** @param {string} tail */
  const table = (tail) => rows.map(({ from, prefix, factor }) => ({ from, unit: `${prefix}${gas}${tail}`, factor }));
  return { [`kg${gas}`]: table(""), [`kg${gas}/a`]: table("/a") };
}

/**
 * @param {string} prefix
 * @param {string[]} larger
 * @returns {Record<string, Multiple[]>}
 */
function energy(prefix, larger) {
  /** @param {string} tail */
  const table = (tail) =>
    larger.map((sign, index) => ({ from: 10 ** (3 * index + 4), unit: `${sign}Wh${tail}`, factor: 10 ** (-3 * index - 3) })).reverse();
  return { [`${prefix}Wh`]: table(""), [`${prefix}Wh/a`]: table("/a") };
}

/**
 * The multiple in which a size reads best.
 * @param {number} size
 * @param {string} unit
 * @returns {{unit: string, factor: number}}
 */
export function chooseMultiple(size, unit) {
  const found = MULTIPLES[unit]?.find(({ from }) => Math.abs(size) >= from);
  return found ?? { unit, factor: 1 };
}

/**
 * A unit in print: kgCO2e/m2/a, or kgCO2e/(m2 a) as tables of factors have it, becomes kg CO₂e/(m²·yr).
 * @param {string | null | undefined} unit
 */
export function writeUnit(unit) {
  if (!unit || unit === "1" || unit === "year") return "";
  if (hasLabel(`app.unit.${unit}`)) return label(`app.unit.${unit}`);
  const flat = unit.replace(/\((.+)\)/, (_, factors) => factors.replaceAll(" ", "/"));
  const [above, ...below] = flat.split("/").map(writeFactor);
  if (below.length === 0) return above;
  return `${above || "1"}/${below.length > 1 ? `(${below.join("·")})` : below[0]}`;
}

/**
 * @param {string} factor
 * @returns {string}
 */
function writeFactor(factor) {
  if (hasLabel(`app.unit.${factor}`)) return label(`app.unit.${factor}`);
  return SIGNS[factor] ?? factor.replace(/(CO2e?|CH4|N2O)$/, " $1").trim().replace("CO2", "CO₂").replace("CH4", "CH₄").replace("N2O", "N₂O");
}
