// A system of the size that hurts, reported as an agent reports it: 60 tiers, 200 business transactions, 300 backends,
// 10,000 snapshots, and one execution with 50,000 exit calls. What is said is always the same; only the times are those
// of the last minutes. `node e2e/large.mjs` fills the controller of TIERLINE_URL with TIERLINE_ACCESS_KEY.
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

export const LARGE = {
  application: "Large",
  tiers: 60,
  transactions: 200,
  backends: 300,
  snapshots: 10_000,
  exitCalls: 50_000,
  /** The GUID of the execution with so many exit calls. */
  guid: "000000c3-50c3-50c3-50c3-500000000001",
};

const MINUTE_MS = 60_000;
/** Minutes of numbers. */
const MINUTES = 5;
/** Tiers on which business transactions begin; each calls two of the others. */
const FRONT_TIERS = 20;
const SPANS_PER_REQUEST = 3_000;
const VERDICTS = ["NORMAL", "SLOW", "NORMAL", "VERY_SLOW", "ERROR"];
const POLICIES = {
  NORMAL: "TIME_SAMPLING",
  SLOW: "SLA_FAILURE",
  VERY_SLOW: "SLA_FAILURE",
  ERROR: "ERROR_SAMPLING",
};
const KINDS = [
  ["DB", "orders", "DATABASE"],
  ["HTTP", "api", "HOST"],
  ["CACHE", "cache", "SERVER POOL"],
  ["QUEUE", "events", "TOPIC"],
  ["CUSTOM", "device", "NAME"],
];

const text = (key, stringValue) => ({ key, value: { stringValue } });
const number = (key, intValue) => ({ key, value: { intValue: String(intValue) } });
const nano = (ms) => `${ms}000000`;
const hex = (value, digits) => value.toString(16).padStart(digits, "0");

const tierName = (tier) => `service-${String(tier + 1).padStart(2, "0")}`;
/** Ids are hashes of names where agents make them; any number of 52 bits will do for a controller. */
const transactionId = (bt) => 1_000_000_007 * (bt + 1);
const transactionName = (bt) =>
  `/area-${Math.floor(bt / FRONT_TIERS) + 1}/operation-${String(bt + 1).padStart(3, "0")}`;
const backendId = (backend) => 2_000_000_011 * (backend + 1);
const tierOfTransaction = (bt) => bt % FRONT_TIERS;

function backendAttributes(backend) {
  const [type, name, property] = KINDS[backend % KINDS.length];
  const host = `${name}-${backend + 1}`;
  return [
    text("appd.exit.type", type),
    number("appd.backend.id", backendId(backend)),
    text("peer.service", host),
    text(`appd.backend.property.${property}`, host),
  ];
}

/** The call from one tier to another: as an HTTP backend that turns out to be a tier. */
function tierCallAttributes(from, to) {
  const host = `${tierName(to)}.internal`;
  return [
    text("appd.exit.type", "HTTP"),
    number("appd.backend.id", tierBackendId(from, to)),
    text("peer.service", `${host}:80`),
    text("appd.backend.property.HOST", host),
    text("appd.backend.property.PORT", "80"),
  ];
}

const tierBackendId = (_from, to) => 3_000_000_019 * (to + 1);

function resource(tier) {
  const languages = ["python", "nodejs", "rust"];
  return {
    attributes: [
      text("service.namespace", LARGE.application),
      text("service.name", tierName(tier)),
      text("service.instance.id", `${tierName(tier)}-1`),
      text("appd.incarnation", hex(0xc35 + tier, 32)),
      text("telemetry.sdk.name", "tierline"),
      text("telemetry.sdk.language", languages[tier % languages.length]),
      text("telemetry.sdk.version", "0.1.0"),
    ],
  };
}

/** A delta histogram of `count` durations about `averageMs`. */
function histogram(attributes, start, count, averageMs) {
  const offset = Math.ceil(Math.log2(averageMs) * 2) - 2;
  const half = Math.floor(count / 2);
  return {
    attributes,
    startTimeUnixNano: nano(start),
    timeUnixNano: nano(start + MINUTE_MS),
    count: String(count),
    sum: count * averageMs,
    min: averageMs * 0.75,
    max: averageMs * 1.3,
    scale: 1,
    zeroCount: "0",
    positive: { offset, bucketCounts: ["0", String(half), String(count - half), "0"] },
    negative: { offset: 0, bucketCounts: [] },
  };
}

const sumPoint = (attributes, start, count) => ({
  attributes,
  startTimeUnixNano: nano(start),
  timeUnixNano: nano(start + MINUTE_MS),
  asInt: String(count),
});

const ofTransaction = (bt, app) => [
  number("appd.bt.id", transactionId(bt)),
  number("appd.bt.application.id", app),
];
const named = (bt) => [text("appd.bt.name", transactionName(bt)), text("appd.bt.entry_type", "PYTHON_WEB")];

/** What one tier says of one minute. */
function minuteOf(tier, start, { app, tierIds }) {
  const durations = [];
  const executions = [];
  const exits = [];
  let ended = 0;
  const segment = (attributes, calls, averageMs) => {
    ended += calls;
    durations.push(histogram(attributes, start, calls, averageMs));
    const errors = Math.floor(calls / 20);
    executions.push(sumPoint([...attributes, text("appd.verdict", "NORMAL")], start, calls - errors));
    if (errors) executions.push(sumPoint([...attributes, text("appd.verdict", "ERROR")], start, errors));
  };
  for (let bt = 0; bt < LARGE.transactions; bt += 1) {
    const front = tierOfTransaction(bt);
    const behind = [front + FRONT_TIERS, front + 2 * FRONT_TIERS];
    const calls = 20 + ((bt * 7) % 60);
    const averageMs = 10 + ((bt * 13) % 400);
    if (tier === front) {
      segment([...ofTransaction(bt, app), ...named(bt)], calls, averageMs);
      for (const to of behind)
        exits.push(
          histogram(
            [...ofTransaction(bt, app), ...tierCallAttributes(tier, to)],
            start,
            calls,
            averageMs / 3,
          ),
        );
    } else if (behind.includes(tier)) {
      const caller = [
        number("appd.caller.tier.id", tierIds.get(tierName(front))),
        number("appd.caller.backend.id", tierBackendId(front, tier)),
      ];
      segment([...ofTransaction(bt, app), ...caller], calls, averageMs / 4);
    } else continue;
    const backend = tier * (LARGE.backends / LARGE.tiers) + (Math.floor(bt / FRONT_TIERS) % 5);
    exits.push(
      histogram([...ofTransaction(bt, app), ...backendAttributes(backend)], start, calls, 1 + averageMs / 10),
    );
  }
  return [
    {
      name: "appd.bt.duration",
      unit: "ms",
      exponentialHistogram: { aggregationTemporality: 1, dataPoints: durations },
    },
    {
      name: "appd.bt.executions",
      sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: executions },
    },
    {
      name: "appd.exit.duration",
      unit: "ms",
      exponentialHistogram: { aggregationTemporality: 1, dataPoints: exits },
    },
    ...["appd.segments.begun", "appd.segments.ended"].map((name) => ({
      name,
      sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: [sumPoint([], start, ended)] },
    })),
  ];
}

function span(traceId, spanId, parentSpanId, name, kind, startMs, durationMs, attributes, error) {
  const end = nano(startMs + durationMs);
  return {
    traceId,
    spanId,
    ...(parentSpanId ? { parentSpanId } : {}),
    name,
    kind,
    startTimeUnixNano: nano(startMs),
    endTimeUnixNano: end,
    attributes,
    ...(error
      ? {
          status: { code: 2 },
          events: [
            {
              timeUnixNano: end,
              name: "exception",
              attributes: [
                text("exception.type", "OrderError"),
                text("exception.message", error),
                text("exception.stacktrace", `OrderError: ${error}\n    at place (/srv/shop/orders.js:17:9)`),
              ],
            },
          ],
        }
      : {}),
  };
}

const uuid = (digits) => digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

/** One kept execution of one tier: its segment and three exit calls. */
function snapshot(index, app, now) {
  const bt = index % LARGE.transactions;
  const verdict = VERDICTS[(index * 3 + Math.floor(index / LARGE.transactions)) % VERDICTS.length];
  const traceId = hex(0xb000000 + index, 32);
  const root = hex(0xa0000000 + index, 16);
  const start = now - 2_000 - index * 30;
  const durationMs = 40 + ((index * 37) % 3_000);
  const error = verdict === "ERROR" ? `order ${index} was refused` : undefined;
  const tier = tierOfTransaction(bt);
  const exits = [0, 1, 2].map((call) =>
    span(
      traceId,
      hex(0xe00000000 + index * 4 + call, 16),
      root,
      "call",
      3,
      start + call * 10,
      8,
      [
        ...backendAttributes(tier * 5 + ((bt + call) % 5)),
        text("appd.sequence", String(call + 1)),
        text("appd.exit.operation", `select * from orders where id = ${call}`),
      ],
      call === 2 ? error : undefined,
    ),
  );
  const attributes = [
    text("appd.guid", uuid(traceId)),
    ...ofTransaction(bt, app),
    ...named(bt),
    text("appd.verdict", verdict),
    text("appd.capture.policy", POLICIES[verdict]),
    number("appd.threshold.slow_ns", 300e6),
    text("appd.user_data.customer", `customer ${index % 500}`),
  ];
  return {
    tier,
    spans: [span(traceId, root, "", transactionName(bt), 2, start, durationMs, attributes, error), ...exits],
  };
}

/** The execution with 50,000 exit calls, for which no attribute is said that is not needed. */
function giant(app, now) {
  const traceId = LARGE.guid.replaceAll("-", "");
  const root = hex(0xc35000000, 16);
  const start = now - 90_000;
  const durationMs = 60_000;
  const spans = [
    span(traceId, root, "", transactionName(0), 2, start, durationMs, [
      text("appd.guid", LARGE.guid),
      ...ofTransaction(0, app),
      ...named(0),
      text("appd.verdict", "VERY_SLOW"),
      text("appd.capture.policy", "SLA_FAILURE"),
      text("appd.user_data.batch", "every order of the year"),
    ]),
  ];
  for (let call = 0; call < LARGE.exitCalls; call += 1) {
    const attributes = [...backendAttributes(call % 5), text("appd.sequence", String(call + 1))];
    if (call % 10 === 0) attributes.push(text("appd.exit.operation", `select ${call}`));
    spans.push(
      span(traceId, hex(0xc35000001 + call, 16), root, "call", 3, start + call, 1 + (call % 7), attributes),
    );
  }
  return spans;
}

async function send(url, key, path, body) {
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-tierline-access-key": key },
    body: JSON.stringify(body),
  });
  const words = await answer.text();
  // Told to come later: there is no hurry.
  if (answer.status === 429 || answer.status === 503) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return send(url, key, path, body);
  }
  assert.ok(answer.ok, `${path}: ${answer.status} ${words.slice(0, 300)}`);
  assert.ok(!/rejected/.test(words), `${path}: ${words.slice(0, 300)}`);
}

const metrics = (tier, list) => ({
  resourceMetrics: [{ resource: resource(tier), scopeMetrics: [{ metrics: list }] }],
});
const traces = (tier, spans) => ({
  resourceSpans: [{ resource: resource(tier), scopeSpans: [{ spans }] }],
});

/** Reports everything. `ask` answers questions to the page's API: ids are known once a tier has been heard of. */
export async function reportLarge(url, key, ask) {
  const now = Date.now();
  const lastMinute = Math.floor(now / MINUTE_MS) * MINUTE_MS - MINUTE_MS;
  for (let tier = 0; tier < LARGE.tiers; tier += 1) {
    const begun = sumPoint([], lastMinute, 1);
    const sum = { aggregationTemporality: 1, isMonotonic: true, dataPoints: [begun] };
    await send(url, key, "/v1/metrics", metrics(tier, [{ name: "appd.segments.begun", sum }]));
  }
  const range = `from=${now - 3_600_000}&to=${now + MINUTE_MS}`;
  const app = (await ask(`/applications?${range}`)).find(({ name }) => name === LARGE.application).id;
  const { tiers } = await ask(`/applications/${app}`);
  const known = { app, tierIds: new Map(tiers.map(({ name, id }) => [name, id])) };
  for (let minute = MINUTES; minute >= 1; minute -= 1) {
    const start = lastMinute - minute * MINUTE_MS;
    for (let tier = 0; tier < LARGE.tiers; tier += 1)
      await send(url, key, "/v1/metrics", metrics(tier, minuteOf(tier, start, known)));
  }
  const byTier = Array.from({ length: FRONT_TIERS }, () => []);
  for (let index = 0; index < LARGE.snapshots; index += 1) {
    const { tier, spans } = snapshot(index, app, now);
    byTier[tier].push(...spans);
  }
  for (const [tier, spans] of byTier.entries())
    for (let from = 0; from < spans.length; from += SPANS_PER_REQUEST)
      await send(url, key, "/v1/traces", traces(tier, spans.slice(from, from + SPANS_PER_REQUEST)));
  await send(url, key, "/v1/traces", traces(0, giant(app, now)));
  return app;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { TIERLINE_URL: url, TIERLINE_ACCESS_KEY: key, TIERLINE_PASSWORD: password } = process.env;
  const [user, account] = (process.env.TIERLINE_LOGIN ?? "admin@customer1").split("@");
  const login = await fetch(`${url}/api/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user, account, password }),
  });
  const cookie = login.headers.getSetCookie().map((one) => one.split(";")[0]);
  const ask = async (path) =>
    (await fetch(`${url}/api${path}`, { headers: { cookie: cookie.join("; ") } })).json();
  const begun = Date.now();
  const app = await reportLarge(url, key, ask);
  console.log(`application ${app} in ${Date.now() - begun} ms`);
}
