// node's `ws`: one subscription, one send for each socket. Started with the module's directory in NODE_PATH.
"use strict";
const net = require("node:net");
const { WebSocketServer, WebSocket } = require("ws");

const server = new WebSocketServer({ host: "127.0.0.1", port: Number(process.env.PORT), perMessageDeflate: false, backlog: 5000 });
const path = /^unix:\/\/([^?]+)/.exec(process.env.REDIS_URL)[1];
const redis = net.createConnection(path, () => redis.write("*2\r\n$9\r\nSUBSCRIBE\r\n$5\r\nbench\r\n"));
let rest = Buffer.alloc(0);

// A message is an array of three texts with their lengths: "message", the channel, the frame.
redis.on("data", (data) => {
  rest = Buffer.concat([rest, data]);
  for (;;) {
    const head = /^\*3\r\n\$\d+\r\n(\w+)\r\n\$\d+\r\n\w+\r\n(?:\$(\d+)\r\n|:\d+\r\n)/.exec(rest.toString("latin1"));
    if (!head) return;
    const length = head[2] === undefined ? 0 : Number(head[2]) + 2;
    if (rest.length < head[0].length + length) return;
    if (head[1] === "message") send(rest.subarray(head[0].length, head[0].length + length - 2));
    rest = rest.subarray(head[0].length + length);
  }
});

function send(frame) {
  for (const socket of server.clients) {
    if (socket.readyState === WebSocket.OPEN) socket.send(frame, { binary: false });
  }
}
