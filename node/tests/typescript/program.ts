// Every documented call, as programs write them. It is compiled, never run: the package's tests do so with
// `tsc --strict`, as CommonJS, as an ES module and for a bundler.
import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import appd, { getTransaction, parseCorrelationInfo, profile, startTransaction } from 'appdynamics';
import type { CorrelationHeader, ExitCall, TimePromise } from 'appdynamics';

const api = appd.profile({
  controllerHostName: 'controller.example.org',
  controllerPort: 443,
  controllerSslEnabled: true,
  accountName: 'customer1',
  accountAccessKey: 'secret',
  applicationName: 'Shop',
  tierName: 'web',
  nodeName: 'web',
  noNodeNameSuffix: false,
  reuseNode: true,
  reuseNodePrefix: 'web',
  proxyHost: 'proxy.example.org',
  proxyPort: 3128,
  proxyUser: 'agent',
  proxyPasswordFile: '/run/secrets/proxy',
  certificateFile: '/etc/ssl/controller.pem',
  alwaysAddEumMetadataInHttpHeaders: false,
  btEntryPointDelayDisabled: true,
  debug: false,
  logging: { logfiles: [{ root_directory: '/var/log', filename: 'agent_%N.log', level: 'INFO', max_size: 5_242_880, max_files: 10 }] },
  processSnapshotCountResetPeriodSeconds: 60,
  maxProcessSnapshotsPerPeriod: 2,
  autoSnapshotDurationSeconds: 10,
  analytics: { host: 'localhost', port: 9090, ssl: false },
  openTelemetry: { enabled: false, collector: { url: 'http://localhost:4318' } },
  libagent: true,
});
// Programs pass what the environment says: texts, or nothing.
profile({
  controllerPort: process.env['CONTROLLER_PORT'],
  controllerSslEnabled: process.env['CONTROLLER_SSL'],
  accountAccessKey: process.env['ACCESS_KEY'],
});
api.startTransaction('Through what profile gave').end();

const txn: TimePromise = startTransaction('Checkout');
txn.resume();
txn.markError(new Error('refused'));
txn.markError(new Error('refused'), 402);
txn.addSnapshotData('cart value', 17.5);
txn.addSnapshotData('customer', undefined);
txn.addAnalyticsData('items', 3);
txn.onSnapshotCaptured = (captured: TimePromise) => {
  captured.addSnapshotData('title', 'A book');
};

const exitCall: ExitCall = txn.startExitCall({
  exitType: 'EXIT_DB',
  label: 'New SQL',
  backendName: 'NewDB',
  identifyingProperties: { Host: 'database-server', Port: '12345', Database: 'my-database', Vendor: 'MYSQL' },
});
txn.startExitCall({ exitType: 'EXIT_RABBITMQ', backendName: 'orders', identifyingProperties: { HOST: 'mq', PORT: 5672 }, topic: 'a' });
txn.endExitCall(exitCall);
txn.endExitCall(exitCall, new Error('lost connection'));
txn.endExitCall(exitCall, null);

txn.beforeExitCall = (call: ExitCall) => {
  if (call.isSql) return;
  call.label += ' (my custom transaction)';
  return call;
};
txn.exitCallCompleted = (call: ExitCall) => {
  if (call.backendName === 'MongoDB') call.label += ` ${call.category}`;
  return call;
};
const properties: [unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown, unknown] = [
  exitCall.method,
  exitCall.requestHeaders,
  exitCall.responseHeaders,
  exitCall.statusCode,
  exitCall.user,
  exitCall.command,
  exitCall.commandArgs,
  exitCall.stackTrace,
  exitCall.identifyingProperties,
];

const header: string = txn.createCorrelationInfo(exitCall);
const unresolved: string = txn.createCorrelationInfo(exitCall, true);
const upstream: CorrelationHeader | false = parseCorrelationInfo(header);
if (upstream) {
  const text: string | undefined = upstream.headers.singularityheader;
  startTransaction(upstream).end();
  startTransaction(text).end(new Error('late'));
}
appd.addSnapshotData('sessions', 12);
appd.addAnalyticsData('sessions', 12);
appd.startTransaction('With a body', (inside: TimePromise) => inside.end());

createServer((request: IncomingMessage, response: ServerResponse) => {
  const automatic: TimePromise | undefined = getTransaction(request);
  automatic?.addSnapshotData('url', request.url);
  appd.startTransaction(request).end();
  appd.parseCorrelationInfo(request);
  response.end(`${unresolved} ${properties.length}`);
});
txn.end();
txn.end('any value is an error');
