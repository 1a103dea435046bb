// @ts-check
/** The search box: suggestions while one types, all by keyboard if wanted. */
/** @import {SearchResult} from "./types.js" */
import { OPENABLE, searchPlaces } from "./api.js";
import { flyToBox } from "./camera.js";
import { enterDoor } from "./doors.js";
import { pickQuarter } from "./doors/neighbourhood.js";
import { element } from "./dom.js";
import { reason } from "./fault.js";
import { emit, EVENTS, on } from "./events.js";
import { label } from "./labels.js";
import { find } from "./selectors.js";
import { select } from "./panel.js";
import { state } from "./state.js";

const PAUSE_MS = 180;

/** @type {SearchResult[]} */
let results = [];
let active = -1;
/** @type {AbortController | null} */
let request = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

const input = () => /** @type {HTMLInputElement} */ (find("searchInput"));

/** Show or hide the list. @param {boolean} open */
function setOpen(open) {
  find("searchResults").hidden = !open;
  input().setAttribute("aria-expanded", String(open));
  if (!open) setActive(-1);
}

/** Mark one suggestion. @param {number} index */
function setActive(index) {
  active = index;
  const options = find("searchResults").querySelectorAll("[role=option]");
  options.forEach((option, place) => option.setAttribute("aria-selected", String(place === index)));
  const chosen = options[index];
  if (chosen) {
    input().setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  } else input().removeAttribute("aria-activedescendant");
}

/**
 * @param {SearchResult} result
 * @param {number} index
 */
function option(result, index) {
  const detail = [label(`app.kind.${result.kind}`), result.detail !== result.name && result.detail].filter(Boolean).join(" · ");
  return element(
    "li",
    { role: "option", id: `search-option-${index}`, "aria-selected": "false", pointerdown: (/** @type {Event} */ event) => event.preventDefault(), click: () => go(result) },
    element("span", {}, result.name),
    element("small", {}, detail),
  );
}

/** Write the list. @param {string} query */
function render(query) {
  const list = find("searchResults");
  const none = label("app.search.none", { query });
  list.replaceChildren(...(results.length ? results.map(option) : [element("li", { class: "none", role: "option", "aria-disabled": "true" }, none)]));
  find("searchStatus").textContent = results.length ? label("app.search.count", { count: results.length }) : none;
  setOpen(true);
}

/** Ask the server for what stands in the box. */
async function suggest() {
  request?.abort();
  const query = input().value.trim();
  if (!query) return setOpen(false);
  request = new AbortController();
  const { signal } = request;
  try {
    results = await searchPlaces(query, state.language, signal);
    render(query);
  } catch (error) {
    if (signal.aborted) return;
    results = [];
    find("searchResults").replaceChildren(element("li", { class: "none", role: "option", "aria-disabled": "true" }, reason(error)));
    setOpen(true);
  }
}

/** Fly to a result and open it if it can be opened; a quarter opens in its door. @param {SearchResult} result */
function go(result) {
  input().value = result.name;
  setOpen(false);
  if (result.kind === "neighbourhood") {
    enterDoor("neighbourhood");
    return pickQuarter(result.id);
  }
  emit(EVENTS.sheet, "");
  flyToBox(result.bbox);
  if (OPENABLE.includes(result.kind)) select({ kind: result.kind, id: result.id }, { near: false });
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const open = !find("searchResults").hidden;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && results.length) {
    event.preventDefault();
    if (!open) setOpen(true);
    setActive((active + step + results.length) % results.length);
  } else if (event.key === "Enter" && results.length && open) {
    event.preventDefault();
    go(results[Math.max(active, 0)]);
  } else if (event.key === "Escape") {
    event.preventDefault();
    if (open) setOpen(false);
    else input().value = "";
  }
}

/** Listen to the box; "/" jumps into it. */
export function startSearch() {
  input().addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, PAUSE_MS);
  });
  input().addEventListener("keydown", onKey);
  input().addEventListener("focus", () => { if (results.length && input().value) setOpen(true); });
  input().addEventListener("blur", () => setOpen(false));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
    event.preventDefault();
    input().focus();
  });
  find("skip").addEventListener("click", (event) => {
    event.preventDefault(); // the address is that of what is seen
    input().focus();
  });
  on(EVENTS.language, () => { results = []; setOpen(false); });
}
