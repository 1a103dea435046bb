// @ts-check
/** Everything known of the chosen building or parcel. */
/** @import {Feature, FeatureLink, Selection} from "./types.js" */
import { fetchFeature } from "./api.js";
import { reveal } from "./camera.js";
import { element, icon } from "./dom.js";
import { emit, EVENTS, on } from "./events.js";
import { faultNote } from "./fault.js";
import { formatShare } from "./format.js";
import { hasLabel, label, plannedText } from "./labels.js";
import { leavePanel, onEscape, takePanel } from "./room.js";
import { find } from "./selectors.js";
import { state } from "./state.js";
import { groupSection, shownSection } from "./values.js";

const SHOWN_LINKS = 6;

/** @type {AbortController | null} */
let request = null;
/** What opened the panel by keyboard, and has the focus again when it closes. @type {Element | null} */
let opener = null;
/** @type {(feature: Feature) => void} */
let onChange = () => {};

/** Whether the open door tells of it by itself, so that the panel comes when it is asked for. @param {Selection | null} selection */
export const isToldByDoor = (selection) => state.door === "energy" && selection?.kind === "building";

/** Whether the panel shows a feature. */
const isShown = () => find("panel").dataset.shows === "feature";

/**
 * Choose a feature, or nothing.
 * @param {Selection | null} selection
 * @param {{focus?: boolean, near?: boolean, panel?: boolean}} [options] whether the panel takes the focus; whether the map moves to it; whether the panel tells of it
 */
export async function select(selection, { focus = false, near = true, panel = !isToldByDoor(selection) || isShown() } = {}) {
  request?.abort();
  if (focus) opener = document.activeElement;
  state.selection = selection;
  state.feature = null;
  emit(EVENTS.selection);
  if (!selection) return render();
  request = new AbortController();
  const { signal } = request;
  if (panel) find("panel").setAttribute("aria-busy", "true");
  try {
    state.feature = await fetchFeature(selection.kind, selection.id, state.language, signal);
  } catch (error) {
    if (signal.aborted) return;
    if (panel) renderFault(selection, error);
    return;
  }
  emit(EVENTS.feature);
  if (panel) render(focus);
  if (near) reveal(state.feature.centre);
}

/** Close the panel and give the focus back to what opened it, else to the map; what the door tells of stays chosen. */
export function close() {
  const held = find("panel").contains(document.activeElement);
  const back = opener?.isConnected ? opener : find("map").querySelector("canvas");
  opener = null;
  if (isToldByDoor(state.selection) && isShown()) leavePanel("feature");
  else select(null);
  if (held) /** @type {HTMLElement | null} */ (back)?.focus();
}

/**
 * What kind of thing it is, in which year, and whether it is planned.
 * @param {Feature} feature
 */
function kicker({ kind, year, status, year_built }) {
  const when = status === "planned" ? plannedText(year_built, year) : year && label("app.state", { year });
  return [label(`app.kind.${kind}`), when].filter(Boolean).join(" · ");
}

/**
 * Title and what stands under it; what has no name is called by its first word: an office, a charging station.
 * @param {Feature} feature
 * @returns {[string, string]}
 */
function naming({ id, title, subtitle, groups }) {
  const word = groups[0]?.values[0]?.value_key;
  return title === id && hasLabel(word) ? [label(word), [subtitle, id].filter(Boolean).join(" · ")] : [title, subtitle];
}

/**
 * Buildings of a parcel, or parcels of a building.
 * @param {Feature} feature
 */
function linkSection(feature) {
  const kinds = [...new Set(feature.links.map(({ kind }) => kind))];
  return kinds.map((kind) => {
    const links = feature.links.filter((link) => link.kind === kind);
    const items = links.map(linkItem);
    const rest = items.splice(SHOWN_LINKS);
    const more = rest.length > 0 && element("details", { class: "more" }, element("summary", {}, label("app.links.more", { count: rest.length })), element("ul", { class: "links" }, ...rest));
    return element("section", {}, element("h3", {}, label(`app.links.${kind}`)), element("ul", { class: "links" }, ...items), more);
  });
}

/** @param {FeatureLink} link */
function linkItem({ kind, id, label: name, share }) {
  const part = share !== null && share < 0.995 && element("span", { class: "unit" }, formatShare(share));
  return element("li", {}, element("button", { type: "button", class: "link", click: () => select({ kind, id }, { focus: true }) }, element("span", {}, name), part, icon("chevron")));
}

/** Write the panel of the chosen feature, or leave it. @param {boolean} focus whether its title takes the focus */
function render(focus = false) {
  const { feature } = state;
  if (!feature) return leavePanel("feature");
  const [title, subtitle] = naming(feature);
  const change = feature.kind === "building" && element("section", {},
    element("button", { type: "button", class: "link-like", click: () => onChange(feature) }, label("app.draft.of_this")));
  takePanel("feature", { kicker: kicker(feature), title, subtitle, notice: feature.notice, close }, [shownSection(feature.groups.flatMap(({ values }) => values)), ...feature.groups.map(groupSection), ...linkSection(feature), change], { focus });
}

/**
 * Say in the panel why there is nothing to see.
 * @param {Selection} selection
 * @param {unknown} error
 */
function renderFault(selection, error) {
  takePanel("feature", { kicker: label(`app.kind.${selection.kind}`), title: label("app.fault.title"), close },
    [faultNote(error, () => select(selection))], { focus: false });
}

/**
 * Follow the language; Escape closes.
 * @param {{change: (feature: Feature) => void}} listeners
 */
export function startPanel({ change }) {
  onChange = change;
  on(EVENTS.language, () => state.selection && select(state.selection, { near: false }));
  on(EVENTS.door, () => { // what a door told of by itself goes with it
    if (state.selection && !isToldByDoor(state.selection) && find("panel").hidden) select(null);
  });
  on(EVENTS.view, () => state.feature && find("panel").dataset.shows === "feature" && render());
  onEscape(() => {
    if (!state.selection) return false;
    close();
    return true;
  });
}
