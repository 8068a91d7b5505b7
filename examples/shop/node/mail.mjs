// The tier that sends mails: a consumer of a queue. No agent can know which message belongs to which transaction, so
// this is written out: the message carries the correlation header, and the transaction begins with what it says.
import { appd, endOnRequest, options, sayReady } from "./lifecycle.mjs";
import { setTimeout as sleep } from "node:timers/promises";
import { consume } from "./queue.mjs";
import { Client } from "./resp.mjs";

const QUEUE_NAME = "mails";
const SENDING_MS = 3;
const KEPT_S = "3600";

const { memory, amqp } = options();
const outbox = new Client(memory);

/** Writes down that the mail left. The protocol of the outbox is our own, so its exit call is reported by hand. */
async function writeDown(transaction, mail) {
  const exitCall = transaction.startExitCall({
    exitType: "EXIT_CACHE",
    label: "outbox",
    backendName: "outbox",
    identifyingProperties: { "Server Pool": memory, Vendor: "Redis" },
    command: "SET",
  });
  try {
    await outbox.ask("SET", `mail:${mail.to}`, JSON.stringify(mail), "EX", KEPT_S);
    transaction.endExitCall(exitCall);
  } catch (error) {
    transaction.endExitCall(exitCall, error);
    throw error;
  }
}

/** One message: a transaction that continues where the message came from, or one of its own. */
async function send(mail, correlation) {
  const transaction = appd.startTransaction(appd.parseCorrelationInfo(correlation) || "Send mail");
  transaction.addSnapshotData("to", mail.to);
  transaction.addSnapshotData("subject", mail.subject);
  try {
    await sleep(SENDING_MS);
    if (mail.to.endsWith(".invalid")) throw new Error(`no mail server takes mails for ${mail.to}`);
    await writeDown(transaction, mail);
    transaction.end();
  } catch (error) {
    transaction.end(error);
  }
}

endOnRequest();
await consume({ name: QUEUE_NAME, memory, amqp }, send);
sayReady();
