// Visits a server with keep-alive connections: `load.cjs PORT PATH CONNECTIONS REQUESTS`. A process of its own, and as
// plain as can be, so that the server is what is busy.
"use strict";

const net = require("node:net");

const [port, path, connections, requests] = process.argv.slice(2);
const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`;
let left = Number(requests);

/** One connection asks, waits for the whole answer, and asks again. */
function visit() {
  const socket = net.connect(Number(port), "127.0.0.1");
  let answer = "";
  const ask = () => {
    if (left <= 0) {
      socket.destroy();
      return;
    }
    left -= 1;
    socket.write(request);
  };
  socket.setNoDelay(true);
  socket.on("connect", ask);
  socket.on("error", (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
  socket.on("data", (data) => {
    answer += data.toString("latin1");
    const head = answer.indexOf("\r\n\r\n");
    if (head < 0) return;
    const body = answer.slice(head + 4);
    const length = /content-length: (\d+)/i.exec(answer);
    const whole = length ? body.length >= Number(length[1]) : body.endsWith("0\r\n\r\n");
    if (!whole) return;
    if (!answer.startsWith("HTTP/1.1 200")) throw new Error(answer.slice(0, 200));
    answer = "";
    ask();
  });
}

for (let i = 0; i < Number(connections); i += 1) visit();
