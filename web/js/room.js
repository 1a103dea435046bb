// @ts-check
/** The one card on the right: who shows something there takes it, and leaves it. */
import { cardHead, element } from "./dom.js";
import { emit, EVENTS } from "./events.js";
import { label } from "./labels.js";
import { find } from "./selectors.js";

/**
 * Take the panel and fill it.
 * @param {string} name of what shows itself there: feature, area, draft
 * @param {{kicker: string, title: string, subtitle?: string, notice?: string, closing?: string, close: () => void}} head
 * @param {(HTMLElement | false | null | undefined)[]} parts of its body
 * @param {{focus?: boolean}} [options] whether its title takes the focus
 */
export function takePanel(name, { kicker, title, subtitle = "", notice = "", closing = label("app.close"), close }, parts, { focus = true } = {}) {
  const panel = find("panel");
  panel.dataset.shows = name;
  panel.hidden = false;
  panel.removeAttribute("aria-busy");
  document.documentElement.toggleAttribute("data-panel", true);
  emit(EVENTS.sheet, "panel");
  const body = element("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "panel-title" }, ...parts);
  const warning = notice ? [element("p", { class: "notice" }, notice)] : [];
  panel.replaceChildren(...warning, cardHead({ id: "panel-title", kicker, title, subtitle, closing, close }), body);
  emit(EVENTS.panel);
  if (focus) panel.querySelector("h2")?.focus();
}

/**
 * Leave the panel, if one has it.
 * @param {string} name
 */
export function leavePanel(name) {
  const panel = find("panel");
  if (panel.dataset.shows !== name) return;
  delete panel.dataset.shows;
  panel.hidden = true;
  panel.removeAttribute("aria-busy");
  panel.replaceChildren();
  document.documentElement.toggleAttribute("data-panel", false);
}

/**
 * Do something when Escape is pressed and nothing nearer has taken it.
 * @param {() => boolean} escape says whether it took it
 */
export function onEscape(escape) {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    if (escape()) event.preventDefault();
  });
}
