// A mail server that takes every message and keeps it: what the controller's email arrives at.
import { once } from "node:events";
import { createServer } from "node:net";

/** Its port, and what was sent (`{ to, text }`) as soon as it is there. */
export async function openMailbox() {
  const server = createServer();
  const sent = new Promise((resolve) => {
    server.on("connection", (socket) => {
      const mail = { to: [], text: "" };
      let inText = false;
      let rest = "";
      const say = (line) => socket.write(`${line}\r\n`);
      const hear = (line) => {
        if (inText && line === ".") {
          inText = false;
          say("250 kept");
          resolve(mail);
        } else if (inText) mail.text += `${line}\n`;
        else if (/^EHLO|^HELO/i.test(line)) say("250 mailbox");
        else if (/^RCPT TO/i.test(line)) say(`250 ${mail.to.push(line.match(/<(.*)>/)[1])}`);
        else if (/^DATA/i.test(line)) {
          inText = true;
          say("354 go on");
        } else if (/^QUIT/i.test(line)) socket.end("221 bye\r\n");
        else say("250 ok");
      };
      socket.on("error", () => undefined);
      socket.on("data", (piece) => {
        const lines = (rest + piece).split("\r\n");
        rest = lines.pop();
        lines.forEach(hear);
      });
      say("220 mailbox");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: server.address().port, sent, close: () => server.close() };
}
