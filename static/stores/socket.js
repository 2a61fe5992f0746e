/** The connection to `/ws/stores/`: it detects silence and reconnects with full-jitter back-off. It draws nothing. */
import { backoffDelay } from "../ui/backoff.js";

/** The server sends a frame at least every 3 s; without one for this long, what is shown is old. */
export const SILENCE_MS = 8000;
/** The user is a member of no account any more. */
const CLOSE_RIGHTS_LOST = 4403;

/**
 * @typedef {object} Options
 * @property {string} url
 * @property {(frame: Stores.Frame) => void} onFrame
 * @property {(connection: import("../streaming/feed.js").Connection) => void} onConnection
 * @property {() => Promise<boolean>} isRefused asked after a refused handshake: may we not view at all?
 */

export class StoresSocket {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    this.attempt = 0;
    this.heardAt = performance.now();
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.retryTimer = undefined;
    /** @type {ReturnType<typeof setInterval> | undefined} */
    this.watchTimer = undefined;
  }

  open() {
    this.watchTimer ??= setInterval(() => this.watch(), 1000);
    this.connect();
  }

  /** Connects at once when no frame came for too long, as after sleep or a lost network. */
  wake() {
    if (this.watchTimer === undefined || !this.isSilent()) return;
    this.attempt = 0;
    this.connect();
  }

  isSilent() {
    return performance.now() - this.heardAt >= SILENCE_MS;
  }

  connect() {
    this.drop();
    const socket = new WebSocket(this.options.url);
    this.socket = socket;
    let isGreeted = false;
    socket.onmessage = (message) => {
      isGreeted = true;
      this.attempt = 0;
      this.heardAt = performance.now();
      this.options.onFrame(JSON.parse(String(message.data)));
      this.options.onConnection("connected");
    };
    socket.onclose = (close) => this.lose(close.code, isGreeted);
  }

  /** Discards the current socket; its late frames and its close are ignored. */
  drop() {
    clearTimeout(this.retryTimer);
    if (!this.socket) return;
    this.socket.onmessage = null;
    this.socket.onclose = null;
    this.socket.close();
    this.socket = null;
  }

  watch() {
    if (!this.isSilent()) return;
    this.options.onConnection("stale");
    if (this.socket?.readyState === WebSocket.OPEN) this.reconnect();
  }

  /** @param {number} code @param {boolean} wasGreeted */
  lose(code, wasGreeted) {
    if (code === CLOSE_RIGHTS_LOST) return this.refuse();
    this.reconnect();
    if (!wasGreeted) void this.options.isRefused().then((refused) => refused && this.refuse());
  }

  refuse() {
    clearInterval(this.watchTimer);
    this.watchTimer = undefined;
    this.drop();
    this.options.onConnection("refused");
  }

  reconnect() {
    this.drop();
    if (!this.isSilent()) this.options.onConnection("reconnecting");
    this.retryTimer = setTimeout(() => this.connect(), backoffDelay(this.attempt, Math.random()));
    this.attempt += 1;
  }
}
