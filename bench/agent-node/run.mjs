// What the Node agent costs, beside the OpenTelemetry SDK and dd-trace, in one run on this machine.
//
// Each measurement has a process of its own; the subjects take turns, so that a slow minute hits all of them; medians
// are shown, one table per version of Node. Run it with `cargo xtask bench agent-node`.
import { execFile, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { judge, table } from "./report.mjs";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const run = promisify(execFile);
const SUBJECTS = ["nothing", "tierline", "otel", "datadog"];
const KINDS = ["start", "W", "W0", "hold", "http"];
const PACKAGES = ["appdynamics", "@opentelemetry/sdk-trace-node", "@opentelemetry/instrumentation-http", "dd-trace"];
const CONNECTIONS = 16;
const MEASUREMENT_LIMIT_MS = 300_000;
/** How long the longest hold is looked for: some of our 1-s timers, many of the peers' batches. */
const HOLD_UNITS = 4_000;
const HTTP_WARM_UP_REQUESTS = 3_000;

const { values: options } = parseArgs({
  options: {
    units: { type: "string", default: "100000" },
    requests: { type: "string", default: "10000" },
    repetitions: { type: "string", default: "5" },
    subjects: { type: "string", multiple: true, default: SUBJECTS },
    kinds: { type: "string", multiple: true, default: KINDS },
    nodes: { type: "string", multiple: true, default: nodes() },
    json: { type: "string" },
  },
});

/** The interpreters that `cargo xtask` found, else the one that runs this. */
function nodes() {
  return process.env.TIERLINE_NODES?.split(":") ?? [process.execPath];
}

async function startSink() {
  const sink = spawn(process.execPath, [here("sink.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = await once(createInterface(sink.stdout), "line");
  const address = `http://127.0.0.1:${port}`;
  return { address, counts: async () => (await fetch(`${address}/counts`)).json(), stop: () => sink.kill() };
}

async function measure(node, sink, subject, kind) {
  if (kind === "http") return visit(node, sink, subject);
  const units = kind === "hold" ? HOLD_UNITS : Number(options.units);
  await sink.counts();
  const command = [here("driver.cjs"), subject, kind, String(units), sink.address];
  const { stdout } = await run(node, command, { timeout: MEASUREMENT_LIMIT_MS, env: environment() });
  const result = JSON.parse(stdout.trim().split("\n").at(-1));
  return { ...result, arrived: await sink.counts() };
}

/** CPU of a server per request, without and with an outgoing call in it. */
async function visit(node, sink, subject) {
  const child = fork(here("driver.cjs"), [subject, "http", "0", sink.address], { execPath: node, env: environment() });
  const ended = once(child, "exit");
  const [{ port }] = await once(child, "message");
  const cpu = async () => {
    child.send("cpu");
    return (await once(child, "message"))[0].cpuUs;
  };
  const load = (path, requests) => run(process.execPath, [here("load.cjs"), port, path, CONNECTIONS, requests].map(String));
  const cost = async (path) => {
    await load(path, HTTP_WARM_UP_REQUESTS);
    const before = await cpu();
    await load(path, options.requests);
    return ((await cpu()) - before) / Number(options.requests);
  };
  await sink.counts();
  const result = { helloUs: await cost("/shop/hello"), callUs: await cost("/shop/call") };
  child.send("stop");
  await ended;
  return { ...result, arrived: await sink.counts() };
}

/** Nothing of an agent that the caller may run under. */
function environment() {
  const clean = Object.entries(process.env).filter(([name]) => !/^(APPD|TIERLINE|OTEL|DD|NODE_OPTIONS)/.test(name));
  return { ...Object.fromEntries(clean), TIERLINE_REPORT_INTERVAL_MS: "1000" };
}

function versions() {
  const require = createRequire(import.meta.url);
  return PACKAGES.map((name) => {
    const [file] = require.resolve.paths(name).map((path) => `${path}/${name}/package.json`);
    return `${name} ${existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : "not installed"}`;
  }).join(", ");
}

async function main() {
  const sink = await startSink();
  const report = {};
  const machine = `${cpus()[0]?.model ?? process.arch}, ${cpus().length} cores; ${versions()}`;
  try {
    for (const node of options.nodes) {
      const version = (await run(node, ["--version"])).stdout.trim();
      const measured = {};
      for (let repetition = 1; repetition <= Number(options.repetitions); repetition += 1) {
        for (const kind of options.kinds) {
          for (const subject of options.subjects) {
            (measured[`${subject} ${kind}`] ??= []).push(await measure(node, sink, subject, kind));
          }
        }
        console.error(`Node ${version}: repetition ${repetition} of ${options.repetitions}`);
      }
      report[version] = table(version, measured, options);
      judge(report[version]);
    }
  } finally {
    sink.stop();
  }
  console.log(`\n${options.units} units after a warm-up, ${options.requests} requests, medians of ${options.repetitions};`);
  console.log("CPU of all threads and the final flush; a hold is a turn of the event loop without a garbage collection.");
  console.log(machine);
  if (options.json) writeFileSync(options.json, `${JSON.stringify({ machine, report }, null, 2)}\n`);
}

await main();
