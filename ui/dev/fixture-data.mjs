// Invented data for looking at the page while there is no controller at hand. A development tool: never built
// into anything, never shipped. All of it is a function of names and the minute, so a refresh changes nothing.

/** A number in [0, 1) that depends on the arguments only. */
export function chance(...parts) {
  let hash = 2166136261;
  for (const character of parts.join("|")) {
    hash ^= character.codePointAt(0);
    hash = Math.imul(hash, 16777619);
  }
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 2246822507);
  hash ^= hash >>> 13;
  return (hash >>> 0) / 4294967296;
}

export const id = (...parts) => 1 + Math.floor(chance("id", ...parts) * 2 ** 51);
export const hex = (length, ...parts) =>
  Array.from({ length }, (_, i) => Math.floor(chance("hex", i, ...parts) * 16).toString(16)).join("");

const LANGUAGES = { python: "PYTHON_APP_AGENT", nodejs: "NODEJS_APP_AGENT", rust: "NATIVE_SDK" };

const property = (name, value) => ({ name, value });

function shop() {
  const tiers = [
    { name: "storefront", language: "python", nodes: 2, entry: true },
    { name: "checkout", language: "python", nodes: 2 },
    { name: "recommendations", language: "nodejs", nodes: 1 },
    { name: "fulfilment", language: "rust", nodes: 1 },
  ];
  const backends = [
    {
      name: "orders - postgresql",
      exitType: "DB",
      properties: [
        property("HOST", "db-1.internal"),
        property("PORT", "5432"),
        property("DATABASE", "orders"),
        property("VENDOR", "POSTGRESQL"),
      ],
    },
    {
      name: "session cache",
      exitType: "CACHE",
      properties: [property("SERVER POOL", "redis-1:6379"), property("VENDOR", "REDIS")],
    },
    {
      name: "payments.example.com",
      exitType: "HTTP",
      properties: [property("HOST", "payments.example.com"), property("PORT", "443")],
    },
    {
      name: "shipments",
      exitType: "QUEUE",
      properties: [
        property("HOST", "mq-1"),
        property("PORT", "5672"),
        property("VENDOR", "RabbitMQ"),
        property("QUEUE", "shipments"),
      ],
    },
    {
      name: "parcel label printer <script>alert(1)</script>",
      exitType: "CUSTOM",
      properties: [property("SITE", "Łódź 3"), property("DEVICE", "zebra-\u202e7")],
    },
  ];
  const edges = [
    { from: "storefront", to: "checkout", exitType: "HTTP" },
    { from: "storefront", to: "recommendations", exitType: "HTTP" },
    { from: "storefront", backend: "session cache", exitType: "CACHE" },
    { from: "checkout", backend: "orders - postgresql", exitType: "DB" },
    { from: "checkout", backend: "payments.example.com", exitType: "HTTP" },
    { from: "checkout", to: "fulfilment", exitType: "QUEUE", async: true },
    { from: "fulfilment", backend: "parcel label printer <script>alert(1)</script>", exitType: "CUSTOM" },
    { from: "fulfilment", backend: "orders - postgresql", exitType: "DB" },
    { from: "recommendations", backend: "shipments", exitType: "QUEUE", async: true },
  ];
  const bts = [
    ["/", 190, 22],
    ["/checkout", 24, 410],
    ["/cart", 62, 65],
    ["/product", 140, 48],
    ["/search", 88, 120],
    ["/login", 17, 90],
    ["/orders/history", 9, 230],
    ["/api/v1/recommendations", 73, 31],
    ["Nightly price import", 1.2, 8400],
    ["/wishlist/share?with=<b>everyone</b>", 2, 77],
  ].map(([name, rate, average]) => ({ name, rate, average, tier: "storefront" }));
  bts.push({ name: "ship order", rate: 6, average: 900, tier: "fulfilment" });
  bts.push({ name: "All Other Traffic - storefront", rate: 3, average: 40, tier: "storefront", other: true });
  return { name: "Shop", tiers, backends, edges, bts };
}

function estate() {
  const tiers = Array.from({ length: 60 }, (_, i) => ({
    name: `service-${String(i + 1).padStart(2, "0")}`,
    language: ["python", "nodejs", "rust"][i % 3],
    nodes: 1 + (i % 4),
    entry: i < 3,
  }));
  const backends = Array.from({ length: 300 }, (_, i) => ({
    name: `backend ${i + 1} of a rather long descriptive name`,
    exitType: ["DB", "CACHE", "HTTP", "QUEUE", "CUSTOM", "WEB_SERVICE", "RABBITMQ"][i % 7],
    properties: [property("HOST", `host-${i}.internal`), property("PORT", String(5000 + i))],
  }));
  const edges = tiers.slice(1).map((tier, i) => ({
    from: tiers[Math.floor(i / 2)].name,
    to: tier.name,
    exitType: i % 5 ? "HTTP" : "QUEUE",
    async: i % 5 === 0,
  }));
  backends.forEach((backend, i) => {
    edges.push({ from: tiers[i % 60].name, backend: backend.name, exitType: backend.exitType });
  });
  const bts = Array.from({ length: 200 }, (_, i) => ({
    name: `/estate/resource-${i}/action`,
    rate: 1 + 300 * chance("rate", i) ** 4,
    average: 5 + 900 * chance("average", i) ** 5,
    tier: tiers[i % 12].name,
  }));
  return { name: "Estate of sixty services", tiers, backends, edges, bts };
}

const quiet = {
  name: "Quiet batch",
  tiers: [{ name: "batch", language: "python", nodes: 1, entry: true }],
  backends: [],
  edges: [],
  bts: [],
  quiet: true,
};

export const applications = [shop(), estate(), quiet].map((application) => {
  const appId = id(application.name);
  const tiers = application.tiers.map((tier) => ({
    ...tier,
    id: id(application.name, "tier", tier.name),
    agentType: LANGUAGES[tier.language],
  }));
  const tierId = (name) => tiers.find((tier) => tier.name === name).id;
  const backends = application.backends.map((backend) => ({
    ...backend,
    id: id(application.name, "backend", backend.name),
  }));
  const bts = application.bts.map((bt) => ({
    ...bt,
    id: id(application.name, "bt", bt.name),
    tierId: tierId(bt.tier),
    entryType: "PYTHON_WEB",
    entryTitle: "Python Web",
  }));
  const edges = application.edges.map((edge) => ({
    fromTierId: tierId(edge.from),
    toTierId: edge.to ? tierId(edge.to) : null,
    backendId: edge.backend ? backends.find((backend) => backend.name === edge.backend).id : null,
    exitType: edge.exitType,
    async: edge.async ?? false,
  }));
  return { ...application, id: appId, tiers, backends, bts, edges };
});

/** What one series did in one step: a pure function of its name and the time. */
export function step(name, t, stepMs, ratePerMinute, averageMs, errorShare = 0.012) {
  const wave = 1 + 0.35 * Math.sin(t / 2.4e6) + 0.25 * (chance(name, "c", t) - 0.5);
  const calls = Math.max(0, Math.round((ratePerMinute * wave * stepMs) / 60000));
  const bump = chance(name, "bump", Math.floor(t / 900000)) > 0.8 ? 1.8 : 1;
  const average = averageMs * bump * (0.85 + 0.3 * chance(name, "a", t));
  const errors = Math.round(calls * errorShare * (bump > 1 ? 4 : 1) * 2 * chance(name, "e", t));
  const slow = Math.round(calls * 0.02 * bump * chance(name, "s", t));
  const verySlow = Math.round(calls * 0.008 * bump * chance(name, "v", t));
  const stall = chance(name, "st", t) > 0.985 ? Math.min(1, calls) : 0;
  const normal = Math.max(0, calls - errors - slow - verySlow - stall);
  const none = calls === 0;
  return {
    t,
    calls,
    errors,
    averageMs: none ? null : average,
    minMs: none ? null : average * 0.2,
    maxMs: none ? null : average * 6,
    p50: none ? null : average * 0.8,
    p95: none ? null : average * 2.1,
    p99: none ? null : average * 3.9,
    verdicts: { normal, slow, verySlow, stall, error: calls - normal - slow - verySlow - stall },
  };
}
