// @ts-check
/** Sun and shadow by day and hour: the light of the map, in true solar time. */
import { element } from "../dom.js";
import { emit, EVENTS, on } from "../events.js";
import { locale, label } from "../labels.js";
import { find } from "../selectors.js";
import { sunHeight } from "../solar.js";
import { state } from "../state.js";
import { takeTool } from "../tools.js";

const MINUTES_A_DAY = 1440;
const STEP_MIN = 10;
/** @param {number} minutes */
const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/**
 * Let the sun shine as at a day and hour, or as the map's own light.
 * @param {{date: string, minutes: number} | null} sun
 */
export function setSun(sun) {
  state.sun = sun;
  emit(EVENTS.sun);
}

/** Whose light it is, in words. */
export function sunText() {
  const { sun, zone } = state;
  if (!sun || !zone) return "";
  const degrees = Math.round(sunHeight(sun.date, sun.minutes, zone.centre[1]));
  const place = new Intl.DateTimeFormat(locale(), { day: "numeric", month: "long", timeZone: "UTC" }).format(new Date(`${sun.date}T00:00:00Z`));
  return degrees > 0 ? label("app.sun.text", { day: place, time: clock(sun.minutes), height: degrees }) : label("app.sun.night", { day: place, time: clock(sun.minutes) });
}

/** Write what the light is. */
function tell() {
  const output = find("sunBox").querySelector("output");
  if (output && state.sun) output.textContent = sunText();
}

/** Go back to the map's own light. */
function turnOff() {
  setSun(null);
  if (state.tool === "sun") takeTool("");
}

/** Write the box: with its fields while the tool is in hand; else whose light it is, and the way back. */
function render() {
  const box = find("sunBox");
  const isOpen = state.tool === "sun";
  box.hidden = !isOpen && !state.sun;
  if (box.hidden) return;
  const output = element("output", { class: "meta", for: isOpen ? "sun-date sun-time" : "" });
  const off = element("button", { type: "button", class: "link-like", click: turnOff }, label("app.sun.off"));
  if (!isOpen) {
    box.replaceChildren(output, off);
    return tell();
  }
  const sun = state.sun ?? { date: `${state.zone?.year ?? 2025}-06-21`, minutes: 15 * 60 };
  const date = /** @type {HTMLInputElement} */ (element("input", { id: "sun-date", type: "date", value: sun.date, required: true }));
  const time = /** @type {HTMLInputElement} */ (element("input", { id: "sun-time", type: "range", min: "0", max: String(MINUTES_A_DAY - STEP_MIN), step: String(STEP_MIN), value: String(sun.minutes), "aria-valuetext": clock(sun.minutes) }));
  time.value = String(sun.minutes);
  const change = () => {
    if (!date.value) return;
    time.setAttribute("aria-valuetext", clock(Number(time.value)));
    setSun({ date: date.value, minutes: Number(time.value) });
  };
  date.addEventListener("change", change);
  time.addEventListener("input", change);
  box.replaceChildren(
    element("div", { class: "field" }, element("label", { for: "sun-date" }, label("app.sun.date")), date),
    element("div", { class: "field" }, element("label", { for: "sun-time" }, label("app.sun.time")), time),
    output, off);
  if (!state.sun) setSun(sun);
  tell();
}

/** Follow the tool: its box opens with the sun on, and the shadows stay when it closes. */
export function startSun() {
  on([EVENTS.tool, EVENTS.language], render);
  on(EVENTS.sun, () => (state.tool === "sun" ? tell() : render()));
}
