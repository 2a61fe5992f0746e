/** Waits between attempts to reach the server, so that many pages do not come back at the same moment. Pure. */

const SHORTEST_BACKOFF_MS = 500;
export const LONGEST_BACKOFF_MS = 10000;

/** How long to wait before an attempt (the first is 0). @param {number} attempt @param {number} random 0 to 1 */
export function backoffDelay(attempt, random) {
  const ceiling = Math.min(LONGEST_BACKOFF_MS, SHORTEST_BACKOFF_MS * 2 ** attempt);
  return random * ceiling;
}
