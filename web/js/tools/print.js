// @ts-check
/** An A4 sheet of what is seen: map, legend, scale bar, north arrow, sources, and the link as a code. */
/** @import {Spec} from "../types.js" */
import { openSize } from "../camera.js";
import { element, svg } from "../dom.js";
import { reason } from "../fault.js";
import { formatLine } from "../format.js";
import { lengthOf } from "../ground.js";
import { label, locale } from "../labels.js";
import { buildLayers } from "../layers.js";
import { plainLegend } from "../legend.js";
import { showNews } from "../message.js";
import { currentLink } from "../permalink.js";
import { countTiles } from "../progress.js";
import { createTwin, getDeck } from "../scene.js";
import { find } from "../selectors.js";
import { prepareView } from "../specs.js";
import { state } from "../state.js";
import { codeAddress } from "./share.js";
import { sunText } from "./sun.js";

/** The picture on the sheet, 277 by 118 mm, and how long its tiles may take. [px], [ms] */
const PAPER_PX = [1386, 590];
const PATIENCE_MS = 15_000;
/** About a fifth of the picture's width. */
const BAR_SHARE = 0.2;

/** A round length below another one: 1, 2 or 5 times a power of ten. @param {number} metres */
function roundBelow(metres) {
  const power = 10 ** Math.floor(Math.log10(metres));
  return power * ([5, 2, 1].find((step) => step * power <= metres) ?? 1);
}

/** The scale at the middle of the picture: farther away a slanting map is smaller. @param {any} viewport */
function scaleBar(viewport) {
  const { width, height } = viewport;
  const ends = [-0.5, 0.5].map((side) => viewport.unproject([width / 2 + side * width * BAR_SHARE, height / 2]));
  const metres = lengthOf(/** @type {[number, number][]} */ (ends));
  if (!Number.isFinite(metres)) return null;
  const round = roundBelow(metres);
  const bar = element("span", { class: "scale-bar" });
  bar.style.width = `${(100 * BAR_SHARE * round) / metres}%`;
  return element("p", { class: "scale" }, bar, element("span", {}, `${formatLine(round, "m")} · ${label("app.sheet.scale")}`));
}

/** An arrow to the north, turned as the map is. */
function northArrow() {
  const arrow = svg("svg", { class: "north-arrow", viewBox: "0 0 20 20", role: "img", "aria-label": label("app.sheet.north") }, svg("path", { d: "M10 2 14 16 10 13 6 16z", fill: "currentColor" }));
  arrow.style.transform = `rotate(${-(state.camera?.bearing ?? 0)}deg)`;
  return arrow;
}

/**
 * Put the sheet together.
 * @param {Spec} spec
 * @param {string} picture of the map, as a data address
 * @param {any} viewport of the picture
 */
function fill(spec, picture, viewport) {
  const zone = /** @type {import("../types.js").Zone} */ (state.zone);
  const code = codeAddress(currentLink());
  const day = new Intl.DateTimeFormat(locale(), { dateStyle: "long" }).format(new Date());
  find("sheet").replaceChildren(
    element("header", {}, element("h1", {}, zone.title), element("p", {}, [label("app.state", { year: zone.year }), label("app.release", { id: zone.release_id.slice(0, 8) }), day].join(" · "))),
    element("figure", {}, element("img", { class: "picture", alt: label(spec.metadata.title_key), src: picture }), northArrow()),
    element("div", { class: "sheet-line" }, scaleBar(viewport), state.sun && element("p", {}, sunText())),
    element("div", { class: "sheet-foot" },
      element("div", { class: "sheet-legend" }, ...plainLegend(spec.metadata)),
      element("div", { class: "sheet-sources" }, zone.notice && element("p", { class: "sheet-notice" }, zone.notice), ...zone.attribution.map(({ text, licence }) => element("p", {}, [text, licence].filter(Boolean).join(" · ")))),
      code && element("img", { class: "code", src: code, alt: label("app.share.code") })));
}

/**
 * The picture of a canvas: read in the frame in which it is drawn.
 * @param {any} deck
 */
function pictureOf(deck) {
  deck.redraw("print");
  return deck.getCanvas().toDataURL("image/png");
}

/**
 * Do something in the colours for white paper.
 * @template Result
 * @param {() => Result} action
 */
function inLight(action) {
  const { theme } = state;
  state.theme = "light";
  try {
    return action();
  } finally {
    state.theme = theme;
  }
}

/** What is seen between the cards, as large as it fits on the paper. */
function paperCamera() {
  const camera = /** @type {import("../types.js").Camera} */ (state.camera);
  const [width, height] = openSize();
  return { ...camera, zoom: camera.zoom + Math.log2(Math.min(PAPER_PX[0] / width, PAPER_PX[1] / height)) };
}

/** Draw the map once more, on paper, and fill the sheet with it; false where it cannot be drawn. */
async function drawOnPaper() {
  const spec = await inLight(() => prepareView(state.view, state.step));
  const paper = element("div", { class: "paper" });
  [paper.style.width, paper.style.height] = PAPER_PX.map((side) => `${side}px`);
  document.body.append(paper);
  const deck = inLight(() => createTwin(paper, { camera: paperCamera(), padding: {} }));
  try {
    deck.setProps({ layers: inLight(() => buildLayers(spec)) });
    const until = performance.now() + PATIENCE_MS;
    do await new Promise((done) => requestAnimationFrame(done)); while (!countTiles(deck).drawn && performance.now() < until);
    fill(spec, pictureOf(deck), deck.getViewports()[0]);
  } finally {
    deck.finalize();
    paper.remove();
  }
}

/** Fill the sheet, and wait for its pictures, so that none is missing. */
async function print() {
  if (find("printButton").hasAttribute("aria-busy")) return;
  if (!getDeck() || !state.spec) return showNews(label("app.webgl.title"));
  find("printButton").setAttribute("aria-busy", "true");
  try {
    await drawOnPaper();
    await Promise.all([...find("sheet").querySelectorAll("img")].map((image) => image.decode().catch(() => null)));
    globalThis.print();
  } catch (error) {
    showNews(reason(error));
  } finally {
    find("printButton").removeAttribute("aria-busy");
  }
}

/** Listen to the button and to the keys of printing; the browser's menu does not wait, and has the map as it is seen. */
export function startPrinting() {
  find("printButton").addEventListener("click", print);
  addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    print();
  });
  addEventListener("beforeprint", () => {
    if (find("sheet").childElementCount === 0 && state.spec && getDeck()) fill(state.spec, pictureOf(getDeck()), getDeck().getViewports()[0]);
  });
  addEventListener("afterprint", () => find("sheet").replaceChildren());
}
