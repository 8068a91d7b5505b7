// What web frameworks know about a request that http does not: the route they matched, and the error that the answer
// is about. None of it is needed to count.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Called } from '../context';
import { caught } from '../errors';
import { property } from '../text';
import { libraries } from './libraries';
import { isLeftOut, watchModules, type Watched } from './modules';
import { likeness, replace, undoneBy } from './replaced';
import { failed, servedBy } from './served';

/** Express and everything on `router`: where an error is handed to the next layer. The route is on the request, see
 * http-server.ts. */
const layers: Watched = {
  library: 'express',
  means: /(?:^|[\\/])(?:router[\\/])?(?:lib[\\/])?layer(?:\.js)?$/,
  endings: ['layer', 'layer.js'],
  loaded(exported) {
    const prototype = property(exported, 'prototype');
    if (prototype === null || typeof prototype !== 'object') return undefined;
    for (const name of ['handle_error', 'handleError']) {
      replace(prototype, name, (original) =>
        function (this: unknown, error: unknown, request: unknown): unknown {
          // `route` and `router` are not errors but ways to leave.
          if (error !== 'route' && error !== 'router') failed(request, error);
          return Reflect.apply(original, this, arguments);
        });
    }
    return undefined;
  },
};

/** What answers in Express and Connect when nobody else did. */
const lastResort: Watched = {
  library: 'express',
  means: /^finalhandler$/,
  endings: ['finalhandler'],
  loaded(exported) {
    if (typeof exported !== 'function') return undefined;
    const original = exported as Called;
    const finalhandler = function (this: unknown, request: unknown): unknown {
      const last: unknown = Reflect.apply(original, this, arguments);
      if (typeof last !== 'function') return last;
      return function (this: unknown, error: unknown): unknown {
        failed(request, error);
        return Reflect.apply(last as Called, this, arguments);
      };
    };
    return likeness(finalhandler, original);
  },
};

/** Koa: its context knows the route, and is told of errors. */
const koa: Watched = {
  library: 'koa',
  means: /(?:^koa$)|(?:[\\/]koa[\\/]lib[\\/]application\.js$)/,
  endings: ['koa', 'application.js'],
  loaded(exported) {
    const prototype = property(exported, 'prototype');
    if (prototype === null || typeof prototype !== 'object') return undefined;
    replace(prototype, 'createContext', (original) =>
      function (this: unknown, request: unknown): unknown {
        const context: unknown = Reflect.apply(original, this, arguments);
        watchKoa(request, context);
        return context;
      });
    return undefined;
  },
};

/** The contexts' common prototype, once its `onerror` is hooked. */
let koaContexts = new WeakSet<object>();

function watchKoa(request: unknown, context: unknown): void {
  try {
    const served = servedBy(request);
    if (served !== undefined) {
      served.routeOf = () => {
        const route = property(context, '_matchedRoute');
        return route instanceof RegExp ? String(route) : route;
      };
    }
    const prototype = property(property(context, 'app'), 'context');
    if (prototype === null || typeof prototype !== 'object' || koaContexts.has(prototype)) return;
    koaContexts.add(prototype);
    replace(prototype, 'onerror', (original) =>
      function (this: unknown, error: unknown): unknown {
        failed(property(this, 'req'), error);
        return Reflect.apply(original, this, arguments);
      });
  } catch {
    caught('koa: a failure of the agent');
  }
}

/** Hapi: an extension point behind everything, before the answer. */
const hapi: Watched = {
  library: 'hapi',
  means: /(?:^@hapi[\\/]hapi$)|(?:[\\/]@hapi[\\/]hapi[\\/]lib[\\/]index\.js$)/,
  endings: ['hapi', 'index.js'],
  loaded(exported) {
    for (const name of ['server', 'Server']) {
      replace(exported, name, (original) => {
        const server = function (this: unknown): unknown {
          const isNew = new.target !== undefined;
          const made: unknown = isNew ? Reflect.construct(original, arguments) : Reflect.apply(original, this, arguments);
          watchHapi(made);
          return made;
        };
        server.prototype = property(original, 'prototype');
        return server;
      });
    }
    return undefined;
  },
};

function watchHapi(server: unknown): void {
  try {
    const { ext } = server as { ext(event: string, method: Called): void };
    ext.call(server, 'onPreResponse', (request: unknown, toolkit: { continue: unknown }) => {
      const raw = property(property(request, 'raw'), 'req');
      const served = servedBy(raw);
      if (served !== undefined) {
        const route = property(request, 'route');
        // So hapi marks the routes of requests that have none.
        if (property(route, 'method') !== '_special') served.route = property(route, 'path');
        const response = property(request, 'response');
        if (property(response, 'isBoom') === true) failed(raw, response);
      }
      return toolkit.continue;
    });
  } catch {
    caught('hapi: a failure of the agent');
  }
}

/** Fastify announces its servers; hooks at the root see every route. */
function watchFastify(message: unknown): void {
  try {
    if (isLeftOut('fastify')) return;
    const fastify = property(message, 'fastify');
    const { addHook } = fastify as { addHook(name: string, hook: Called): void };
    addHook.call(fastify, 'onRequest', (request: unknown, _reply: unknown, done: () => void) => {
      const served = servedBy(property(request, 'raw'));
      if (served !== undefined) {
        const options = property(request, 'routeOptions');
        // Version 3; version 4 warns who asks it for this.
        served.route = options === undefined ? property(request, 'routerPath') : property(options, 'url');
      }
      done();
    });
    addHook.call(fastify, 'onError', (request: unknown, _reply: unknown, error: unknown, done: () => void) => {
      failed(property(request, 'raw'), error);
      done();
    });
  } catch {
    caught('fastify: a failure of the agent');
  }
}

/** Installs the hooks on web frameworks. */
export function hookFrameworks(): void {
  watchModules([layers, lastResort, koa, hapi, ...libraries]);
  subscribe('fastify.initialization', watchFastify);
  undoneBy(() => {
    unsubscribe('fastify.initialization', watchFastify);
    koaContexts = new WeakSet();
  });
}
