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

let order = 0;

/**
 * Go where the address says; what it leaves out is as at the start. Of two arrivals the later one is followed to its end.
 * @param {() => Promise<void>} changeLanguage
 */
export async function arrive(changeLanguage) {
  const mine = ++order;
  for (const step of parts(readLink(), changeLanguage)) {
    await step();
    if (mine !== order) return;
  }
}

/**
 * The parts of a link, in the order in which they are followed.
 * @param {import("./permalink.js").Link} link
 * @param {() => Promise<void>} changeLanguage
 * @returns {(() => unknown)[]}
 */
function parts(link, changeLanguage) {
  const views = state.catalogue?.layers.flatMap((layer) => layer.views) ?? [];
  const view = views.find(({ id }) => id === link.view);
  const near = !link.camera;
  const first = !getDeck();
  return [
    () => {
      if (!link.language || link.language === state.language) return null;
      state.language = link.language;
      return changeLanguage();
    },
    () => {
      state.shown = link.layers;
      return showView(view?.id ?? viewOf(link.door) ?? DEFAULT, link.camera, view && link.step <= view.steps ? link.step : 0);
    },
    () => openDoor(link.door),
    () => {
      if (!link.filter && !state.filter) return;
      state.filter = link.filter;
      emit(EVENTS.filter);
    },
    () => (link.sun || state.sun) && setSun(link.sun),
    () => (link.compare || state.compare) && compareWith(views.some(({ id }) => id === link.compare) ? link.compare : ""),
    () => link.camera && !first && moveTo(link.camera),
    () => link.release && !state.zone?.release_id.startsWith(link.release) && showNews(label("app.link.older")),
    () => link.quarter !== state.quarter && follow(() => chooseQuarter(link.quarter, { near }), () => chooseQuarter(null)),
    () => (link.draft || state.draft) && openDraft(link.draft),
    () => (link.area || state.area) && selectArea(link.area),
    () => !link.area && (link.selection || state.selection) && select(link.selection, { near }),
  ];
}
