// Kafka by `kafkajs`: messages carry the headers, and who is given one goes on with the transaction that sent it.
import type { Called } from '../../context';
import { endAutomaticExit, type ExitCall } from '../../exit-call';
import { property, textOf } from '../../text';
import { NAME_UNITS_MAX } from '../../limits';
import { addHeaders } from '../exit-headers';
import { beginCall, caller, making, replaceMethod } from '../library-call';
import { processing, received } from '../received';
import { likeness, undoneBy } from '../replaced';

interface Message {
  headers?: Record<string, unknown>;
}

interface TopicMessages {
  readonly topic: unknown;
  readonly messages: readonly Message[];
}

/** The brokers that clients were given; kafkajs hides them. */
const brokersOf = new WeakMap<object, string>();

/** Hooks the client. */
export function hook(exported: object): void {
  const { Kafka } = exported as { Kafka: unknown };
  const prototype = property(Kafka, 'prototype');
  if (typeof Kafka !== 'function' || prototype === undefined) return;
  // Not a class of ours: `instanceof`, subclasses and static properties stay what they are.
  const ours = new Proxy(Kafka, {
    construct(target, args, self): object {
      const client = Reflect.construct(target, args, self) as object;
      const brokers = property(args[0], 'brokers');
      if (Array.isArray(brokers)) brokersOf.set(client, textOf(brokers.join('\n'), NAME_UNITS_MAX));
      return client;
    },
  });
  const before = Object.getOwnPropertyDescriptor(exported, 'Kafka');
  if (before?.configurable === true) {
    Object.defineProperty(exported, 'Kafka', { ...before, value: ours });
    undoneBy(() => Object.defineProperty(exported, 'Kafka', before));
  }
  replaceMethod(prototype, 'producer', inFrontOfProducer);
  replaceMethod(prototype, 'consumer', inFrontOfConsumer);
}

function inFrontOfProducer(original: Called): Called {
  return function producer(this: object): unknown {
    const made: unknown = Reflect.apply(original, this, arguments);
    const brokers = brokersOf.get(this) ?? '';
    if (made !== null && typeof made === 'object') hookSender(made, brokers);
    return made;
  };
}

/** A producer, or a transaction of one: both send. */
function hookSender(sender: object, brokers: string): void {
  replaceOwn(sender, 'send', (original) =>
    function send(this: unknown, record: unknown): unknown {
      return sending(brokers, [record], ([changed]) => [changed], original, this, arguments, send);
    });
  replaceOwn(sender, 'sendBatch', (original) =>
    function sendBatch(this: unknown, record: unknown): unknown {
      const given = property(record, 'topicMessages');
      const topics: unknown[] = Array.isArray(given) ? given : [];
      const put = (topicMessages: unknown[]): unknown[] => [{ ...(record as object), topicMessages }];
      return sending(brokers, topics, put, original, this, arguments, sendBatch);
    });
  replaceOwn(sender, 'transaction', (original) =>
    function transaction(this: unknown): unknown {
      const promised: unknown = Reflect.apply(original, this, arguments);
      if (typeof property(promised, 'then') !== 'function') return promised;
      return (promised as Promise<unknown>).then((begun) => {
        if (begun !== null && typeof begun === 'object') hookSender(begun, brokers);
        return begun;
      });
    });
}

/** Objects made per client are not put back: without an agent what stands in front does nothing. */
function replaceOwn(of: object, name: string, make: (original: Called) => Called): void {
  const original = property(of, name);
  if (typeof original === 'function') (of as Record<string, unknown>)[name] = likeness(make(original as Called), original as Called);
}

function isTopic(topic: unknown): topic is TopicMessages {
  return typeof property(topic, 'topic') === 'string' && Array.isArray(property(topic, 'messages'));
}

/** Sends to topics, each of them an exit call. `put` makes the arguments of the changed ones. */
function sending(
  brokers: string,
  topics: readonly unknown[],
  put: (changed: unknown[]) => unknown[],
  original: Called,
  self: unknown,
  args: IArguments,
  from: Called,
): unknown {
  const txn = caller();
  if (txn === undefined || topics.length === 0 || !topics.every(isTopic)) return Reflect.apply(original, self, args);
  const exits: ExitCall[] = [];
  const changed = topics.map((one) => {
    const topic = textOf(one.topic, NAME_UNITS_MAX);
    const exit = beginCall(txn, {
      exitType: 'EXIT_QUEUE',
      backendName: 'Kafka',
      label: `${topic} - KAFKA`,
      identifyingProperties: { 'Server Pool': brokers, Destination: topic, Vendor: 'KAFKA' },
      command: topic,
    }, from);
    if (exit === undefined) return one;
    exits.push(exit);
    return { ...one, messages: one.messages.map((message) => correlated(exit, message)) };
  });
  const over = (error?: unknown): void => {
    for (const exit of exits) endAutomaticExit(exit, error);
  };
  let promised: unknown;
  try {
    promised = making(undefined, original, self, put(changed));
  } catch (error) {
    over(error ?? 'thrown');
    throw error;
  }
  if (exits.length === 0 || typeof property(promised, 'then') !== 'function') return promised;
  return (promised as Promise<unknown>).then(
    (value) => {
      over();
      return value;
    },
    (error: unknown) => {
      over(error ?? 'rejected');
      throw error;
    },
  );
}

/** A message with the headers; what the program gave is its own and stays as it is. */
function correlated(exit: ExitCall, message: Message): Message {
  if (message === null || typeof message !== 'object') return message;
  const headers: Record<string, unknown> = { ...message.headers };
  addHeaders(exit, {
    get: (name) => (headers[name] === undefined ? undefined : String(headers[name])),
    set: (name, value) => {
      headers[name] = value;
    },
  });
  return { ...message, headers };
}

function inFrontOfConsumer(original: Called): Called {
  return function consumer(this: unknown): unknown {
    const made: unknown = Reflect.apply(original, this, arguments);
    if (made !== null && typeof made === 'object') replaceOwn(made, 'run', inFrontOfRun);
    return made;
  };
}

function inFrontOfRun(original: Called): Called {
  return function run(this: unknown, config: unknown): unknown {
    const { eachMessage, eachBatch } = (config ?? {}) as Record<string, unknown>;
    const changed = { ...(config as object) } as Record<string, unknown>;
    if (typeof eachMessage === 'function') {
      changed['eachMessage'] = processor(eachMessage as Called, (given) => property(given, 'message'), (given) => property(given, 'topic'));
    }
    if (typeof eachBatch === 'function') {
      // A batch of several messages comes from several transactions, and goes on with none.
      const only = (given: unknown): unknown => {
        const messages = property(property(given, 'batch'), 'messages');
        return Array.isArray(messages) && messages.length === 1 ? messages[0] : undefined;
      };
      changed['eachBatch'] = processor(eachBatch as Called, only, (given) => property(property(given, 'batch'), 'topic'));
    }
    return Reflect.apply(original, this, [changed]);
  };
}

/** Who is given what was received: a transaction, named after the topic, until the function is done. */
function processor(called: Called, messageIn: (given: unknown) => unknown, topicIn: (given: unknown) => unknown): Called {
  const ours = function (this: unknown, given: unknown): unknown {
    const txn = received('kafkajs', textOf(topicIn(given), NAME_UNITS_MAX), property(messageIn(given), 'headers'));
    if (txn === undefined) return Reflect.apply(called, this, arguments);
    return processing(txn, called, this, arguments);
  };
  return likeness(ours, called);
}

