// A controller that records what agents send, for tests: the agent's side of OTLP/HTTP and OpAMP over real sockets.
// What comes twice counts once, as in a store.
import http from 'node:http';
import zlib from 'node:zlib';

export const ACCESS_KEY = 'a-key-for-tests';

// --- Protocol buffers: fields by number, read with the shapes below ---

function* fields(bytes) {
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const number = key >>> 3;
    switch (key & 7) {
      case 0:
        yield [number, varint()];
        break;
      case 1:
        yield [number, bytes.subarray(at, (at += 8))];
        break;
      case 2: {
        const length = Number(varint());
        yield [number, bytes.subarray(at, (at += length))];
        break;
      }
      case 5:
        yield [number, bytes.subarray(at, (at += 4))];
        break;
      default:
        throw new Error(`wire type ${key & 7}`);
    }
  }
}

const all = (bytes, number) => [...fields(bytes)].filter(([n]) => n === number).map(([, value]) => value);
const one = (bytes, number) => all(bytes, number)[0];
const text = (bytes) => (bytes === undefined ? '' : Buffer.from(bytes).toString('utf8'));
const integer = (bytes) => (bytes === undefined ? 0n : Buffer.from(bytes).readBigInt64LE());
const double = (bytes) => (bytes === undefined ? 0 : Buffer.from(bytes).readDoubleLE());

function anyValue(bytes) {
  for (const [number, value] of fields(bytes)) {
    if (number === 1) return text(value);
    if (number === 2) return value !== 0n;
    if (number === 3) return Number(BigInt.asIntN(64, value));
    if (number === 4) return double(value);
    if (number === 5) return all(value, 1).map(anyValue);
  }
  return '';
}

const attributes = (pairs) => Object.fromEntries(pairs.map((pair) => [text(one(pair, 1)), anyValue(one(pair, 2) ?? Buffer.alloc(0))]));

const withPrefix = (from, prefix) =>
  Object.fromEntries(Object.entries(from).filter(([name]) => name.startsWith(prefix)).map(([name, value]) => [name.slice(prefix.length), value]));

function* pointsOf(body) {
  for (const perResource of all(body, 1)) {
    const resource = attributes(all(one(perResource, 1) ?? Buffer.alloc(0), 1));
    for (const scope of all(perResource, 2)) {
      for (const metric of all(scope, 2)) {
        const name = text(one(metric, 1));
        for (const [kind, data] of fields(metric)) {
          if (![5, 7, 9, 10].includes(kind)) continue;
          const isHistogram = kind >= 9;
          for (const point of all(data, 1)) {
            const own = attributes(all(point, kind === 10 ? 1 : kind === 9 ? 9 : 7));
            const value = isHistogram ? Number(integer(one(point, 4))) : one(point, 6) ? Number(integer(one(point, 6))) : double(one(point, 4));
            const sum = isHistogram ? double(one(point, 5)) : value;
            const when = `${integer(one(point, 2))}-${integer(one(point, 3))}`;
            yield { name, resource, attributes: own, value, sum, key: JSON.stringify([resource['appd.incarnation'], name, when, Object.entries(own).sort()]) };
          }
        }
      }
    }
  }
}

function* spansOf(body) {
  for (const perResource of all(body, 1)) {
    const resource = attributes(all(one(perResource, 1) ?? Buffer.alloc(0), 1));
    for (const scope of all(perResource, 2)) {
      for (const span of all(scope, 2)) {
        const hex = (number) => Buffer.from(one(span, number) ?? []).toString('hex');
        const startNs = integer(one(span, 7));
        yield {
          resource,
          traceId: hex(1),
          spanId: hex(2),
          parentSpanId: hex(4),
          name: text(one(span, 5)),
          startNs,
          durationMs: Number(integer(one(span, 8)) - startNs) / 1e6,
          attributes: attributes(all(span, 9)),
          errors: all(span, 11).filter((event) => text(one(event, 2)) === 'exception').map((event) => attributes(all(event, 3))),
        };
      }
    }
  }
}

/** What a recording controller was sent, read. */
export class Received {
  constructor(bodies) {
    this.resources = new Map();
    const points = new Map();
    const spans = new Map();
    for (const { path, body } of bodies) {
      if (path === '/v1/metrics') for (const point of pointsOf(body)) points.set(point.key, point);
      else if (path === '/v1/traces') for (const span of spansOf(body)) spans.set(span.spanId, span);
    }
    this.points = [...points.values()];
    this.spans = [...spans.values()];
    for (const { resource } of [...this.points, ...this.spans]) this.resources.set(resource['appd.incarnation'], resource);
    this.snapshots = snapshotsOf(this.spans);
  }

  /** Names of the nodes that reported. */
  nodes() {
    return [...this.resources.values()].map((resource) => resource['service.instance.id']).sort();
  }

  /** Executions by BT name, from the metrics. */
  bts() {
    return this.#count('appd.bt.duration', (own) => own['appd.bt.name'] ?? own['appd.bt.id']);
  }

  /** Executions of a BT by verdict, from the metrics. */
  verdicts(bt) {
    return this.#count('appd.bt.executions', (own) => (own['appd.bt.name'] === bt ? own['appd.verdict'] : undefined));
  }

  /** Exit calls by backend name: type, properties, calls and errors, from the metrics. */
  exits() {
    const exits = {};
    for (const { name, attributes: own, value } of this.points) {
      if (name !== 'appd.exit.duration' && name !== 'appd.exit.errors') continue;
      const exit = (exits[own['peer.service']] ??= {
        exitType: own['appd.exit.type'], properties: withPrefix(own, 'appd.backend.property.'), count: 0, errors: 0,
      });
      exit[name === 'appd.exit.duration' ? 'count' : 'errors'] += value;
    }
    return exits;
  }

  /** The sum of a delta metric. */
  total(metric) {
    return this.points.filter(({ name }) => name === metric).reduce((sum, { value }) => sum + value, 0);
  }

  #count(metric, nameOf) {
    const counts = {};
    for (const { name, attributes: own, value } of this.points) {
      const counted = name === metric ? nameOf(own) : undefined;
      if (counted !== undefined) counts[counted] = (counts[counted] ?? 0) + value;
    }
    return counts;
  }

  /** The only snapshot of a BT. */
  snapshot(bt) {
    const found = this.snapshots.filter((snapshot) => snapshot.bt === bt);
    if (found.length !== 1) throw new Error(`${found.length} snapshots of ${bt}, there are ${this.snapshots.map((s) => s.bt)}`);
    return found[0];
  }
}

function snapshotsOf(spans) {
  const snapshots = new Map();
  for (const span of spans.filter((each) => !('appd.exit.type' in each.attributes))) {
    const own = span.attributes;
    snapshots.set(span.spanId, {
      ...span, bt: own['appd.bt.name'], verdict: own['appd.verdict'], abandoned: own['appd.abandoned'] === true,
      userData: withPrefix(own, 'appd.user_data.'), exitCalls: [],
    });
  }
  const exits = spans.filter((each) => 'appd.exit.type' in each.attributes).sort((a, b) => (a.startNs < b.startNs ? -1 : 1));
  for (const span of exits) {
    const own = span.attributes;
    snapshots.get(span.parentSpanId)?.exitCalls.push({
      ...span, exitType: own['appd.exit.type'], operation: own['appd.exit.operation'] ?? '',
      identifying: withPrefix(own, 'appd.backend.property.'), optional: withPrefix(own, 'appd.exit.property.'),
    });
  }
  return [...snapshots.values()];
}

// --- The controller ---

function field(number, payload) {
  const length = [];
  let rest = payload.length;
  for (; rest >= 0x80; rest >>>= 7) length.push((rest & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length, rest]), payload]);
}

/** OpAMP's ServerToAgent: the agent's instance id and `tierline.json`. */
function serverToAgent(body, config) {
  const file = Buffer.concat([field(1, Buffer.from(JSON.stringify(config))), field(2, Buffer.from('application/json'))]);
  const entry = Buffer.concat([field(1, Buffer.from('tierline.json')), field(2, file)]);
  const remote = Buffer.concat([field(1, field(1, entry)), field(2, Buffer.from(String(config.version ?? 0)))]);
  return Buffer.concat([field(1, Buffer.from(one(body, 1) ?? [])), field(3, remote)]);
}

/** Listens on a free port of the loopback interface until it is closed. */
export class RecordingController {
  bodies = [];
  /** What agents are told over OpAMP. */
  config = { version: 1 };
  #server;
  #waiting = new Set();

  static async start() {
    const controller = new RecordingController();
    controller.#server = http.createServer((request, response) => controller.#receive(request, response));
    await new Promise((listening) => controller.#server.listen(0, '127.0.0.1', listening));
    return controller;
  }

  get port() {
    return this.#server.address().port;
  }

  /** Settings that report here, as variables for a child. */
  environ(more = {}) {
    return {
      APPDYNAMICS_CONTROLLER_HOST_NAME: '127.0.0.1', APPDYNAMICS_CONTROLLER_PORT: String(this.port),
      APPDYNAMICS_CONTROLLER_SSL_ENABLED: 'false', APPDYNAMICS_AGENT_APPLICATION_NAME: 'Shop',
      APPDYNAMICS_AGENT_TIER_NAME: 'front', APPDYNAMICS_AGENT_NODE_NAME: 'front-1', APPDYNAMICS_AGENT_ACCOUNT_NAME: 'customer1',
      APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY: ACCESS_KEY, TIERLINE_REPORT_INTERVAL_MS: '200', ...more,
    };
  }

  /** The same for `profile()`. */
  profile(more = {}) {
    return {
      controllerHostName: '127.0.0.1', controllerPort: this.port, controllerSslEnabled: false, accountName: 'customer1',
      accountAccessKey: ACCESS_KEY, applicationName: 'Shop', tierName: 'front', nodeName: 'front-1', ...more,
    };
  }

  /** Everything so far. */
  received() {
    return new Received(this.bodies);
  }

  /** What was received as soon as it satisfies `condition`, or at the end of the timeout. */
  async waitFor(condition, timeoutMs = 10_000) {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const received = this.received();
      if (condition(received) || Date.now() >= deadline) return received;
      await new Promise((go) => {
        const timer = setTimeout(go, 200);
        this.#waiting.add(() => (clearTimeout(timer), go()));
      });
      this.#waiting.clear();
    }
  }

  /** Forgets everything. */
  clear() {
    this.bodies = [];
    this.config = { version: 1 };
  }

  close() {
    this.#server.closeAllConnections();
    return new Promise((closed) => this.#server.close(closed));
  }

  #receive(request, response) {
    const chunks = [];
    request.on('error', () => undefined);
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      let body = Buffer.concat(chunks);
      if (request.headers['content-encoding'] === 'gzip') body = zlib.gunzipSync(body);
      let answer = Buffer.alloc(0);
      if (request.url === '/v1/opamp') answer = serverToAgent(body, this.config);
      else this.bodies.push({ path: request.url, body });
      response.writeHead(200, { 'content-type': 'application/x-protobuf', 'content-length': answer.length });
      response.end(answer);
      for (const go of this.#waiting) go();
    });
  }
}
