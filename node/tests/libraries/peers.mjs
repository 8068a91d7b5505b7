// Stand-ins for servers that cannot be had where the tests run: they speak the wire protocol as far as the tests need,
// so that all of the library's own code runs.
import crypto from 'node:crypto';
import http from 'node:http';
import { createRequire } from 'node:module';
import net from 'node:net';

const listen = (server) => new Promise((go) => server.listen(0, '127.0.0.1', () => go(server.address().port)));

/** Something that listens until it is closed. */
export class Peer {
  sockets = new Set();

  async start(server) {
    this.server = server;
    server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket)).on('error', () => {});
    });
    this.port = await listen(server);
    return this;
  }

  close() {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((go) => this.server.close(go));
  }
}

/** Calls `take` with every whole message of a connection; `sizeOf` reads its length from its first bytes. */
export function messages(socket, headBytes, sizeOf, take) {
  let held = Buffer.alloc(0);
  socket.on('data', (data) => {
    held = Buffer.concat([held, data]);
    while (held.length >= headBytes && held.length >= sizeOf(held)) {
      const size = sizeOf(held);
      take(held.subarray(0, size));
      held = held.subarray(size);
    }
  });
}

// --- MongoDB: OP_MSG and, for the first greeting, OP_QUERY ---

const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;

const GREETING = {
  ismaster: true, isWritablePrimary: true, helloOk: true, maxBsonObjectSize: 16 << 20, maxMessageSizeBytes: 48 << 20,
  maxWriteBatchSize: 100_000, minWireVersion: 0, maxWireVersion: 21, readOnly: false, ok: 1,
};

/** A MongoDB of one document per collection; a cursor of two batches. `modules`: where `bson` is. */
export function mongodb(modules) {
  const { deserialize, Long, serialize } = createRequire(`${modules}/`)('bson');
  const answer = (command) => {
    const name = Object.keys(command)[0];
    const ns = `${command.$db}.${command[name]}`;
    switch (name) {
      case 'hello': case 'ismaster': case 'isMaster': return { ...GREETING, localTime: new Date() };
      case 'insert': case 'update': case 'delete': return { n: 1, nModified: 1, ok: 1 };
      case 'find': return { cursor: { firstBatch: [{ first: 1 }], id: Long.fromNumber(17), ns }, ok: 1 };
      case 'getMore': return { cursor: { nextBatch: [{ second: 2 }], id: Long.fromNumber(0), ns: `${command.$db}.${command.collection}` }, ok: 1 };
      case 'aggregate': return { cursor: { firstBatch: [{ n: 2 }], id: Long.fromNumber(0), ns }, ok: 1 };
      case 'endSessions': case 'killCursors': case 'ping': return { ok: 1 };
      default: return { ok: 0, errmsg: `no such command: '${name}'`, code: 59, codeName: 'CommandNotFound' };
    }
  };
  const write = (socket, request, opcode, ...parts) => {
    const body = Buffer.concat(parts);
    const head = Buffer.alloc(16);
    for (const [place, value] of [16 + body.length, 1, request.readInt32LE(4), opcode].entries()) head.writeInt32LE(value, 4 * place);
    socket.write(Buffer.concat([head, body]));
  };
  const server = net.createServer((socket) => {
    messages(socket, 4, (bytes) => bytes.readInt32LE(0), (message) => {
      const opcode = message.readInt32LE(12);
      if (opcode === OP_QUERY) {
        const at = message.indexOf(0, 20) + 1 + 8;
        const reply = Buffer.alloc(20);
        reply.writeInt32LE(1, 16);
        write(socket, message, OP_REPLY, reply, serialize(answer(deserialize(message.subarray(at)))));
      } else if (opcode === OP_MSG) {
        const size = message.readInt32LE(21);
        const command = deserialize(message.subarray(21, 21 + size));
        write(socket, message, OP_MSG, Buffer.alloc(5), serialize(answer(command)));
      }
    });
  });
  return new Peer().start(server);
}

// --- SQS: its JSON over HTTP ---

/** An SQS that takes messages, and refuses those for the queue `missing`. */
export async function sqs() {
  const taken = [];
  const md5 = (text) => crypto.createHash('md5').update(text).digest('hex');
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      const { QueueUrl, Entries, ...message } = JSON.parse(body);
      const sent = Entries ?? [message];
      response.setHeader('Content-Type', 'application/x-amz-json-1.0');
      if (sent.some(({ MessageBody }) => MessageBody === 'refused')) {
        response.statusCode = 400;
        response.end(JSON.stringify({ __type: 'com.amazonaws.sqs#InvalidMessageContents', message: 'refused' }));
        return;
      }
      taken.push(...sent.map((one) => ({ QueueUrl, ...one })));
      const answers = sent.map(({ Id, MessageBody }) => ({ Id, MessageId: crypto.randomUUID(), MD5OfMessageBody: md5(MessageBody) }));
      response.end(JSON.stringify(Entries ? { Successful: answers, Failed: [] } : answers[0]));
    });
  });
  const peer = await new Peer().start(server);
  peer.taken = taken;
  return peer;
}
