// @ts-check
/** The best roofs for photovoltaics, fetched when the list is opened. */
/** @import {Selection, Site} from "./types.js" */
import { fetchSites } from "./api.js";
import { element, icon } from "./dom.js";
import { EVENTS, on } from "./events.js";
import { formatQuantity, formatWord } from "./format.js";
import { label } from "./labels.js";
import { find } from "./selectors.js";
import { state } from "./state.js";

const SHOWN = 12;
const LAYER = "solar";

/** @type {(selection: Selection) => void} */
let open = () => {};

/** @param {Site} site */
function item({ building_id: id, name, use, yield_kwh_per_a: value, yield_kwh_per_a_low: low, yield_kwh_per_a_high: high }) {
  const written = formatQuantity(value, "kWh/a", { low, high });
  return element("li", {}, element("button", { type: "button", class: "link", click: () => open({ kind: "building", id }) },
    element("span", {}, name || formatWord(use, `use.${use}`), element("small", {}, `${written.number} ${written.unit}`, written.interval ? ` · ${written.interval}` : "")),
    icon("chevron")));
}

/** The list, empty until it is opened. */
function render() {
  const box = find("sites");
  box.hidden = state.spec?.metadata.layer !== LAYER;
  if (box.hidden) return box.replaceChildren();
  const details = element("details", { class: "twin" }, element("summary", {}, label("app.sites")));
  details.addEventListener("toggle", async () => {
    try {
      const { sites } = await fetchSites(SHOWN);
      details.append(element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label("app.sites") }, element("ol", { class: "links" }, ...sites.map(item))));
    } catch (error) {
      details.append(element("p", { class: "meta" }, error instanceof Error ? error.message : String(error)));
    }
  }, { once: true });
  box.replaceChildren(details);
}

/**
 * Follow the view and the language.
 * @param {(selection: Selection) => void} onOpen
 */
export function startSites(onOpen) {
  open = onOpen;
  on([EVENTS.view, EVENTS.language], render);
}
