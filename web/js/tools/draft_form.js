// @ts-check
/** What one says of a drawn or changed building: storeys, use, roof, photovoltaics. */
/** @import {Draft} from "../types.js" */
import { element } from "../dom.js";
import { formatNumber } from "../format.js";
import { hasLabel, label, useNames } from "../labels.js";

/** Shapes that the server can draw, and the most storeys that it takes. */
const ROOFS = ["flat", "gabled", "hipped", "pyramidal", "skillion", "sawtooth"];
const MOST_STOREYS = 120;

/**
 * A choice among words; of a changed building the first is what stands.
 * @param {string} id
 * @param {string[]} names
 * @param {string | null} value
 * @param {string} prefix
 * @param {{word: string | null} | null} stands none for what is drawn anew
 */
function choice(id, names, value, prefix, stands) {
  const word = (/** @type {string} */ name) => (hasLabel(`${prefix}.${name}`) ? label(`${prefix}.${name}`) : name);
  const first = stands ? [element("option", { value: "" }, stands.word ? label("app.draft.stands_as", { word: word(stands.word) }) : label("app.draft.stands"))] : [];
  const made = /** @type {HTMLSelectElement} */ (element("select", { id, class: "wide" }, ...first, ...names.map((name) => element("option", { value: name }, word(name)))));
  made.value = value ?? "";
  return made;
}

/**
 * The form of a draft.
 * @param {Draft} draft
 * @param {Record<string, any> | null} was the building that is changed, once its figures are known
 * @param {(changed: Partial<Draft>) => void} onChange
 */
export function draftForm(draft, was, onChange) {
  const isChange = !draft.corners;
  const stood = was ? String(Math.round(was.levels)) : "";
  const storeys = /** @type {HTMLInputElement} */ (element("input", { id: "draft-storeys", class: "wide", type: "number", min: "1", max: String(MOST_STOREYS), step: "1", value: String(draft.storeys ?? stood), required: !isChange }));
  const use = choice("draft-use", useNames(), draft.use, "use", isChange ? { word: was?.use ?? null } : null);
  const roof = choice("draft-roof", ROOFS, draft.roof, "roof_shape", isChange ? { word: was?.roof_shape ?? null } : null);
  const panels = /** @type {HTMLInputElement} */ (element("input", { id: "draft-pv", type: "checkbox" }));
  panels.checked = draft.roof_pv;
  const change = () => {
    if (!storeys.checkValidity()) return;
    const count = storeys.value === "" || (isChange && storeys.value === stood) ? null : Number(storeys.value);
    onChange({ storeys: count, use: use.value || null, roof: roof.value || null, roof_pv: panels.checked });
  };
  for (const field of [storeys, use, roof, panels]) field.addEventListener("input", change);
  /** @param {HTMLElement} control @param {string} key @param {string} [remark] */
  const field = (control, key, remark = "") => element("div", { class: "field" }, element("label", { for: control.id }, label(key), remark && ` (${remark})`), control);
  const standing = isChange && was ? label("app.draft.stands_as", { word: formatNumber(was.levels) }) : "";
  return element("form", { class: "draft-form", submit: (/** @type {Event} */ event) => event.preventDefault() },
    field(storeys, "app.draft.storeys", standing), field(use, "app.draft.use"), field(roof, "app.draft.roof"),
    element("label", { class: "check", for: "draft-pv" }, panels, element("span", {}, label("app.draft.pv"))));
}
