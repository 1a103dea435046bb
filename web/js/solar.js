// @ts-check
/** Where the sun stands: true solar time and height. */

const DEGREE_MIN = 4; // of time: the earth turns by 15 degrees an hour
const RADIANS = Math.PI / 180;

/** @param {Date} day */
const dayOfYear = (day) => Math.round((day.getTime() - Date.UTC(day.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;

/**
 * The equation of time: what the sun is ahead of the clock. [min]
 * @param {number} day of the year
 * Source: Spencer 1971, "Fourier series representation of the position of the sun"; within half a minute.
 */
function equationOfTime(day) {
  const turn = (2 * Math.PI * (day - 1)) / 365;
  return 229.18 * (0.000075 + 0.001868 * Math.cos(turn) - 0.032077 * Math.sin(turn) - 0.014615 * Math.cos(2 * turn) - 0.040849 * Math.sin(2 * turn));
}

/**
 * The moment at which it is this solar time on this day.
 * @param {string} date ISO
 * @param {number} minutes of true solar time
 * @param {number} longitude [degrees]
 * @returns {number} [ms since 1970]
 */
export function moment(date, minutes, longitude) {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const ahead = equationOfTime(dayOfYear(new Date(midnight))) + longitude * DEGREE_MIN;
  return midnight + (minutes - ahead) * 60_000;
}

/**
 * Height of the sun. [degrees]
 * @param {string} date
 * @param {number} minutes of true solar time
 * @param {number} latitude
 */
export function sunHeight(date, minutes, latitude) {
  const turn = (2 * Math.PI * (dayOfYear(new Date(`${date}T00:00:00Z`)) - 1)) / 365;
  const declination = 0.006918 - 0.399912 * Math.cos(turn) + 0.070257 * Math.sin(turn) - 0.006758 * Math.cos(2 * turn) + 0.000907 * Math.sin(2 * turn) - 0.002697 * Math.cos(3 * turn) + 0.00148 * Math.sin(3 * turn);
  const hour = ((minutes / 60 - 12) * 15) * RADIANS;
  const sine = Math.sin(latitude * RADIANS) * Math.sin(declination) + Math.cos(latitude * RADIANS) * Math.cos(declination) * Math.cos(hour);
  return Math.asin(sine) / RADIANS;
}
