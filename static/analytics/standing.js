/** What figures are based on: how far documents are in, what is held, restated and audited; and of one figure, how it is calculated. */
import { documentsOf, metricOf } from "./ask.js";
import { dayText, heldText, valueText } from "./labels.js";
import { isBehind, totalOf } from "./reading.js";
import { scopeText } from "./series.js";
import { find, make } from "../ui/dom.js";
import { formatCount, formatDate, formatMoney, formatTime } from "../ui/format.js";

/** Restated days that are listed. */
const RESTATED = 3;

/** @param {import("./page.js").Page} page */
export function mountStanding(page) {
  const list = find("[data-standing]");
  let drawn = "";
  page.store.subscribe((state, before) => {
    if (state.parts.figures === before?.parts.figures) return;
    /** @type {Figures.Answer | null} */
    const answer = state.parts.figures.answer;
    if (!answer) return;
    const facts = describeStanding(answer.metadata);
    const text = facts.map((each) => each.outerHTML).join("");
    if (text === drawn) return;
    drawn = text;
    list.replaceChildren(...facts);
  });
}

/** @param {Figures.Proof & Partial<Figures.Metadata>} proof @returns {HTMLElement[]} */
function describeStanding(proof) {
  const folded = Object.entries(proof.folded_to).map(([prefix, ordinal]) => `${prefix} ${formatCount(ordinal)}`);
  const zone = proof.timezone === "store" ? "each store's own" : proof.timezone;
  return [
    fact("Documents", `${isBehind(proof) ? "◔ only those issued" : "✓ all that were issued"} before ${formatTime(proof.complete_until)}`),
    fact("Folded to", folded.join(", ") || "no series"),
    fact("Held back", heldText(proof.held) || "nothing in quarantine"),
    fact("Days of", zone),
    fact("Last audit", auditText(proof.last_audit)),
    fact("Restated days", ...restatedOf(proof.restated ?? [])),
  ].filter(({ hidden }) => !hidden);
}

/** @param {Figures.Proof["last_audit"]} audit */
function auditText(audit) {
  if (!audit) return "none yet; manage.py audit proves every figure";
  return `${verdictOf(audit)}, ${formatDate(audit.at)} ${formatTime(audit.at)}`;
}

/** @param {NonNullable<Figures.Proof["last_audit"]>} audit */
function verdictOf({ equal, buckets_compared: compared, differences }) {
  const buckets = compared === undefined ? "every bucket" : `${formatCount(compared)} buckets`;
  return equal ? `✓ ${buckets} equal` : `✗ ${formatCount(differences ?? 0)} of ${buckets} differ`;
}

/** @param {Figures.Restated[]} restated */
function restatedOf(restated) {
  if (!restated.length) return ["none in this range"];
  const items = restated.slice(0, RESTATED).map(({ day, currency, before, after, why }) =>
    make("li", "", `${dayText(day, "full")}: ${formatMoney(before.revenue, currency)} → ${formatMoney(after.revenue, currency)} ${currency}, ${why}`),
  );
  const more = restated.length > RESTATED ? [make("li", "", `and ${restated.length - RESTATED}${restated.length >= 20 ? " or more" : ""} others`)] : [];
  return [make("ul", "restated", ...items, ...more)];
}

/** @param {string} name @param {(string | Node)[]} content */
function fact(name, ...content) {
  return make("div", "", make("dt", "", name), make("dd", "", ...content));
}

/** @param {{ page: import("./page.js").Page, body: HTMLElement }} side @param {Figures.Explained} answer @param {string} name */
export function drawProof({ page, body }, { metrics, buckets, documents, metadata }, name) {
  const metric = metricOf(page.state, name);
  const part = page.state.parts[name.endsWith("_customers") ? "people" : "figures"];
  const figure = totalOf(part.answer?.totals, name, page.currency);
  const unit = metric?.unit === "money" ? page.currency : "";
  const counted = [fact("Buckets", formatCount(buckets)), fact("Documents", `${formatCount(documents)} in these days`)];
  const sql = metrics.flatMap((each) => each.sql).map((text) => make("pre", "sql", text));
  body.replaceChildren(
    make("p", "side-scope", scopeText(page.state, page.currency)),
    make("p", "side-sum", valueText(figure, metric?.unit, page.currency), " ", make("span", "unit", unit)),
    make("p", "side-says", `${metrics[0]?.says ?? metric?.says ?? ""}.`),
    makeDocuments(page, name),
    make("dl", "facts-list", ...counted, ...describeStanding(metadata).slice(1)),
    make("details", "side-sql", make("summary", "", "SQL that reads it"), ...sql),
  );
}

/** @param {import("./page.js").Page} page @param {string} name */
function makeDocuments(page, name) {
  const button = make("button", "button is-small", "Documents behind it");
  button.hidden = !documentsOf(page.state, name);
  button.addEventListener("click", () => page.go({ drill: name, at: "", proof: "" }));
  return button;
}
