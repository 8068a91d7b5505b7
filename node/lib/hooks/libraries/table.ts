// What is known of each hook, for people: docs/reference/nodejs-detection.md is made of it and of the packages that the
// tests install (tests/libraries, tests/libraries_oldest, tests/hooks). Nothing of it is loaded into programs.

/** A library and what comes of it. */
export interface Detected {
  /** As the setting `detectionWithout` names it. */
  readonly library: string;
  /** The packages of npm that this is about; none for what Node.js brings along. */
  readonly packages: readonly string[];
  /** What the hook stands in front of, or listens to. */
  readonly patches: string;
  /** What comes of it. */
  readonly detects: string;
  /** What it is tested against. */
  readonly against: string;
}

/** Every library, in the order in which people look for them. */
export const TABLE: readonly Detected[] = [
  { library: 'http', packages: [], patches: '`emit` of servers, requests and responses', detects: 'transactions: requests to servers of http, https and http2', against: 'Node.js 18, 20, 22, 24' },
  { library: 'express', packages: ['express', 'express4'], patches: '`Layer`, `finalhandler`', detects: 'routes and errors', against: 'itself' },
  { library: 'koa', packages: ['koa'], patches: '`createContext`, `onerror`', detects: 'routes and errors', against: 'itself' },
  { library: 'fastify', packages: ['fastify', 'fastify4'], patches: 'its channel `fastify.initialization`', detects: 'routes and errors', against: 'itself' },
  { library: 'hapi', packages: ['@hapi/hapi'], patches: '`server`', detects: 'routes and errors', against: 'itself' },
  { library: 'http', packages: [], patches: '`http.request`, `http.get`, and their siblings of https', detects: 'HTTP', against: 'Node.js 18, 20, 22, 24' },
  { library: 'http2', packages: [], patches: '`request` of client sessions', detects: 'HTTP', against: 'Node.js 18, 20, 24' },
  { library: 'undici', packages: [], patches: 'its channels `undici:request:*`, which `fetch` has too', detects: 'HTTP', against: 'Node.js 18, 20, 22, 24' },
  { library: '@grpc/grpc-js', packages: ['@grpc/grpc-js'], patches: '`Client.make…Request`, `Server.register`', detects: 'WEB_SERVICE; transactions: calls to servers', against: 'its own server' },
  { library: 'pg', packages: ['pg'], patches: '`Client.query`, `Pool.connect`', detects: 'DB', against: 'PostgreSQL' },
  { library: 'mysql', packages: ['mysql', 'mysql2'], patches: '`Connection.query`, `execute`, `Pool.getConnection`', detects: 'DB', against: 'MariaDB' },
  { library: 'tedious', packages: ['tedious'], patches: '`Connection.makeRequest`, by which `mssql` asks too', detects: 'DB', against: 'a stand-in for the server' },
  { library: 'mongodb', packages: ['mongodb'], patches: '`Connection.command`, `connect`, `ConnectionPool.checkOut`', detects: 'DB', against: 'a stand-in for the server' },
  { library: 'cassandra-driver', packages: ['cassandra-driver'], patches: '`Client._execute`, `_batch`', detects: 'DB', against: 'a stand-in for the server' },
  { library: 'aws-sdk', packages: ['@aws-sdk/client-dynamodb', '@aws-sdk/client-sqs'], patches: '`Client.send` of `@smithy`', detects: 'DynamoDB: DB; SQS: QUEUE; other services: HTTP', against: 'dynalite; a stand-in for SQS' },
  { library: 'ioredis', packages: ['ioredis'], patches: '`sendCommand`', detects: 'CACHE', against: 'Redis' },
  { library: 'redis', packages: ['redis'], patches: '`sendCommand`, `_executePipeline`, `_executeMulti`; before version 5 what they were called', detects: 'CACHE', against: 'Redis' },
  { library: 'memcached', packages: ['memcached'], patches: '`command`', detects: 'CACHE', against: 'memcached' },
  { library: 'amqplib', packages: ['amqplib'], patches: '`Channel.publish`, `consume`', detects: 'RABBITMQ; transactions: messages', against: 'RabbitMQ' },
  { library: 'kafkajs', packages: ['kafkajs'], patches: '`producer`, `consumer`', detects: 'QUEUE; transactions: messages and batches', against: 'a stand-in for the broker' },
];
