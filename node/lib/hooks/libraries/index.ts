// Libraries whose calls become exit calls, and whose messages become transactions. Each hook is loaded with its
// library.
import type { Watched } from '../modules';

/** A hook of a library. */
interface LibraryHook {
  /** Looks at what the module exports. */
  hook(exported: object): void;
}

function library(means: RegExp, endings: readonly string[], load: () => LibraryHook): Watched {
  return {
    means,
    endings,
    loaded(exported) {
      load().hook(exported);
      return undefined;
    },
  };
}

/** Every library, by the module in which what we stand in front of is. */
export const libraries: readonly Watched[] = [
  library(/^pg$|[\\/]pg[\\/]lib[\\/]index\.js$/, ['pg', 'index.js'], () => require('./pg') as LibraryHook),
  library(/^pg-pool$|[\\/]pg-pool[\\/]index\.js$/, ['pg-pool', 'index.js'], () => require('./pg') as LibraryHook),
  library(
    /(?:lib|base)[\\/](?:connection|pool)(?:\.js)?$/i,
    ['Connection', 'Pool', 'connection.js', 'pool.js'],
    () => require('./mysql') as LibraryHook,
  ),
  library(/^ioredis$|[\\/]ioredis[\\/]built[\\/]index\.js$/, ['ioredis', 'index.js'], () => require('./ioredis') as LibraryHook),
  library(/^redis$|[\\/]redis[\\/]index\.js$/, ['redis', 'index.js'], () => require('./redis') as LibraryHook),
  library(/[\\/]commander(?:\.js)?$/, ['commander', 'commander.js'], () => require('./redis') as LibraryHook),
  library(/[\\/]client(?:[\\/]index\.js)?$/, ['client', 'index.js'], () => require('./redis') as LibraryHook),
  library(/^memcached$|[\\/]memcached[\\/]index\.js$/, ['memcached', 'index.js'], () => require('./memcached') as LibraryHook),
  library(/[\\/](?:channel|callback)_model(?:\.js)?$/, ['channel_model', 'callback_model', 'channel_model.js', 'callback_model.js'], () => require('./amqplib') as LibraryHook),
];
