/** Keeps the stores of a page current over the WebSocket, and shows the state of the connection. */
import { drawConnection, wakeWith } from "../streaming/connection.js";
import { StoresSocket } from "./socket.js";

/** @param {import("./state.js").StoresStore} store */
export function follow(store) {
  const socket = new StoresSocket({
    url: `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws/stores/`,
    onFrame: (frame) => store.dispatch({ type: "frame", frame, now: Date.now() }),
    onConnection: (connection) => store.dispatch({ type: "connection", connection }),
    isRefused,
  });
  store.subscribe((state, before) => {
    if (state.connection !== before?.connection) drawConnection(state);
  });
  wakeWith(socket);
  socket.open();
}

/** A rejected handshake has no reason; the API returns it. */
async function isRefused() {
  const response = await fetch("/api/account").catch(() => null);
  return response !== null && [401, 403, 404].includes(response.status);
}
