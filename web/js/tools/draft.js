// @ts-check
/** A building that is drawn or changed: its form, and what follows from it. */
/** @import {Draft, DraftAnswer, Feature} from "../types.js" */
import { askWhatif } from "../api.js";
import { element } from "../dom.js";
import { emit, EVENTS, on } from "../events.js";
import { label } from "../labels.js";
import { select } from "../panel.js";
import { leavePanel, onEscape, takePanel } from "../room.js";
import { find } from "../selectors.js";
import { state } from "../state.js";
import { takeTool } from "../tools.js";
import { consequences, summary } from "./consequences.js";
import { startCorners } from "./corners.js";
import { draftForm } from "./draft_form.js";
import { startOutline } from "./outline.js";
import { selectArea } from "./selection.js";

const PAUSE_MS = 350;

/** @type {AbortController | null} */
let request = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** What followed when it was last asked. @type {DraftAnswer | null} */
let answer = null;

const room = (/** @type {"form" | "summary" | "answer"} */ name) => document.querySelector(`#draft-${name}`);
const hasPanel = () => find("panel").dataset.shows === "draft";

/**
 * Take up a draft, from a drawing, a building or a link; null ends it.
 * @param {Draft | null} draft
 */
export async function openDraft(draft) {
  if (state.tool) takeTool("");
  clearTimeout(timer);
  request?.abort();
  state.draft = null; // so that the panel does not go back to the one before
  if (draft) await clearTheWay();
  Object.assign(state, { draft, draftBodies: null });
  answer = null;
  emit(EVENTS.draft);
  if (draft) show();
  else leavePanel("draft");
}

/** Choose nothing: neither a feature nor an area. */
async function clearTheWay() {
  if (state.selection) await select(null);
  if (state.area) await selectArea(null);
}

/** Take up a draft in which nothing of a building is changed yet. @param {Feature} feature */
export const changeBuilding = ({ id }) => openDraft({ corners: null, storeys: null, use: null, roof: null, roof_pv: true, replaces: id });

/** Show the form and room for the answer in the panel; of the answer a line is read out. */
function show() {
  const { corners, replaces } = /** @type {Draft} */ (state.draft);
  const title = !replaces ? label("app.draft.new") : label(corners ? "app.draft.change" : "app.draft.of", { id: replaces });
  takePanel("draft", { kicker: label("app.draft"), title, closing: label("app.draft.end"), close: () => openDraft(null) },
    [element("div", { id: "draft-form" }), element("p", { id: "draft-summary", role: "status" }), element("div", { id: "draft-answer" })]);
  renderForm();
  if (answer) renderAnswer(answer);
  else work();
}

/** Write the form; of a changed building it says what stands once that is known. */
function renderForm() {
  const draft = /** @type {Draft} */ (state.draft);
  const was = answer?.removed.find(({ building_id: id }) => id === draft.replaces) ?? null;
  room("form")?.replaceChildren(draftForm(draft, was, change));
}

/** @param {DraftAnswer} found */
function renderAnswer(found) {
  room("summary")?.replaceChildren(summary(found));
  room("answer")?.replaceChildren(...consequences(found));
}

/** Take over what was changed, and ask again soon. @param {Partial<Draft>} changed */
function change(changed) {
  state.draft = { .../** @type {Draft} */ (state.draft), ...changed };
  if (state.draft.corners && "storeys" in changed) state.draftBodies = null;
  emit(EVENTS.draft);
  clearTimeout(timer);
  timer = setTimeout(work, PAUSE_MS);
}

/** Ask the server what follows. */
async function work() {
  const { draft } = state;
  if (!draft) return;
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  room("answer")?.setAttribute("aria-busy", "true");
  try {
    const found = await askWhatif(draft, state.language, signal);
    if (!signal.aborted) take(found);
  } catch (error) {
    if (!signal.aborted) renderFault(error);
  }
  if (!signal.aborted) room("answer")?.removeAttribute("aria-busy");
}

/** @param {DraftAnswer} found */
function take(found) {
  const isFirst = !answer;
  answer = found;
  state.draftBodies = found.buildings[0]?.bodies ?? null;
  emit(EVENTS.draft);
  if (isFirst && !state.draft?.corners && !room("form")?.contains(document.activeElement)) renderForm();
  renderAnswer(found);
}

/** @param {unknown} error */
function renderFault(error) {
  answer = null; // what followed from the draft before is not said of this one
  room("summary")?.replaceChildren();
  room("answer")?.replaceChildren(element("p", { role: "alert" }, error instanceof Error ? error.message : String(error)),
    element("button", { type: "button", class: "action", click: work }, label("app.retry")));
}

/** Beside what else has the panel stand the ways back to the draft, and to its end. */
function offerWayBack() {
  if (!state.draft || hasPanel()) return;
  find("panel").querySelector("header")?.after(element("p", { class: "way-back" },
    element("button", { type: "button", class: "action", click: clearTheWay }, label("app.draft.back")),
    element("button", { type: "button", class: "link-like", click: endBeside }, label("app.draft.end"))));
}

/** End the draft and leave the panel to what it shows. */
function endBeside() {
  openDraft(null);
  find("panel").querySelector(".way-back")?.remove();
  find("panel").querySelector("h2")?.focus();
}

/** The language is another one: ask again, now or on the way back. */
function translate() {
  if (!state.draft) return;
  clearTimeout(timer);
  request?.abort();
  answer = null;
  if (hasPanel()) show();
}

/** Listen; a chosen feature or area takes the panel for a while. */
export function startDraft() {
  startOutline((corners) => openDraft({ corners, storeys: 6, use: "residential", roof: "flat", roof_pv: true, replaces: null }));
  startCorners((corners) => change({ corners }));
  onEscape(() => {
    if (!state.draft || state.selection || state.area) return false;
    openDraft(null);
    return true;
  });
  on(EVENTS.panel, offerWayBack);
  on(EVENTS.language, translate);
  on([EVENTS.selection, EVENTS.area], () => { if (state.draft && !state.selection && !state.area && !hasPanel()) show(); });
}
