// A client for the protocol of Redis: as much of it as a queue and a small store need.
import { connect } from "node:net";

const ANSWER_BYTES_MAX = 1 << 20;

/** The value at `at` and where the next one begins; `undefined` while it is not all there. */
function read(data, at) {
  const end = data.indexOf("\r\n", at);
  if (end < 0) return undefined;
  const kind = String.fromCharCode(data[at]);
  const rest = data.toString("utf8", at + 1, end);
  const after = end + 2;
  if (kind === "+") return { value: rest, next: after };
  if (kind === "-") return { value: new Error(rest), next: after };
  const length = Number(rest);
  if (kind === ":") return { value: length, next: after };
  if (length < 0) return { value: null, next: after };
  if (kind === "$") {
    if (length > ANSWER_BYTES_MAX) throw new Error(`a value of ${length} bytes is too long`);
    if (data.length < after + length + 2) return undefined;
    return { value: data.toString("utf8", after, after + length), next: after + length + 2 };
  }
  if (kind !== "*") throw new Error(`unknown kind ${kind}`);
  const values = [];
  let next = after;
  for (let i = 0; i < length; i += 1) {
    const item = read(data, next);
    if (item === undefined) return undefined;
    values.push(item.value);
    next = item.next;
  }
  return { value: values, next };
}

/** One connection, made when first needed and again after an error. Answers come in the order of the questions. */
export class Client {
  #address;
  #socket;
  #waiting = [];
  #data = Buffer.alloc(0);

  constructor(address) {
    const [host, port] = address.split(":");
    this.#address = { host, port: Number(port) };
  }

  /** Sends a command and answers the reply. */
  ask(...words) {
    return new Promise((answered, failed) => {
      this.#socket ??= this.#connect();
      this.#waiting.push({ answered, failed });
      const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
      this.#socket.write(`*${words.length}\r\n${parts.join("")}`);
    });
  }

  #connect() {
    const socket = connect({ ...this.#address, noDelay: true });
    socket.on("data", (data) => this.#take(data));
    socket.on("error", (error) => this.#fail(error));
    socket.on("close", () => this.#fail(new Error("the connection was closed")));
    return socket;
  }

  #take(data) {
    this.#data = Buffer.concat([this.#data, data]);
    try {
      for (let found = read(this.#data, 0); found !== undefined; found = read(this.#data, 0)) {
        this.#data = this.#data.subarray(found.next);
        const { answered, failed } = this.#waiting.shift();
        if (found.value instanceof Error) failed(found.value);
        else answered(found.value);
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error) {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#data = Buffer.alloc(0);
    for (const { failed } of this.#waiting.splice(0)) failed(error);
  }
}
