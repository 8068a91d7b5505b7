// Receives what the agents send and counts it: OTLP over HTTP, and the trace API of the Datadog agent.
//
// A process of its own, so that its CPU is nobody's. It is also the server that the measured servers call. Bodies are
// kept as they come and read only when asked: `GET /counts` answers what arrived since the last time.
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";

const BODIES_MAX = 100_000;
const EXPONENTIAL_HISTOGRAM_COUNT = 4;
const SPAN_KIND = 6;
const SPAN_KIND_SERVER = 2;

let bodies = [];

/** The fields of a protobuf message: number and value, which is bytes or a number. */
function* fields(message) {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = message[at++];
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const kind = key & 7;
    if (kind === 0) yield [key >>> 3, varint()];
    else if (kind === 1) yield [key >>> 3, Number(message.readBigUInt64LE((at += 8) - 8))];
    else if (kind === 2) {
      const length = varint();
      yield [key >>> 3, message.subarray(at, (at += length))];
    } else if (kind === 5) yield [key >>> 3, message.readUInt32LE((at += 4) - 4)];
    else throw new Error(`a protobuf field of kind ${kind}`);
  }
}

/** Every message at the end of a path of field numbers. */
function at(messages, ...path) {
  return path.reduce(
    (found, wanted) =>
      found.flatMap((message) => [...fields(message)].filter(([n]) => n === wanted).map(([, value]) => value)),
    messages,
  );
}

/** Our agent counts every unit in a histogram, whether or not it keeps it as a snapshot. */
function countMetrics(body, counts) {
  const kinds = { "appd.bt.duration": "transactions", "appd.exit.duration": "exitCalls" };
  for (const metric of at([body], 1, 2, 2)) {
    const kind = kinds[at([metric], 1)[0]?.toString()];
    if (kind === undefined) continue;
    for (const count of at([metric], 10, 1, EXPONENTIAL_HISTOGRAM_COUNT)) counts[kind] += count;
  }
}

function countSpans(body, counts) {
  for (const span of at([body], 1, 2, 2)) {
    counts[at([span], SPAN_KIND)[0] === SPAN_KIND_SERVER ? "spansIn" : "spansOut"] += 1;
  }
}

function count() {
  const counts = { transactions: 0, exitCalls: 0, spansIn: 0, spansOut: 0, traces: 0 };
  for (const { path, encoding, traces, body } of bodies) {
    const plain = () => (encoding === "gzip" ? gunzipSync(body) : body);
    if (path === "/v1/metrics") countMetrics(plain(), counts);
    else if (path === "/v1/traces") countSpans(plain(), counts);
    else counts.traces += traces;
  }
  bodies = [];
  return counts;
}

const server = createServer((request, response) => {
  if (request.method === "GET") {
    // Asked by dd-trace before it sends.
    const answers = { "/counts": count, "/info": () => ({ endpoints: ["/v0.4/traces"] }), "/": () => "upstream" };
    response.end(JSON.stringify((answers[request.url] ?? (() => ({})))()));
    return;
  }
  const parts = [];
  request.on("data", (part) => parts.push(part));
  request.on("end", () => {
    const { url: path, headers } = request;
    const traces = Number(headers["x-datadog-trace-count"] ?? 0);
    const known = ["/v1/metrics", "/v1/traces"].includes(path) || traces > 0;
    if (known && bodies.length < BODIES_MAX) {
      bodies.push({ path, encoding: headers["content-encoding"], traces, body: Buffer.concat(parts) });
    }
    // An empty body is a valid, empty answer in protobuf.
    const isDatadog = path.startsWith("/v0.");
    response.setHeader("Content-Type", isDatadog ? "application/json" : "application/x-protobuf");
    response.end(isDatadog ? '{"rate_by_service":{}}' : "");
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
// Nobody asks any more when whoever started us is gone.
process.stdin.on("end", () => process.exit()).resume();
