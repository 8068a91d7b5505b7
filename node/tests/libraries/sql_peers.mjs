// Stand-ins for SQL Server (TDS 7.4) and Cassandra (CQL 4): they greet, take statements, answer those with `nonsense` by an
// error and all others without rows.
import net from 'node:net';
import { messages, Peer } from './peers.mjs';

const ucs2 = (text) => Buffer.from(text, 'utf16le');
const u16 = (value) => { const bytes = Buffer.alloc(2); bytes.writeUInt16LE(value); return bytes; };
const u32 = (value) => { const bytes = Buffer.alloc(4); bytes.writeUInt32LE(value); return bytes; };

// --- SQL Server ---

const PRELOGIN = 0x12;
const LOGIN7 = 0x10;
const RPC = 0x03;
const REPLY = 0x04;
const IS_LAST = 1;
const HEAD_BYTES = 8;

/** Version and no encryption: each option with its place and size, then what they point to. */
const PRELOGIN_ANSWER = Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff, 16, 0, 0, 0, 0, 0, 2]);
const DONE_BYTES = 10;

function done(token, status) {
  return Buffer.concat([Buffer.from([token]), u16(status), u16(0), Buffer.alloc(DONE_BYTES - 2)]);
}

function loginAcknowledged() {
  const name = 'stand-in';
  const body = Buffer.concat([Buffer.from([1, 0x74, 0, 0, 4, name.length]), ucs2(name), Buffer.from([16, 0, 0, 0])]);
  return Buffer.concat([Buffer.from([0xad]), u16(body.length), body, done(0xfd, 0)]);
}

function refused(message) {
  const body = Buffer.concat([u32(207), Buffer.from([1, 16]), u16(message.length), ucs2(message), Buffer.from([0, 0]), u32(1)]);
  return Buffer.concat([Buffer.from([0xaa]), u16(body.length), body]);
}

export function sqlServer() {
  const server = net.createServer((socket) => {
    let held = Buffer.alloc(0);
    messages(socket, HEAD_BYTES, (bytes) => bytes.readUInt16BE(2), (packet) => {
      held = Buffer.concat([held, packet.subarray(HEAD_BYTES)]);
      if ((packet[1] & IS_LAST) === 0) return;
      const [kind, text] = [packet[0], held];
      held = Buffer.alloc(0);
      let answer;
      if (kind === PRELOGIN) answer = PRELOGIN_ANSWER;
      else if (kind === LOGIN7) answer = loginAcknowledged();
      else {
        const end = kind === RPC ? 0xfe : 0xfd;
        answer = text.includes(ucs2('nonsense')) ? Buffer.concat([refused("Invalid column name 'nonsense'."), done(end, 2)]) : done(end, 0);
      }
      const head = Buffer.from([REPLY, IS_LAST, 0, 0, 0, 0, 1, 0]);
      head.writeUInt16BE(HEAD_BYTES + answer.length, 2);
      socket.write(Buffer.concat([head, answer]));
    });
  });
  return new Peer().start(server);
}

// --- Cassandra ---

const ERROR = 0;
const READY = 2;
const SUPPORTED = 6;
const RESULT = 8;
const TEXT = 0x0d;

const short = (value) => { const bytes = Buffer.alloc(2); bytes.writeUInt16BE(value); return bytes; };
const int = (value) => { const bytes = Buffer.alloc(4); bytes.writeInt32BE(value); return bytes; };
const string = (text) => Buffer.concat([short(Buffer.byteLength(text)), Buffer.from(text)]);
const value = (text) => Buffer.concat([int(Buffer.byteLength(text)), Buffer.from(text)]);

/** One row of texts, or none. */
function rows(columns, isThere = true) {
  const names = Object.keys(columns).map((name) => Buffer.concat([string(name), short(TEXT)]));
  const body = isThere ? Object.values(columns).map(value) : [];
  return Buffer.concat([int(2), int(1), int(names.length), string('system'), string('t'), ...names, int(isThere ? 1 : 0), ...body]);
}

const LOCAL = {
  key: 'local', cluster_name: 'stand-in', data_center: 'one', rack: 'one', release_version: '4.0.0',
  partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
};

function answered(opcode, text) {
  switch (opcode) {
    case 1: case 11: return [READY, Buffer.alloc(0)];
    case 5: return [SUPPORTED, short(0)];
    default:
  }
  if (text.includes('system.local')) return [RESULT, rows(LOCAL)];
  if (text.includes('system.peers')) return [RESULT, rows({ peer: '' }, false)];
  if (text.includes('nonsense')) return [ERROR, Buffer.concat([int(0x2200), string('Undefined column name nonsense')])];
  return [RESULT, int(1)];
}

export function cassandra() {
  const server = net.createServer((socket) => {
    messages(socket, 9, (bytes) => 9 + bytes.readInt32BE(5), (frame) => {
      const [opcode, body] = answered(frame[4], frame.toString('latin1', 9));
      const head = Buffer.from([0x84, 0, frame[2], frame[3], opcode, 0, 0, 0, 0]);
      head.writeInt32BE(body.length, 5);
      socket.write(Buffer.concat([head, body]));
    });
  });
  return new Peer().start(server);
}
