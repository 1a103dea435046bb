// @ts-check
/** A drawn area: its sums, how the shown quantity is spread in it, and the same to take away. */
/** @import {Place} from "../ground.js" */
/** @import {AreaSums} from "../types.js" */
import { fetchSelection, saveSelection } from "../api.js";
import { element } from "../dom.js";
import { emit, EVENTS, on } from "../events.js";
import { faultNote, reason } from "../fault.js";
import { formatNumber, formatQuantity } from "../format.js";
import { seenGround } from "../ground.js";
import { classBars } from "../histogram.js";
import { hasLabel, label } from "../labels.js";
import { showNews } from "../message.js";
import { select } from "../panel.js";
import { leavePanel, onEscape, takePanel } from "../room.js";
import { find } from "../selectors.js";
import { state } from "../state.js";
import { openTable } from "../table.js";
import { takeTool } from "../tools.js";

const FORMS = ["csv", "geojson", "gpkg"];
const SUBJECTS = ["building", "parcel"];

/** @type {AbortController | null} */
let request = null;

/**
 * Select what lies in an area, or nothing.
 * @param {Place[] | null} area
 * @param {{focus?: boolean}} [options] whether the panel takes the focus
 */
export async function selectArea(area, { focus = true } = {}) {
  request?.abort();
  if (state.tool !== "") takeTool("");
  state.area = area; // before the selection goes, so that a draft does not take the panel in between
  if (area && state.selection) await select(null);
  emit(EVENTS.area);
  if (!area) return leavePanel("area");
  request = new AbortController();
  const { signal } = request;
  show("", [element("p", { class: "meta", "aria-busy": "true" }, label("app.loading"))], focus);
  try {
    const found = await fetchSelection(area, state.view, state.language, signal);
    if (!signal.aborted) render(found, focus);
  } catch (error) {
    if (signal.aborted) return;
    show("", [faultNote(error, () => selectArea(area))], focus);
  }
}

/** Select the ground that is seen; so it goes by keyboard, too. */
export function selectSeen() {
  const area = seenGround();
  if (area.length > 2) selectArea(area);
}

/**
 * @param {string} notice
 * @param {(HTMLElement | false | null)[]} parts
 * @param {boolean} focus
 */
const show = (notice, parts, focus) => takePanel("area", { kicker: label("app.area"), title: label("app.area.title"), notice, close: () => selectArea(null) }, parts, { focus });

/** @param {AreaSums} found @param {boolean} focus */
function render(found, focus) {
  const { counts, sums, distribution, planned_buildings: planned } = found;
  const kinds = SUBJECTS.map((kind) => `${formatNumber(counts[kind], { whole: true })} ${label(`app.links.${kind}`)}`).join(" · ");
  show(found.notice, [
    element("p", {}, kinds),
    planned > 0 && element("p", { class: "meta" }, label("app.area.planned", { count: planned })),
    distribution ? element("section", {}, element("h3", {}, label(distribution.title_key)), classBars(distribution, state.spec?.metadata.legend)) : false,
    element("section", {}, element("h3", {}, label("app.area.sums")), element("dl", {}, ...sums.map(sumRow)), element("p", { class: "absent" }, label("app.area.note"))),
    element("button", { type: "button", class: "action", click: () => openTable(true) }, label("app.area.table")),
    element("section", {}, element("h3", {}, label("app.area.save")), ...SUBJECTS.map(saving)),
  ], focus);
}

/** @param {AreaSums["sums"][number]} line */
function sumRow({ label_key, unit, value, low, high, without_figure: gaps }) {
  const written = formatQuantity(value, unit, { low, high });
  const remark = [written.interval, gaps > 0 && label("app.area.gaps", { count: gaps })].filter(Boolean).join(" · ");
  return element("div", { class: "row" },
    element("dt", {}, hasLabel(label_key) ? label(label_key) : label_key),
    element("dd", {}, element("span", { class: "value" }, written.number, element("span", { class: "unit" }, written.unit)), Boolean(remark) && element("small", {}, remark)));
}

/** @param {string} subject */
function saving(subject) {
  const buttons = FORMS.map((form) => element("button", { type: "button", class: "link-like", click: () => save(subject, form) }, form === "gpkg" ? "GeoPackage" : form === "geojson" ? "GeoJSON" : "CSV"));
  return element("p", { class: "saving" }, element("span", {}, label(`app.links.${subject}`)), ...buttons);
}

/** @param {string} subject @param {string} form */
async function save(subject, form) {
  if (!state.area) return;
  try {
    const file = await saveSelection(state.area, subject, form);
    const link = element("a", { href: URL.createObjectURL(file), download: `${state.zone?.name}_${subject}.${form}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(/** @type {HTMLAnchorElement} */ (link).href), 60_000);
  } catch (error) {
    showNews(reason(error));
  }
}

/** Follow the view and the language; a chosen feature takes the panel. */
export function startSelection() {
  find("selectSeen").addEventListener("click", selectSeen);
  on([EVENTS.language, EVENTS.view], () => state.area && selectArea(state.area, { focus: false }));
  on(EVENTS.selection, () => {
    if (!state.selection || !state.area) return;
    request?.abort();
    state.area = null;
    emit(EVENTS.area);
  });
  onEscape(() => {
    if (!state.area) return false;
    selectArea(null);
    return true;
  });
}
