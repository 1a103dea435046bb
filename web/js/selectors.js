// @ts-check
/** Every element that the code looks for in index.html. */

export const SELECTORS = Object.freeze({
  map: "#map",
  mapRight: "#map-right",
  swipe: "#swipe",
  legendRight: "#legend-right",
  compareRoom: "#compare-room",
  progress: "#progress",
  progressBar: "#progress > span",
  zoneTitle: "#zone-title",
  zoneMeta: "#zone-meta",
  skip: ".skip",
  searchInput: "#search-input",
  searchResults: "#search-results",
  searchStatus: "#search-status",
  door: "#door",
  doorTabs: "#door-tabs",
  zoneDoor: "#door-zone",
  planDoor: "#door-plan",
  energyDoor: "#door-energy",
  neighbourhoodDoor: "#door-neighbourhood",
  quantityList: "#quantity-list",
  legend: "#legend",
  legendBody: "#legend-body",
  steps: "#steps",
  menuOpen: "#menu-open",
  menuClose: "#menu-close",
  settings: "#settings",
  layersButton: "#layers-button",
  toggles: "#toggles",
  toggleList: "#toggle-list",
  themeButton: "#theme-button",
  language: "#language",
  compass: "#compass",
  compassIcon: "#compass .icon",
  pitch: "#pitch",
  pitchText: "#pitch-text",
  zoomIn: "#zoom-in",
  zoomOut: "#zoom-out",
  home: "#home",
  tools: "#tools",
  selectSeen: "#select-seen",
  sunBox: "#sun-box",
  readout: "#readout",
  draw: "#draw",
  corners: "#corners",
  tableButton: "#table-button",
  table: "#table",
  tableTitle: "#table-title",
  tableFilter: "#table-filter",
  tableCount: "#table-count",
  tableExport: "#table-export",
  tableClose: "#table-close",
  tableBody: "#table-body",
  panel: "#panel",
  explain: "#explain",
  foot: "#foot",
  notice: "#notice",
  attribution: "#attribution",
  tooltip: "#tooltip",
  news: "#news",
  share: "#share",
  shareButton: "#share-button",
  printButton: "#print-button",
  sheet: "#sheet",
  message: "#message",
  messageTitle: "#message-title",
  messageText: "#message-text",
  messageRetry: "#message-retry",
  messageClose: "#message-close",
});

/**
 * The element behind a selector of the table above.
 * @param {keyof typeof SELECTORS} name
 * @returns {HTMLElement}
 */
export function find(name) {
  const element = document.querySelector(SELECTORS[name]);
  if (!element) throw new Error(`index.html has no ${SELECTORS[name]}`);
  return /** @type {HTMLElement} */ (element);
}
