// @ts-check
/** The Neighbourhood door: find one's quarter, by its name or by one's own house. */
/** @import {Footprint, Quarter, Selection} from "../types.js" */
import { fetchFeature, fetchFootprint, fetchQuarters } from "../api.js";
import { flyToBox } from "../camera.js";
import { element } from "../dom.js";
import { emit, EVENTS, on } from "../events.js";
import { faultNote } from "../fault.js";
import { label } from "../labels.js";
import { find } from "../selectors.js";
import { state } from "../state.js";
import { quarterCard } from "./quarter_card.js";

/** @type {Quarter[]} */
let quarters = [];
/** The question for the quarters, asked once in each language. @type {{language: string, answer: Promise<Quarter[]>} | null} */
let asked = null;
/** @type {Footprint | null} */
let shown = null;
/** The house or parcel by which the quarter was found. @type {Selection | null} */
let tapped = null;
/** What stood in the way last, null if nothing did. @type {unknown} */
let hurdle = null;
/** @type {AbortController | null} */
let request = null;
/** @type {(selection: Selection) => void} */
let open = () => {};

/**
 * Choose a quarter, here, by search or from a link. The door says what fails; whoever asked hears of it, too.
 * @param {string | null} id
 * @param {{near?: boolean, from?: Selection | null}} [options] whether the map moves to it; by what it was found
 */
export async function chooseQuarter(id, { near = true, from = null } = {}) {
  request?.abort();
  tapped = from;
  if (id !== state.quarter) state.quarterOutline = null;
  state.quarter = id;
  shown = null;
  emit(EVENTS.layers);
  const place = await load();
  if (hurdle !== null && state.quarter === id) throw hurdle;
  if (near && place && place.bbox[0] !== null) flyToBox(place.bbox);
}

/** Choose a quarter where there is nobody but the door to say what fails. @param {string | null} id @param {{near?: boolean, from?: Selection | null}} [options] */
export const pickQuarter = (id, options) => chooseQuarter(id, options).catch(() => null);

/**
 * Choose the quarter in which a house or parcel lies; the map stays where one tapped it.
 * @param {Selection} selection
 */
export async function chooseQuarterOf(selection) {
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  try {
    const { neighbourhood_id: id } = await fetchFeature(selection.kind, selection.id, state.language, signal);
    if (signal.aborted) return;
    emit(EVENTS.sheet, "menu");
    await pickQuarter(id, { near: false, from: selection });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** @param {string} language */
function askQuarters(language) {
  if (asked?.language === language) return asked.answer;
  const answer = fetchQuarters(language).then(({ neighbourhoods }) => neighbourhoods);
  asked = { language, answer };
  answer.catch(() => { asked = null; }); // so that the next visit, or a retry, asks again
  return answer;
}

/** Fetch the quarters and the figures of the chosen one, and say what fails; null if another question has come in between. */
async function load() {
  const { language, quarter } = state;
  const door = find("neighbourhoodDoor");
  door.setAttribute("aria-busy", "true");
  const [list, place] = await Promise.allSettled([
    askQuarters(language), quarter ? fetchFootprint(quarter, language) : null,
  ]);
  if (language !== state.language || quarter !== state.quarter) return null; // whoever changed them asks anew
  if (list.status === "fulfilled") quarters = list.value;
  if (place.status === "fulfilled") shown = place.value;
  state.quarterOutline = shown?.geometry ?? null;
  emit(EVENTS.layers);
  hurdle = [list, place].find((one) => one.status === "rejected")?.reason ?? null;
  door.removeAttribute("aria-busy");
  render();
  return shown;
}

/** The list to choose from. */
function chooser() {
  if (quarters.length === 0) return null;
  const options = quarters.map(({ id, name, name_latin }) => element("option", { value: id, selected: id === state.quarter }, [name, name_latin !== name && name_latin].filter(Boolean).join(" · ")));
  const select = /** @type {HTMLSelectElement} */ (element("select", { id: "quarter", class: "wide" }, element("option", { value: "" }, label("app.quarter.choose")), ...options));
  select.value = state.quarter ?? "";
  select.addEventListener("change", () => pickQuarter(select.value || null));
  return element("div", { class: "field" }, element("label", { for: "quarter" }, label("app.quarter.find")), select);
}

/** What else one may ask about what was tapped: nothing is told of it before one does. */
function about() {
  const selection = tapped;
  return selection && element("section", {}, !state.quarter && element("p", { class: "meta" }, label("app.quarter.none")),
    element("button", { type: "button", class: "link-like", click: () => open(selection) }, label(`app.quarter.about.${selection.kind}`)));
}

/** Write the door. */
function render() {
  const rest = shown ? quarterCard(shown) : [!tapped && quarters.length > 0 && element("p", { class: "meta" }, label("app.quarter.tap"))];
  const parts = [chooser(), hurdle !== null && faultNote(hurdle, load), about(), ...rest];
  find("neighbourhoodDoor").replaceChildren(.../** @type {HTMLElement[]} */ (parts.filter(Boolean)));
}

/**
 * Fetch the quarters once in each language, and keep the door right.
 * @param {(selection: Selection) => void} onOpen shows all that is known of a house or parcel
 */
export function startNeighbourhoodDoor(onOpen) {
  open = onOpen;
  on([EVENTS.door, EVENTS.language], () => {
    if (state.door === "neighbourhood" && asked?.language !== state.language) load();
  });
}
