// @ts-check
/** Compass, tilt, zoom and home. */
import { flyHome, isTilted, togglePitch, turnNorth, zoomBy } from "./camera.js";
import { EVENTS, on } from "./events.js";
import { find } from "./selectors.js";
import { state } from "./state.js";

/** Turn the needle and name the other view. */
function render() {
  find("compassIcon").style.transform = `rotate(${-(state.camera?.bearing ?? 0)}deg)`;
  find("pitch").setAttribute("aria-pressed", String(isTilted()));
  find("pitchText").textContent = isTilted() ? "2D" : "3D";
}

/** Listen to the buttons. */
export function startControls() {
  find("compass").addEventListener("click", turnNorth);
  find("pitch").addEventListener("click", togglePitch);
  find("zoomIn").addEventListener("click", () => zoomBy(1));
  find("zoomOut").addEventListener("click", () => zoomBy(-1));
  find("home").addEventListener("click", flyHome);
  on([EVENTS.camera, EVENTS.view], render);
}
