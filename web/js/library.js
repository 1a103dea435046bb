// @ts-check
/** deck.gl, as the bundle of pydeck puts it on the page. */
import { element } from "./dom.js";

/** Its classes; undefined before they came, or where they did not. */
export const library = () => /** @type {any} */ (globalThis).deck;

/** @type {Promise<unknown> | null} */
let loading = null;

/** When it is there, or will not come: it takes about a second to run, in which the answers to the first questions come. */
export function libraryLoaded() {
  loading ??= new Promise((done) => {
    document.head.append(element("script", { src: "/static/deck.js", load: done, error: done }));
  });
  return loading;
}
