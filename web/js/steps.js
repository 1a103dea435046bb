// @ts-check
/** The months of a quantity: a slider from the whole year to December. */
import { element } from "./dom.js";
import { EVENTS, on } from "./events.js";
import { label } from "./labels.js";
import { find } from "./selectors.js";
import { state } from "./state.js";

/** @type {(step: number) => void} */
let choose = () => {};

/** Name of a step: the year, or a month. @param {number} step */
function nameOf(step) {
  if (!step) return label("app.step.year");
  return new Intl.DateTimeFormat(state.language, { month: "long", timeZone: "UTC" }).format(new Date(Date.UTC(2025, step - 1, 15)));
}

/** Write the slider of the shown view; one that has the focus is not written anew. */
function render() {
  const box = find("steps");
  const { steps = 0, step = 0 } = state.spec?.metadata ?? {};
  box.hidden = !steps;
  if (!steps) return box.replaceChildren();
  const slider = /** @type {HTMLInputElement | null} */ (box.querySelector("input"));
  const name = element("output", { for: "step-input" }, nameOf(step));
  if (slider && slider.max === String(steps)) {
    if (document.activeElement !== slider) slider.value = String(step);
    slider.setAttribute("aria-valuetext", nameOf(step));
    box.querySelector("output")?.replaceWith(name);
    return;
  }
  const input = element("input", { id: "step-input", type: "range", min: "0", max: String(steps), step: "1", value: String(step), "aria-label": label("app.step"), "aria-valuetext": nameOf(step) });
  input.addEventListener("input", () => choose(Number(/** @type {HTMLInputElement} */ (input).value)));
  box.replaceChildren(input, name);
}

/**
 * Follow the view and the language.
 * @param {(step: number) => void} onChoose
 */
export function startSteps(onChoose) {
  choose = onChoose;
  on([EVENTS.view, EVENTS.language], render);
}
