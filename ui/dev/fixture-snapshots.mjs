// Invented snapshots for dev/fixture-server.mjs. Never shipped.
import { chance, hex } from "./fixture-data.mjs";

const STACK = `Traceback (most recent call last):
  File "/srv/checkout/app.py", line 88, in place_order
    payment = gateway.charge(basket.total, card)
  File "/srv/checkout/gateway.py", line 41, in charge
    response = session.post(self.url, json=payload, timeout=2.0)
  File "/usr/lib/python3.12/site-packages/requests/sessions.py", line 637, in post
    return self.request("POST", url, data=data, json=json, **kwargs)
requests.exceptions.ReadTimeout: HTTPSConnectionPool(host='payments.example.com', port=443): Read timed out. (read timeout=2.0)`;

const VERDICTS = ["NORMAL", "SLOW", "VERY_SLOW", "ERROR", "SLOW", "ERROR", "NORMAL", "STALL"];

export function snapshotRows(application, from, to, btId) {
  const rows = [];
  for (let minute = Math.floor(to / 20000) * 20000; minute > from && rows.length < 2000; minute -= 20000) {
    const bts = application.bts.filter((bt) => !bt.other);
    if (bts.length === 0) return rows;
    const bt = bts[Math.floor(chance("snapshot bt", minute) * Math.min(bts.length, 5))];
    if (btId && bt.id !== btId) continue;
    const verdict = VERDICTS[Math.floor(chance("verdict", minute) * VERDICTS.length)];
    const factor = { NORMAL: 1, SLOW: 4, VERY_SLOW: 9, STALL: 120, ERROR: 5 }[verdict];
    const tier = application.tiers.find((t) => t.id === bt.tierId);
    rows.push({
      guid: [8, 4, 4, 4, 12].map((n, i) => hex(n, "guid", i, minute)).join("-"),
      spanId: hex(16, "span", minute),
      btId: bt.id,
      btName: bt.name,
      tierId: tier.id,
      tierName: tier.name,
      nodeId: tier.id + 1,
      nodeName: `${tier.name}-1`,
      start: minute + Math.floor(chance("ms", minute) * 1000),
      durationMs: bt.average * factor * (0.8 + chance("d", minute)),
      verdict,
      policy: verdict === "ERROR" ? "ERROR_SAMPLING" : verdict === "NORMAL" ? "TIME_SAMPLING" : "SLA_FAILURE",
      firstInChain: true,
      exitCalls: 3 + Math.floor(chance("n", minute) * 9),
      errors: verdict === "ERROR" ? 1 : 0,
      errorSummary: verdict === "ERROR" ? "ReadTimeout: Read timed out. (read timeout=2.0)" : null,
    });
  }
  return rows;
}

export function snapshot(application, row) {
  const total = row.durationMs;
  const backend = (type) => application.backends.find((candidate) => candidate.exitType === type);
  const thresholds = { slowMs: 200, verySlowMs: 600, stallMs: 45000 };
  const checkout = application.tiers[1];
  const failed = row.verdict === "ERROR";
  const error = {
    type: "ReadTimeout",
    message: "HTTPSConnectionPool(host='payments.example.com', port=443): Read timed out. (read timeout=2.0)",
    stack: STACK,
  };
  const exit = (n, prefix, source, offset, duration, more = {}) => ({
    sequence: prefix ? `${prefix}|${n}` : String(n),
    spanId: hex(16, row.guid, prefix, n),
    backendId: source.id,
    backendName: source.name,
    exitType: source.exitType,
    displayName: source.name,
    operation: "",
    identifyingProperties: source.properties ?? [],
    optionalProperties: [],
    offsetMs: offset,
    durationMs: duration,
    ended: true,
    errors: [],
    toTierId: null,
    toTierName: null,
    toSpanId: null,
    ...more,
  });
  const segment = (more) => ({
    parentSpanId: null,
    sequence: "",
    appId: application.id,
    btName: row.btName,
    kind: "server",
    verdict: row.verdict,
    policy: row.policy,
    inFlight: false,
    abandoned: false,
    thread: "ThreadPoolExecutor-0_3",
    thresholds,
    errors: [],
    userData: [],
    exitCallsDropped: 0,
    ...more,
  });
  const toCheckout = exit(
    2,
    "",
    {
      id: 77,
      name: "checkout:8002",
      exitType: "HTTP",
      properties: [
        { name: "HOST", value: "checkout" },
        { name: "PORT", value: "8002" },
      ],
    },
    total * 0.12,
    total * 0.8,
    {
      operation: "POST http://checkout:8002/orders",
      toTierId: checkout.id,
      toTierName: checkout.name,
      toSpanId: hex(16, row.guid, "second"),
      optionalProperties: [
        { name: "Method", value: "POST" },
        { name: "Payload bytes", value: "1843" },
        { name: "Retry", value: "no" },
      ],
      errors: failed ? [error] : [],
    },
  );
  const many = row.exitCalls > 10 && application.bts.length > 50 ? 50000 : 6;
  const second = Array.from({ length: many }, (_, i) =>
    exit(i + 1, "2", backend("DB"), total * (0.15 + (0.5 * i) / many), (total * 0.4) / many, {
      operation: [
        "SELECT id, sku, quantity, price_cents FROM basket_items WHERE basket_id = $1 ORDER BY position",
        "UPDATE stock SET reserved = reserved + $1 WHERE sku = $2",
        "INSERT INTO orders (customer, total_cents, placed_at) VALUES ($1, $2, now()) RETURNING id",
      ][i % 3],
      optionalProperties: [{ name: "Rows", value: String(1 + (i % 7)) }],
    }),
  );
  second.push(
    exit(many + 1, "2", backend("HTTP"), total * 0.66, total * 0.24, {
      operation: "POST https://payments.example.com/v2/charges",
      errors: failed ? [error] : [],
      optionalProperties: [
        { name: "Idempotency key", value: "8f2c-11" },
        { name: "Amount", value: "49.90 EUR" },
      ],
    }),
  );
  return {
    guid: row.guid,
    btId: row.btId,
    btName: row.btName,
    start: row.start,
    durationMs: total,
    verdict: row.verdict,
    segments: [
      segment({
        spanId: row.spanId,
        tierId: row.tierId,
        tierName: row.tierName,
        nodeId: row.nodeId,
        nodeName: row.nodeName,
        start: row.start,
        offsetMs: 0,
        durationMs: total,
        errors: failed ? [error] : [],
        userData: [
          { key: "customer", value: "ada@example.com" },
          { key: "basket total", value: "49.90 EUR" },
          { key: "note", value: '<img src=x onerror="alert(1)"> “quoted”\nsecond line' },
          {
            key: "feature flags",
            value: "new-checkout, free-shipping, dark-mode, express-payments, gift-cards".repeat(6),
          },
        ],
        exitCalls: [
          exit(1, "", backend("CACHE"), total * 0.02, total * 0.05, { operation: "GET session:9c1f" }),
          toCheckout,
          exit(3, "", backend("CACHE"), total * 0.95, total * 0.03, {
            operation: "SET session:9c1f",
            ended: row.verdict !== "STALL",
          }),
        ],
      }),
      segment({
        spanId: hex(16, row.guid, "second"),
        parentSpanId: toCheckout.spanId,
        sequence: "2",
        tierId: checkout.id,
        tierName: checkout.name,
        nodeId: checkout.id + 1,
        nodeName: `${checkout.name}-2`,
        start: row.start + total * 0.14,
        offsetMs: total * 0.14,
        durationMs: total * 0.77,
        policy: "CONTINUING",
        verdict: failed ? "ERROR" : "NORMAL",
        errors: failed ? [error] : [],
        userData: [{ key: "payment provider", value: "example-pay" }],
        exitCalls: second,
        thresholds: { slowMs: null, verySlowMs: null, stallMs: 45000 },
      }),
    ],
  };
}
