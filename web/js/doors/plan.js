// @ts-check
/** The list of quantities, grouped by domain, and the zone's key figures above it. */
/** @import {Total, ViewEntry} from "./types.js" */
import { element, icon } from "./dom.js";
import { emit, EVENTS, on } from "./events.js";
import { formatList, formatQuantity, formatShare } from "./format.js";
import { hasLabel, label } from "./labels.js";
import { find } from "./selectors.js";
import { state } from "./state.js";

/** From this share of the floor area on the figures speak of the whole zone. */
const WHOLE = 0.995;

/** @type {(view: string) => void} */
let choose = () => {};

/** Domains in the server's order, each with its layers; empty ones are left out. */
function groups() {
  const { domains, layers } = state.catalogue ?? { domains: [], layers: [] };
  const named = [...new Set([...domains, ...layers.map(({ domain }) => domain)])];
  return named
    .map((domain) => ({ domain, views: layers.filter((layer) => layer.domain === domain).flatMap(({ views }) => views) }))
    .filter(({ views }) => views.length > 0);
}

/**
 * One quantity: a button that is pressed when its view is shown.
 * @param {ViewEntry} view
 */
function entry(view) {
  const current = view.id === state.view;
  return element(
    "button",
    { type: "button", class: "quantity", "aria-pressed": String(current), click: () => choose(view.id) },
    label(view.title_key),
  );
}

/** Write the list; the domain of the shown view is open. */
function renderList() {
  const list = find("quantityList");
  const opened = new Set([...list.querySelectorAll("details[open]")].map((found) => found.getAttribute("data-domain")));
  const focused = list.contains(document.activeElement);
  list.replaceChildren(
    ...groups().map(({ domain, views }) => {
      const open = opened.has(domain) || views.some(({ id }) => id === state.view) || groups().length <= 4;
      return element(
        "details",
        { open, "data-domain": domain },
        element("summary", {}, icon("chevron"), element("span", {}, label(`app.domain.${domain}`))),
        ...views.map(entry),
      );
    }),
  );
  if (focused) /** @type {HTMLElement | null} */ (list.querySelector("[aria-pressed=true]"))?.focus();
}

/**
 * One key figure of the zone.
 * @param {Total} total
 */
function figure({ key, value, low, high, unit }) {
  const written = value === null ? null : formatQuantity(value, unit, { low, high });
  return element(
    "div",
    {},
    element("dt", {}, label(key)),
    element(
      "dd",
      {},
      element("strong", {}, written?.number ?? label("app.missing")),
      written && element("span", { class: "unit" }, written.unit),
      written?.interval && element("small", {}, written.interval),
    ),
  );
}

/**
 * What an input is called: its class, and the use or kind that it is of.
 * @param {import("./types.js").WeakInput} input
 */
function inputName({ kind, quantity }) {
  const [group, of] = quantity.split(".");
  const name = label(hasLabel(`app.input.${group}`) ? `app.input.${group}` : `app.input.${kind}`);
  return of && hasLabel(`use.${of}`) ? `${name} (${label(`use.${of}`)})` : name;
}

/** What the zone's figures are least sure of; nothing where nobody knows. */
function weakest() {
  const inputs = state.zone?.weakest_inputs ?? [];
  if (inputs.length === 0) return null;
  return element("p", { class: "meta" }, label("app.weakest", { inputs: formatList(inputs.map(inputName)) }));
}

/** Write the key figures of the zone: the first, and the others on demand. */
function renderTotals() {
  const box = find("totals");
  const open = Boolean(box.querySelector("details[open]"));
  const [first, ...others] = (state.zone?.totals ?? []).map(figure);
  box.hidden = !first;
  if (!first) return;
  const more = others.length > 0 && element("details", { open }, element("summary", {}, icon("chevron"), element("span", {}, label("app.totals.more"))), element("dl", {}, ...others));
  const share = state.zone?.estimated_share ?? 1;
  const scope = share < WHOLE && element("p", { class: "meta" }, label("app.totals.share", { share: formatShare(share) }));
  box.replaceChildren(element("dl", {}, first), .../** @type {Node[]} */ ([scope, weakest(), more].filter(Boolean)));
}

/** Write everything in the chosen language. */
function render() {
  renderTotals();
  renderList();
}

/**
 * Fill the list and keep it right.
 * @param {(view: string) => void} onChoose
 */
export function startQuantities(onChoose) {
  choose = (view) => {
    onChoose(view);
    emit(EVENTS.sheet, "");
  };
  on([EVENTS.view, EVENTS.language], render);
}
