// @ts-check
/** Which layers are drawn. */
import { element } from "./dom.js";
import { emit, EVENTS, on } from "./events.js";
import { label } from "./labels.js";
import { find } from "./selectors.js";
import { state } from "./state.js";

/**
 * One box to tick.
 * @param {string} text
 * @param {boolean} checked
 * @param {(checked: boolean) => void} onChange
 */
function box(text, checked, onChange) {
  const input = /** @type {HTMLInputElement} */ (element("input", { type: "checkbox" }));
  input.checked = checked;
  input.addEventListener("change", () => {
    onChange(input.checked);
    emit(EVENTS.layers);
  });
  return element("label", {}, input, element("span", {}, text));
}

/** Write the list of the shown view. */
function render() {
  const spec = state.spec;
  if (!spec) return;
  const drawn = (/** @type {string} */ id) => spec.layers.find((layer) => layer.id === id);
  const boxes = (spec.metadata.toggles ?? [])
    .filter(({ id }) => drawn(id))
    .map(({ id, title_key }) =>
      box(label(title_key), state.shown.get(id) ?? drawn(id)?.visible ?? true, (checked) => state.shown.set(id, checked)));
  find("toggleList").replaceChildren(...boxes);
}

/** Open or close the list. @param {boolean} open */
function setOpen(open) {
  find("toggles").hidden = !open;
  find("layersButton").setAttribute("aria-expanded", String(open));
}

/** Listen to the button; a click elsewhere or Escape closes. */
export function startToggles() {
  find("layersButton").addEventListener("click", () => setOpen(find("toggles").hidden));
  document.addEventListener("pointerdown", (event) => {
    if (!find("settings").contains(/** @type {Node} */ (event.target))) setOpen(false);
  });
  find("settings").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || find("toggles").hidden) return;
    event.preventDefault();
    setOpen(false);
    find("layersButton").focus();
  });
  on([EVENTS.view, EVENTS.language], render);
}
