// @ts-check
/** The bar at the top while tiles load, and the moment when the map is ready. */
import { emit, EVENTS, on } from "./events.js";
import { areTilesMissing } from "./layers.js";
import { getDeck, startDrawingLayers } from "./scene.js";
import { find } from "./selectors.js";
import { state } from "./state.js";

/** Wanted and loaded tiles of all layers. @param {any} deck */
export function countTiles(deck) {
  const layers = deck?.props.layers ?? [];
  const manager = deck?.layerManager?.getLayers() ?? [];
  let wanted = 0;
  let there = 0;
  let drawn = layers.length > 0;
  for (const layer of manager) {
    if (!layer.state?.tileset || !layer.props.visible) continue;
    const tiles = layer.state.tileset.selectedTiles ?? []; // none before its first frame, when it is not loaded either
    wanted += tiles.length;
    there += tiles.filter((/** @type {any} */ tile) => tile.isLoaded).length;
    drawn &&= layer.isLoaded;
  }
  return { wanted, there, drawn: drawn && wanted > 0 };
}

/** Watch every frame; write only what changed. */
export function startProgress() {
  const box = find("progress");
  const bar = find("progressBar");
  on(EVENTS.progress, () => {
    const { wanted, there, drawn } = countTiles(getDeck());
    const share = wanted ? there / wanted : 0;
    if (drawn && !state.ready && !areTilesMissing()) {
      state.ready = true;
      startDrawingLayers();
      emit(EVENTS.rest); // names have room now, and what comes after the first picture is asked for
      return;
    }
    if (share === state.progress && box.hidden === drawn) return;
    state.progress = share;
    box.hidden = drawn;
    box.setAttribute("aria-valuenow", String(Math.round(share * 100)));
    bar.style.transform = `scaleX(${Math.max(share, 0.06)})`;
  });
}
