// @ts-check
/** What the pointer is on: its name and the shown value. A click on it opens the panel. */
import { OPENABLE } from "./api.js";
import { element } from "./dom.js";
import { EVENTS, on } from "./events.js";
import { formatLine } from "./format.js";
import { label, plannedText } from "./labels.js";
import { featureId, opened } from "./paint.js";
import { find } from "./selectors.js";
import { state } from "./state.js";

const OFFSET_PX = 14;

/**
 * The shown value of a drawn feature, "" if its layer does not carry the quantity.
 * @param {import("./types.js").ViewMeta | undefined} meta
 * @param {string} layer
 * @param {Record<string, any>} properties
 */
function shownValue(meta, layer, properties) {
  if (!meta || meta.subject !== layer) return "";
  const value = properties[meta.column];
  if (value === null || value === undefined) return label("app.missing");
  if (typeof value === "number") return formatLine(value, meta.unit, meta.column);
  const named = meta.legend.classes?.find(({ key }) => key === value || key.endsWith(`.${value}`));
  return named ? label(named.key) : String(value);
}

/**
 * Fill the tooltip and put it beside the pointer.
 * @param {any} info
 */
function show(info) {
  const layer = info.layer.id;
  const properties = info.object.properties ?? {};
  const meta = info.meta ?? state.spec?.metadata;
  const value = shownValue(meta, layer, properties);
  const name = properties.name ?? label(`app.kind.${layer}`);
  const box = find("tooltip");
  const title = meta?.title_key ?? "";
  box.replaceChildren(
    element("strong", {}, name),
    value ? element("span", {}, `${label(title)} `, element("b", {}, value)) : element("span", {}, featureId(info.object)),
    ...(properties.status === "planned" ? [element("span", {}, plannedText(properties.year_built, state.zone?.year ?? ""))] : []),
  );
  box.hidden = false;
  const right = Math.min(info.x + OFFSET_PX, innerWidth - box.offsetWidth - 8);
  const below = info.y + OFFSET_PX + box.offsetHeight > innerHeight ? info.y - OFFSET_PX - box.offsetHeight : info.y + OFFSET_PX;
  box.style.transform = `translate(${Math.round(right)}px, ${Math.round(below)}px)`;
}

/**
 * Follow the pointer.
 * @param {(selection: {kind: string, id: string} | null) => void} onOpen
 */
export function startTooltip(onOpen) {
  const box = find("tooltip");
  on(EVENTS.hover, (info) => {
    const layer = info.layer?.id ?? "";
    const met = Boolean(info.object && info.layer);
    if (info.clicked) {
      box.hidden = true;
      const selection = met ? opened(layer, info.object) : null;
      if (!selection || OPENABLE.includes(selection.kind)) onOpen(selection);
      return;
    }
    if (met && matchMedia("(hover: hover)").matches) show(info);
    else box.hidden = true;
  });
  on([EVENTS.view, EVENTS.camera], () => { box.hidden = true; });
  find("map").addEventListener("pointerleave", () => { box.hidden = true; });
}
