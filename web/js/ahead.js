// @ts-check
/** What runs first: the page's first questions, while the rest of it and deck.gl are still on their way. */
import { fetchCatalogue, fetchZone } from "./api.js";
import { ownView } from "./doors.js";
import { loadLabels } from "./labels.js";
import { libraryLoaded } from "./library.js";
import { readLink } from "./permalink.js";
import { restoreSettings } from "./settings.js";
import { prepareView } from "./specs.js";
import { state } from "./state.js";

/** The server's name for the view that the zone opens with. */
export const DEFAULT = "default";

/** The zone, its views, and the page's words. */
export const askZone = () => Promise.all([fetchZone(state.language), fetchCatalogue(state.language), loadLabels()]);

const { view, door, step, language } = readLink();
restoreSettings(language);
prepareView(view || (ownView(door) ?? DEFAULT), view ? step : 0).catch(() => null); // whoever needs it hears of its failure
/** The answers to the first questions. */
export const firstAnswers = askZone();
firstAnswers.catch(() => null);
libraryLoaded();
