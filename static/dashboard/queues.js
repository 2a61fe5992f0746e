/** The table of queues: one row each, with its length and its rates in and out. */
import { write } from "../ui/dom.js";
import { formatCount, formatDuration, formatRate } from "../ui/format.js";

/** @type {Record<string, string>} */
const KINDS = { display: "display", celery: "Celery" };
const COLUMNS = ["waiting", "in", "out", "empty"];

export class QueueTable {
  /** @param {HTMLElement} body */
  constructor(body) {
    this.body = body;
    body.replaceChildren();
  }

  /** @param {Wire.Queue[]} queues */
  draw(queues) {
    for (const queue of queues) {
      const key = `${queue.kind} ${queue.name}`;
      const row = this.body.querySelector(`[data-queue="${CSS.escape(key)}"]`) ?? this.add(key, queue);
      const texts = describeQueue(queue);
      COLUMNS.forEach((column, at) => {
        const cell = row.querySelector(`[data-column="${column}"]`);
        if (cell) write(cell, texts[at] ?? "–");
      });
    }
  }

  /** @param {string} key @param {Wire.Queue} queue */
  add(key, { name, kind }) {
    const [row, heading, unit] = [document.createElement("tr"), document.createElement("th"), document.createElement("span")];
    row.dataset.queue = key;
    heading.scope = "row";
    unit.className = "unit";
    unit.textContent = KINDS[kind] ?? kind;
    heading.append(`${name} `, unit);
    row.append(heading);
    for (const column of COLUMNS) {
      const cell = document.createElement("td");
      cell.className = "number";
      cell.dataset.column = column;
      row.append(cell);
    }
    this.body.append(row);
    return row;
  }
}

/** Waiting, in, out, empty in; a dash for an unknown value. @param {Wire.Queue} queue */
export function describeQueue(queue) {
  const eta = queue.drain_eta_seconds;
  return [
    queue.waiting === null ? "–" : formatCount(queue.waiting),
    queue.in_per_second === null ? "–" : formatRate(queue.in_per_second),
    queue.out_per_second === null ? "–" : formatRate(queue.out_per_second),
    queue.waiting && eta !== null ? formatDuration(eta) : "–",
  ];
}
