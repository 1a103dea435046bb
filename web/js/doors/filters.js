// @ts-check
/** Which roofs are wanted, in which order and up to which target: folded into the line that says so. */
/** @import {Bounds} from "../types.js" */
import { element } from "../dom.js";
import { formatNumber } from "../format.js";
import { label, useNames } from "../labels.js";
import { writeUnit } from "../units.js";
import { choiceField, numberField } from "./fields.js";

const ORDERS = ["yield", "capacity", "p90", "specific_yield", "avoided", "payback"];
/** Small roofs are left out until somebody asks for them. */
const LEAST_KWP = "10";
/** How many of the server's unit make one of the target's. */
const THOUSAND = 1000;

/** What is asked; empty fields are left out. @type {Record<string, string>} */
const asked = { by: "yield", use: "", least_kwp: LEAST_KWP, most_payback_years: "", target: "", target_unit: "kwh" };

/** What is aimed at in kWh a year or in kWp, 0 for nothing. */
export const goal = () => ({ size: Number(asked.target) * THOUSAND, unit: asked.target_unit });

/** Whether more is left out than small roofs. */
export const isNarrowed = () => Boolean(asked.use) || Number(asked.most_payback_years) > 0 || Number(asked.least_kwp) > Number(LEAST_KWP);

/** What the server is asked: nobody aims at nothing, or wants to be paid back within no time. */
export function conditions() {
  const { size, unit } = goal();
  return {
    by: asked.by, use: asked.use, least_kwp: asked.least_kwp || "0",
    most_payback_years: Number(asked.most_payback_years) > 0 ? asked.most_payback_years : "",
    [unit === "kwp" ? "target_kwp" : "target_kwh_per_a"]: size > 0 ? String(size) : "",
  };
}

/** The unit of the target. */
const targetUnit = () => (asked.target_unit === "kwp" ? "MWp" : writeUnit("MWh/a"));

/** The conditions in one line. */
function summary() {
  const { least_kwp: least, most_payback_years: most } = conditions();
  return [
    label(`app.energy.by.${asked.by}`), asked.use && label(`use.${asked.use}`),
    Number(least) > 0 && `≥ ${formatNumber(Number(least))} kWp`, most && `≤ ${formatNumber(Number(most))} ${writeUnit("a")}`,
    goal().size > 0 && `${label("app.energy.target")} ${formatNumber(Number(asked.target))} ${targetUnit()}`,
  ].filter(Boolean).join(" · ");
}

/**
 * Filters, order and target, folded.
 * @param {Record<string, Bounds>} bounds of the server
 * @param {{now: () => void, soon: () => void}} ask how a choice, and how typing, asks anew
 * @param {boolean} isOpen
 */
export function filterForm(bounds, { now, soon }, isOpen) {
  const line = element("span", {}, summary());
  const after = (/** @type {() => void} */ ask) => () => {
    line.textContent = summary();
    ask();
  };
  const { least, most } = bounds.target_kwh_per_a;
  const target = { least: (least ?? 0) / THOUSAND, most: most && most / THOUSAND };
  return element("details", { id: "energy-filters", class: "more", open: isOpen }, element("summary", {}, element("strong", {}, label("app.energy.filters")), " ", line),
    element("form", { class: "filters", submit: (/** @type {Event} */ event) => event.preventDefault() },
      choiceField(asked, "by", label("app.energy.by"), ORDERS.map((name) => [name, label(`app.energy.by.${name}`)]), after(now)),
      choiceField(asked, "use", label("app.draft.use"), [["", label("app.energy.any")], ...useNames().map((name) => /** @type {[string, string]} */ ([name, label(`use.${name}`)]))], after(now)),
      numberField(asked, "least_kwp", label("app.energy.least"), after(soon), { bounds: bounds.least_kwp }),
      numberField(asked, "most_payback_years", label("app.energy.most_years"), after(soon), { bounds: bounds.most_payback_years }),
      numberField(asked, "target", label("app.energy.target"), after(soon), { bounds: target }),
      choiceField(asked, "target_unit", label("app.energy.target_unit"), [["kwh", writeUnit("MWh/a")], ["kwp", "MWp"]], after(now))));
}
