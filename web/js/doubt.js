// @ts-check
/** Visible doubt: what has a wide interval fades into the ground. */
import { fetchDoubt } from "./api.js";
import { element } from "./dom.js";
import { emit, EVENTS, on } from "./events.js";
import { reason } from "./fault.js";
import { formatShare } from "./format.js";
import { label } from "./labels.js";
import { showNews } from "./message.js";
import { state } from "./state.js";

/** How much of its own colour a value of each class of doubt keeps. */
export const KEPT = [1, 0.55, 0.25];

/** What the server said of each view. @type {Map<string, {classes: string[][], limits: number[]}>} */
const known = new Map();

/** Take up the doubt of the shown view, if it is wanted and there is one. */
async function take() {
  const meta = state.spec?.metadata;
  state.doubt = null;
  if (!state.fades || !meta?.has_interval) return emit(EVENTS.doubt);
  try {
    if (!known.has(meta.view)) known.set(meta.view, await fetchDoubt(meta.view));
  } catch (error) {
    state.fades = false;
    showNews(reason(error));
    return emit(EVENTS.doubt);
  }
  if (state.spec?.metadata.view !== meta.view) return;
  const classes = known.get(meta.view)?.classes ?? [];
  state.doubt = new Map(classes.flatMap((ids, index) => ids.map((id) => /** @type {[string, number]} */ ([id, index + 1]))));
  emit(EVENTS.doubt);
}

/** The box in the legend that fades what is unsure; none where the view's values have no interval. */
export function doubtBox() {
  const meta = state.spec?.metadata;
  if (!meta?.has_interval) return null;
  const box = /** @type {HTMLInputElement} */ (element("input", { type: "checkbox" }));
  box.checked = state.fades;
  box.addEventListener("change", () => {
    state.fades = box.checked;
    take();
  });
  const limits = known.get(meta.view)?.limits;
  const title = limits ? label("app.doubt.limits", { first: formatShare(limits[0]), second: formatShare(limits[1]) }) : label("app.doubt.text");
  return element("label", { class: "fade", title }, box, element("span", {}, label("app.doubt")));
}

/** Follow the view. */
export function startDoubt() {
  on(EVENTS.view, () => state.fades && take());
}
