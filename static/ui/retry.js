/** The page shown while the database is down: it retries by itself. */
import { find, write } from "./dom.js";
import { backoffDelay } from "./backoff.js";

const note = find("[data-retry]");

/** @param {number} attempt */
async function tryAgain(attempt) {
  const ready = await fetch("/readyz", { cache: "no-store" }).catch(() => null);
  if (ready?.ok) return location.reload();
  write(note, `Tried ${attempt} ${attempt === 1 ? "time" : "times"}; trying again in a moment.`);
  // At least a second, to keep the load on the server low.
  setTimeout(() => tryAgain(attempt + 1), 1000 + backoffDelay(Math.min(attempt, 3), Math.random()));
}

setTimeout(() => tryAgain(1), 1000);
