// @ts-check
/** What went wrong, in words, and the way on. */
import { ApiError } from "./api.js";
import { element } from "./dom.js";
import { label } from "./labels.js";

/** Whether the server is away, rather than of another opinion. @param {unknown} error */
export const isAway = (error) => error instanceof ApiError ? error.isAway : error instanceof TypeError;

/** @param {unknown} error */
export function reason(error) {
  if (isAway(error)) return label("app.away.title");
  return error instanceof Error ? error.message : String(error);
}

/**
 * A part of the page that could not be filled.
 * @param {unknown} error
 * @param {() => unknown} onRetry
 */
export const faultNote = (error, onRetry) =>
  element("div", { class: "fault-note", role: "alert" }, element("p", {}, reason(error)), element("button", { type: "button", class: "action", click: () => onRetry() }, label("app.retry")));
