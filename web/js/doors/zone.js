// @ts-check
/** The zone at a glance: its footprint by domain and scope, the gap to neutrality, sun, and what it all rests on. */
/** @import {Inventory, InventoryTotal, WeakInput} from "../types.js" */
import { fetchInventory } from "../api.js";
import { bar, pathChart, pathKey } from "../chart.js";
import { element } from "../dom.js";
import { emit, EVENTS, on } from "../events.js";
import { faultNote } from "../fault.js";
import { formatLine, formatList, formatQuantity, formatShare } from "../format.js";
import { label } from "../labels.js";
import { find } from "../selectors.js";
import { state } from "../state.js";
import { quantityName } from "../vocabulary.js";

const UNIT = "kgCO2e/a";
/** From this share of the floor area on the figures speak of the whole zone. */
const WHOLE = 0.995;

/** @type {(view: string) => void} */
let show = () => {};
/** The inventory by language. @type {Map<string, Inventory>} */
const inventories = new Map();

/** Leave the list and show a quantity on the map. @param {string | undefined} view */
function opener(view) {
  return view ? () => { show(view); emit(EVENTS.sheet, ""); } : null;
}

/** The map of a domain: emissions by area of parcels if it has such a view, else its first view. @param {string} domain */
function viewOf(domain) {
  const views = state.catalogue?.layers.filter((layer) => layer.domain === domain).flatMap((layer) => layer.views) ?? [];
  return (views.find(({ unit, subject }) => subject === "parcel" && unit.startsWith("kgCO2e")) ?? views[0])?.id;
}

/** Whether the catalogue has a view. @param {string} id */
const known = (id) => (state.catalogue?.layers.some(({ views }) => views.some((view) => view.id === id)) ? id : undefined);

/**
 * The way from a figure to its map, where there is one.
 * @param {string} key
 * @param {string} view
 */
function mapLink(key, view) {
  const open = opener(known(view));
  return open && element("button", { type: "button", class: "link-like", click: open }, label(key));
}

/** Totals of a line, the largest first. @param {Inventory} inventory @param {string} line */
const totals = (inventory, line) => inventory.totals.filter((total) => total.line === line).sort((a, b) => b.value - a.value);

/**
 * The footprint, whole and per head.
 * @param {InventoryTotal} total
 */
function headline(total) {
  const whole = formatQuantity(total.value, UNIT, total);
  const head = total.per_head_kgco2e_per_a;
  const perHead = head !== null && formatQuantity(head, UNIT, { low: total.per_head_low, high: total.per_head_high });
  return element("section", { class: "headline" },
    element("h2", {}, label("app.glance.footprint")),
    element("p", { class: "big" }, element("strong", {}, whole.number), ` ${whole.unit}`),
    element("p", { class: "meta" }, label("app.glance.between", { low: whole.interval, share: formatShare(0.95) })),
    perHead && element("p", { class: "meta" }, label("app.glance.per_head", { value: `${perHead.number} ${perHead.unit}`, interval: perHead.interval })),
    coverage(), mapLink("app.glance.map", "footprint"));
}

/** How much of the floor area has figures, where it is not all. */
function coverage() {
  const share = state.zone?.estimated_share ?? 1;
  return share < WHOLE && element("p", { class: "meta" }, label("app.totals.share", { share: formatShare(share) }));
}

/** @param {string} key @param {(HTMLElement | SVGElement | false | null)[]} parts */
function section(key, parts) {
  return element("section", {}, element("h3", {}, label(key)), .../** @type {HTMLElement[]} */ (parts.filter(Boolean)));
}

/**
 * Sums as bars on one scale, long enough for the longest interval.
 * @param {string} key
 * @param {InventoryTotal[]} lines
 * @param {(item: string) => string} nameOf
 * @param {(item: string) => (() => void) | null} openOf
 */
function bars(key, lines, nameOf, openOf) {
  const most = Math.max(...lines.map(({ value, high }) => high ?? value), 0);
  return section(key, lines.map((line) => bar({ ...line, name: nameOf(line.item), unit: UNIT, most, open: openOf(line.item) })));
}

/** What is left to cut, and the plain line there. @param {Inventory} inventory */
function neutrality({ neutrality: way }) {
  if (!way) return null;
  const gap = way.gap_at_target ?? way.gap;
  const written = formatQuantity(gap.value, UNIT, gap);
  const title = label("app.glance.way", { year: way.target_year });
  return element("section", {},
    element("h3", {}, title),
    element("p", { class: "figure" }, element("strong", {}, written.number), ` ${written.unit} `, element("small", {}, written.interval)),
    element("p", { class: "meta" }, label(way.gap_at_target ? "app.glance.gap_at_target" : "app.glance.gap", { year: way.target_year })),
    pathChart({
      title, known: way.inventory, write: (value) => formatLine(value, UNIT),
      years: way.years.map(({ year, kgco2e_per_a }) => ({ year, value: kgco2e_per_a })),
    }),
    pathKey(),
    element("p", { class: "meta" }, label("app.glance.level", { level: way.level })),
    mapLink("app.glance.way.map", "footprint"));
}

/** What all roofs could give, and how far that goes. @param {Inventory} inventory */
function sun({ neutrality: way }) {
  const roofs = way?.roofs;
  if (!roofs) return null;
  const written = formatQuantity(roofs.yield_kwh_per_a, "kWh/a", { low: roofs.yield_kwh_per_a_low, high: roofs.yield_kwh_per_a_high });
  const cut = formatQuantity(roofs.cut_kgco2e_per_a, UNIT, { low: roofs.cut_kgco2e_per_a_low, high: roofs.cut_kgco2e_per_a_high });
  return section("app.glance.sun", [
    element("p", { class: "figure" }, element("strong", {}, written.number), ` ${written.unit} `, element("small", {}, written.interval)),
    element("p", { class: "meta" }, label("app.glance.sun.text", { cut: `${cut.number} ${cut.unit}`, share: formatShare(roofs.share_of_total) })),
    mapLink("app.glance.sun.map", "pv_yield"),
  ]);
}

/** What an input is called: its quantity if that has a name, else what kind of input it is. @param {WeakInput} input */
function inputName({ kind, quantity }) {
  const name = quantityName(quantity);
  return name === quantity ? label(`app.input.${kind}`) : name;
}

/** How sure it all is: what is measured, what is least sure, which codes are missing. @param {InventoryTotal} total */
function doubt(total) {
  const inputs = state.zone?.weakest_inputs ?? [];
  return section("app.glance.doubt", [
    element("p", { class: "meta" }, label("app.glance.measured", { share: formatShare(total.share_measured) })),
    inputs.length > 0 && element("p", { class: "meta" }, label("app.weakest", { inputs: formatList(inputs.map(inputName)) })),
    total.not_estimated.length > 0 && element("p", { class: "meta" }, label("app.glance.not_estimated", { count: total.not_estimated.length, codes: total.not_estimated.join(", ") })),
    mapLink("app.glance.doubt.map", "data_quality"),
  ]);
}

/** Where it comes from, and the whole table to take away. */
function sources() {
  const { zone } = state;
  if (!zone) return null;
  const save = (/** @type {string} */ form) => element("a", { href: `/export/inventory.${form}?lang=${state.language}`, download: "" }, form.toUpperCase());
  return section("app.glance.sources", [
    element("p", { class: "meta" }, label("app.glance.table"), " ", save("xlsx"), " · ", save("csv")),
    ...zone.attribution.map(({ text, licence }) => element("p", { class: "meta" }, [text, licence].filter(Boolean).join(" · "))),
    element("p", { class: "meta" }, label("app.release", { id: zone.release_id })),
  ]);
}

/** The key figures that the release gives where it has no ledger. */
function plainTotals() {
  return (state.zone?.totals ?? []).map(({ key, value, unit }) => element("p", {}, `${label(key)}: ${value === null ? label("app.missing") : formatLine(value, unit)}`));
}

/** Write the door; the inventory comes when it is first looked at. */
async function render() {
  const door = find("zoneDoor");
  if (state.door !== "zone" || !state.zone) return;
  const { language } = state;
  try {
    if (!inventories.has(language)) {
      door.setAttribute("aria-busy", "true");
      inventories.set(language, await fetchInventory(language));
    }
  } catch (error) {
    door.replaceChildren(...plainTotals(), faultNote(error, render));
    return;
  } finally {
    door.removeAttribute("aria-busy");
  }
  if (language !== state.language) return;
  const inventory = /** @type {Inventory} */ (inventories.get(language));
  const total = inventory.totals.find(({ item }) => item === "BASIC");
  if (!total) return door.replaceChildren(...plainTotals());
  const parts = [
    headline(total),
    bars("app.glance.domains", totals(inventory, "domain"), (item) => label(`app.domain.${item}`), (item) => opener(viewOf(item))),
    bars("app.glance.scopes", totals(inventory, "scope"), (item) => label(`app.scope.${item}`), () => opener(known("footprint"))),
    neutrality(inventory), sun(inventory), doubt(total), sources(),
  ];
  door.replaceChildren(.../** @type {HTMLElement[]} */ (parts.filter(Boolean)));
}

/**
 * Keep the door right.
 * @param {(view: string) => void} onView
 */
export function startZoneDoor(onView) {
  show = onView;
  on([EVENTS.door, EVENTS.language], render);
}
