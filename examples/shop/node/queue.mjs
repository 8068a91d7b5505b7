// The queue between the tiers: RabbitMQ when the shop was given one, else a list in the shop's own memory server.
import { Client } from "./resp.mjs";

const POLL_SECONDS = "1";
const PREFETCH = 10;
const RETRY_MS = 1_000;

/** Hands every message and its correlation header to `take`, for ever; answers when it has begun. */
export function consume({ name, memory, amqp }, take) {
  return amqp === undefined ? consumeList(name, memory, take) : consumeRabbit(name, amqp, take);
}

async function consumeList(name, memory, take) {
  const client = new Client(memory);
  const next = async () => {
    try {
      const popped = await client.ask("BRPOP", name, POLL_SECONDS);
      if (popped !== null) {
        const { message, correlation } = JSON.parse(popped[1]);
        await take(message, correlation);
      }
      setImmediate(next);
    } catch (error) {
      process.stderr.write(`${error}\n`);
      setTimeout(next, RETRY_MS);
    }
  };
  setImmediate(next);
}

/** With RabbitMQ the header travels where AMQP has a place for headers, and not in the body. */
async function consumeRabbit(name, url, take) {
  const { connect } = await import("amqplib");
  const channel = await (await connect(url)).createChannel();
  await channel.assertQueue(name, { durable: false });
  await channel.prefetch(PREFETCH);
  await channel.consume(name, async (delivery) => {
    if (delivery === null) return;
    await take(JSON.parse(delivery.content.toString()), delivery.properties.headers?.singularityheader);
    channel.ack(delivery);
  });
}
