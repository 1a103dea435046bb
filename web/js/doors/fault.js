// @ts-check
/** What failed, said where it was asked for, with the way on. */
import { ApiError } from "../api.js";
import { element } from "../dom.js";
import { label } from "../labels.js";

/**
 * @param {unknown} error
 * @param {() => void} onRetry
 */
export function faultLine(error, onRetry) {
  const isAway = error instanceof ApiError && error.isAway;
  return element("p", { role: "alert", class: "fault" }, `${label(isAway ? "app.away.title" : "app.fault.title")} `,
    element("button", { type: "button", class: "link-like", click: onRetry }, label("app.retry")));
}
