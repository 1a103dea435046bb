// @ts-check
/** One message over the map when something stands in the way, with the way on. */
import { isAway, reason } from "./fault.js";
import { label } from "./labels.js";
import { find } from "./selectors.js";
import { state } from "./state.js";

const NEWS_MS = 6000;

/** @type {(() => void) | null} */
let next = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let newsTimer;

/** Whether there is a page behind the message to go back to. */
const isClosable = () => state.spec !== null;

/**
 * Show a message.
 * @param {string} title
 * @param {string} text
 * @param {(() => void) | null} onRetry
 */
function show(title, text, onRetry) {
  next = onRetry;
  find("messageTitle").textContent = title;
  find("messageText").textContent = text;
  const button = find("messageRetry");
  button.textContent = label("app.retry");
  button.hidden = !onRetry;
  find("messageClose").textContent = label("app.close");
  find("messageClose").hidden = !isClosable();
  find("message").toggleAttribute("data-aside", !onRetry);
  find("message").hidden = false;
  if (onRetry) button.focus();
}

/** Say that this browser cannot draw the map. */
export function showNoWebgl() {
  show(label("app.webgl.title"), label("app.webgl.text"), null);
}

/**
 * Say why something failed.
 * @param {unknown} error
 * @param {() => void} onRetry
 */
export function showFault(error, onRetry) {
  if (isAway(error)) show(label("app.away.title"), label("app.away.text"), onRetry);
  else show(label("app.fault.title"), reason(error), onRetry);
}

/** Say something for a while that asks for nothing. @param {string} text */
export function showNews(text) {
  const box = find("news");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(newsTimer);
  newsTimer = setTimeout(() => { box.hidden = true; }, NEWS_MS);
}

/** Take the message away. */
export function hideMessage() {
  find("message").hidden = true;
}

/** Listen to the buttons; Escape closes what can be closed. */
export function startMessage() {
  find("messageClose").addEventListener("click", hideMessage);
  find("message").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || find("messageClose").hidden) return;
    event.preventDefault();
    hideMessage();
  });
  find("messageRetry").addEventListener("click", () => {
    hideMessage();
    next?.();
  });
}
