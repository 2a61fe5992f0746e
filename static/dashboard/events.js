/** Describes the changes between two statuses in sentences. Pure. */
import { formatCount, formatRate, stateWord } from "../ui/format.js";

/** @param {Wire.Status} before @param {Wire.Status} after @returns {string[]} */
export function happenings(before, after) {
  return [...runHappenings(before, after), ...processHappenings(before, after), ...serviceHappenings(before, after), ...conditionHappenings(before, after)];
}

/** @param {Wire.Status} before @param {Wire.Status} after */
function runHappenings(before, after) {
  const words = [];
  if (before.state !== after.state) words.push(`The feed is ${stateWord(after.state).toLowerCase()}`);
  if (after.run && after.run.id !== before.run?.id) words.push(`Run ${after.run.id} started at ${formatRate(after.run.rate_per_second)}`);
  const skipped = after.display.skipped_count - before.display.skipped_count;
  if (skipped > 0) words.push(`${formatCount(skipped)} queued ${skipped === 1 ? "invoice was" : "invoices were"} skipped`);
  if (after.display.rate_per_second !== before.display.rate_per_second) words.push(`Rows are shown at ${formatRate(after.display.rate_per_second)}`);
  return words;
}

/** @param {Wire.Status} before @param {Wire.Status} after */
function processHappenings(before, after) {
  const known = new Map(before.processes.map((process) => [process.name, process]));
  return after.processes.flatMap((process) => {
    const was = known.get(process.name);
    if (!was) return [];
    const words = [];
    const restarts = (process.restarts ?? 0) - (was.restarts ?? 0);
    if (restarts > 0) words.push(`${process.name} was started again${process.pid ? ` as ${process.pid}` : ""}`);
    if (was.state !== process.state) words.push(`${process.name} is ${process.state}`);
    return words;
  });
}

/** @param {Wire.Status} before @param {Wire.Status} after */
function serviceHappenings(before, after) {
  const were = new Map(Object.entries(before.services));
  return Object.entries(after.services)
    .filter(([name, state]) => were.has(name) && were.get(name) !== state)
    .map(([name, state]) => `${name === "postgres" ? "PostgreSQL" : "Redis"} is ${state}`);
}

/** @param {Wire.Status} before @param {Wire.Status} after */
function conditionHappenings(before, after) {
  const [were, are] = [titles(before), titles(after)];
  const begun = [...are].filter(([title]) => !were.has(title)).map(([title, sentence]) => `${title}: ${sentence}`);
  const ended = [...were.keys()].filter((title) => !are.has(title)).map((title) => `${title} is over`);
  return [...begun, ...ended];
}

/** The sentences of the conditions by name and subject. @param {Wire.Status} status */
function titles(status) {
  return new Map(status.conditions.map((each) => [`${each.name} (${each.subject})`, each.sentence]));
}
