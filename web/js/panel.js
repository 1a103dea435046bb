// @ts-check
/** Everything known of the chosen building or parcel. */
/** @import {Feature, FeatureLink, FeatureValue, Selection} from "./types.js" */
import { ApiError, fetchFeature } from "./api.js";
import { reveal } from "./camera.js";
import { cardHead, element, icon } from "./dom.js";
import { emit, EVENTS, on } from "./events.js";
import { formatEvidence, formatList, formatNumber, formatQuantity, formatShare, formatText } from "./format.js";
import { openExplanation } from "./explain.js";
import { hasLabel, label, plannedText } from "./labels.js";
import { find } from "./selectors.js";
import { state } from "./state.js";

const SHOWN_LINKS = 6;

/** @type {AbortController | null} */
let request = null;
/** @type {(feature: Feature) => void} */
let onChange = () => {};

/**
 * Choose a feature, or nothing.
 * @param {Selection | null} selection
 * @param {{focus?: boolean, near?: boolean}} [options] whether the panel takes the focus; whether the map moves to it
 */
export async function select(selection, { focus = false, near = true } = {}) {
  request?.abort();
  state.selection = selection;
  state.feature = null;
  emit(EVENTS.selection);
  if (!selection) return render();
  request = new AbortController();
  const { signal } = request;
  find("panel").setAttribute("aria-busy", "true");
  try {
    state.feature = await fetchFeature(selection.kind, selection.id, state.language, signal);
  } catch (error) {
    if (signal.aborted) return;
    renderFault(selection, error);
    return;
  }
  emit(EVENTS.feature);
  emit(EVENTS.sheet, "panel");
  render();
  if (near) reveal(state.feature.centre);
  if (focus) /** @type {HTMLElement | null} */ (find("panel").querySelector("h2"))?.focus();
}

/** Close the panel and give the focus back to the map. */
function close() {
  const held = find("panel").contains(document.activeElement);
  select(null);
  if (held) find("map").querySelector("canvas")?.focus();
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
 * Head of the panel: kind, name, address, and the way out.
 * @param {string} kind in words
 * @param {string} title
 * @param {string} [subtitle]
 */
function head(kind, title, subtitle) {
  return cardHead({ id: "panel-title", kicker: kind, title, subtitle, closing: label("app.close"), close });
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

/** Kinds whose figures open down to their sources. */
const EXPLAINED = ["parcel", "building"];

/**
 * The way from a figure to how it was computed.
 * @param {FeatureValue} entry
 */
function howButton({ column, value }) {
  const { selection } = state;
  if (!selection || !EXPLAINED.includes(selection.kind) || typeof value !== "number") return null;
  return element("button", { type: "button", class: "how", click: () => openExplanation(selection, column) }, label("app.explain"));
}

/**
 * Where a building stands among those of its use, in words.
 * @param {FeatureValue} entry
 */
function rankText({ rank }) {
  if (!rank) return "";
  const share = Math.round(100 * rank.share_below);
  return label("app.rank", { share: formatNumber(share), count: formatNumber(rank.count, { whole: true }), name: label(rank.class_key) });
}

/**
 * One value: what it is, how much, between which limits, how it is known.
 * @param {FeatureValue} entry
 */
function valueRow(entry) {
  const number = typeof entry.value === "number" && !entry.text && !hasLabel(entry.value_key);
  const written = number
    ? formatQuantity(/** @type {number} */ (entry.value), entry.unit, { low: entry.low, high: entry.high, key: entry.label_key })
    : { number: formatText(entry), unit: "", interval: "" };
  const remark = [written.interval, formatEvidence(entry)].filter(Boolean).join(" · ");
  const meaning = hasLabel(entry.meaning_key) ? label(entry.meaning_key) : "";
  const rank = rankText(entry);
  return element(
    "div",
    { class: "row" },
    element("dt", {}, meaning ? element("details", {}, element("summary", {}, label(entry.label_key)), element("p", {}, meaning), howButton(entry)) : label(entry.label_key)),
    element(
      "dd",
      {},
      element("span", { class: "value" }, written.number, written.unit && element("span", { class: "unit" }, written.unit)),
      remark && element("small", {}, remark),
      rank && element("small", { class: "rank" }, rank),
    ),
  );
}

/**
 * A group of values; what is not known stands in one line at its end.
 * @param {{key: string, values: FeatureValue[]}} group
 */
function groupSection({ key, values }) {
  const isKnown = (/** @type {FeatureValue} */ { value, text }) => Boolean(text) || (value !== null && value !== undefined && value !== "");
  const known = values.filter(isKnown);
  const absent = values.filter((entry) => !isKnown(entry)).map(({ label_key }) => label(label_key));
  return element("section", {},
    element("h3", {}, label(key)),
    known.length > 0 && element("dl", {}, ...known.map(valueRow)),
    absent.length > 0 && element("p", { class: "absent" }, label("app.absent", { names: formatList(absent) })));
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

/** Write the panel of the chosen feature, or hide it. */
function render() {
  const panel = find("panel");
  const feature = state.feature;
  if (!feature && panel.dataset.shows) return; // a drawn area has the panel
  delete panel.dataset.shows;
  panel.hidden = !feature;
  panel.removeAttribute("aria-busy");
  document.documentElement.toggleAttribute("data-panel", Boolean(feature));
  if (!feature) return panel.replaceChildren();
  panel.replaceChildren(
    ...(feature.notice ? [element("p", { class: "notice" }, feature.notice)] : []),
    head(kicker(feature), ...naming(feature)),
    element("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "panel-title" },
      ...feature.groups.map(groupSection),
      ...linkSection(feature),
      feature.kind === "building" && element("section", {}, element("button", { type: "button", class: "link-like", click: () => onChange(feature) }, label("app.draft.of_this")))),
  );
}

/**
 * Say in the panel why there is nothing to see.
 * @param {Selection} selection
 * @param {unknown} error
 */
function renderFault(selection, error) {
  const panel = find("panel");
  const away = error instanceof ApiError && error.isAway;
  const text = away ? label("app.away.title") : error instanceof Error ? error.message : String(error);
  panel.hidden = false;
  panel.removeAttribute("aria-busy");
  document.documentElement.toggleAttribute("data-panel", true);
  panel.replaceChildren(
    head(label(`app.kind.${selection.kind}`), label("app.fault.title")),
    element("div", { class: "scroll" }, element("p", {}, text), element("button", { type: "button", class: "action", click: () => select(selection) }, label("app.retry"))),
  );
}

/**
 * Follow the language; Escape closes.
 * @param {{change: (feature: Feature) => void}} listeners
 */
export function startPanel({ change }) {
  onChange = change;
  on(EVENTS.language, () => state.selection && select(state.selection, { near: false }));
  document.addEventListener("keydown", (event) => {
    const isInDialog = Boolean(document.querySelector("dialog[open]"));
    if (event.key === "Escape" && !event.defaultPrevented && !isInDialog && state.selection) close();
  });
}
