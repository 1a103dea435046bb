// @ts-check
/** The bar of tools: which one is in hand, and its button. */
import { emit, EVENTS, on } from "./events.js";
import { state } from "./state.js";

const buttons = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-tool]")]);

/** Tools that set corners by clicks: what is clicked then is a place, not a feature. */
export const setsCorners = () => ["measure", "draft"].includes(state.tool);

/** Show which tool is in hand. */
function render() {
  for (const button of buttons()) button.setAttribute("aria-pressed", String(button.dataset.tool === state.tool));
}

/**
 * Take a tool, or lay it down; on a phone the sheet makes room for the map.
 * @param {string} tool "" for none
 */
export function takeTool(tool) {
  state.tool = tool;
  render();
  if (tool) emit(EVENTS.sheet, "");
  emit(EVENTS.tool);
}

/** Listen to the bar; Escape lays the tool down. */
export function startTools() {
  for (const button of buttons()) {
    button.addEventListener("click", () => takeTool(state.tool === button.dataset.tool ? "" : button.dataset.tool ?? ""));
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !state.tool || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    buttons().find(({ dataset }) => dataset.tool === state.tool)?.focus();
    takeTool("");
  });
  on(EVENTS.language, render);
}
