// @ts-check
/** The one state of the page. Whoever changes it emits the event of the same name. */
/** @import {Camera, Catalogue, Feature, Selection, Spec, Zone} from "./types.js" */

export const state = {
  /** @type {string} */ language: "en",
  /** @type {"light" | "dark"} */ theme: "light",
  /** @type {Zone | null} */ zone: null,
  /** @type {Catalogue | null} */ catalogue: null,
  /** Which of the four doors is open. @type {string} */ door: "zone",
  /** The quarter that the Neighbourhood door tells of. @type {string | null} */ quarter: null,
  /** Its outline, as GeoJSON. @type {object | null} */ quarterOutline: null,
  /** @type {string} */ view: "",
  /** The quantity behind the bar, "" for none. */ compare: "",
  /** Which of the view's steps is shown, from 1; 0 is the whole. */ step: 0,
  /** @type {Spec | null} */ spec: null,
  /** @type {Camera | null} */ camera: null,
  /** @type {Selection | null} */ selection: null,
  /** @type {Feature | null} */ feature: null,
  /** Roofs that were picked to be summed up, by their building. @type {Map<string, import("./types.js").Site>} */ picked: new Map(),
  /** Buildings whose roofs pass the filters of the Energy door, and for which question; null if nothing is left out. @type {{ids: Set<string>, key: string} | null} */ fitting: null,
  /** A drawn area. @type {import("./ground.js").Place[] | null} */ area: null,
  /** A building that is drawn; it lives here and in the link. @type {import("./types.js").Draft | null} */ draft: null,
  /** What it would look like, once that is known. @type {import("./types.js").DraftBody[] | null} */ draftBodies: null,
  /** What is being measured or drawn. @type {import("./ground.js").Place[]} */ measured: [],
  /** Which tool is in hand, "" for none. */ tool: "",
  /** Which values are shown; words are those that are hidden. @type {import("./types.js").Filter | null} */ filter: null,
  /** Whether what is unsure is faded. */ fades: false,
  /** Class of doubt of what is unsure in the shown view, by id: 1 or 2. @type {Map<string, number> | null} */ doubt: null,
  /** Day and minutes of true solar time whose light is shown. @type {{date: string, minutes: number} | null} */ sun: null,
  /** Layers that were switched on or off by hand. @type {Map<string, boolean>} */ shown: new Map(),
  /** Share of the wanted tiles that are there, 0 to 1. */ progress: 0,
  ready: false,
};
