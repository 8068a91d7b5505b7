// One measurement in a process of its own: `driver.cjs SUBJECT KIND UNITS SINK` prints it as JSON at its very end.
//
// CPU is that of all threads, from after the start and a warm-up to after the last record left.
"use strict";

const fs = require("node:fs");
const { performance, PerformanceObserver } = require("node:perf_hooks");

/** Units between two waits for the queue of an agent that has one, so that nothing is lost while costs are measured. */
const DRAIN_EVERY = 500;
const WARM_UP_UNITS = 10_000;
/** Units per millisecond while looking for the longest hold: few, so that most turns have nothing of an agent. */
const HOLD_RATE_PER_MS = 1;
/** The beginning of that is not looked at: the engine still compiles and tidies up after the warm-up, for everybody. */
const HOLD_SETTLE_MS = 1_500;

const [name, kind, unitsText, sink] = process.argv.slice(2);
const units = Number(unitsText);
const cpuUs = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};
const { setImmediate: immediately } = globalThis;
const tick = () => new Promise((done) => immediately(done));

/** Whether the agent had something to do in this turn of the event loop: a unit, or a timer that it had started. */
let agentActive = false;
if (kind === "hold") {
  for (const timer of ["setTimeout", "setInterval", "setImmediate"]) {
    const started = global[timer];
    global[timer] = (callback, ...rest) =>
      started((...given) => {
        agentActive = true;
        return callback(...given);
      }, ...rest);
  }
}

const residentBefore = process.memoryUsage.rss();
const cpuBefore = cpuUs();
const began = performance.now();
const subject = require(`./subjects/${name}.cjs`);
subject.start(sink);
const result = { startMs: performance.now() - began, startCpuMs: (cpuUs() - cpuBefore) / 1e3 };
result.startMb = (process.memoryUsage.rss() - residentBefore) / 1e6;

/** Runs at the process's end, after the agent's own last words: its listener was added before. */
function atTheEnd(finish) {
  process.on("exit", () => {
    finish();
    result.endMb = (process.memoryUsage.rss() - residentBefore) / 1e6;
    fs.writeSync(1, `${JSON.stringify(result)}\n`);
  });
}

async function repeat(unit, count) {
  for (let done = 0; done < count; done += DRAIN_EVERY) {
    const until = Math.min(DRAIN_EVERY, count - done);
    for (let i = 0; i < until; i += 1) unit();
    await subject.drain();
    await tick();
  }
}

async function cost(unit) {
  await repeat(unit, WARM_UP_UNITS);
  const before = cpuUs();
  atTheEnd(() => {
    result.cpuUs = (cpuUs() - before) / units;
  });
  await repeat(unit, units);
  await subject.stop();
}

/** Milliseconds that the main thread was ready and had no core, or zero where the system does not say. */
function waitedMs(schedule, buffer) {
  if (schedule === undefined) return 0;
  const length = fs.readSync(schedule, buffer, 0, buffer.length, 0);
  return Number(buffer.latin1Slice(0, length).split(" ")[1]) / 1e6;
}

/**
 * The longest turn of the event loop in which the agent had something to do, at a steady load. From a turn's wall time is taken what other programs took of it:
 * the time the thread waited for a core, and whatever exceeds the process's CPU. Turns with a garbage collection are
 * told apart.
 */
async function hold() {
  await repeat(subject.work, WARM_UP_UNITS);
  const collections = [];
  const observer = new PerformanceObserver((list) => collections.push(...list.getEntries()));
  observer.observe({ entryTypes: ["gc"] });
  const turns = [];
  const start = performance.now();
  const length = units / HOLD_RATE_PER_MS + HOLD_SETTLE_MS;
  let done = 0;
  let wall = start;
  let cpu = cpuUs();
  const schedule = fs.existsSync("/proc/self/schedstat") ? fs.openSync("/proc/self/schedstat") : undefined;
  const buffer = Buffer.alloc(128);
  let waited = waitedMs(schedule, buffer);
  while (wall < start + length) {
    if (done < (wall - start) * HOLD_RATE_PER_MS) {
      agentActive = true;
      subject.work();
      done += 1;
    }
    await tick();
    const wallNow = performance.now();
    const cpuNow = cpuUs();
    const waitedNow = waitedMs(schedule, buffer);
    const held = Math.min(wallNow - wall - (waitedNow - waited), (cpuNow - cpu) / 1e3);
    // Shorter ones cannot be the longest; keeping them would be the garbage we measure.
    if (agentActive && held > 0.02 && wall > start + HOLD_SETTLE_MS) turns.push([wall, wallNow, held]);
    agentActive = false;
    wall = wallNow;
    cpu = cpuNow;
    waited = waitedNow;
  }
  await tick();
  observer.disconnect();
  const collected = ([from, to]) => collections.some((gc) => gc.startTime < to && gc.startTime + gc.duration > from);
  const longest = (some) => some.reduce((most, [, , held]) => Math.max(most, held), 0);
  result.holdWithCollectionsMs = longest(turns);
  result.holdMs = longest(turns.filter((turn) => !collected(turn)));
  atTheEnd(() => {});
  await subject.stop();
}

/** A server that the parent's load visits; `/call` asks the sink before it answers. */
function serve() {
  const http = require("node:http");
  const agent = new http.Agent({ keepAlive: true });
  const server = http.createServer((request, response) => {
    if (request.url !== "/shop/call") {
      response.end("hello");
      return;
    }
    http.get(sink, { agent }, (answer) => {
      answer.resume();
      answer.on("end", () => response.end("called"));
    });
  });
  server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
  process.on("message", async (message) => {
    if (message !== "stop") {
      await subject.drain();
      process.send({ cpuUs: cpuUs() });
      return;
    }
    server.close();
    server.closeAllConnections();
    agent.destroy();
    await subject.stop();
    process.disconnect();
  });
}

async function main() {
  if (kind === "W") await cost(subject.work);
  else if (kind === "W0") await cost(subject.bare);
  else if (kind === "hold") await hold();
  else if (kind === "http") serve();
  else {
    atTheEnd(() => {});
    await subject.stop();
  }
}

main();
