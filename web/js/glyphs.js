// @ts-check
/** Glyphs of energy assets, drawn once onto one picture that deck.gl takes them from. */

/** Side of a glyph in the picture, and of the square that its path is drawn in. [px] */
const SIDE = 64;
const SQUARE = 20;
const LINE = 1.9;

/** A path for each kind, in a square of 20. @type {Record<string, string>} */
const PATHS = {
  substation: "M11.5 2.5 5 11h4.5l-1 6.5L15 9h-4.5z",
  transformer: "M8 6.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 1 0 0-7.6M12 6.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 1 0 0-7.6",
  generator: "M10 6.7a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 1 0 0-6.6M10 2.5v1.7M10 15.8v1.7M2.5 10h1.7M15.8 10h1.7M4.7 4.7l1.2 1.2M14.1 14.1l1.2 1.2M15.3 4.7l-1.2 1.2M5.9 14.1l-1.2 1.2",
  plant: "M3.5 16.5v-7l4 2.5V9.5l4 2.5V3.5h4v13z",
  storage: "M6 5.5h8v11H6zM8.5 5.5v-2h3v2M10 8.5v5M7.8 11h4.4",
  charging_station: "M7 2.5v4M13 2.5v4M5 6.5h10v3a5 5 0 0 1-10 0zM10 14.5v3",
  heat: "M10 2.5c.5 3 4.5 4.5 4.5 8.7a4.5 4.5 0 0 1-9 0c0-2 1-3.2 2-4.2.2 1.5.8 2.3 1.6 2.6C8.6 7 8.8 4.5 10 2.5z",
};

/** @type {{iconAtlas: ImageData | null, iconMapping: Record<string, object>} | null} */
let made = null;

/** The picture and where each kind's glyph is on it, as deck.gl's icon layers take them. */
export function glyphs() {
  if (made) return made;
  const kinds = Object.keys(PATHS);
  const canvas = document.createElement("canvas");
  canvas.width = SIDE * kinds.length;
  canvas.height = SIDE;
  const context = canvas.getContext("2d");
  if (!context) return { iconAtlas: null, iconMapping: {} };
  Object.assign(context, { strokeStyle: "#fff", lineWidth: LINE, lineCap: "round", lineJoin: "round" });
  kinds.forEach((kind, place) => {
    context.setTransform(SIDE / SQUARE, 0, 0, SIDE / SQUARE, place * SIDE, 0);
    context.stroke(new Path2D(PATHS[kind]));
  });
  const iconMapping = Object.fromEntries(kinds.map((kind, place) => [kind, { x: place * SIDE, y: 0, width: SIDE, height: SIDE, mask: true }]));
  made = { iconAtlas: context.getImageData(0, 0, canvas.width, canvas.height), iconMapping };
  return made;
}
