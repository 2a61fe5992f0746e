/** Shows the state of a page's connection, and wakes its socket after sleep or a lost network. */
import { find, tested, write } from "../ui/dom.js";
import { formatTime } from "../ui/format.js";

/** @typedef {import("./feed.js").Connection} Connection */

/** @type {Record<Connection, string>} */
const WORDS = {
  connecting: "Connecting",
  connected: "Connected",
  reconnecting: "Reconnecting",
  stale: "Stale",
  refused: "Signed out",
};

/** @param {{ connection: Connection, receivedAt: number | null }} state */
export function drawConnection({ connection, receivedAt }) {
  find(".connection").dataset.connection = connection;
  document.body.classList.toggle("is-stale", connection === "stale" || connection === "refused");
  write(tested("connection"), WORDS[connection]);
  const banner = find("[data-banner]");
  banner.hidden = connection !== "stale" && connection !== "refused";
  if (connection === "stale") write(banner, `No word from the server since ${since(receivedAt)}. The figures below are from then; trying again.`);
  if (connection === "refused") banner.replaceChildren("Your right to view ended. ", signInLink());
}

/** @param {{ wake(): void }} socket */
export function wakeWith(socket) {
  addEventListener("online", () => socket.wake());
  addEventListener("pageshow", (event) => event.persisted && socket.wake());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && socket.wake());
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
