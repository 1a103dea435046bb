// @ts-check
/** The Energy door: the best roofs for photovoltaics. */
/** @import {Selection, Site} from "../types.js" */
import { fetchSites } from "../api.js";
import { element, icon } from "../dom.js";
import { EVENTS, on } from "../events.js";
import { formatQuantity, formatWord } from "../format.js";
import { label } from "../labels.js";
import { find } from "../selectors.js";
import { state } from "../state.js";

const SHOWN = 12;

/** @type {(selection: Selection) => void} */
let open = () => {};

/** @param {Site} site */
function item({ building_id: id, name, use, yield_kwh_per_a: value, yield_kwh_per_a_low: low, yield_kwh_per_a_high: high }) {
  const written = formatQuantity(value, "kWh/a", { low, high });
  return element("li", {}, element("button", { type: "button", class: "link", click: () => open({ kind: "building", id }) },
    element("span", {}, name || formatWord(use, `use.${use}`), element("small", {}, `${written.number} ${written.unit}`, written.interval ? ` · ${written.interval}` : "")),
    icon("chevron")));
}

/** Write the door; the roofs come when it is first looked at. */
async function render() {
  const door = find("energyDoor");
  if (state.door !== "energy") return;
  try {
    const { sites } = await fetchSites(SHOWN);
    door.replaceChildren(element("h3", {}, label("app.sites")), element("ol", { class: "links" }, ...sites.map(item)));
  } catch (error) {
    door.replaceChildren(element("p", { class: "meta" }, error instanceof Error ? error.message : String(error)));
  }
}

/**
 * Follow the door and the language.
 * @param {(selection: Selection) => void} onOpen
 */
export function startEnergyDoor(onOpen) {
  open = onOpen;
  on([EVENTS.door, EVENTS.language], render);
}
