/**
 * The connection to `/ws/dashboard/`: it resumes with the last sequence number, detects silence and gaps,
 * and reconnects with full-jitter back-off. It draws nothing.
 */

import { backoffDelay } from "../ui/backoff.js";

/** Without a frame for this long the connection counts as dead. */
export const SILENCE_MS = 5000;
/** A status may be ahead of the rows for this long; then rows were lost. */
export const BEHIND_MS = 2000;
/** The right to view was lost: a new connection would be rejected too. */
export const CLOSE_RIGHTS_LOST = 4403;

/**
 * @typedef {object} Options
 * @property {string} url of the socket, with its feed
 * @property {{ epoch: string, lastSeq: number }} resume
 * @property {(frame: Wire.Frame) => void} onFrame
 * @property {(connection: import("./feed.js").Connection) => void} onConnection
 * @property {() => Promise<boolean>} [isRefused] asked after a refused handshake: may we not view at all?
 * @property {typeof WebSocket} [WebSocket]
 * @property {() => number} [now] ms
 * @property {() => number} [random] 0 to 1
 */

/** @param {string} url @param {{ epoch: string, lastSeq: number }} resume */
export function resumeUrl(url, resume) {
  const target = new URL(url);
  target.searchParams.set("last_seq", String(resume.lastSeq));
  target.searchParams.set("epoch", resume.epoch);
  return target.toString();
}

export class DashboardSocket {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.resume = { ...options.resume };
    this.now = options.now ?? (() => performance.now());
    this.random = options.random ?? Math.random;
    this.attempt = 0;
    this.receivedAt = this.now();
    /** @type {number | null} since when a status has been ahead of the rows */
    this.behindSince = null;
    /** the head that was ahead then */
    this.head = 0;
    this.connectingSince = this.receivedAt;
    this.greeted = false;
    this.stopped = false;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.retryTimer = undefined;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.watchTimer = undefined;
  }

  open() {
    this.stopped = false;
    this.watchTimer ??= setInterval(() => this.watch(), 500);
    this.connect();
  }

  close() {
    this.stopped = true;
    clearInterval(this.watchTimer);
    clearTimeout(this.retryTimer);
    this.watchTimer = undefined;
    this.drop();
  }

  /** Connects at once when no frame was received for too long, as after sleep or a lost network. */
  wake() {
    if (this.stopped || this.now() - this.receivedAt < SILENCE_MS) return;
    this.attempt = 0;
    this.connect();
  }

  connect() {
    this.drop();
    clearTimeout(this.retryTimer);
    const Socket = this.options.WebSocket ?? WebSocket;
    const socket = new Socket(resumeUrl(this.options.url, this.resume));
    this.socket = socket;
    this.greeted = false;
    this.behindSince = null;
    this.connectingSince = this.now();
    socket.onmessage = (message) => this.receive(String(message.data));
    socket.onclose = (close) => this.lose(close.code);
  }

  /** Discards the current socket; its late frames and its close are ignored. */
  drop() {
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  /** @param {string} text */
  receive(text) {
    /** @type {Wire.Frame} */
    const frame = JSON.parse(text);
    this.receivedAt = this.now();
    if (frame.type === "invoice" && frame.seq !== this.resume.lastSeq + 1) {
      if (frame.seq > this.resume.lastSeq) this.reconnect();
      return;
    }
    this.follow(frame);
    this.options.onFrame(frame);
    if (this.greeted) this.options.onConnection("connected");
  }

  /** Stores the position for the next resume. @param {Wire.Frame} frame */
  follow(frame) {
    if (frame.type === "hello") {
      this.greeted = true;
      this.attempt = 0;
      this.resume = { epoch: frame.epoch, lastSeq: frame.last_seq };
    }
    if (frame.type === "invoice") this.resume.lastSeq = frame.seq;
    if (frame.type === "reset") this.resume.lastSeq = Math.max(this.resume.lastSeq, frame.last_seq);
    if (frame.type === "status") this.compareHead(frame.status.display.last_seq);
    else if (this.resume.lastSeq >= this.head) this.behindSince = null;
  }

  /** @param {number} head the last sequence number the server has given out */
  compareHead(head) {
    if (this.behindSince !== null && this.resume.lastSeq < this.head) return;
    this.head = head;
    this.behindSince = head > this.resume.lastSeq ? this.now() : null;
  }

  watch() {
    const now = this.now();
    if (now - this.receivedAt >= SILENCE_MS) this.options.onConnection("stale");
    if (!this.socket) return;
    const silentSince = Math.max(this.receivedAt, this.connectingSince);
    const isBehind = this.behindSince !== null && now - this.behindSince >= BEHIND_MS;
    if (isBehind || now - silentSince >= SILENCE_MS) this.reconnect();
  }

  /** @param {number} code */
  lose(code) {
    if (code === CLOSE_RIGHTS_LOST) return this.refuse();
    const wasGreeted = this.greeted;
    this.reconnect();
    if (!wasGreeted) this.options.isRefused?.().then((refused) => refused && this.refuse());
  }

  refuse() {
    this.close();
    this.options.onConnection("refused");
  }

  reconnect() {
    this.drop();
    if (this.now() - this.receivedAt < SILENCE_MS) this.options.onConnection("reconnecting");
    clearTimeout(this.retryTimer);
    const delay = backoffDelay(this.attempt, this.random());
    this.attempt += 1;
    this.retryTimer = setTimeout(() => this.connect(), delay);
  }
}
