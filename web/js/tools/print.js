// @ts-check
/** An A4 sheet of what is seen: map, legend, scale bar, north arrow, sources, and the link as a code. */
import { codeAddress } from "../api.js";
import { element, svg } from "../dom.js";
import { formatLine } from "../format.js";
import { lengthOf, placeAt } from "../ground.js";
import { label, locale } from "../labels.js";
import { renderLegend } from "../legend.js";
import { currentLink } from "../permalink.js";
import { getDeck, relight } from "../scene.js";
import { find } from "../selectors.js";
import { prepareView } from "../specs.js";
import { state } from "../state.js";
import { draw } from "../view.js";

/** About a fifth of the picture's width. */
const BAR_SHARE = 0.2;

/** A round length below another one: 1, 2 or 5 times a power of ten. @param {number} metres */
function roundBelow(metres) {
  const power = 10 ** Math.floor(Math.log10(metres));
  return power * ([5, 2, 1].find((step) => step * power <= metres) ?? 1);
}

/** The scale at the middle of the picture: farther away a slanting map is smaller. */
function scaleBar() {
  const { width, height } = getDeck().getViewports()[0];
  const ends = [placeAt(width / 2 - width * BAR_SHARE / 2, height / 2), placeAt(width / 2 + width * BAR_SHARE / 2, height / 2)];
  if (!ends[0] || !ends[1]) return null;
  const metres = lengthOf(/** @type {[number, number][]} */ (ends));
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

/** Put the sheet together: the canvas is read in the frame in which it is drawn. */
function fill() {
  const { zone, spec } = state;
  const canvas = find("map").querySelector("canvas");
  if (!zone || !spec || !canvas || !getDeck()) return false;
  getDeck().redraw("print");
  const picture = element("img", { class: "picture", alt: label(spec.metadata.title_key), src: canvas.toDataURL("image/png") });
  const legend = /** @type {HTMLElement} */ (find("legendBody").cloneNode(true));
  for (const control of legend.querySelectorAll(".brush, button.link-like")) control.remove();
  const address = currentLink();
  const code = codeAddress(address);
  const day = new Intl.DateTimeFormat(locale(), { dateStyle: "long" }).format(new Date());
  find("sheet").replaceChildren(
    element("header", {}, element("h1", {}, zone.title), element("p", {}, [label("app.state", { year: zone.year }), label("app.release", { id: zone.release_id.slice(0, 8) }), day].join(" · "))),
    element("figure", {}, picture, northArrow()),
    ...[scaleBar()].filter((part) => part !== null),
    element("div", { class: "sheet-foot" },
      element("div", { class: "sheet-legend" }, legend),
      element("div", { class: "sheet-sources" }, zone.notice && element("p", { class: "sheet-notice" }, zone.notice), ...zone.attribution.map(({ text, licence }) => element("p", {}, [text, licence].filter(Boolean).join(" · ")))),
      code && element("img", { class: "code", src: code, alt: label("app.share.code") })));
  return true;
}

/** @returns {Promise<unknown>} when the next frame is due */
const frame = () => new Promise((done) => requestAnimationFrame(done));

/**
 * Do something while the map is drawn in the colours for white paper; in those of the screen where the server does not
 * give the others.
 * @param {() => boolean} action
 */
async function onPaper(action) {
  const { theme, spec } = state;
  state.theme = "light"; // specs are asked for in the theme of the state
  const asked = prepareView(state.view, state.step).catch(() => null);
  state.theme = theme;
  const paper = theme === "light" ? null : await asked;
  if (!paper || state.spec !== spec) return action();
  try {
    show("light", paper);
    await frame();
    await frame();
    return action();
  } finally {
    if (state.spec === paper) show(theme, spec);
  }
}

/**
 * @param {"light" | "dark"} theme
 * @param {import("../types.js").Spec | null} spec
 */
function show(theme, spec) {
  Object.assign(state, { theme, spec });
  relight();
  draw();
  renderLegend();
}

/** Fill the sheet, and wait for its pictures, so that none is missing. */
async function print() {
  if (!(await onPaper(fill))) return;
  await Promise.all([...find("sheet").querySelectorAll("img")].map((image) => image.decode().catch(() => null)));
  globalThis.print();
}

/** Listen to the button and to the keys of printing; from the browser's menu the sheet is in the colours of the screen. */
export function startPrinting() {
  find("printButton").addEventListener("click", print);
  addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "p" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    print();
  });
  addEventListener("beforeprint", () => { if (find("sheet").childElementCount === 0) fill(); });
  addEventListener("afterprint", () => find("sheet").replaceChildren());
}
