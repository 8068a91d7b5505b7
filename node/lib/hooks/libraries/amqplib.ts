// RabbitMQ by `amqplib`: messages carry the headers, and who is given one goes on with the transaction that sent it.
import type { Called } from '../../context';
import { endAutomaticExit, type ExitCall } from '../../exit-call';
import { property, textOf } from '../../text';
import { NAME_UNITS_MAX } from '../../limits';
import type { TimePromise } from '../../transaction';
import { addHeaders } from '../exit-headers';
import { beginCall, caller, making, replaceMethod } from '../library-call';
import { processing, received } from '../received';

/** Hooks the channels. */
export function hook(exported: object): void {
  const prototype = property(property(exported, 'Channel'), 'prototype');
  replaceMethod(prototype, 'publish', inFrontOfPublish);
  replaceMethod(prototype, 'consume', inFrontOfConsume);
}

function inFrontOfPublish(original: Called): Called {
  return function publish(this: unknown, exchange: unknown, routingKey: unknown, content: unknown, options: unknown): unknown {
    const txn = caller();
    if (txn === undefined) return Reflect.apply(original, this, arguments);
    const exit = begin(txn, this, exchange, routingKey, publish);
    if (exit === undefined) return Reflect.apply(original, this, arguments);
    const args: unknown[] = [exchange, routingKey, content, correlated(exit, options), ...Array.from(arguments).slice(4)];
    const isTaken = making(exit, original, this, args);
    // Handed over is all there is to see; a confirmation is another matter, and comes when it comes.
    endAutomaticExit(exit);
    return isTaken;
  };
}

function begin(txn: TimePromise, channel: unknown, exchange: unknown, routingKey: unknown, from: Called): ExitCall | undefined {
  const stream = property(property(channel, 'connection'), 'stream');
  const host = property(stream, '_host') ?? property(stream, 'remoteAddress') ?? 'localhost';
  const [name, key] = [textOf(exchange ?? '', NAME_UNITS_MAX), textOf(routingKey ?? '', NAME_UNITS_MAX)];
  const port = property(stream, 'remotePort');
  return beginCall(txn, {
    exitType: 'EXIT_RABBITMQ',
    backendName: 'RabbitMQ',
    label: `${name || key} - RABBITMQ`,
    identifyingProperties: { Host: host, Port: port === undefined ? '' : `${port}`, Exchange: name, 'Routing Key': key },
  }, from);
}

/** The options of a message, with the headers; what the program gave is its own and stays as it is. */
function correlated(exit: ExitCall, options: unknown): object {
  const copy = { ...(options as object) } as { headers?: object };
  const headers: Record<string, unknown> = { ...copy.headers };
  addHeaders(exit, {
    get: (name) => (headers[name] === undefined ? undefined : String(headers[name])),
    set: (name, value) => {
      headers[name] = value;
    },
  });
  copy.headers = headers;
  return copy;
}

function inFrontOfConsume(original: Called): Called {
  return function consume(this: unknown, queue: unknown, callback: unknown): unknown {
    if (typeof callback !== 'function') return Reflect.apply(original, this, arguments);
    const args: unknown[] = Array.from(arguments);
    args[1] = consumer(textOf(queue, NAME_UNITS_MAX), callback as Called);
    return Reflect.apply(original, this, args);
  };
}

/** Who is given messages of a queue: each is a transaction, named after the queue, until the function is done. */
function consumer(queue: string, callback: Called): Called {
  return function (this: unknown, message: unknown): unknown {
    const headers = property(property(message, 'properties'), 'headers');
    // Nothing is delivered when the consumer is cancelled.
    const txn = message === null || message === undefined ? undefined : received('amqplib', queue, headers);
    if (txn === undefined) return Reflect.apply(callback, this, arguments);
    return processing(txn, callback, this, arguments);
  };
}
