// Programs whose requests make calls by a library, and what must come of them.
import assert from 'node:assert/strict';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));

/** Where the newest and the oldest releases that are tested are installed. */
export const MODULES = { newest: here, oldest: path.join(here, '../libraries_oldest') };

/** Runs `handler` in a request, then in a request whose callbacks look on; `library` is there before. */
export const program = (library, handler, end) => `
  ${library}
  const handler = async (watched) => { ${handler} };
  const seen = [];
  const server = http.createServer(async (request, response) => {
    const txn = appd.getTransaction(request);
    const watched = request.url === '/watched';
    if (request.url === '/hidden') txn.beforeExitCall = () => undefined;
    if (watched) {
      txn.beforeExitCall = (exit) => (seen.push({ ...exit.toJSON(), args: exit.commandArgs, user: exit.user, isSql: exit.isSql, stack: exit.stackTrace?.includes(__filename) }), exit);
      txn.exitCallCompleted = (exit) => (seen.push('completed'), exit);
    }
    try { await handler(watched); } catch (error) { console.error(error); }
    response.end(appd.getTransaction(request) === txn && appd.__agent.profiler.getTransaction() === txn ? 'ok' : 'lost');
  });
  const port = await listen(server);
  const bodies = [];
  for (const path of ['/plain', '/watched', '/hidden']) bodies.push((await ask(port, path)).body);
  // Two at a time share what there is of connections, and none of their calls.
  bodies.push(...(await Promise.all([ask(port, '/one'), ask(port, '/two')])).map(({ body }) => body));
  server.close();
  await (async () => { ${end} })();
  show({ seen, bodies });`;

/** What one request calls, checked in numbers, in the snapshot, and by the callbacks. */
export async function check(programs, source, { calls, errors = 0, exit, label, operations, watched, hasStack = true }) {
  const { lines: [{ seen, bodies }], received } = await programs.run(source, { env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' } });
  assert.deepEqual(bodies, ['ok', 'ok', 'ok', 'ok', 'ok'], 'the context is that of the request, everywhere');
  const { [label]: counted, ...others } = received.exits();
  assert.deepEqual(Object.keys(others), []);
  assert.equal(counted.exitType, exit.exitType);
  assert.deepEqual(counted.properties, exit.properties);
  assert.equal(counted.count, 4 * calls, 'all but the hidden ones');
  assert.equal(counted.errors, 4 * errors);
  assert.equal(received.bts()['/plain'], 1);
  for (const bt of ['/plain', '/one', '/two']) {
    assert.deepEqual(received.snapshot(bt).exitCalls.map(({ operation }) => operation), operations, bt);
  }
  assert.deepEqual(received.snapshot('/hidden').exitCalls, []);
  const begun = seen.filter((one) => one !== 'completed');
  assert.equal(begun.length, calls);
  assert.equal(seen.length, 2 * calls);
  for (const [name, value] of Object.entries(watched)) assert.deepEqual(begun[0][name], value, name);
  // A call that waited for a connection was made by the pool.
  if (hasStack) assert.ok(begun[0].stack, 'the stack shows the program');
  return received;
}
