// @ts-check
/** What one says of a drawn building: storeys, use, roof, photovoltaics. */
/** @import {Draft} from "../types.js" */
import { element } from "../dom.js";
import { label, useNames } from "../labels.js";

/** Shapes that the server can draw, and the most storeys that it takes. */
export const ROOFS = ["flat", "gabled", "hipped", "pyramidal", "skillion", "sawtooth"];
export const MOST_STOREYS = 120;

/**
 * The form of a draft.
 * @param {Draft} draft
 * @param {(changed: Partial<Draft>) => void} onChange
 */
export function draftForm(draft, onChange) {
  const storeys = /** @type {HTMLInputElement} */ (element("input", { id: "draft-storeys", class: "wide", type: "number", min: "1", max: String(MOST_STOREYS), step: "1", value: String(draft.storeys), required: true }));
  /** @param {string} id @param {string[]} names @param {string} value @param {string} prefix */
  const choice = (id, names, value, prefix) => {
    const made = /** @type {HTMLSelectElement} */ (element("select", { id, class: "wide" }, ...names.map((name) => element("option", { value: name }, label(`${prefix}.${name}`)))));
    made.value = value;
    return made;
  };
  const use = choice("draft-use", useNames(), draft.use, "use");
  const roof = choice("draft-roof", ROOFS, draft.roof, "roof_shape");
  const panels = /** @type {HTMLInputElement} */ (element("input", { id: "draft-pv", type: "checkbox" }));
  panels.checked = draft.roof_pv;
  const change = () => {
    if (!storeys.checkValidity()) return;
    onChange({ storeys: Number(storeys.value), use: use.value, roof: roof.value, roof_pv: panels.checked });
  };
  for (const field of [storeys, use, roof, panels]) field.addEventListener("input", change);
  /** @param {HTMLElement} control @param {string} key */
  const field = (control, key) => element("div", { class: "field" }, element("label", { for: control.id }, label(key)), control);
  return element("form", { class: "draft-form", submit: (/** @type {Event} */ event) => event.preventDefault() },
    field(storeys, "app.draft.storeys"), field(use, "app.draft.use"), field(roof, "app.draft.roof"),
    element("label", { class: "check", for: "draft-pv" }, panels, element("span", {}, label("app.draft.pv"))));
}
