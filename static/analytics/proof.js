/** How a figure comes about: definition, SQL, buckets and documents counted, and what it stands on. */
import { documentsOf, metricOf } from "./ask.js";
import { valueText } from "./labels.js";
import { totalOf } from "./reading.js";
import { makeScope } from "./scope.js";
import { describeStanding, fact } from "./standing.js";
import { make } from "../ui/dom.js";
import { formatCount } from "../ui/format.js";

/** @param {{ page: import("./page.js").Page, body: HTMLElement }} side @param {Figures.Explained} answer @param {string} name */
export function drawProof({ page, body }, { metrics, buckets, documents, metadata }, name) {
  const metric = metricOf(page.state, name);
  const part = page.state.parts[name.endsWith("_customers") ? "people" : "figures"];
  const figure = totalOf(part.answer?.totals, name, page.currency);
  const unit = metric?.unit === "money" ? page.currency : "";
  const counted = [fact("Buckets", formatCount(buckets)), fact("Documents", `${formatCount(documents)} in these days`)];
  const sql = metrics.flatMap((each) => each.sql).map((text) => make("pre", "sql", text));
  body.replaceChildren(
    makeScope(page),
    make("p", "side-sum", valueText(figure, metric?.unit), " ", make("span", "unit", unit)),
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
