/** Keeps a page's state current over the WebSocket, and shows the state of the connection. */
import { find, tested, write } from "../ui/dom.js";
import { formatTime } from "../ui/format.js";
import { DashboardSocket } from "./socket.js";

/** @type {Record<import("./feed.js").Connection, string>} */
const WORDS = {
  connecting: "Connecting",
  connected: "Connected",
  reconnecting: "Reconnecting",
  stale: "Stale",
  refused: "Signed out",
};

/** @param {import("./feed.js").FeedStore} store */
export function connect(store) {
  const { feed, epoch, lastSeq } = store.state;
  const url = `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws/dashboard/?feed=${encodeURIComponent(feed)}`;
  let receivedAt = Date.now();
  const socket = new DashboardSocket({
    url,
    resume: { epoch, lastSeq },
    onFrame: (frame) => {
      receivedAt = Date.now();
      store.dispatch(frame);
    },
    onConnection: (connection) => {
      if (connection === "stale" && store.state.connection !== "stale") store.dispatch({ type: "received", at: receivedAt });
      store.dispatch({ type: "connection", connection });
    },
    isRefused: mayNotView,
  });
  store.subscribe((state, before) => {
    if (state.connection !== before?.connection) drawConnection(state);
  });
  wakeWith(socket);
  socket.open();
  return socket;
}

/** @param {DashboardSocket} socket */
function wakeWith(socket) {
  addEventListener("online", () => socket.wake());
  addEventListener("pageshow", (event) => event.persisted && socket.wake());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && socket.wake());
}

/** A rejected handshake has no reason; the API returns it. */
async function mayNotView() {
  const response = await fetch("/api/system/status").catch(() => null);
  return response?.status === 401 || response?.status === 403;
}

/** @param {import("./feed.js").Feed} state */
function drawConnection({ connection, receivedAt }) {
  find(".connection").dataset.connection = connection;
  document.body.classList.toggle("is-stale", connection === "stale" || connection === "refused");
  write(tested("connection"), WORDS[connection]);
  const banner = find("[data-banner]");
  banner.hidden = connection !== "stale" && connection !== "refused";
  if (connection === "stale") write(banner, `No word from the server since ${since(receivedAt)}. The figures below are from then; trying again.`);
  if (connection === "refused") banner.replaceChildren("Your right to view ended. ", signInLink());
}

/** @param {number | null} receivedAt */
function since(receivedAt) {
  return formatTime(new Date(receivedAt ?? Date.now()).toISOString());
}

function signInLink() {
  const link = document.createElement("a");
  link.href = `/login/?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = "Sign in again";
  return link;
}
