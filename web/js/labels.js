// @ts-check
/** Words in the chosen language. The server falls back to English; this file only to a readable key. */
import { fetchLabels } from "./api.js";
import { state } from "./state.js";

/** What must be said when no label could be fetched. @type {Record<string, Record<string, string>>} */
const EMERGENCY = {
  en: { "app.away.title": "The server does not answer", "app.away.text": "Check that zonetwin is running and try again.", "app.retry": "Try again", "app.webgl.title": "This browser cannot draw in 3D", "app.webgl.text": "The map needs WebGL 2." },
  zh: { "app.away.title": "服务器无响应", "app.away.text": "请确认 zonetwin 正在运行，然后重试。", "app.retry": "重试", "app.webgl.title": "此浏览器无法绘制三维", "app.webgl.text": "地图需要 WebGL 2。" },
  fr: { "app.away.title": "Le serveur ne répond pas", "app.away.text": "Vérifiez que zonetwin fonctionne et réessayez.", "app.retry": "Réessayer", "app.webgl.title": "Ce navigateur ne peut pas dessiner en 3D", "app.webgl.text": "La carte a besoin de WebGL 2." },
  de: { "app.away.title": "Der Server antwortet nicht", "app.away.text": "Bitte prüfen, ob zonetwin läuft, und erneut versuchen.", "app.retry": "Erneut versuchen", "app.webgl.title": "Dieser Browser kann nicht in 3D zeichnen", "app.webgl.text": "Die Karte braucht WebGL 2." },
};

/** BCP 47 names of the languages, for `lang` attributes and Intl. @type {Record<string, string>} */
const LOCALES = { en: "en-GB", zh: "zh-Hans-CN", fr: "fr-FR", de: "de-DE" };

/** Names of the languages in themselves. @type {Record<string, string>} */
export const LANGUAGES = { en: "English", zh: "中文", fr: "Français", de: "Deutsch" };

/** @type {Record<string, string>} */
let words = {};

/** Fetch the words of the chosen language. */
export async function loadLabels() {
  words = await fetchLabels(state.language);
}

/** The uses that a building may have: those that there are words for. */
export const useNames = () => Object.keys(words).flatMap((key) => /^use\.([a-z]+)$/.exec(key)?.[1] ?? []).filter((name) => name !== "unknown");

/** The chosen language as a BCP 47 tag. */
export function locale() {
  return LOCALES[state.language] ?? state.language;
}

/**
 * Whether there is a word for a key.
 * @param {string | null | undefined} key
 * @returns {key is string}
 */
export function hasLabel(key) {
  return Boolean(key && words[key]);
}

/**
 * The word for a key, with `{name}` places filled.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function label(key, values = {}) {
  const text = words[key] || EMERGENCY[state.language]?.[key] || readable(key);
  return text.replace(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}

/**
 * What must be said of something that comes after the year of the figures.
 * @param {number | null | undefined} built year of completion
 * @param {number | string | null} year the zone's base year
 */
export function plannedText(built, year) {
  const values = { built: built ?? "", year: year ?? "" };
  return label(built ? "app.planned.until" : "app.planned.undated", values);
}

/**
 * A key without a word: its last part, in words.
 * @param {string} key
 */
function readable(key) {
  const last = key.split(".").at(-1) ?? key;
  const text = last.replaceAll("_", " ").trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Write the words into everything in index.html that names a key. */
export function translatePage() {
  document.documentElement.lang = locale();
  for (const found of document.querySelectorAll("[data-label]")) {
    found.textContent = label(/** @type {HTMLElement} */ (found).dataset.label ?? "");
  }
  for (const found of document.querySelectorAll("[data-label-aria]")) {
    const text = label(/** @type {HTMLElement} */ (found).dataset.labelAria ?? "");
    found.setAttribute("aria-label", text);
    if (found instanceof HTMLButtonElement) found.title = text;
  }
  for (const found of document.querySelectorAll("[data-label-placeholder]")) {
    found.setAttribute("placeholder", label(/** @type {HTMLElement} */ (found).dataset.labelPlaceholder ?? ""));
  }
}
