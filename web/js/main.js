// @ts-check
/** The page from start to first picture; a table of contents of the other modules. */
/** @import {Selection} from "./types.js" */
import { askZone, firstAnswers } from "./ahead.js";
import { ApiError } from "./api.js";
import { arrive } from "./arrive.js";
import { startControls } from "./controls.js";
import { startDoors } from "./doors.js";
import { startDoubt } from "./doubt.js";
import { startEnergyDoor } from "./doors/energy.js";
import { chooseQuarterOf, startNeighbourhoodDoor } from "./doors/neighbourhood.js";
import { startPlanDoor } from "./doors/plan.js";
import { startZoneDoor } from "./doors/zone.js";
import { emit, EVENTS } from "./events.js";
import { translatePage } from "./labels.js";
import { askTilesAgain, onTileFault } from "./layers.js";
import { startLegend } from "./legend.js";
import { library } from "./library.js";
import { hideMessage, showFault, showNoWebgl, startMessage } from "./message.js";
import { select, startPanel } from "./panel.js";
import { startPermalink } from "./permalink.js";
import { startProgress } from "./progress.js";
import { getDeck, hasWebgl } from "./scene.js";
import { startSearch } from "./search.js";
import { startSettings } from "./settings.js";
import { startSheets } from "./sheet.js";
import { startSteps } from "./steps.js";
import { openTable, startTable } from "./table.js";
import { state } from "./state.js";
import { startTitle } from "./title.js";
import { startToggles } from "./toggles.js";
import { startTools } from "./tools.js";
import { changeBuilding, startDraft } from "./tools/draft.js";
import { startDrawing } from "./tools/draw.js";
import { startMeasuring } from "./tools/measure.js";
import { startPrinting } from "./tools/print.js";
import { selectArea, startSelection } from "./tools/selection.js";
import { startSharing } from "./tools/share.js";
import { startSun } from "./tools/sun.js";
import { startSwipe } from "./tools/swipe.js";
import { startTooltip } from "./tooltip.js";
import { draw, showView, startView } from "./view.js";

/**
 * Do something that needs the server; on failure say so and offer to do it again.
 * @param {() => Promise<unknown>} action
 */
async function attempt(action) {
  try {
    await action();
  } catch (error) {
    showFault(error, () => attempt(action));
  }
}

/**
 * Take what the page is about.
 * @param {ReturnType<typeof askZone>} answers
 */
async function load(answers) {
  [state.zone, state.catalogue] = await answers;
  translatePage();
}

/** What was asked when the page came; after a failure it is asked anew. @type {ReturnType<typeof askZone> | null} */
let asked = firstAnswers;

/** The first picture: the linked view if there is one, else the zone's own. */
async function open() {
  const answers = asked ?? askZone();
  asked = null;
  await load(answers);
  await arrive(changeLanguage); // without a map, too: the table serves
  if (!library()) showFault(new ApiError("/static/deck.js", 0), () => location.reload());
  else if (!hasWebgl()) {
    showNoWebgl();
    openTable(true);
  }
}

/** What a click on the map opens: in the Neighbourhood door the quarter around a house, not the house. @param {Selection | null} selection */
async function tap(selection) {
  const isAtHome = state.door === "neighbourhood" && (selection?.kind === "building" || selection?.kind === "parcel");
  await select(isAtHome ? null : selection);
  if (isAtHome) await chooseQuarterOf(selection);
}

/** Everything in another language, where it stands. */
async function changeLanguage() {
  await load(askZone());
  await showView(state.view);
  emit(EVENTS.language);
}

/** The same view in the other light. */
async function changeTheme() {
  await showView(state.view);
  emit(EVENTS.theme);
}

/** Tiles that do not come are asked for again when the user wants. */
function watchTiles() {
  onTileFault((error) =>
    showFault(new TypeError(error.message), () => {
      hideMessage();
      askTilesAgain();
      draw();
    }));
}

startMessage();
startSettings({ onLanguage: () => attempt(changeLanguage), onTheme: () => attempt(changeTheme) });
startView();
startProgress();
startTitle();
startDoors((view) => attempt(() => showView(view)));
startZoneDoor((view) => attempt(() => showView(view)));
startPlanDoor((view) => attempt(() => showView(view)));
startEnergyDoor((selection, options) => attempt(() => select(selection, options)));
startNeighbourhoodDoor((selection) => attempt(() => select(selection)));
startLegend();
startDoubt();
startSteps((step) => attempt(() => showView(state.view, null, step)));
startTooltip((selection) => attempt(() => tap(selection)));
startPanel({ change: changeBuilding });
startTools();
startDrawing((area) => attempt(() => selectArea(area)));
startSelection();
startMeasuring();
startDraft();
startSwipe();
startSun();
startTable();
startSharing();
startPrinting();
startSearch();
startControls();
startToggles();
startSheets();
startPermalink(() => attempt(() => arrive(changeLanguage)));
watchTiles();
attempt(open);

/** For tests: whether the first tiles are drawn, the Deck, and the state. */
Object.defineProperty(globalThis, "zonetwin", {
  value: { get ready() { return state.ready; }, get deck() { return getDeck(); }, state },
});
