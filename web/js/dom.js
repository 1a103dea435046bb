// @ts-check
/** Elements made from data: text is always textContent, never markup. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element. Attributes of value null, undefined or false are left out; functions become listeners.
 * @param {string} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") made.addEventListener(name, value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) made.append(child);
  return made;
}

/**
 * Make an element of a drawing.
 * @param {string} tag
 * @param {Record<string, string | number>} [attributes]
 * @param {...(Node | string)} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
}

/**
 * Make an icon of the sprite in index.html.
 * @param {string} name
 * @returns {SVGElement}
 */
export function icon(name) {
  return svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `#icon-${name}` }));
}

/**
 * Head of a card: what kind of thing it is, its title in focus' reach, what stands under it, and the way out.
 * @param {{id: string, kicker: string, title: string, subtitle?: string, closing: string, close: () => void}} head
 */
export function cardHead({ id, kicker, title, subtitle = "", closing, close }) {
  return element("header", {},
    element("div", {},
      element("p", { class: "kicker" }, kicker),
      element("h2", { id, tabindex: "-1" }, title),
      subtitle && element("p", { class: "meta" }, subtitle)),
    element("button", { type: "button", class: "plain", "aria-label": closing, title: closing, click: close }, icon("close")));
}

/**
 * A CSS colour from the server's [r, g, b] or [r, g, b, a of 255].
 * @param {number[]} colour
 */
export function css(colour) {
  const [red, green, blue, alpha = 255] = colour;
  return `rgb(${red} ${green} ${blue} / ${alpha / 255})`;
}

/**
 * A small square that shows a colour of the legend.
 * @param {number[]} colour
 */
export function swatch(colour) {
  const square = element("span", { class: "swatch", "aria-hidden": "true" });
  square.style.backgroundColor = css(colour);
  return square;
}

/** Whether the user asked for less motion. */
export function isCalm() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** Whether the page shows its phone layout; the sizes are those of css/phone.css. */
export function isPhone() {
  return matchMedia("(max-width: 859px), (max-height: 480px)").matches;
}
