/** Which acts can work now, and if not, why: pure. */

/**
 * @typedef {"start" | "stop" | "reset" | "skip" | "purge" | "display"} Act
 * @typedef {Record<Act, string | null>} Refusals the reason why an act cannot work; null when it can
 */

/** @param {Wire.Status} status @param {boolean} mayControl @param {string[]} controls that the feed takes @returns {Refusals} */
export function refusals(status, mayControl, controls) {
  const stranger = mayControl ? null : "You may look on; controlling needs the right of an operator.";
  const { state, display } = status;
  return {
    start: stranger ?? refuseStart(state, controls.includes("start"), Boolean(status.replay)),
    stop: stranger ?? (state === "running" ? null : "No run is under way."),
    reset: stranger,
    skip: stranger ?? (display.backlog > 0 ? null : "Nothing is queued."),
    purge: stranger ?? (controls.includes("purge") ? null : "Only generated invoices can be purged."),
    display: stranger,
  };
}

/** @param {Wire.DisplayState} state @param {boolean} canStart @param {boolean} isReplay */
function refuseStart(state, canStart, isReplay) {
  if (isReplay) return "Runs belong to the demo feed; this one shows the past once more.";
  if (!canStart) return "Runs belong to the demo feed; this one shows what comes to it.";
  if (state === "running") return "A run is under way; STOP ends it.";
  return state === "stopping" ? "The run is being stopped." : null;
}
