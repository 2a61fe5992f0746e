import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import {
  BEHIND_MS,
  DashboardSocket,
  SILENCE_MS,
  resumeUrl,
} from "../../static/streaming/socket.js";
import { LONGEST_BACKOFF_MS, backoffDelay } from "../../static/ui/backoff.js";
import { hello, row, rows, status } from "./samples.js";

/** A line the test speaks into, in the browser's place. */
class Line {
  /** @type {Line[]} */
  static all = [];
  /** @type {((message: { data: string }) => void) | null} */
  onmessage = null;
  /** @type {((close: { code: number }) => void) | null} */
  onclose = null;
  closed = false;

  /** @param {string} url */
  constructor(url) {
    this.url = new URL(url);
    Line.all.push(this);
  }
  close() {
    this.closed = true;
  }
  /** @param {Wire.Frame} frame */
  say(frame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  /** @param {number} code */
  hangUp(code = 1006) {
    this.onclose?.({ code });
  }
  static get last() {
    return /** @type {Line} */ (Line.all.at(-1));
  }
}

/** @type {string[]} */
let connections = [];
/** @type {Wire.Frame[]} */
let frames = [];
/** @type {DashboardSocket} */
let socket;
let now = 0;
let refused = false;

/** Lets time pass in steps of the watch. @param {number} ms */
function wait(ms) {
  for (let passed = 0; passed < ms; passed += 250) {
    now += 250;
    mock.timers.tick(250);
  }
}

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "setInterval"] });
  [Line.all, connections, frames, now, refused] = [[], [], [], 0, false];
  socket = new DashboardSocket({
    url: "ws://127.0.0.1:1/ws/dashboard/?feed=demo",
    resume: { epoch: "e1", lastSeq: 3 },
    onFrame: (frame) => frames.push(frame),
    onConnection: (connection) => connections.at(-1) !== connection && connections.push(connection),
    isRefused: () => Promise.resolve(refused),
    WebSocket: /** @type {any} */ (Line),
    now: () => now,
    random: () => 0.5,
  });
  socket.open();
});

afterEach(() => {
  socket.close();
  mock.timers.reset();
});

test("it resumes from what the page was born with", () => {
  assert.equal(Line.last.url.search, "?feed=demo&last_seq=3&epoch=e1");
});

test("it counts as connected from the hello on", () => {
  assert.deepEqual(connections, []);
  Line.last.say(hello(3));
  assert.deepEqual(connections, ["connected"]);
});

test("after a loss it resumes with the last sequence number it was given", () => {
  Line.last.say(hello(3));
  Line.last.say({ type: "invoice", ...row(4) });
  Line.last.hangUp();
  wait(500);
  assert.equal(Line.last.url.searchParams.get("last_seq"), "4");
  assert.deepEqual(connections, ["connected", "reconnecting"]);
});

test("it resumes with the epoch of the newest hello", () => {
  Line.last.say(hello(9, [], { epoch: "e2", reset: true }));
  Line.last.hangUp();
  wait(500);
  assert.equal(Line.last.url.searchParams.get("epoch"), "e2");
});

test("silence of five seconds means a new connection, and stale figures", () => {
  Line.last.say(hello(3));
  wait(SILENCE_MS - 500);
  assert.equal(Line.all.length, 1);
  wait(1500);
  assert.equal(Line.all.length, 2);
  assert.equal(connections.at(-1), "stale");
  Line.last.say(hello(3));
  assert.equal(connections.at(-1), "connected");
});

test("a head beyond the rows for two seconds means rows were lost: it resumes", () => {
  Line.last.say(hello(3));
  Line.last.say({ type: "status", status: status({}, { last_seq: 5 }) });
  wait(BEHIND_MS - 500);
  Line.last.say({ type: "status", status: status({}, { last_seq: 6 }) });
  assert.equal(Line.all.length, 1);
  wait(1500);
  assert.equal(Line.all.length, 2);
  assert.equal(Line.last.url.searchParams.get("last_seq"), "3");
});

test("rows that catch up with the head in time change nothing", () => {
  Line.last.say(hello(3));
  Line.last.say({ type: "status", status: status({}, { last_seq: 4 }) });
  Line.last.say({ type: "invoice", ...row(4) });
  wait(BEHIND_MS + 1000);
  assert.equal(Line.all.length, 1);
});

test("a gap in the sequence is not shown: it resumes before it", () => {
  Line.last.say(hello(3));
  Line.last.say({ type: "invoice", ...row(6) });
  wait(500);
  assert.deepEqual(frames.map((frame) => frame.type), ["hello"]);
  assert.equal(Line.last.url.searchParams.get("last_seq"), "3");
});

test("a repeated row is dropped without a word", () => {
  Line.last.say(hello(6, rows(4, 6)));
  Line.last.say({ type: "invoice", ...row(6) });
  wait(1000);
  assert.equal(Line.all.length, 1);
  assert.equal(frames.length, 1);
});

test("after a clearing it resumes from the clearing", () => {
  Line.last.say(hello(3));
  Line.last.say({ type: "reset", last_seq: 8 });
  Line.last.hangUp();
  wait(500);
  assert.equal(Line.last.url.searchParams.get("last_seq"), "8");
});

test("lost rights end the attempts", () => {
  Line.last.say(hello(3));
  Line.last.hangUp(4403);
  wait(30_000);
  assert.equal(Line.all.length, 1);
  assert.deepEqual(connections, ["connected", "refused"]);
});

test("a refused handshake of someone signed out ends the attempts", async () => {
  refused = true;
  Line.last.hangUp();
  await Promise.resolve();
  await Promise.resolve();
  wait(30_000);
  assert.equal(Line.all.length, 1);
  assert.equal(connections.at(-1), "refused");
});

test("an absent server is asked ever more rarely, but at least every ten seconds", () => {
  for (let minute = 0; minute < 240; minute += 1) {
    wait(250);
    if (Line.last.onclose) Line.last.hangUp();
  }
  assert.ok(Line.all.length > 8 && Line.all.length < 30, `${Line.all.length} attempts in a minute`);
});

test("after sleep it connects at once", () => {
  Line.last.say(hello(3));
  now += 3_600_000;
  socket.wake();
  assert.equal(Line.all.length, 2);
});

test("waking up while all is well changes nothing", () => {
  Line.last.say(hello(3));
  socket.wake();
  assert.equal(Line.all.length, 1);
});

test("the back-off is spread over its whole width and bounded", () => {
  assert.equal(backoffDelay(0, 1), 500);
  assert.equal(backoffDelay(1, 0.5), 500);
  assert.equal(backoffDelay(50, 1), LONGEST_BACKOFF_MS);
  assert.equal(backoffDelay(50, 0), 0);
});

test("an epoch is sent as it is", () => {
  assert.equal(resumeUrl("ws://h/ws/?feed=live", { epoch: "a-b", lastSeq: 0 }), "ws://h/ws/?feed=live&last_seq=0&epoch=a-b");
});
