// Libraries whose calls become exit calls, and whose messages become transactions. Each hook is loaded with its
// library. What is known of them beside this is in table.ts.
import type { Watched } from '../modules';

/** A hook of a library. */
interface LibraryHook {
  /** Looks at what the module exports. */
  hook(exported: object): void;
}

function library(name: string, means: RegExp, endings: readonly string[], load: () => LibraryHook): Watched {
  return {
    library: name,
    means,
    endings,
    loaded(exported) {
      load().hook(exported);
      return undefined;
    },
  };
}

/** A library by its name, or by the path of its first file. */
function whole(name: string, file: string, load: () => LibraryHook): Watched {
  const words = name.split('/');
  const ending = words[words.length - 1] ?? name;
  const path = `${name}/${file}`.replace(/[.]/g, '\\.').replace(/\//g, '[\\\\/]');
  const means = new RegExp(`^${name}$|(?:^|[\\\\/])${path}$`);
  return { ...library(name, means, [ending, file.slice(file.lastIndexOf('/') + 1)], load), isWhole: true };
}

/** Every library, by the module in which what we stand in front of is. */
export const libraries: readonly Watched[] = [
  whole('pg', 'lib/index.js', () => require('./pg') as LibraryHook),
  { ...whole('pg-pool', 'index.js', () => require('./pg') as LibraryHook), library: 'pg' },
  library(
    'mysql',
    /(?:lib|base)[\\/](?:connection|pool)(?:\.js)?$/i,
    ['Connection', 'Pool', 'connection.js', 'pool.js'],
    () => require('./mysql') as LibraryHook,
  ),
  library(
    'mongodb',
    /(?:^|[\\/])cmap[\\/](?:connection|connection_pool|connect)(?:\.js)?$/,
    ['connection', 'connection_pool', 'connect', 'connection.js', 'connection_pool.js', 'connect.js'],
    () => require('./mongodb') as LibraryHook,
  ),
  whole('ioredis', 'built/index.js', () => require('./ioredis') as LibraryHook),
  whole('redis', 'index.js', () => require('./redis') as LibraryHook),
  library('redis', /[\\/]commander(?:\.js)?$/, ['commander', 'commander.js'], () => require('./redis') as LibraryHook),
  library('redis', /[\\/]client(?:[\\/]index\.js)?$/, ['client', 'index.js'], () => require('./redis') as LibraryHook),
  whole('memcached', 'index.js', () => require('./memcached') as LibraryHook),
  library(
    'amqplib',
    /[\\/](?:channel|callback)_model(?:\.js)?$/,
    ['channel_model', 'callback_model', 'channel_model.js', 'callback_model.js'],
    () => require('./amqplib') as LibraryHook,
  ),
  whole('kafkajs', 'index.js', () => require('./kafkajs') as LibraryHook),
  library(
    'aws-sdk',
    /^@(?:aws-sdk|smithy)[\\/]smithy-client$|^@smithy[\\/]core[\\/]client$/,
    ['smithy-client', 'client'],
    () => require('./aws') as LibraryHook,
  ),
  whole('@grpc/grpc-js', 'build/src/index.js', () => require('./grpc') as LibraryHook),
  library('@grpc/grpc-js', /^\.\/client$/, ['client'], () => require('./grpc') as LibraryHook),
  whole('tedious', 'lib/tedious.js', () => require('./tedious') as LibraryHook),
  whole('cassandra-driver', 'index.js', () => require('./cassandra') as LibraryHook),
];
