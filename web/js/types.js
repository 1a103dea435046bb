// @ts-check
/**
 * Shapes of the server's answers and of the state. Types only, no code runs here.
 *
 * @typedef {[number, number, number] | [number, number, number, number]} Colour
 * @typedef {[number, number, number, number]} Box  west, south, east, north [degrees]
 *
 * @typedef {{text: string, url: string, licence: string}} Attribution
 * @typedef {{key: string, value: number | null, low: number | null, high: number | null, unit: string}} Total
 * @typedef {object} Zone
 * @property {string} name
 * @property {string} title
 * @property {string} release_id
 * @property {number} year
 * @property {Box} bbox
 * @property {[number, number]} centre
 * @property {number | null} population
 * @property {boolean} population_is_modelled
 * @property {number | null} population_year
 * @property {number} planned_buildings
 * @property {number | null} target_year
 * @property {string} notice
 * @property {boolean} synthetic
 * @property {Total[]} totals
 * @property {number | null} [estimated_share]
 * @property {WeakInput[]} [weakest_inputs]
 * @property {Attribution[]} attribution
 * @property {string} default_view
 * @property {string[]} languages
 *
 * @typedef {{id: string, title_key: string, unit: string, subject: string, steps: number}} ViewEntry
 * @typedef {{name: string, domain: string, title_key: string, summary_key: string, views: ViewEntry[]}} LayerEntry
 * @typedef {{domains: string[], layers: LayerEntry[]}} Catalogue
 *
 * @typedef {{low: number | null, high: number | null, colour: Colour}} Stop
 * @typedef {{key: string, word: string, colour: Colour}} ClassEntry
 * @typedef {{key: string, colour: Colour, edge: Colour}} PlannedEntry
 * @typedef {{kind: "steps" | "classes", stops?: Stop[], classes?: ClassEntry[], missing?: Colour, planned?: PlannedEntry | null}} Legend
 * @typedef {object} ViewMeta
 * @property {string} view
 * @property {string} layer
 * @property {string} title_key
 * @property {string} [summary_key]
 * @property {string} subject
 * @property {string} column
 * @property {string} unit
 * @property {Legend} legend
 * @property {number} steps months that a slider goes through, 0 for none
 * @property {number} step which of them is shown, 0 for the whole year
 * @property {boolean} has_interval
 * @property {{id: string, title_key: string}[]} toggles
 * @property {Colour} background
 *
 * @typedef {{longitude: number, latitude: number, zoom: number, pitch: number, bearing: number, maxPitch?: number}} Camera
 * @typedef {{initialViewState: Camera, layers: Record<string, any>[], metadata: ViewMeta}} Spec
 *
 * @typedef {object} FeatureValue
 * @property {string} column
 * @property {string} label_key
 * @property {string} [meaning_key]
 * @property {number | string | boolean | null} value
 * @property {string} [value_key]
 * @property {string | null} [unit]
 * @property {number | null} [low]
 * @property {number | null} [high]
 * @property {string | null} [evidence]
 * @property {string | null} [evidence_key]
 * @property {string | null} [text]
 * @property {{share_below: number, count: number, class_key: string} | null} [rank]
 *
 * @typedef {{kind: string, id: string, label: string, share: number | null}} FeatureLink
 * @typedef {object} Feature
 * @property {string} kind
 * @property {string} id
 * @property {string} title
 * @property {string} subtitle
 * @property {[number, number]} centre
 * @property {Box} bbox
 * @property {object} geometry
 * @property {string} notice
 * @property {boolean} synthetic
 * @property {number | null} year
 * @property {string | null} status
 * @property {number | null} year_built
 * @property {string | null} neighbourhood_id the quarter that it lies in
 * @property {FeatureLink[]} links
 * @property {{key: string, values: FeatureValue[]}[]} groups
 *
 * @typedef {{gpc_ref: string | null, carrier: string, subject_id: string, emissions_kgco2e_per_a: number | null, notation_key: string | null, formula: string}} ExplainedRow
 * @typedef {{quantity: string, value: number, low: number | null, high: number | null, unit: string, region: string, year: number, source: string, seen: string, note: string | null}} ExplainedFactor
 * @typedef {object} Explanation
 * @property {string} [parcel_id]
 * @property {string} [building_id]
 * @property {string | null} cadastral_ref
 * @property {string} metric
 * @property {string} title
 * @property {string} meaning
 * @property {number | null} value
 * @property {number | null} low
 * @property {number | null} high
 * @property {string} unit
 * @property {string | null} evidence
 * @property {number} year
 * @property {string} notice
 * @property {string} release_id
 * @property {ExplainedRow[]} rows
 * @property {number} rows_left_out
 * @property {number | null} [row_sum] of all rows, in the figure's own unit; none where they do not add up to it
 * @property {number} [parts_left_out]
 * @property {{subject_id: string, share: number, value: number}[]} [parts] what each building adds to a parcel's figure
 * @property {number} [left_out_kgco2e_per_a]
 * @property {ExplainedFactor[]} factors
 * @property {{gpc_ref: string, carrier: string, year: number, amount: number, unit: string, source: string}[]} [totals]
 * @property {Record<string, any>[]} subjects
 * @property {{name: string, sha256: string | null, sql: string}[]} formulas
 * @property {{role: string, file: string | null, sha256: string, licence: string | null, date: string | null}[]} inputs
 *
 * @typedef {{kind: string, id: string, name: string, detail: string, centre: [number, number], bbox: Box}} SearchResult
 * @typedef {{edges?: number[], counts?: number[], classes?: {key: string, count: number}[], missing: number, planned?: number, unit: string}} Histogram
 * @typedef {{kind: string, quantity: string, factor_id: string | null, seen: string | null, variance_share: number}} WeakInput
 * @typedef {{payback_years: number | null, payback_years_low: number | null, payback_years_high: number | null, payback_reason_key: string | null}} Payback
 * @typedef {Payback & {building_id: string, name: string | null, use: string | null, capacity_kwp: number, yield_kwh_per_a: number, yield_p90_kwh_per_a: number | null}} Site
 *
 * @typedef {{key: string, label_key: string, unit: string, value: number | null, low: number | null, high: number | null, default: number | null, source: string | null, seen: string | null, can_change: boolean}} Assumption
 * @typedef {{least: number | null, most: number | null}} Bounds
 * @typedef {{prices: {tariff: string, period: string, price_cny_per_kwh: number}[], hours: {tariff: string, months: number[], period: string, from_h: number, until_h: number, source: string, seen: string}[], sources: {quantity: string, source: string, seen: string}[]}} Tariff
 * @typedef {{roofs: number, payback_years: number, saved_cny_per_kwh: number, sold_cny_per_kwh: number, self_used_share: number}} TypicalPayback
 * @typedef {object} SiteRanking
 * @property {Site[]} sites
 * @property {number} count
 * @property {string[] | null} building_ids
 * @property {boolean} has_weather
 * @property {Record<string, number | null>} sums
 * @property {TypicalPayback | null} typical
 * @property {any[] | null} targets
 * @property {Assumption[]} assumptions
 * @property {Record<string, Bounds>} bounds
 * @property {Tariff} tariff
 * @typedef {Record<string, any> & Site & {months: {pv_kwh: number[], load_kwh: number[] | null, self_used_kwh: number[] | null}, mean_days: {pv_kw: number[][], load_kw: number[][] | null, price_cny_per_kwh: number[][] | null}}} Roof
 * @typedef {{kind: string, id: string}} Selection
 *
 * @typedef {{value: number, low: number | null, high: number | null}} Bounded
 * @typedef {Bounded & {line: string, item: string, share_measured: number, not_estimated: string[], per_head_kgco2e_per_a: number | null, per_head_low: number | null, per_head_high: number | null}} InventoryTotal
 * @typedef {object} Neutrality
 * @property {number} target_year
 * @property {string} level
 * @property {Bounded} gap
 * @property {Bounded | null} gap_at_target
 * @property {{year: number, kgco2e_per_a: number}[]} years
 * @property {(Bounded & {year: number, is_projection: boolean})[]} inventory
 * @property {Record<string, number> | null} roofs
 *
 * @typedef {{year: number, totals: InventoryTotal[], neutrality: Neutrality | null}} Inventory
 *
 * @typedef {{least: number | null, most: number | null, words: Set<string> | null}} Filter
 * @typedef {Bounded & {label_key: string, unit: string, without_figure: number}} AreaSum
 * @typedef {{notice: string, planned_buildings: number, counts: Record<string, number>, sums: AreaSum[], distribution: (Histogram & {title_key: string, column: string}) | null}} AreaSums
 *
 * What is drawn; without corners the building that it replaces is changed, and what is null of it stays as it is.
 * @typedef {{corners: [number, number][] | null, storeys: number | null, use: string | null, roof: string | null, roof_pv: boolean, replaces: string | null}} Draft
 * @typedef {{geometry: any, base_m: number, height_m: number}} DraftBody
 * @typedef {{limit: number | null, unit: string, before: number | null, after: number | null, passes_before: boolean | null, passes: boolean | null, reason: string | null}} LimitVerdict
 * @typedef {{building_id: string, name: string | null, hours_before: number, hours_after: number, verdict_before: string, verdict_after: string, falls_below: boolean | null}} SunChange
 * @typedef {object} DraftAnswer
 * @property {string} notice
 * @property {{parcel_id: string, cadastral_ref: string | null, is_public: boolean, shares: {share: number}[], limits: Record<string, LimitVerdict>}[]} parcels
 * @property {any[]} buildings
 * @property {Record<string, any>[]} removed
 * @property {{building_id: string}[]} overlaps
 * @property {{sunlight: {needs_h: number | null, falls_below: number, dwellings: SunChange[]}, photovoltaics: {radius_m: number | null, lost_kwh: number | null, buildings: {building_id: string, name?: string | null, lost_kwh: number}[]}}} neighbours
 * @property {Record<string, string>} method
 *
 * @typedef {{name: string, label_key: string, unit: string, words: string | null, low: string | null, high: string | null}} TableColumn
 * @typedef {{subject: string, title_key: string, sort: string, descending: boolean, count: number, columns: TableColumn[], rows: Record<string, any>[]}} TablePage
 *
 * @typedef {{id: string, name: string, name_latin: string | null, centre: [number, number]}} Quarter
 * @typedef {{energy_kwh_per_person_a: Bounded, emissions_kgco2e_per_person_a: Bounded}} PerResident
 * @typedef {object} Footprint
 * @property {string} id
 * @property {string} name
 * @property {Box} bbox
 * @property {object | null} geometry
 * @property {string} notice
 * @property {boolean} synthetic
 * @property {string | null} reason_key
 * @property {Bounded | null} territorial
 * @property {Bounded | null} lifestyle
 * @property {(PerResident & {residents: number, buildings: number, share_measured: number, zone: PerResident, carriers: (PerResident & {carrier_key: string})[]}) | null} homes
 * @property {{kind: string, title_key: string, kwh_per_person_a: Bounded, kgco2e_per_person_a: Bounded}[]} actions
 * @property {{carrier_key: string, is_public: boolean, amount: number | null, unit: string, meters: number | null, coverage: number | null, modelled_amount: number | null, reason_key: string | null}[]} measured
 * @property {{target_year: number, years: {year: number, kgco2e_per_person_a: number}[], known: (Bounded & {year: number, is_projection: boolean})[]} | null} path
 */
export {};
