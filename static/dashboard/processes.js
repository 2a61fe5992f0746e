/** The table of processes: one row each, with a kill button where that is allowed. */
import { write } from "../ui/dom.js";
import { formatAge, formatCount, formatMegabytes } from "../ui/format.js";

const COLUMNS = ["state", "heartbeat", "age", "restarts", "memory", "pid"];

export class ProcessTable {
  /** @param {HTMLElement} body @param {((name: string) => Promise<void>) | null} kill null: not allowed */
  constructor(body, kill) {
    this.body = body;
    this.kill = kill;
    body.replaceChildren();
  }

  /** @param {Wire.Process[]} processes */
  draw(processes) {
    for (const process of processes) {
      const found = this.body.querySelector(`[data-process="${CSS.escape(process.name)}"]`);
      drawProcess(found ?? this.add(process.name), process);
    }
  }

  /** @param {string} name */
  add(name) {
    const row = document.createElement("tr");
    row.dataset.process = name;
    const heading = document.createElement("th");
    heading.scope = "row";
    heading.textContent = name;
    row.append(heading, ...COLUMNS.map(makeCell));
    const lamp = document.createElement("span");
    lamp.className = "lamp";
    row.querySelector('[data-column="state"]')?.append(lamp);
    if (this.kill) row.append(makeButton(name, this.kill));
    this.body.append(row);
    return row;
  }
}

/** @param {string} column */
function makeCell(column) {
  const cell = document.createElement("td");
  cell.dataset.column = column;
  if (column !== "state") cell.className = "number";
  return cell;
}

/** @param {string} name @param {(name: string) => Promise<void>} kill */
function makeButton(name, kill) {
  const [cell, button] = [document.createElement("td"), document.createElement("button")];
  cell.className = "number";
  button.type = "button";
  button.className = "button is-small is-kill";
  button.textContent = "Kill";
  button.setAttribute("aria-label", `Kill ${name}`);
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    await kill(name);
    button.disabled = false;
    button.setAttribute("aria-busy", "false");
  });
  cell.append(button);
  return cell;
}

/** @param {Element} row @param {Wire.Process} process */
function drawProcess(row, process) {
  const lamp = row.querySelector(".lamp");
  if (lamp instanceof HTMLElement) {
    lamp.dataset.state = process.state;
    write(lamp, process.state);
  }
  /** @type {Record<string, string>} */
  const texts = {
    heartbeat: process.last_heartbeat_at ? `${ageOf(process.last_heartbeat_at)} ago` : "–",
    age: process.started_at ? ageOf(process.started_at) : "–",
    restarts: process.restarts === null ? "–" : formatCount(process.restarts),
    memory: process.memory_bytes ? formatMegabytes(process.memory_bytes) : "–",
    pid: process.pid === null ? "–" : String(process.pid),
  };
  for (const [column, text] of Object.entries(texts)) {
    const cell = row.querySelector(`[data-column="${column}"]`);
    if (cell) write(cell, text);
  }
}

/** @param {string} instant */
function ageOf(instant) {
  return formatAge((Date.now() - Date.parse(instant)) / 1000);
}
