// @ts-check
/** Fields that keep what is asked for. */
import { element } from "../dom.js";

/**
 * A field for a number; what is no number changes nothing.
 * @param {Record<string, string>} store where it is kept under its name
 * @param {string} name
 * @param {string} text
 * @param {() => void} onChange
 * @param {Record<string, any>} [attributes]
 */
export function numberField(store, name, text, onChange, attributes = {}) {
  const input = /** @type {HTMLInputElement} */ (element("input", { id: `energy-${name}`, class: "wide", type: "number", min: "0", step: "any", value: store[name] ?? "", ...attributes }));
  input.addEventListener("input", () => {
    if (!input.checkValidity()) return;
    store[name] = input.value;
    onChange();
  });
  return element("div", { class: "field" }, element("label", { for: input.id }, text), input);
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
