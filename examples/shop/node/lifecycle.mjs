// How every Node process of the shop starts, says that it is ready, and ends. Import it first: the agent wants to be
// there before what it observes.
import appd from "appdynamics";

const PARENT_CHECK_INTERVAL_MS = 1_000;

// Everything else comes from the environment: controller, application, tier. The shop gives its nodes whole names.
appd.profile({ noNodeNameSuffix: true });

/** Tells the parent, which waits for this line, that others may be started. */
export function sayReady(port = 0) {
  process.stdout.write(`ready ${port}\n`);
}

/** SIGTERM and Ctrl-C end the process, and so does the death of its parent. The agent reports its last numbers. */
export function endOnRequest() {
  const parent = process.ppid;
  for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
  setInterval(() => process.ppid === parent || process.exit(0), PARENT_CHECK_INTERVAL_MS).unref();
}

/** `--name value` pairs of the command line. */
export function options() {
  const found = {};
  for (let at = 2; at + 1 < process.argv.length; at += 2) found[process.argv[at].replace(/^--/, "")] = process.argv[at + 1];
  return found;
}

export { appd };
