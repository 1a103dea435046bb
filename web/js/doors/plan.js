// @ts-check
/** The Plan door: draw a building, compare two quantities, every quantity by domain. */
/** @import {ViewEntry} from "../types.js" */
import { element, icon } from "../dom.js";
import { emit, EVENTS, on } from "../events.js";
import { label } from "../labels.js";
import { find } from "../selectors.js";
import { state } from "../state.js";
import { compareField } from "../tools/swipe.js";

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
    { type: "button", class: "quantity", "data-view": view.id, "aria-pressed": String(current), click: () => choose(view.id) },
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
 * Fill the list and keep it right.
 * @param {(view: string) => void} onChoose
 */
export function startPlanDoor(onChoose) {
  choose = (view) => {
    onChoose(view);
    emit(EVENTS.sheet, "");
  };
  on([EVENTS.view, EVENTS.language], renderList);
  on([EVENTS.door, EVENTS.language, EVENTS.compare], () => {
    const isHeld = find("compareRoom").contains(document.activeElement);
    find("compareRoom").replaceChildren(compareField());
    if (isHeld) find("compareRoom").querySelector("select")?.focus();
  });
}
