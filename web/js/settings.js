// @ts-check
/** Language and theme: chosen by the user, remembered by the browser. */
import { element } from "./dom.js";
import { EVENTS, on } from "./events.js";
import { LANGUAGES } from "./labels.js";
import { find } from "./selectors.js";
import { state } from "./state.js";

const KEYS = Object.freeze({ language: "zonetwin.language", theme: "zonetwin.theme" });

/** A remembered choice; a browser may refuse to remember. @param {string} key */
function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/**
 * @param {string} key
 * @param {string} value
 */
function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // private windows may forbid it; the choice then lasts for this page
  }
}

/** The language of the last visit, else the browser's. */
export function ownLanguage() {
  const wanted = [recall(KEYS.language), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wanted.find((code) => code && code in LANGUAGES) ?? "en";
}

/** Take language and theme from the last visit, else from the browser. @param {string} language that of the link, "" if it names none */
export function restoreSettings(language) {
  state.language = language || ownLanguage();
  const dark = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const theme = recall(KEYS.theme) ?? dark;
  applyTheme(theme === "dark" ? "dark" : "light");
}

/** @param {"light" | "dark"} theme */
function applyTheme(theme) {
  state.theme = theme;
  document.documentElement.dataset.theme = theme;
}

/** Offer the languages of the zone, each under its own name. */
function fillLanguages() {
  const chooser = /** @type {HTMLSelectElement} */ (find("language"));
  const codes = state.zone?.languages ?? Object.keys(LANGUAGES);
  if (chooser.options.length === codes.length && chooser.value === state.language) return;
  chooser.replaceChildren(...codes.map((code) => element("option", { value: code, lang: code }, LANGUAGES[code] ?? code)));
  chooser.value = state.language;
}

/**
 * Listen to the two controls.
 * @param {{onLanguage: () => void, onTheme: () => void}} listeners
 */
export function startSettings({ onLanguage, onTheme }) {
  const chooser = /** @type {HTMLSelectElement} */ (find("language"));
  fillLanguages();
  on(EVENTS.view, fillLanguages);
  chooser.addEventListener("change", () => {
    state.language = chooser.value;
    remember(KEYS.language, state.language);
    onLanguage();
  });
  find("themeButton").addEventListener("click", () => {
    applyTheme(state.theme === "dark" ? "light" : "dark");
    remember(KEYS.theme, state.theme);
    onTheme();
  });
}
