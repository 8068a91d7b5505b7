// `profile()`: every documented setting, and what programs really pass (facts/agent-api 2.5 and 2.6, api-usage 3).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { built } from './agent_of_tests.mjs';
import { RecordingThread } from './recording_thread.mjs';

const run = promisify(execFile);
const main = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const { flatSettings } = built('settings.js');
let controller;
let folder;

before(async () => {
  controller = await RecordingThread.start();
  await controller.configure({ version: 1 });
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tierline-settings-'));
});
after(async () => {
  await controller.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Runs a program that profiles with these settings and one transaction, and gives who reported it. */
async function reporter(name, settings, environ = {}) {
  const program = `
    const appd = require(${JSON.stringify(main)});
    appd.profile(${settings});
    appd.startTransaction(${JSON.stringify(name)}).end();
  `;
  const { stdout, stderr } = await run(process.execPath, ['-e', program], {
    env: { PATH: process.env.PATH, APPDYNAMICS_AGENT_BASE_DIR: folder, ...environ }, timeout: 20_000,
  });
  assert.equal(stdout + stderr, '');
  for (const deadline = Date.now() + 3_000; Date.now() < deadline; ) {
    const received = controller.received();
    const point = received.points.find(({ attributes }) => attributes['appd.bt.name'] === name);
    if (point !== undefined) return point.resource;
    await new Promise((go) => setTimeout(go, 20));
  }
  return undefined;
}

const minimal = (more = {}) => JSON.stringify(controller.profile({ nodeName: 'node', noNodeNameSuffix: true, ...more }));

describe('who reports', () => {
  test('controllerHostName, controllerPort, accountAccessKey, applicationName, tierName, nodeName', async () => {
    const resource = await reporter('all given', minimal());
    assert.equal(resource['service.namespace'], 'Shop');
    assert.equal(resource['service.name'], 'front');
    assert.equal(resource['service.instance.id'], 'node');
    assert.equal(resource['telemetry.sdk.language'], 'nodejs');
    assert.equal(resource['process.runtime.version'], process.versions.node);
  });

  test('nodeName gets a number behind it unless noNodeNameSuffix is set', async () => {
    assert.match((await reporter('suffix', minimal({ noNodeNameSuffix: undefined, nodeName: 'process' })))['service.instance.id'], /^process-\d+$/);
    assert.equal((await reporter('no suffix', minimal({ noNodeNameSuffix: 'true' })))['service.instance.id'], 'node');
  });

  test('reuseNode with reuseNodePrefix, which beats nodeName', async () => {
    const resource = await reporter('reused', minimal({ reuseNode: 'true', reuseNodePrefix: 'pool' }));
    assert.match(resource['service.instance.id'], /^pool-\d+$/);
  });

  test('uniqueHostId', async () => {
    assert.equal((await reporter('host', minimal({ uniqueHostId: 'my-host' })))['host.name'], 'my-host');
    assert.equal((await reporter('host of the environment', minimal(), { UNIQUE_HOST_ID: 'their-host' }))['host.name'], 'their-host');
  });

  test('settings of the environment, and profile() wins over them', async () => {
    const environ = {
      APPDYNAMICS_CONTROLLER_HOST_NAME: '127.0.0.1', APPDYNAMICS_CONTROLLER_PORT: String(controller.port),
      APPDYNAMICS_CONTROLLER_SSL_ENABLED: 'false', APPDYNAMICS_AGENT_ACCOUNT_NAME: 'customer1',
      APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY: 'a-key-for-tests', APPDYNAMICS_AGENT_APPLICATION_NAME: 'FromEnvironment',
      APPDYNAMICS_AGENT_TIER_NAME: 'environment', APPDYNAMICS_AGENT_NODE_NAME: 'n',
    };
    for (const [at, settings] of ['', '{}', 'undefined', '{ tierName: undefined, accountAccessKey: process.env.NOT_THERE }'].entries()) {
      const resource = await reporter(`environment ${at}`, settings, environ);
      assert.equal(resource['service.namespace'], 'FromEnvironment', settings);
    }
    const mixed = await reporter('mixed', "{ applicationName: 'FromProfile' }", environ);
    assert.deepEqual([mixed['service.namespace'], mixed['service.name']], ['FromProfile', 'environment']);
  });

  test('texts where numbers and booleans belong, and lists of one as from XML', async () => {
    const text = minimal({ controllerPort: String(controller.port), controllerSslEnabled: 'false', tierName: ['from XML'], debug: 'off' });
    assert.equal((await reporter('texts', text))['service.name'], 'from XML');
  });

  test('enabled: false switches the agent off', async () => {
    assert.equal(await reporter('switched off', minimal({ enabled: false })), undefined);
  });
});

describe('how settings are read', () => {
  test('nested settings, and the log files', () => {
    const { names, values } = flatSettings({
      analytics: { host: 'a', port: 9090, ssl: false }, openTelemetry: { enabled: true, collector: { url: 'u' } },
      logging: { logfiles: [{ root_directory: '/logs', filename: 'echo_%N.log', level: 'TRACE', max_size: 1, max_files: 2, outputType: 'console' }] },
    });
    const flat = Object.fromEntries(names.map((name, at) => [name, values[at]]));
    assert.deepEqual(flat, {
      'analytics.host': 'a', 'analytics.port': '9090', 'analytics.ssl': 'false', 'openTelemetry.enabled': 'true',
      'openTelemetry.collector.url': 'u', 'logging.dir': '/logs', 'logging.level': 'TRACE',
    });
  });

  test('what cannot be read is as if it were not there', () => {
    const circular = { a: 1 };
    circular.self = circular;
    const settings = { circular, symbol: Symbol('s'), called: () => 1, get thrown() { throw new Error('getter'); }, fine: 'yes', nothing: null };
    const { names } = flatSettings(settings);
    assert.ok(names.includes('fine') && names.length < 50, String(names.length));
  });
});

describe('every documented setting is known', () => {
  const reference = fs.readFileSync(new URL('../../../docs/reference/agent-settings.md', import.meta.url), 'utf8');
  for (const name of [
    'controllerHostName', 'controllerPort', 'controllerSslEnabled', 'accountName', 'accountAccessKey', 'applicationName', 'tierName',
    'nodeName', 'noNodeNameSuffix', 'reuseNode', 'reuseNodePrefix', 'proxyHost', 'proxyPort', 'proxyUser', 'proxyPasswordFile', 'proxy',
    'proxyAutolaunchDisabled', 'proxyCtrlDir', 'proxyCommPort', 'alwaysAddEumMetadataInHttpHeaders', 'btEntryPointDelayDisabled', 'debug',
    'logging.dir', 'logging.level', 'processSnapshotCountResetPeriodSeconds', 'maxProcessSnapshotsPerPeriod', 'autoSnapshotDurationSeconds',
    'analytics.host', 'analytics.port', 'analytics.ssl', 'analyticsMaxSegmentSizeInBytes', 'analyticsMaxSegmentsPerRequest',
    'analyticsMaxMessageSizeInBytes', 'openTelemetry.enabled', 'openTelemetry.debug', 'openTelemetry.collector.url',
    'agent_deployment_mode', 'rootTmpDir', 'tmpDir', 'certificateFile', 'uniqueHostId', 'libagent',
    'APPDYNAMICS_CONTROLLER_HOST_NAME', 'APPDYNAMICS_CONTROLLER_PORT', 'APPDYNAMICS_CONTROLLER_SSL_ENABLED', 'APPDYNAMICS_AGENT_ACCOUNT_NAME',
    'APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY', 'APPDYNAMICS_AGENT_APPLICATION_NAME', 'APPDYNAMICS_AGENT_TIER_NAME', 'APPDYNAMICS_AGENT_NODE_NAME',
    'APPDYNAMICS_AGENT_UNIQUE_HOST_ID', 'UNIQUE_HOST_ID', 'APPDYNAMICS_LOGGER_OUTPUT_TYPE', 'APPDYNAMICS_LOGGER_LEVEL',
    'APPDYNAMICS_ANALYTICS_HOST_NAME', 'APPDYNAMICS_ANALYTICS_PORT', 'APPDYNAMICS_ANALYTICS_SSL_ENABLED', 'APPDYNAMICS_ANALYTICS_MAX_SEGMENT_SIZE',
    'APPDYNAMICS_ANALYTICS_MAX_SEGMENTS_PER_REQUEST', 'APPDYNAMICS_ANALYTICS_MAX_MESSAGE_SIZE', 'AGENT_DEPLOYMENT_MODE',
    'APPDYNAMICS_AGENT_REUSE_NODE_NAME_PREFIX',
  ]) {
    test(name, () => assert.ok(reference.includes(`\`${name}\``), `${name} is not in docs/reference/agent-settings.md`));
  }
});
