// @ts-check
/** What a draft does to its neighbours: whose hours of sun change, whose roofs lose or gain. */
/** @import {DraftAnswer, SunChange} from "../types.js" */
import { element, icon } from "../dom.js";
import { formatLine, formatNumber } from "../format.js";
import { label } from "../labels.js";
import { select } from "../panel.js";

const SHOWN = 6;
/** What is less is told as none. [kWh/a] */
const LEAST_KWH = 1;

/** @param {string} id @param {string | null} name @param {string} text */
function neighbour(id, name, text) {
  return element("li", {}, element("button", { type: "button", class: "link", click: () => select({ kind: "building", id }, { focus: true }) },
    element("span", {}, name ?? id, element("small", {}, text)), icon("chevron")));
}

/** The first few, and the others on request. @param {HTMLElement[]} items */
function list(items) {
  if (items.length === 0) return [];
  const [first, rest] = [items.slice(0, SHOWN), items.slice(SHOWN)];
  const all = element("ul", { class: "links" }, ...first);
  if (rest.length === 0) return [all];
  const more = element("button", { type: "button", class: "link-like", click: () => {
    all.append(...rest);
    more.remove();
    rest[0].querySelector("button")?.focus();
  } }, label("app.draft.show_all", { count: items.length }));
  return [all, more];
}

/** Whether the judged hours change, as they are written, or the verdict: a mean alone says nothing here. @param {SunChange} one */
const doesChange = (one) => formatNumber(one.hours_before) !== formatNumber(one.hours_after) || (one.verdict_before === "kept") !== (one.verdict_after === "kept");

/** @param {SunChange} one @param {number | null} needs */
function sunRemark({ verdict_before: before, verdict_after: after }, needs) {
  if (needs === null || (before === "kept" && after === "kept")) return "";
  if (before === "kept") return label("app.draft.falls_below");
  return label(after === "kept" ? "app.draft.now_kept" : "app.draft.already_below");
}

/** @param {DraftAnswer["neighbours"]["sunlight"]} sunlight */
export function neighboursSun({ dwellings, falls_below: falls, needs_h: needs }) {
  const changed = dwellings.filter(doesChange);
  const less = changed.filter((one) => one.hours_after < one.hours_before).length;
  const items = changed.map((one) => {
    const hours = label("app.draft.hours", { before: formatNumber(one.hours_before), after: formatNumber(one.hours_after) });
    return neighbour(one.building_id, one.name, [hours, sunRemark(one, needs)].filter(Boolean).join(" · "));
  });
  const rule = needs === null ? "" : label("app.draft.sun.rule", { falls, hours: formatNumber(needs) });
  const text = changed.length === 0 ? label("app.draft.sun.none") : [label("app.draft.sun.some", { less, more: changed.length - less }), rule].join(" ");
  return [element("p", {}, text), ...list(items)];
}

/** @param {DraftAnswer["neighbours"]["photovoltaics"]} panels */
export function neighboursPanels({ buildings, lost_kwh: lost, radius_m: radius }) {
  if (lost === null) return [element("p", {}, label("whatif.reason.no_weather"))];
  const value = formatLine(Math.abs(lost), "kWh/a");
  const key = Math.abs(lost) < LEAST_KWH ? "app.draft.lost.none" : lost > 0 ? "app.draft.lost.text" : "app.draft.lost.gain";
  const items = buildings.filter((one) => Math.abs(one.lost_kwh) >= LEAST_KWH).map((one) =>
    neighbour(one.building_id, one.name ?? null, `${one.lost_kwh > 0 ? "−" : "+"}${formatLine(Math.abs(one.lost_kwh), "kWh/a")}`));
  return [element("p", {}, label(key, { value, radius: formatNumber(Math.round(radius ?? 0)) })), ...list(items)];
}
