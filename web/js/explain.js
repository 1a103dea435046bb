// @ts-check
/** How a figure of a parcel or building was computed, from the formula down to factors, sources and files. */
/** @import {Explanation, ExplainedFactor, ExplainedRow, Selection} from "./types.js" */
import { fetchExplanation } from "./api.js";
import { cardHead, element } from "./dom.js";
import { faultNote } from "./fault.js";
import { formatEvidence, formatLine, formatList, formatNumber, formatQuantity } from "./format.js";
import { hasLabel, label } from "./labels.js";
import { find } from "./selectors.js";
import { state } from "./state.js";
import { asTitle, carrierName, kindName, quantityName, regionName } from "./vocabulary.js";
import { writeUnit } from "./units.js";

/** Rows that are shown at once; the others open on demand. */
const SHOWN_ROWS = 8;
const HASH_DIGITS = 12;

/** @type {AbortController | null} */
let request = null;

/**
 * Open the chain behind a figure.
 * @param {Selection} selection a parcel or building
 * @param {string} metric
 */
export async function openExplanation(selection, metric) {
  request?.abort();
  request = new AbortController();
  const { signal } = request;
  const dialog = /** @type {HTMLDialogElement} */ (find("explain"));
  dialog.replaceChildren(head(label("app.explain")), element("div", { class: "scroll skeleton", "aria-busy": "true" }, label("app.explain.loading")));
  if (!dialog.open) dialog.showModal();
  try {
    render(await fetchExplanation(selection, metric, state.language, signal));
  } catch (error) {
    if (signal.aborted) return;
    show(
      head(label("app.fault.title")),
      element("div", { class: "scroll" }, faultNote(error, () => openExplanation(selection, metric))));
  }
}

/**
 * @param {string} title
 * @param {string} [subtitle]
 */
function head(title, subtitle) {
  const close = () => /** @type {HTMLDialogElement} */ (find("explain")).close();
  return cardHead({ id: "explain-title", kicker: label("app.explain"), title, subtitle, closing: label("app.close"), close });
}

/**
 * Show something else in the dialog, its heading in focus.
 * @param {...(HTMLElement | false)} parts
 */
function show(...parts) {
  const dialog = find("explain");
  dialog.replaceChildren(...parts.filter((part) => part !== false));
  /** @type {HTMLElement | null} */ (dialog.querySelector("h2"))?.focus();
}

/** @param {Explanation} found */
function render(found) {
  show(
    head(found.title, [found.cadastral_ref ?? found.parcel_id ?? found.building_id, found.year].filter(Boolean).join(" · ")),
    element("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "explain-title" },
      found.notice && element("p", { class: "notice" }, found.notice),
      figure(found),
      section("app.explain.rows", rows(found)),
      section("app.explain.parts", parts(found)),
      section("app.explain.totals", (found.totals ?? []).map((total) => entry(
        `${total.gpc_ref} · ${carrierName(total.carrier)} · ${total.year}`, `${formatNumber(total.amount)} ${writeUnit(total.unit)}`, total.source))),
      section("app.explain.factors", found.factors.map(factor)),
      section("app.explain.subjects", found.subjects.map((subject) => entry(
        subject.subject_id, formatList(facts(subject)), [subject.source_file, hash(subject.source_sha256)].filter(Boolean).join(" · ")))),
      section("app.explain.formulas", found.formulas.map(({ name, sha256, sql }) => element("details", { class: "sql" },
        element("summary", {}, name, element("span", { class: "unit" }, hash(sha256))), element("pre", { tabindex: "0" }, sql)))),
      section("app.explain.inputs", found.inputs.map((input) => entry(
        input.file ?? input.role, [input.licence, input.date].filter(Boolean).join(" · "), `sha256 ${input.sha256}`))),
      element("p", { class: "meta" }, label("app.release", { id: found.release_id }))));
}

/**
 * The figure itself with its interval.
 * @param {Explanation} found
 */
function figure(found) {
  if (found.value === null) return element("p", { class: "figure" }, label("app.missing"));
  const written = formatQuantity(found.value, found.unit, { low: found.low, high: found.high, key: found.metric });
  const evidence = formatEvidence(/** @type {any} */ ({ evidence: found.evidence, evidence_key: `evidence.${found.evidence}` }));
  return element("div", { class: "figure" },
    element("p", {}, element("strong", {}, written.number), " ", element("span", { class: "unit" }, written.unit)),
    element("p", { class: "meta" }, [written.interval, evidence].filter(Boolean).join(" · ")),
    element("p", { class: "meta" }, found.meaning));
}

/**
 * A part with a heading, left out where it holds nothing.
 * @param {string} key
 * @param {HTMLElement[]} parts
 */
function section(key, parts) {
  return parts.length > 0 && element("section", {}, element("h3", {}, label(key)), ...parts);
}

/**
 * Rows of the ledger with a figure, the largest first; what is left out is told after them.
 * @param {Explanation} found
 */
function rows(found) {
  const written = found.rows.map(row);
  const rest = written.splice(SHOWN_ROWS);
  const left = found.rows_left_out;
  const more = rest.length > 0 && element("details", { class: "more" },
    element("summary", {}, label("app.links.more", { count: rest.length + left })), ...rest,
    left > 0 && element("p", { class: "absent" }, label("app.explain.left", { count: left, amount: formatLine(found.left_out_kgco2e_per_a ?? 0, "kgCO2e/a") })));
  return [...written, more, written.length > 0 && otherSum(found)].filter((part) => part !== false && part !== null);
}

/**
 * What the rows sum to, where that is not the figure: the inventory knows more than the model of the layer.
 * @param {Explanation} found
 */
function otherSum({ value, row_sum: sum, unit }) {
  if (value === null || sum === undefined || sum === null || Math.abs(sum - value) <= 1e-6 * Math.abs(value)) return null;
  return element("p", { class: "absent" }, label("app.explain.other_sum", { sum: formatLine(sum, unit) }));
}

/** What each building adds, the most first. @param {Explanation} found */
function parts(found) {
  const left = found.parts_left_out ?? 0;
  return [...(found.parts ?? []).map((part) => partOf(part, found)),
    ...(left > 0 ? [element("p", { class: "absent" }, label("app.links.more", { count: left }))] : [])];
}

/**
 * What a building adds to a parcel's figure; its own chain opens.
 * @param {{subject_id: string, share: number, value: number}} part
 * @param {Explanation} found
 */
function partOf({ subject_id: id, share, value }, { unit, metric }) {
  const open = element("button", { type: "button", class: "link-like", click: () => openExplanation({ kind: "building", id }, metric) }, id);
  return element("div", { class: "entry" },
    element("p", {}, element("span", {}, open), element("b", {}, formatLine(share * value, unit))),
    element("p", { class: "meta" }, `${formatNumber(share)} × ${formatLine(value, unit)}`));
}

/** @param {ExplainedRow} row */
function row(row) {
  const code = `ledger.gpc_ref.${row.gpc_ref}`;
  const title = `${row.gpc_ref ?? ""} ${hasLabel(code) ? label(code) : ""}`.trim();
  const amount = row.emissions_kgco2e_per_a === null ? row.notation_key ?? "" : formatLine(row.emissions_kgco2e_per_a, "kgCO2e/a");
  return entry(`${title} · ${carrierName(row.carrier)}`, amount, row.formula, row.subject_id);
}

/** @param {ExplainedFactor} one */
function factor(one) {
  const unit = writeUnit(one.unit);
  const interval = one.low === null || one.low === one.high ? "" : ` (${label("app.interval", { low: formatNumber(one.low), high: formatNumber(one.high ?? one.low) })})`;
  const seen = label(`app.seen.${one.seen}`);
  return entry(asTitle(quantityName(one.quantity)), `${[formatNumber(one.value), unit].filter(Boolean).join(" ")}${interval}`, `${regionName(one.region)} ${one.year} · ${seen} · ${one.source}`, one.note);
}

/**
 * What it is, how much, and where that is from.
 * @param {string} title
 * @param {string} amount
 * @param {string} source
 * @param {string | null} [note]
 */
function entry(title, amount, source, note = null) {
  return element("div", { class: "entry" },
    element("p", {}, element("span", {}, title), element("b", {}, amount)),
    source && element("p", { class: "meta" }, source),
    note && element("p", { class: "meta" }, note));
}

/**
 * What a subject measures, in words.
 * @param {Record<string, any>} subject
 */
function facts(subject) {
  const told = [subject.use ?? subject.class ?? subject.kind, subject.year_built && String(subject.year_built),
    subject.floor_area_m2 && formatLine(subject.floor_area_m2, "m2"), subject.height_m && formatLine(subject.height_m, "m"),
    subject.length_m && formatLine(subject.length_m, "m"), subject.capacity_kw && formatLine(subject.capacity_kw, "kW")];
  return told.filter(Boolean).map((word) => kindName(String(word)));
}

/** @param {string | null | undefined} sha */
function hash(sha) {
  return sha ? `sha256 ${sha.slice(0, HASH_DIGITS)}…` : "";
}
