#!/usr/bin/env node
// A development tool, never shipped: answers the page's API with invented data, for working on the page without
// a controller. `npm run dev:fixture`, then `npm run dev`. With a built page in dist/ it serves that too, under
// the controller's content security policy. Any login is accepted.
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { applications, chance, hex, step } from "./fixture-data.mjs";
import { snapshot, snapshotRows } from "./fixture-snapshots.mjs";

const port = Number(process.env.PORT ?? 8099);
const empty = process.argv.includes("--empty");
const dist = fileURLToPath(new URL("../dist", import.meta.url));
const sessions = new Set();

const STEPS = [10e3, 30e3, 60e3, 300e3, 600e3, 3600e3];
const stepFor = (from, to, points) => STEPS.find((s) => (to - from) / s <= points) ?? 3600e3;

function series(name, rate, average, from, to, points, errorShare) {
  const stepMs = Math.max(60e3, stepFor(from, to, points));
  const start = Math.floor(from / stepMs) * stepMs;
  const list = [];
  for (let t = start; t < to; t += stepMs) list.push(step(name, t, stepMs, rate, average, errorShare));
  return { stepMs, from: start, to, points: list };
}

function totals(list, from, to) {
  const sum = (f) => list.reduce((total, point) => total + f(point), 0);
  const calls = sum((p) => p.calls);
  const verdicts = { normal: 0, slow: 0, verySlow: 0, stall: 0, error: 0 };
  for (const p of list) for (const key of Object.keys(verdicts)) verdicts[key] += p.verdicts[key];
  const averageMs = calls ? sum((p) => p.calls * (p.averageMs ?? 0)) / calls : null;
  const errors = verdicts.error;
  return {
    calls,
    callsPerMinute: calls / ((to - from) / 60000),
    averageMs,
    minMs: averageMs && averageMs * 0.1,
    maxMs: averageMs && averageMs * 9,
    p50: averageMs && averageMs * 0.8,
    p95: averageMs && averageMs * 2.2,
    p99: averageMs && averageMs * 4.1,
    errors,
    errorPercent: calls ? (100 * errors) / calls : 0,
    verdicts,
  };
}

function spark(name, rate, average, from, to, errorShare) {
  const { stepMs, from: start, points } = series(name, rate, average, from, to, 30, errorShare);
  return {
    stepMs,
    from: start,
    calls: points.map((p) => p.calls),
    averageMs: points.map((p) => p.averageMs),
    errors: points.map((p) => p.errors),
  };
}

const appRate = (app) => app.bts.reduce((sum, bt) => sum + bt.rate, 0);
const appAverage = (app) => app.bts.reduce((sum, bt) => sum + bt.rate * bt.average, 0) / (appRate(app) || 1);

function btRow(app, bt, from, to) {
  const share = 0.03 * chance("share", bt.name) ** 3;
  const { points } = series(bt.name, bt.rate, bt.average, from, to, 60, share);
  const all = totals(points, from, to);
  return {
    id: bt.id,
    name: bt.name,
    tierId: bt.tierId,
    tierName: app.tiers.find((tier) => tier.id === bt.tierId).name,
    entryType: bt.entryType,
    entryTitle: bt.entryTitle,
    otherTraffic: bt.other ?? false,
    ...all,
    lastSeen: to - 20000,
    spark: spark(bt.name, bt.rate, bt.average, from, to, share),
  };
}

function backendRow(backend, from, to) {
  const rate = 5 + 90 * chance("backend rate", backend.name);
  const average = 2 + 80 * chance("backend average", backend.name) ** 2;
  const { points } = series(backend.name, rate, average, from, to, 60, 0.003);
  return {
    id: backend.id,
    name: backend.name,
    exitType: backend.exitType,
    properties: backend.properties,
    resolvedTierId: null,
    resolvedTierName: null,
    ...totals(points, from, to),
    spark: spark(backend.name, rate, average, from, to, 0.003),
  };
}

function nodes(app, to) {
  return app.tiers.flatMap((tier) =>
    Array.from({ length: tier.nodes }, (_, i) => {
      const late = tier.name === "recommendations" ? 400e3 : 12e3;
      return {
        id: tier.id + i + 1,
        name: `${tier.name}-${i + 1}`,
        tierId: tier.id,
        tierName: tier.name,
        language: tier.language,
        agentVersion: "0.1.0",
        runtimeVersion: { python: "CPython 3.12.4", nodejs: "Node.js 22.9.0", rust: "rustc 1.90" }[
          tier.language
        ],
        hostName: `host-${(tier.id % 7) + 1}.internal`,
        processId: 1000 + (tier.id % 9000),
        firstSeen: to - 86400e3 * 3,
        lastSeen: to - late,
        calls: app.quiet ? 0 : Math.round(400 * (1 + chance(tier.name, i))),
        errors: Math.round(9 * chance(tier.name, i, "e")),
        averageMs: app.quiet ? null : 20 + 90 * chance(tier.name, i, "a"),
        agents: [
          {
            incarnation: hex(32, tier.name, i),
            lastSeen: to - late,
            disconnected: late > 300e3,
            configVersion: "7",
            diagnostics: {
              misuse: tier.name === "checkout" ? { start_bt_without_name: 3 } : {},
              replacedNames:
                tier.name === "checkout" ? [{ given: "checkout node/😀", reported: "checkout-2" }] : [],
              drops: tier.name === "fulfilment" ? { snapshot_memory: 12 } : {},
              warnings: [],
              spoolBytes: 0,
              panics: 0,
            },
          },
        ],
        ledger: { begun: 4120, ended: 4118, inFlight: 2, balanced: tier.name !== "fulfilment" },
      };
    }),
  );
}

function inApplication(app, rest, query, from, to) {
  const [kind, key] = rest;
  const bt = app.bts.find(
    (candidate) => candidate.id === Number(query.get("bt") || (kind === "business-transactions" && key)),
  );
  const backend = app.backends.find(
    (candidate) => candidate.id === Number(query.get("backend") || (kind === "backends" && key)),
  );
  const subject = bt ??
    (backend && { name: backend.name, rate: 40, average: 21 }) ?? {
      name: app.name,
      rate: appRate(app),
      average: appAverage(app),
    };
  switch (kind) {
    case undefined:
      return {
        id: app.id,
        name: app.name,
        firstSeen: to - 9e8,
        lastSeen: to - 9000,
        tiers: app.tiers,
        warnings: [],
      };
    case "scorecard":
      return totals(series(subject.name, subject.rate, subject.average, from, to, 60).points, from, to);
    case "series":
      return series(subject.name, subject.rate, subject.average, from, to, 180);
    case "flow-map": {
      const share = bt ? bt.rate / appRate(app) : 1;
      const edges = app.edges
        .filter((edge) => !bt || chance(bt.name, edge.fromTierId, edge.toTierId, edge.backendId) > 0.25)
        .map((edge) => {
          const rate = share * (20 + 200 * chance("edge", edge.fromTierId, edge.toTierId, edge.backendId));
          const calls = app.quiet ? 0 : Math.round((rate * (to - from)) / 60000);
          return {
            ...edge,
            calls,
            callsPerMinute: rate,
            averageMs: 2 + 120 * chance("ea", edge.fromTierId, edge.toTierId, edge.backendId) ** 2,
            errors: chance("ee", edge.fromTierId, edge.backendId) > 0.8 ? Math.round(calls * 0.06) : 0,
          };
        });
      const used = new Set(edges.flatMap((edge) => [edge.fromTierId, edge.toTierId, edge.backendId]));
      const tiers = app.tiers
        .filter((tier) => !bt || used.has(tier.id))
        .map((tier) => {
          const rate = share * 300 * chance("tier", tier.name);
          const calls = Math.round((rate * (to - from)) / 60000);
          return {
            id: tier.id,
            name: tier.name,
            language: tier.language,
            nodes: tier.nodes,
            calls,
            callsPerMinute: rate,
            averageMs: 30 + 200 * chance("ta", tier.name),
            errors: Math.round(calls * 0.1 * chance("te", tier.name) ** 3),
            entry: tier.entry ?? false,
          };
        });
      return {
        tiers,
        backends: app.backends
          .filter((b) => used.has(b.id))
          .map(({ id: key2, name, exitType, properties }) => ({ id: key2, name, exitType, properties })),
        edges,
      };
    }
    case "business-transactions":
      if (key) return bt && { ...btRow(app, bt, from, to), tiers: app.tiers.slice(0, 2) };
      return app.bts.map((one) => btRow(app, one, from, to));
    case "snapshots": {
      if (key) {
        const row = snapshotRows(app, Date.now() - 86400e3, Date.now()).find((r) => r.guid === key);
        return row && snapshot(app, row);
      }
      const verdicts = query.get("verdicts")?.split(",");
      const rows = snapshotRows(app, from, to, Number(query.get("bt"))).filter(
        (row) =>
          (!verdicts || verdicts.includes(row.verdict)) &&
          row.durationMs >= Number(query.get("minMs") ?? 0) &&
          (!query.get("guid") || row.guid.startsWith(query.get("guid"))) &&
          (!query.get("tier") || row.tierId === Number(query.get("tier"))),
      );
      const after = Number(query.get("after") ?? 0);
      const limit = Number(query.get("limit") ?? 50);
      return {
        items: rows.slice(after, after + limit),
        next: rows.length > after + limit ? String(after + limit) : null,
      };
    }
    case "backends":
      if (!key) return app.backends.map((one) => backendRow(one, from, to));
      return (
        backend && {
          ...backendRow(backend, from, to),
          callers: app.edges
            .filter((edge) => edge.backendId === backend.id)
            .map((edge) => ({
              tierId: edge.fromTierId,
              tierName: app.tiers.find((tier) => tier.id === edge.fromTierId).name,
              calls: 812,
              averageMs: 12.4,
              errors: 3,
            })),
          bts: app.bts
            .slice(0, 3)
            .map((one) => ({ id: one.id, name: one.name, calls: Math.round(one.rate * 30) })),
        }
      );
    case "nodes":
      return nodes(app, to);
  }
}

function answer(url, signedIn) {
  const path = url.pathname.split("/").filter(Boolean).slice(1);
  const to = Number(url.searchParams.get("to") ?? Date.now());
  const from = Number(url.searchParams.get("from") ?? to - 3600e3);
  if (!signedIn) return [401, { error: "You are not signed in.", hint: "Sign in at /login." }];
  if (path[0] === "status") {
    const ingest = {
      open: 0,
      running: 0,
      waiting: 0,
      memoryBytes: 0,
      memoryLimitBytes: 1 << 29,
      accepted: 9,
      deferred: 0,
      refused: 0,
    };
    return [
      200,
      { version: "0.1.0", started: 0, store: { writable: true, reason: null, since: null }, ingest },
    ];
  }
  if (path[0] === "session") return [200, { user: "admin", account: "customer1", csrfToken: "fixture" }];
  if (path[0] === "logout") return [200, {}];
  if (path[0] === "setup")
    return [200, { listen: "127.0.0.1:8090", accessKeyShown: "example-access-key", account: "customer1" }];
  if (path[0] === "applications" && path.length === 1) {
    if (empty) return [200, []];
    return [
      200,
      applications.map((app) => ({
        id: app.id,
        name: app.name,
        tiers: app.tiers.length,
        nodes: app.tiers.reduce((sum, tier) => sum + tier.nodes, 0),
        ...totals(series(app.name, appRate(app), appAverage(app), from, to, 60).points, from, to),
        spark: spark(app.name, appRate(app), appAverage(app), from, to),
      })),
    ];
  }
  const app = applications.find((candidate) => candidate.id === Number(path[1]));
  const body = app && inApplication(app, path.slice(2), url.searchParams, from, to);
  return body
    ? [200, body]
    : [
        404,
        { error: "There is no such thing here.", hint: "It may have been deleted; go back to the list." },
      ];
}

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

function page(url, response) {
  let file = join(dist, normalize(url.pathname));
  if (!file.startsWith(dist) || !existsSync(file) || statSync(file).isDirectory())
    file = join(dist, "index.html");
  if (!existsSync(file)) return response.writeHead(404).end("npm run build first, or use npm run dev");
  response.writeHead(200, {
    "content-type": TYPES[extname(file)] ?? "application/octet-stream",
    "content-security-policy": POLICY,
  });
  createReadStream(file).pipe(response);
}

createServer((request, response) => {
  const url = new URL(request.url, `http://127.0.0.1:${port}`);
  if (!url.pathname.startsWith("/api/")) return page(url, response);
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    const cookie = /tierline=(\w+)/.exec(request.headers.cookie ?? "")?.[1];
    if (url.pathname === "/api/login") {
      const { user, password } = JSON.parse(body || "{}");
      if (!password || password.startsWith("not ")) {
        response.writeHead(401, { "content-type": "application/json" });
        return response.end(
          JSON.stringify({
            error: "User or password is not right.",
            hint: "The first start of `tierline up` printed both.",
          }),
        );
      }
      const key = hex(16, user, Date.now());
      sessions.add(key);
      response.writeHead(200, {
        "content-type": "application/json",
        "set-cookie": `tierline=${key}; HttpOnly; SameSite=Strict; Path=/`,
      });
      return response.end(JSON.stringify({ user, account: "customer1" }));
    }
    if (url.pathname === "/api/logout") sessions.delete(cookie);
    const [status, value] = answer(url, sessions.has(cookie));
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(value));
  });
}).listen(port, "127.0.0.1", () =>
  console.log(`fixture data on http://127.0.0.1:${port}, any user and password`),
);
