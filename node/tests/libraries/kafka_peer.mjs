// A stand-in for a broker of Kafka: one topic of one partition, one group of one consumer. Batches of records are kept as
// they come and given out again, so that what is in them is between producer and consumer.
import { messages, Peer } from './peers.mjs';
import net from 'node:net';

/** Requests by key: oldest and newest version that is spoken. */
const SPOKEN = { 0: [3, 3], 1: [4, 4], 2: [1, 1], 3: [1, 1], 8: [2, 2], 9: [1, 1], 10: [0, 0], 11: [0, 0], 12: [0, 0], 13: [0, 0], 14: [0, 0], 18: [0, 0] };

/** Reads what a request is made of. */
class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }
  #take(size) {
    this.at += size;
    return this.at - size;
  }
  int16 = () => this.bytes.readInt16BE(this.#take(2));
  int32 = () => this.bytes.readInt32BE(this.#take(4));
  int64 = () => this.bytes.readBigInt64BE(this.#take(8));
  string = () => {
    const size = this.int16();
    return size < 0 ? null : this.bytes.toString('utf8', this.#take(size), this.at);
  };
  data = () => {
    const size = this.int32();
    return this.bytes.subarray(this.#take(size), this.at);
  };
  array = (read) => Array.from({ length: Math.max(this.int32(), 0) }, read);
}

const int8 = (value) => Buffer.from([value]);
const int16 = (value) => { const bytes = Buffer.alloc(2); bytes.writeInt16BE(value); return bytes; };
const int32 = (value) => { const bytes = Buffer.alloc(4); bytes.writeInt32BE(value); return bytes; };
const int64 = (value) => { const bytes = Buffer.alloc(8); bytes.writeBigInt64BE(BigInt(value)); return bytes; };
const string = (value) => (value === null ? int16(-1) : Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)]));
const data = (bytes) => Buffer.concat([int32(bytes.length), bytes]);
const array = (...items) => Buffer.concat([int32(items.length), ...items]);
const joined = (...parts) => Buffer.concat(parts);

/** The one partition: batches with the offsets they were given. */
class Log {
  batches = [];
  end = 0;

  append(bytes) {
    const batch = Buffer.from(bytes);
    batch.writeBigInt64BE(BigInt(this.end), 0);
    this.batches.push({ first: this.end, batch });
    this.end += batch.readInt32BE(23) + 1;
  }

  from(offset) {
    return Buffer.concat(this.batches.filter(({ first }) => first >= offset).map(({ batch }) => batch));
  }
}

/** How long who asks for records waits for them. */
const WAIT_MS = 30;

export async function kafka(topic) {
  const log = new Log();
  let assignment = Buffer.alloc(0);
  let metadata = Buffer.alloc(0);
  const perTopic = (body) => array(joined(string(topic), array(joined(int32(0), body))));
  const answers = {
    0: (body) => {
      body.string(); body.int16(); body.int32();
      const first = log.end;
      body.array(() => { body.string(); body.array(() => { body.int32(); log.append(body.data()); }); });
      return joined(perTopic(joined(int16(0), int64(first), int64(-1))), int32(0));
    },
    1: async (body) => {
      body.int32(); body.int32(); body.int32(); body.int32(); body.at += 1;
      let offset = 0;
      body.array(() => { body.string(); body.array(() => { body.int32(); offset = Number(body.int64()); body.int32(); }); });
      if (log.end <= offset) await new Promise((go) => setTimeout(go, WAIT_MS));
      return joined(int32(0), perTopic(joined(int16(0), int64(log.end), int64(log.end), int32(0), data(log.from(offset)))));
    },
    2: () => perTopic(joined(int16(0), int64(-1), int64(0))),
    3: () => joined(
      array(joined(int32(1), string('127.0.0.1'), int32(peer.port), string(null))), int32(1),
      array(joined(int16(0), string(topic), int8(0), array(joined(int16(0), int32(0), int32(1), array(int32(1)), array(int32(1)))))),
    ),
    8: () => perTopic(int16(0)),
    9: () => perTopic(joined(int64(-1), string(''), int16(0))),
    10: () => joined(int16(0), int32(1), string('127.0.0.1'), int32(peer.port)),
    11: (body) => {
      body.string(); body.int32(); body.string(); body.string();
      const [protocol] = body.array(() => ({ name: body.string(), metadata: body.data() }));
      metadata = protocol.metadata;
      return joined(int16(0), int32(1), string(protocol.name), string('one'), string('one'), array(joined(string('one'), data(metadata))));
    },
    12: () => int16(0),
    13: () => int16(0),
    14: (body) => {
      body.string(); body.int32(); body.string();
      body.array(() => { body.string(); assignment = body.data(); });
      return joined(int16(0), data(assignment));
    },
    18: () => joined(int16(0), array(...Object.entries(SPOKEN).map(([key, [oldest, newest]]) => joined(int16(Number(key)), int16(oldest), int16(newest))))),
  };
  const server = net.createServer((socket) => {
    messages(socket, 4, (bytes) => 4 + bytes.readInt32BE(0), async (message) => {
      const body = new Reader(message.subarray(4));
      const [key, version, correlation] = [body.int16(), body.int16(), body.int32()];
      body.string();
      // Who asks for what is spoken in a newer way is answered in the oldest: it is not understood.
      const isUnknown = key === 18 && version > 0;
      const answer = isUnknown ? joined(int16(35), array()) : await answers[key](body);
      if (!socket.destroyed) socket.write(data(joined(int32(correlation), answer)));
    });
  });
  const peer = await new Peer().start(server);
  return peer;
}
