// @ts-check
/** Door, view, camera, selection, area, filter and hour in the address, so that a link shows what its sender saw. */
/** @import {Camera, Selection} from "./types.js" */
import { OPENABLE } from "./api.js";
import { DOORS } from "./doors.js";
import { EVENTS, on } from "./events.js";
import { state } from "./state.js";

const PAUSE_MS = 300;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
let written = "";

/**
 * What the address asks for; anything odd in it is left out.
 * @returns {{door: string, quarter: string | null, view: string, step: number, camera: Partial<Camera> | null, selection: Selection | null}}
 */
export function readLink() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const numbers = (asked.get("at") ?? "").split(",").map(Number);
  const [latitude, longitude, zoom, pitch, bearing] = numbers;
  const sound = numbers.length === 5 && numbers.every(Number.isFinite) && Math.abs(latitude) < 85 && zoom >= 0 && zoom <= 24;
  const [, kind = "", id = ""] = /^(\w+)\/(.+)$/.exec(asked.get("select") ?? "") ?? [];
  const door = asked.get("door") ?? "";
  return {
    // a link to a quantity without a door is one to the list of quantities
    door: DOORS.includes(door) ? door : asked.has("view") ? "plan" : "zone",
    quarter: asked.get("quarter"),
    view: /^[\w-]+$/.test(asked.get("view") ?? "") ? (asked.get("view") ?? "") : "",
    step: /^\d{1,2}$/.test(asked.get("step") ?? "") ? Number(asked.get("step")) : 0,
    camera: sound ? { latitude, longitude, zoom, pitch, bearing } : null,
    selection: OPENABLE.includes(kind) ? { kind, id } : null,
  };
}

/** Write the address without a step in the history. */
function write() {
  const { camera, selection, view } = state;
  if (!camera || !view) return;
  const at = [camera.latitude.toFixed(5), camera.longitude.toFixed(5), camera.zoom.toFixed(2), Math.round(camera.pitch), Math.round(camera.bearing)];
  const chosen = selection ? `&select=${encodeURI(`${selection.kind}/${selection.id}`).replaceAll("&", "%26")}` : "";
  const step = state.step ? `&step=${state.step}` : "";
  const quarter = state.quarter ? `&quarter=${encodeURIComponent(state.quarter)}` : "";
  written = `#door=${state.door}${quarter}&view=${view}${step}&at=${at.join(",")}${chosen}`;
  history.replaceState(null, "", written);
}

/**
 * Keep the address right, and follow it when it is changed by hand.
 * @param {() => void} onArrive
 */
export function startPermalink(onArrive) {
  on([EVENTS.camera, EVENTS.selection, EVENTS.view, EVENTS.door], () => {
    clearTimeout(timer);
    timer = setTimeout(write, PAUSE_MS);
  });
  addEventListener("hashchange", ({ newURL }) => {
    const asked = new URL(newURL).hash;
    if (asked === written) return;
    // a late write may have taken the address back before this event came
    clearTimeout(timer);
    if (location.hash !== asked) history.replaceState(null, "", asked);
    onArrive();
  });
}
