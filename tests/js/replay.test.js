import assert from "node:assert/strict";
import { test } from "node:test";
import { clockAt } from "../../static/replays/replay.js";

/** @param {Partial<Wire.Replay>} [changes] @returns {Wire.Replay} */
function replay(changes) {
  return {
    feed: "replay-1",
    source: "live",
    from: "2010-12-06T08:00:00.000000Z",
    to: "2010-12-06T17:00:00.000000Z",
    speed: 600,
    state: "running",
    clock: "2010-12-06T09:00:00.250000Z",
    progress: 0.1,
    started_at: "2026-11-27T20:00:00.000000Z",
    ended_at: null,
    ...changes,
  };
}

test("between two statuses its clock goes on at its own speed", () => {
  assert.equal(clockAt(replay(), 0), "2010-12-06T09:00:00.250Z");
  assert.equal(clockAt(replay(), 1500), "2010-12-06T09:15:00.250Z");
  assert.equal(clockAt(replay(), -50), "2010-12-06T09:00:00.250Z");
});

test("it stops at the end of its window", () => {
  assert.equal(clockAt(replay(), 10 ** 7), "2010-12-06T17:00:00.000Z");
});

test("one that has ended stands still", () => {
  for (const state of /** @type {const} */ (["stopped", "completed"])) {
    assert.equal(clockAt(replay({ state }), 60000), replay().clock);
  }
});
