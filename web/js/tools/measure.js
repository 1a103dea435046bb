// @ts-check
/** Measuring on the ground: every click is a corner; Enter takes the middle of the map. */
/** @import {Place} from "../ground.js" */
import { element, icon } from "../dom.js";
import { emit, EVENTS, on } from "../events.js";
import { formatLine } from "../format.js";
import { areaOf, lengthOf, placeAt } from "../ground.js";
import { label } from "../labels.js";
import { find } from "../selectors.js";
import { state } from "../state.js";
import { takeTool } from "../tools.js";

/** @param {Place[]} places */
function setMeasured(places) {
  state.measured = places;
  render();
  emit(EVENTS.layers);
}

/** Write the figures, and how to go on. */
function render() {
  const box = find("readout");
  if (state.tool === "draft") return; // the readout is the draft's
  box.hidden = state.tool !== "measure";
  if (box.hidden) return box.replaceChildren();
  const places = state.measured;
  const lines = places.length < 2
    ? [element("p", { class: "meta" }, label("app.measure.help"))]
    : [
      element("p", {}, `${label("app.measure.length")} `, element("strong", {}, formatLine(lengthOf(places), "m"))),
      places.length > 2 && element("p", {}, `${label("app.measure.area")} `, element("strong", {}, formatLine(areaOf(places), "m2"))),
    ];
  box.replaceChildren(
    element("div", { role: "status" }, .../** @type {HTMLElement[]} */ (lines.filter(Boolean))),
    element("button", { type: "button", class: "plain", "aria-label": label("app.measure.again"), title: label("app.measure.again"), click: () => setMeasured([]) }, icon("undo")),
    element("button", { type: "button", class: "plain", "aria-label": label("app.close"), title: label("app.close"), click: () => takeTool("") }, icon("close")));
}

/** Listen while the tool is in hand. */
export function startMeasuring() {
  const add = (/** @type {Place | null} */ place) => place && setMeasured([...state.measured, place]);
  find("draw").addEventListener("click", (event) => {
    if (state.tool === "measure") add(placeAt(event.offsetX, event.offsetY));
  });
  document.addEventListener("keydown", (event) => {
    const isOnMap = event.target instanceof HTMLCanvasElement || event.target === document.body;
    if (state.tool !== "measure" || event.key !== "Enter" || !isOnMap || !state.camera) return;
    event.preventDefault();
    add([state.camera.longitude, state.camera.latitude]);
  });
  on(EVENTS.tool, () => state.tool !== "draft" && setMeasured([]));
  on(EVENTS.language, render);
}
