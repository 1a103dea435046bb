// @ts-check
/** Words of the model's vocabularies: quantities of factors, regions, carriers, kinds of things. */
import { hasLabel, label, locale } from "./labels.js";

/** Vocabularies that name a part of a quantity, or what a subject is. */
const KINDS = ["use", "road_class", "roof_shape", "kind"];

/** A sentence's first letter, where words stand alone. @param {string} text */
export const asTitle = (text) => text.charAt(0).toLocaleUpperCase(locale()) + text.slice(1);

/** A use, class of road, shape of roof or kind of asset; the word itself if it is none. @param {string} word */
export function kindName(word) {
  const vocabulary = KINDS.find((name) => hasLabel(`${name}.${word}`));
  return vocabulary ? label(`${vocabulary}.${word}`) : word;
}

/** A part of a quantity: a kind, a year, the age of buildings. @param {string} part */
function partName(part) {
  const [, year] = /^built_to_(\d+)$/.exec(part) ?? [];
  return year ? label("quantity.built_to", { year }) : kindName(part);
}

/**
 * What a factor's quantity is called: `heat_intensity.office.built_to_1929` is heat per floor area (Office, built up to 1929).
 * Parts that go without saying have no word of their own.
 * @param {string} quantity
 */
export function quantityName(quantity) {
  const parts = quantity.split(".");
  for (let count = parts.length; count > 0; count -= 1) {
    const key = `quantity.${parts.slice(0, count).join(".")}`;
    if (!hasLabel(key)) continue;
    const rest = parts.slice(count).filter((part) => partName(part) !== part || /^\d+$/.test(part)).map(partName);
    return rest.length > 0 ? `${label(key)} (${rest.join(", ")})` : label(key);
  }
  return quantity;
}

/** @param {string} region */
export function regionName(region) {
  const key = `region.${region.toLowerCase().replaceAll(/\W+/g, "_")}`;
  return hasLabel(key) ? label(key) : region;
}

/** @param {string} carrier */
export const carrierName = (carrier) => (hasLabel(`carrier.${carrier}`) ? label(`carrier.${carrier}`) : carrier);
