// Where every page and every part of one is, for the walks and the pictures.

const ALERTS = [
  "violations",
  "events",
  "health-rules",
  "policies",
  "actions",
  "deliveries",
  "schedules",
  "quiet-times",
];
const CONFIGURATION = [
  "detection",
  "errors",
  "thresholds",
  "data-collectors",
  "snapshots",
  "limits",
  "agents",
  "history",
];
const ACCESS = ["users", "groups", "roles", "api-clients", "access-keys", "audit"];
const SETTINGS = ["controller", "lists", "email", "accounts"];
const METRICS = ["Calls per Minute", "Average Response Time (ms)"].map(
  (name) => `Overall Application Performance|${name}`,
);

const tabs = (page, path, names) => names.map((name) => [`${page}-${name}`, `${path}?tab=${name}`]);
const busiest = (list) => [...list].sort((a, b) => b.calls - a.calls)[0];

/** Names of pages and their addresses; `ask` answers a question to the page's own API, `app` is an application's id. */
export async function addresses(ask, app) {
  const base = `/applications/${app}`;
  const range = `from=${Date.now() - 3600e3}&to=${Date.now()}`;
  const [bts, backends, nodes, errors, { items }] = await Promise.all(
    ["business-transactions", "backends", "nodes", "errors", "snapshots"].map((what) =>
      ask(`${base}/${what}?${range}${what === "snapshots" ? "&limit=200&firstInChain=true" : ""}`),
    ),
  );
  const richest = (verdict) =>
    items.filter((item) => item.verdict === verdict).sort((a, b) => b.exitCalls - a.exitCalls)[0] ?? items[0];
  const { guid } = richest("ERROR");
  const slow = richest("SLOW") ?? richest("VERY_SLOW");
  const error = `${base}/snapshots/${guid}`;
  const exits = (await ask(error)).segments.flatMap((segment) => segment.exitCalls);
  const exit =
    exits.find((call) => call.errors.length && call.optionalProperties.length) ??
    exits.find((call) => call.optionalProperties.length) ??
    exits[0];
  const bt = bts.find(({ name }) => /checkout/i.test(name)) ?? busiest(bts);
  const backend = backends.find((one) => one.exitType === "DB") ?? busiest(backends);
  const [failure] = errors.groups;
  return Object.fromEntries([
    ["applications", "/applications"],
    ["connect", "/applications?connect=true"],
    ["dashboard", base],
    ["transactions", `${base}/business-transactions`],
    ["transactions-other", `${base}/business-transactions?view=other`],
    ["transactions-excluded", `${base}/business-transactions?view=excluded`],
    ["transaction", `${base}/business-transactions/${bt.id}`],
    ["snapshots", `${base}/snapshots`],
    ["snapshot", `${base}/snapshots/${slow.guid}`],
    ...tabs("snapshot", error, ["flow-map", "exit-calls", "errors", "user-data"]),
    ["snapshot-exit", `${error}?exit=${exit?.spanId}`],
    ["compare", `${base}/snapshots/compare?a=${guid}&b=${slow.guid}`],
    ["errors", `${base}/errors`],
    ...(failure ? [["error", `${base}/errors/${failure.tierId}/${failure.errorId}`]] : []),
    ["backends", `${base}/backends`],
    ["backend", `${base}/backends/${backend.id}`],
    ["tiers", `${base}/tiers`],
    ["tier", `${base}/tiers?tier=${nodes[0].tierId}`],
    ["node", `${base}/tiers?node=${(nodes.find((one) => !one.ledger.balanced) ?? nodes[0]).id}`],
    ["metrics", `${base}/metrics?metrics=${encodeURIComponent(METRICS.join("\n"))}&baseline=true`],
    ...tabs("alerts", `${base}/alerts`, ALERTS),
    ["health-rule", `${base}/alerts/health-rules/new`],
    ...tabs("configuration", `${base}/configuration`, CONFIGURATION),
    ...tabs("access", "/administration/access", ACCESS),
    ...tabs("settings", "/administration/settings", SETTINGS),
  ]);
}
