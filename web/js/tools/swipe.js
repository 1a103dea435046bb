// @ts-check
/** Two quantities side by side: a second picture of the same place behind a bar that is pulled across. */
/** @import {Camera, Spec} from "../types.js" */
import { css, element, icon } from "../dom.js";
import { emit, EVENTS, on } from "../events.js";
import { reason } from "../fault.js";
import { label } from "../labels.js";
import { buildLayers } from "../layers.js";
import { plainLegend } from "../legend.js";
import { showNews } from "../message.js";
import { createTwin, getDeck, lightNow } from "../scene.js";
import { find } from "../selectors.js";
import { state } from "../state.js";
import { prepareView } from "../specs.js";

const STEP = 5;
const [LEAST, MIDDLE, MOST] = [0, 50, 100];

/** @type {any} */
let twin = null;
/** @type {Spec | null} */
let spec = null;
let place = MIDDLE;
/** Whether a move comes from the other picture. */
let isFollowing = false;

/** Put the bar, and what it uncovers, where it is. */
function layOut() {
  find("mapRight").style.clipPath = `inset(0 0 0 ${place}%)`;
  const bar = find("swipe");
  bar.style.left = `${place}%`;
  bar.setAttribute("aria-valuenow", String(Math.round(place)));
}

/** @param {number} share of the width, in per cent */
function pull(share) {
  place = Math.min(MOST, Math.max(LEAST, share));
  layOut();
}

/** The other picture moves as this one does. @param {any} deck @param {Camera | null} camera */
function follow(deck, camera) {
  if (!deck || !camera || isFollowing) return;
  isFollowing = true;
  const { longitude, latitude, zoom, pitch, bearing } = camera;
  deck.setProps({ initialViewState: { longitude, latitude, zoom, pitch, bearing, transitionDuration: 0 } });
  isFollowing = false;
}

/** Draw the second quantity. */
function draw() {
  if (!twin || !spec) return;
  twin.setProps({ layers: buildLayers(spec) });
}

/**
 * Compare with a quantity, or with none.
 * @param {string} view "" for none
 */
export async function compareWith(view) {
  state.compare = view;
  emit(EVENTS.compare);
  const right = find("mapRight");
  if (!view) {
    twin?.finalize();
    twin = spec = null;
    right.replaceChildren();
    for (const name of /** @type {const} */ (["mapRight", "swipe", "legendRight"])) find(name).hidden = true;
    return;
  }
  let prepared;
  try {
    prepared = await prepareView(view);
  } catch (error) {
    showNews(reason(error));
    return compareWith("");
  }
  if (state.compare !== view || !getDeck()) return;
  spec = prepared;
  for (const name of /** @type {const} */ (["mapRight", "swipe", "legendRight"])) find(name).hidden = false;
  right.style.backgroundColor = css(spec.metadata.background);
  twin ??= createTwin(right, {
    meta: () => spec?.metadata,
    onMove: (camera) => {
      if (isFollowing) return;
      state.camera = camera;
      follow(getDeck(), camera);
      emit(EVENTS.camera);
    },
  });
  const end = element("button", { type: "button", class: "plain", "aria-label": label("app.close"), title: label("app.close"), click: () => compareWith("") }, icon("close"));
  find("legendRight").replaceChildren(end, ...plainLegend(spec.metadata));
  layOut();
  draw();
}

/** The choice in the Plan door: a quantity to lay beside the shown one. */
export function compareField() {
  const views = state.catalogue?.layers.flatMap(({ views: all }) => all) ?? [];
  const options = views.map(({ id, title_key }) => element("option", { value: id }, label(title_key)));
  const choice = /** @type {HTMLSelectElement} */ (element("select", { id: "compare", class: "wide" }, element("option", { value: "" }, label("app.compare.none")), ...options));
  choice.value = state.compare;
  choice.addEventListener("change", () => compareWith(choice.value));
  return element("div", { class: "field" }, element("label", { for: "compare" }, label("app.compare")), choice);
}

/** Listen to the bar, by pointer and by keys; follow the camera and whatever changes the picture. */
export function startSwipe() {
  const bar = find("swipe");
  bar.addEventListener("pointerdown", (event) => bar.setPointerCapture(event.pointerId));
  bar.addEventListener("pointermove", (event) => {
    if (bar.hasPointerCapture(event.pointerId)) pull((100 * event.clientX) / innerWidth);
  });
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -STEP, ArrowRight: STEP, Home: -MOST, End: MOST }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    pull(place + step);
  });
  on(EVENTS.camera, () => follow(twin, state.camera));
  on([EVENTS.theme, EVENTS.language], () => state.compare && compareWith(state.compare));
  on([EVENTS.door, EVENTS.selection, EVENTS.picked, EVENTS.feature, EVENTS.layers, EVENTS.area, EVENTS.draft, EVENTS.fitting, EVENTS.rest], draw);
  on([EVENTS.theme, EVENTS.sun], () => twin?.setProps({ effects: [lightNow()] }));
}
