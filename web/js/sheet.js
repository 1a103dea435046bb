// @ts-check
/** On a phone the cards are sheets at the bottom, and only one is up at a time. */
import { emit, EVENTS, on } from "./events.js";
import { isPhone } from "./dom.js";
import { close, isToldByDoor } from "./panel.js";
import { find } from "./selectors.js";
import { state } from "./state.js";

/** Raise a sheet, or none. @param {string} name */
function raise(name) {
  document.documentElement.dataset.sheet = name;
  find("menuOpen").setAttribute("aria-expanded", String(name === "menu"));
  if (name === "menu" && isPhone()) {
    if (state.selection && !(isToldByDoor(state.selection) && find("panel").hidden)) close();
    find("menuClose").focus();
  }
}

/** Tell the style how high the lowest card reaches, so that the sources stay in sight above it, and how high they are. */
function measureDock() {
  const cards = [find("legend"), find("panel"), find("door")];
  const tops = cards.map((card) => card.getBoundingClientRect()).filter(({ height }) => height > 0).map(({ top }) => top);
  document.documentElement.style.setProperty("--dock", `${Math.round(innerHeight - Math.min(innerHeight, ...tops))}px`);
  document.documentElement.style.setProperty("--foot", `${find("foot").offsetHeight}px`);
}

/** Listen to the two buttons of the menu. */
export function startSheets() {
  const observer = new ResizeObserver(measureDock);
  for (const card of [find("legend"), find("panel"), find("door"), find("foot")]) observer.observe(card);
  on(EVENTS.sheet, raise);
  find("menuOpen").addEventListener("click", () => emit(EVENTS.sheet, "menu"));
  find("menuClose").addEventListener("click", () => {
    emit(EVENTS.sheet, "");
    find("menuOpen").focus();
  });
  find("door").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isPhone()) return;
    event.preventDefault();
    emit(EVENTS.sheet, "");
    find("menuOpen").focus();
  });
}
