// Web frameworks: transactions named as everywhere, the route they matched, the error they answered.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Programs } from './programs.mjs';

let programs;
before(async () => (programs = await Programs.start()));
after(() => programs.stop());

/** Each serves `/users/:id/orders` (reads its body), `/fails/:id` (throws asynchronously) and answers 404 to the rest.
 * `serve(seen)` gives the port; `seen(request)` wants what the framework gives as a request. */
const FRAMEWORKS = {
  express: (name) => `
    const express = require('${name}');
    const app = express();
    app.use(express.json());
    const router = express.Router();
    router.post('/:id/orders', (request, response) => { seen(request); setTimeout(() => response.json(request.body), 2); });
    app.use('/users', router);
    app.get('/fails/:id', (request, response, next) => { setTimeout(() => next(new RangeError('broken')), 2); });
    app.get('/handled/:id', (request, response, next) => next(new RangeError('handled')));
    app.use((error, request, response, next) => error.message === 'handled' ? response.status(200).end() : next(error));
    app.set('env', 'test');
    const server = http.createServer(app);
    const port = await listen(server);
    const close = () => server.close();`,
  koa: () => `
    const Koa = require('koa');
    const Router = require('@koa/router');
    const app = new Koa();
    app.silent = true;
    const router = new Router();
    router.post('/users/:id/orders', async (context) => { seen(context); let body = ''; for await (const chunk of context.req) body += chunk; context.body = JSON.parse(body); });
    router.get('/fails/:id', async () => { await pause(2); throw new RangeError('broken'); });
    router.get('/handled/:id', async (context) => { try { throw new RangeError('handled'); } catch { context.body = 'fine'; } });
    app.use(router.routes());
    const server = http.createServer(app.callback());
    const port = await listen(server);
    const close = () => server.close();`,
  fastify: (name) => `
    const fastify = require('${name}')();
    fastify.post('/users/:id/orders', async (request) => { seen(request); await pause(2); return request.body; });
    fastify.get('/fails/:id', async () => { await pause(2); throw new RangeError('broken'); });
    fastify.get('/handled/:id', async () => { try { throw new RangeError('handled'); } catch { return 'fine'; } });
    await fastify.listen({ port: 0, host: '127.0.0.1' });
    const { port } = fastify.server.address();
    const close = () => fastify.close();`,
  hapi: () => `
    const server = require('@hapi/hapi').server({ port: 0, host: '127.0.0.1', debug: false });
    server.route({ method: 'POST', path: '/users/{id}/orders', handler: async (request) => { seen(request); await pause(2); return request.payload; } });
    server.route({ method: 'GET', path: '/fails/{id}', handler: async () => { await pause(2); throw new RangeError('broken'); } });
    server.route({ method: 'GET', path: '/handled/{id}', handler: () => 'fine' });
    await server.start();
    const { port } = server.info;
    const close = () => server.stop();`,
};

const CASES = [
  ['Express 5', FRAMEWORKS.express('express'), '/users/:id/orders', '/fails/:id'],
  ['Express 4', FRAMEWORKS.express('express4'), '/users/:id/orders', '/fails/:id'],
  ['Koa 3', FRAMEWORKS.koa(), '/users/:id/orders', '/fails/:id'],
  ['Fastify 5', FRAMEWORKS.fastify('fastify'), '/users/:id/orders', '/fails/:id'],
  ['Fastify 4', FRAMEWORKS.fastify('fastify4'), '/users/:id/orders', '/fails/:id'],
  ['Hapi 21', FRAMEWORKS.hapi(), '/users/{id}/orders', '/fails/{id}'],
];

for (const [name, serve, ordersRoute, failsRoute] of CASES) {
  test(name, async () => {
    const { lines, received } = await programs.run(`
      const seen = (request) => { const txn = appd.getTransaction(request); show([txn !== undefined && txn === appd.__agent.profiler.getTransaction()]); txn.addSnapshotData('seen', 1); };
      ${serve}
      const json = { 'content-type': 'application/json' };
      show((await ask(port, '/users/17/orders?x=1', { method: 'POST', headers: json, body: '{"a":1}' })).body);
      show((await ask(port, '/fails/1')).status);
      show((await ask(port, '/handled/1')).status);
      show((await ask(port, '/nothing/here/at/all')).status);
      await close();`);
    assert.deepEqual(lines, [[true], '{"a":1}', 500, 200, 404]);
    assert.deepEqual(received.bts(), { '/users/17': 1, '/fails/1': 1, '/handled/1': 1, '/nothing/here': 1 });
    const orders = received.snapshot('/users/17');
    assert.equal(orders.userData.Route, ordersRoute);
    assert.equal(orders.userData.seen, '1');
    const fails = received.snapshot('/fails/1');
    assert.equal(fails.verdict, 'ERROR');
    assert.equal(fails.userData.Route, failsRoute);
    assert.equal(fails.errors[0]['exception.type'], 'RangeError');
    assert.equal(fails.errors[0]['exception.message'], 'broken');
    assert.match(fails.errors[0]['exception.stacktrace'], /program-/);
    assert.notEqual(received.snapshot('/handled/1').verdict, 'ERROR');
    const nothing = received.snapshot('/nothing/here');
    assert.equal(nothing.verdict, 'ERROR');
    assert.equal(nothing.userData.Route, undefined);
  });
}

test('frameworks that are imported as modules', async () => {
  const { lines, received } = await programs.run(
    `import appd from 'appdynamics';
     import express from 'express';
     import Koa from 'koa';
     import Router from '@koa/router';
     import fastifyOf from 'fastify';
     import { server as hapiServer } from '@hapi/hapi';
     import http from 'node:http';
     appd.profile();
     const ask = (port, path) => new Promise((go) => http.get({ port, path, host: '127.0.0.1', agent: false }, (r) => { r.resume(); r.on('end', () => go(r.statusCode)); }));
     const listen = (server) => new Promise((go) => server.listen(0, '127.0.0.1', () => go(server)));
     const app = express();
     app.get('/express/:it', (request, response, next) => next(new RangeError('broken')));
     app.set('env', 'test');
     const koa = new Koa();
     koa.silent = true;
     koa.use(new Router().get('/koa/:it', () => { throw new RangeError('broken'); }).routes());
     const fastify = fastifyOf();
     fastify.get('/fastify/:it', async () => { throw new RangeError('broken'); });
     await fastify.listen({ port: 0, host: '127.0.0.1' });
     const hapi = hapiServer({ port: 0, host: '127.0.0.1', debug: false });
     hapi.route({ method: 'GET', path: '/hapi/{it}', handler: () => { throw new RangeError('broken'); } });
     await hapi.start();
     const servers = [await listen(http.createServer(app)), await listen(http.createServer(koa.callback()))];
     await ask(servers[0].address().port, '/express/1');
     await ask(servers[1].address().port, '/koa/1');
     await ask(fastify.server.address().port, '/fastify/1');
     await ask(hapi.info.port, '/hapi/1');
     servers.forEach((server) => server.close());
     await fastify.close();
     await hapi.stop();`,
    { kind: 'mjs' },
  );
  assert.deepEqual(lines, []);
  for (const [bt, route] of [['/express/1', '/express/:it'], ['/koa/1', '/koa/:it'], ['/fastify/1', '/fastify/:it'], ['/hapi/1', '/hapi/{it}']]) {
    const snapshot = received.snapshot(bt);
    assert.equal(snapshot.userData.Route, route);
    assert.equal(snapshot.errors[0]['exception.message'], 'broken', bt);
  }
});

test('hooks can be taken away again', async () => {
  const { lines, received } = await programs.run(`
    const { removeHooks, installHooks } = require(require('node:path').join(require.resolve('appdynamics'), '../hooks'));
    const Module = require('node:module');
    const parts = () => [http.request, http.get, http.Server.prototype.emit, http.ClientRequest.prototype.emit, Module._load].map((part) => part.toString().length);
    const owns = () => ['Server', 'ServerResponse', 'IncomingMessage', 'ClientRequest'].filter((name) => Object.hasOwn(http[name].prototype, 'emit'));
    show(owns().length);
    removeHooks();
    show([owns().length, parts()[0] < 200, require('node:diagnostics_channel').hasSubscribers('undici:request:create')]);
    const server = http.createServer((request, response) => response.end());
    const port = await listen(server);
    await ask(port, '/not/seen');
    installHooks();
    await ask(port, '/seen/again');
    server.close();`);
  assert.deepEqual(lines, [4, [0, true, false]]);
  assert.deepEqual(received.bts(), { '/seen/again': 1 });
});
