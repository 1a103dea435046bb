// @ts-check
/** The map as a table: what the shown quantity colours, sorted, filtered, by keyboard, with or without a map. */
/** @import {TableColumn, TablePage} from "./types.js" */
import { fetchTable, OPENABLE } from "./api.js";
import { element, icon } from "./dom.js";
import { EVENTS, on } from "./events.js";
import { faultNote, reason } from "./fault.js";
import { formatNumber, formatWord, isYear } from "./format.js";
import { label } from "./labels.js";
import { showNews } from "./message.js";
import { select } from "./panel.js";
import { writePlaces } from "./permalink.js";
import { find } from "./selectors.js";
import { state } from "./state.js";
import { writeUnit } from "./units.js";

const PAGE = 100;
const PAUSE_MS = 220;

/** What is asked of the table; the filter of the legend comes to it. */
const asked = { text: "", sort: "", descending: true };
/** @type {AbortController | null} */
let request = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** What a request says. @param {number} offset */
function query(offset) {
  const { least = null, most = null, words = null } = state.filter ?? {};
  return {
    text: asked.text, descending: String(asked.descending), limit: PAGE, offset, lang: state.language,
    ...(asked.sort ? { sort: asked.sort } : {}), ...(least === null ? {} : { least }), ...(most === null ? {} : { most }),
    ...(words ? { hidden: [...words].join() } : {}), ...(state.area ? { area: writePlaces(state.area) } : {}),
  };
}

/** Where a table is a file, all its rows as they are asked for. @param {string} view @param {Record<string, string | number>} query */
const tableFile = (view, query) => `/export/table/${encodeURIComponent(view)}.csv?${new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))}`;

/** Fetch the first page and write the table anew. */
async function load() {
  if (find("table").hidden || !state.view) return;
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  find("tableExport").setAttribute("href", tableFile(state.view, query(0)));
  try {
    render(await fetchTable(state.view, query(0), signal));
  } catch (error) {
    if (!signal.aborted) find("tableBody").replaceChildren(faultNote(error, load));
  }
}

/** @param {TableColumn} column @param {Record<string, any>} row */
function cell({ name, unit, words, low, high }, row) {
  const value = row[name];
  if (value === null || value === undefined || value === "") return element("td", { class: "none" }, "–");
  if (typeof value !== "number") return element("td", {}, formatWord(String(value), words ? `${words}.${value}` : null));
  const year = isYear(unit, name);
  const bounds = low && high && row[low] !== null ? label("app.interval", { low: formatNumber(row[low], { rough: true }), high: formatNumber(row[high], { rough: true }) }) : "";
  return element("td", { class: "number" }, formatNumber(value, { year, whole: unit === "1", rough: Boolean(bounds) }), bounds && element("small", {}, bounds));
}

/** @param {TablePage} page @param {Record<string, any>} row */
function line({ columns, subject }, row) {
  const [, ...others] = columns;
  const open = () => select({ kind: subject, id: row.id }, { focus: true });
  const head = OPENABLE.includes(subject) ? element("button", { type: "button", class: "link-like", click: open }, row.id) : row.id;
  return element("tr", {}, element("th", { scope: "row" }, head), ...others.map((column) => cell(column, row)));
}

/** A heading that sorts. @param {TableColumn} column @param {TablePage} page */
function heading({ name, label_key, unit }, { sort, descending }) {
  const isSorted = name === sort;
  const sortBy = () => {
    asked.descending = isSorted ? !descending : typeof unit === "string" && unit !== "";
    asked.sort = name;
    load();
  };
  const written = writeUnit(unit);
  return element("th", { scope: "col", "aria-sort": isSorted ? (descending ? "descending" : "ascending") : "none" },
    element("button", { type: "button", "data-sort": name, click: sortBy }, label(label_key), written && element("span", { class: "unit" }, written), element("span", { class: "arrow", "aria-hidden": "true" }, isSorted ? (descending ? "↓" : "↑") : "")));
}

/** @param {TablePage} page */
function render(page) {
  const held = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.sort;
  find("tableTitle").textContent = label(page.title_key);
  const count = label("app.table.count", { count: formatNumber(page.count, { whole: true }) });
  find("tableCount").textContent = state.area ? `${count} · ${label("app.area.title")}` : count;
  const body = /** @type {HTMLTableSectionElement} */ (element("tbody", {}, ...page.rows.map((row) => line(page, row))));
  const more = element("button", { type: "button", class: "action" }, label("app.table.more"));
  more.hidden = page.rows.length >= page.count;
  more.addEventListener("click", async () => {
    try {
      const next = await fetchTable(state.view, query(body.rows.length), request?.signal);
      body.append(...next.rows.map((row) => line(next, row)));
      more.hidden = body.rows.length >= next.count;
    } catch (error) {
      if (body.isConnected) showNews(reason(error));
    }
  });
  find("tableBody").replaceChildren(
    element("table", {}, element("caption", { class: "unseen" }, label(page.title_key)), element("thead", {}, element("tr", {}, ...page.columns.map((column) => heading(column, page)))), body),
    more);
  if (held) /** @type {HTMLElement | null} */ (find("tableBody").querySelector(`[data-sort="${held}"]`))?.focus();
}

/** @param {boolean} open */
export function openTable(open) {
  find("table").hidden = !open;
  find("tableButton").setAttribute("aria-pressed", String(open));
  document.documentElement.toggleAttribute("data-table", open);
  if (open) {
    load();
    find("tableFilter").focus();
  } else find("tableButton").focus();
}

/** Listen to the table's own controls; follow the view, the filter and the language. */
export function startTable() {
  find("tableButton").addEventListener("click", () => openTable(find("table").hidden));
  find("tableClose").addEventListener("click", () => openTable(false));
  find("tableClose").append(icon("close"));
  find("tableFilter").addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      asked.text = /** @type {HTMLInputElement} */ (find("tableFilter")).value;
      load();
    }, PAUSE_MS);
  });
  find("table").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    openTable(false);
  });
  on(EVENTS.view, () => {
    asked.sort = "";
    asked.descending = true;
    load();
  });
  on([EVENTS.filter, EVENTS.area, EVENTS.language], load);
}
