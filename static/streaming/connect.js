/** Keeps a page's state current over the WebSocket, and shows the state of the connection. */
import { drawConnection, wakeWith } from "./connection.js";
import { DashboardSocket } from "./socket.js";

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
    isRefused: () => mayNotView(feed),
  });
  store.subscribe((state, before) => {
    if (state.connection !== before?.connection) drawConnection(state);
  });
  wakeWith(socket);
  socket.open();
  return socket;
}

/** A rejected handshake has no reason; the API returns it. @param {string} feed */
async function mayNotView(feed) {
  const response = await fetch(`/api/system/status?feed=${encodeURIComponent(feed)}`).catch(() => null);
  return response?.status === 401 || response?.status === 403;
}
