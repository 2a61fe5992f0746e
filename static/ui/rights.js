/** Which actions are possible now, and if not, the reason. Pure. */

/**
 * @typedef {"start" | "stop" | "reset" | "skip" | "purge" | "display"} Act
 * @typedef {Record<Act, string | null>} Refusals the reason why an act cannot work; null when it can
 */

/** @param {Wire.Status} status @param {boolean} mayControl @param {string[]} controls that the feed takes @returns {Refusals} */
export function refusals(status, mayControl, controls) {
  const stranger = mayControl ? null : "You may only view; controlling needs the permission of an operator.";
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
  if (isReplay) return "Runs belong to the demo feed; this feed is a replay.";
  if (!canStart) return "Runs belong to the demo feed; this feed shows sales as they arrive.";
  if (state === "running") return "A run is under way; STOP ends it.";
  return state === "stopping" ? "The run is being stopped." : null;
}
