// @ts-check
/** Fields that keep what is asked for, and say what is wrong with it. */
import { element } from "../dom.js";
import { formatNumber } from "../format.js";
import { label } from "../labels.js";

/** A product without the noise of binary fractions: 0.29 is 29 %. @param {number} value @param {number} factor */
const times = (value, factor) => Number((value * factor).toPrecision(12));

/**
 * Say under a field what is wrong with it, or that nothing is.
 * @param {HTMLElement} input
 * @param {string} text
 */
export function sayFault(input, text) {
  if (text) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  const room = document.getElementById(`${input.id}-fault`);
  if (room) room.textContent = text;
}

/**
 * A field for a number; what lies outside of its bounds is said under it, and changes nothing.
 * @param {Record<string, string>} store where it is kept under its name, in the server's unit
 * @param {string} name
 * @param {string} text
 * @param {() => void} onChange
 * @param {{bounds: import("../types.js").Bounds, factor?: number, placeholder?: string}} options `factor` is how many of the
 * field's unit make one of the server's
 */
export function numberField(store, name, text, onChange, { bounds: { least, most }, factor = 1, placeholder = "" }) {
  const id = `energy-${name}`;
  const [min, max] = [times(least ?? 0, factor), most === null ? null : times(most, factor)];
  const input = /** @type {HTMLInputElement} */ (element("input", {
    id, class: "wide", type: "number", min, max, step: "any", placeholder, "aria-describedby": `${id}-fault`, value: store[name] ? times(Number(store[name]), factor) : "",
  }));
  const range = { least: formatNumber(min), most: formatNumber(max ?? Infinity) };
  input.addEventListener("input", () => {
    const isRight = input.checkValidity();
    sayFault(input, isRight ? "" : label("app.field.between", range));
    if (!isRight) return;
    store[name] = input.value && String(times(Number(input.value), 1 / factor));
    onChange();
  });
  return element("div", { class: "field" }, element("label", { for: id }, text), input, element("p", { id: `${id}-fault`, class: "fault", "aria-live": "polite" }));
}

/**
 * A field for one of several.
 * @param {Record<string, string>} store where it is kept under its name
 * @param {string} name
 * @param {string} text
 * @param {[string, string][]} options value and word of each
 * @param {() => void} onChange
 */
export function choiceField(store, name, text, options, onChange) {
  const made = /** @type {HTMLSelectElement} */ (element("select", { id: `energy-${name}`, class: "wide" }, ...options.map(([value, word]) => element("option", { value }, word))));
  made.value = store[name];
  made.addEventListener("change", () => {
    store[name] = made.value;
    onChange();
  });
  return element("div", { class: "field" }, element("label", { for: made.id }, text), made);
}
