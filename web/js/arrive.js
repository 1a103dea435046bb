// @ts-check
/** Following a link: each of its parts by itself, so that an odd one does not hold back the rest. */
import { DEFAULT } from "./ahead.js";
import { moveTo } from "./camera.js";
import { chooseQuarter } from "./doors/neighbourhood.js";
import { openDoor, viewOf } from "./doors.js";
import { emit, EVENTS } from "./events.js";
import { isAway } from "./fault.js";
import { label } from "./labels.js";
import { showNews } from "./message.js";
import { select } from "./panel.js";
import { readLink } from "./permalink.js";
import { getDeck } from "./scene.js";
import { state } from "./state.js";
import { openDraft } from "./tools/draft.js";
import { selectArea } from "./tools/selection.js";
import { setSun } from "./tools/sun.js";
import { compareWith } from "./tools/swipe.js";
import { showView } from "./view.js";

/**
 * Do what one part of a link asks for; what this release does not have is told, and the other parts are followed.
 * @param {() => Promise<unknown>} action
 * @param {() => Promise<unknown>} otherwise
 */
async function follow(action, otherwise) {
  try {
    await action();
  } catch (error) {
    if (isAway(error)) throw error;
    showNews(label("app.link.part"));
    await otherwise();
  }
}

/**
 * Go where the address says; what it leaves out is as at the start.
 * @param {() => Promise<void>} changeLanguage
 */
export async function arrive(changeLanguage) {
  const link = readLink();
  if (link.language && link.language !== state.language) {
    state.language = link.language;
    await changeLanguage();
  }
  const views = state.catalogue?.layers.flatMap((layer) => layer.views) ?? [];
  const view = views.find(({ id }) => id === link.view);
  const near = !link.camera;
  const first = !getDeck();
  state.shown = link.layers;
  await showView(view?.id ?? viewOf(link.door) ?? DEFAULT, link.camera, view && link.step <= view.steps ? link.step : 0);
  openDoor(link.door);
  if (link.filter || state.filter) {
    state.filter = link.filter;
    emit(EVENTS.filter);
  }
  if (link.sun || state.sun) setSun(link.sun);
  if (link.compare || state.compare) await compareWith(views.some(({ id }) => id === link.compare) ? link.compare : "");
  if (link.camera && !first) moveTo(link.camera);
  if (link.release && !state.zone?.release_id.startsWith(link.release)) showNews(label("app.link.older"));
  if (link.quarter !== state.quarter) await follow(() => chooseQuarter(link.quarter, { near }), () => chooseQuarter(null));
  if (link.draft || state.draft) await openDraft(link.draft);
  if (link.area || state.area) await selectArea(link.area);
  if (!link.area && (link.selection || state.selection)) await select(link.selection, { near });
}
