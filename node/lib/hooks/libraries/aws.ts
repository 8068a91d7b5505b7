// Amazon's services by the clients of `@aws-sdk`: tables of DynamoDB, and messages sent to SQS with the headers among
// their attributes. Other services are what they are on the wire: HTTP.
import { callIn, type Called } from '../../context';
import type { ExitCall } from '../../exit-call';
import { NAME_UNITS_MAX } from '../../limits';
import { property, textOf } from '../../text';
import type { TimePromise } from '../../transaction';
import { addHeaders } from '../exit-headers';
import { beginCall, caller, ending, making, replaceMethod, settling } from '../library-call';
import { SQS_ATTRIBUTES_MAX } from '../limits';

/** Calls that change nothing. */
const READING = /^(?:Get|Query|Scan|BatchGet|Describe|List|TransactGet)/;

interface Command {
  input?: Record<string, unknown>;
}

/** Hooks the class that all clients are of. */
export function hook(exported: object): void {
  replaceMethod(property(property(exported, 'Client'), 'prototype'), 'send', inFrontOfSend);
}

function inFrontOfSend(original: Called): Called {
  return function send(this: unknown, command: unknown, second: unknown, third: unknown): unknown {
    const txn = caller();
    const service = txn === undefined ? undefined : property(property(this, 'config'), 'serviceId');
    const name = textOf(property(property(command, 'constructor'), 'name') ?? '', NAME_UNITS_MAX).replace(/Command$/, '');
    const isQueue = service === 'SQS' && (name === 'SendMessage' || name === 'SendMessageBatch');
    if (txn === undefined || (!isQueue && service !== 'DynamoDB')) return Reflect.apply(original, this, arguments);
    const input = property(command, 'input');
    const exit = isQueue ? beginQueue(txn, name, input, send) : beginTable(txn, name, input, this, send);
    const args: unknown[] = Array.from(arguments);
    if (isQueue && exit !== undefined) args[0] = withAttributes(exit, command as Command);
    const place = typeof second === 'function' ? 1 : 2;
    const callback = place === 1 ? second : third;
    if (typeof callback === 'function') {
      args[place] = ending(txn, exit, callback as Called);
      return outside(exit, original, this, args);
    }
    return settling(exit, outside(exit, original, this, args));
  };
}

/** What the client sends over HTTP is this call, and none of its own. */
function outside(exit: ExitCall | undefined, original: Called, self: unknown, args: unknown[]): unknown {
  const made = function (this: unknown): unknown {
    return making(exit, original, self, args);
  };
  return callIn(undefined, made, undefined, [] as unknown as IArguments);
}

function beginQueue(txn: TimePromise, name: string, input: unknown, from: Called): ExitCall | undefined {
  const url = textOf(property(input, 'QueueUrl') ?? '', NAME_UNITS_MAX);
  const [, , host = '', ...path] = url.split('/');
  const queue = path[path.length - 1] ?? url;
  return beginCall(txn, {
    exitType: 'EXIT_QUEUE',
    backendName: 'SQS',
    label: `${queue} - SQS`,
    identifyingProperties: { Host: host, Destination: queue, Vendor: 'SQS' },
    command: name,
  }, from);
}

function beginTable(txn: TimePromise, name: string, input: unknown, client: unknown, from: Called): ExitCall | undefined {
  const table = tableIn(input);
  const region = regionOf(client);
  return beginCall(txn, {
    exitType: 'EXIT_DB',
    backendName: 'DynamoDB',
    label: `${table === '' ? region : table} - DYNAMODB`,
    identifyingProperties: { Region: region, 'Table Name': table, Vendor: 'DYNAMODB' },
    category: READING.test(name) ? 'read' : 'write',
    command: table === '' ? name : `${name} ${table}`,
    isSql: false,
  }, from);
}

/** The table, or the tables of a batch. */
function tableIn(input: unknown): string {
  const one = property(input, 'TableName');
  if (typeof one === 'string') return textOf(one, NAME_UNITS_MAX);
  const many = property(input, 'RequestItems');
  return many !== null && typeof many === 'object' ? textOf(Object.keys(many).sort().join(','), NAME_UNITS_MAX) : '';
}

/** Regions by client. */
const regions = new WeakMap<object, string>();

/** The client promises its region. Until it is there, what the program or the environment said. */
function regionOf(client: unknown): string {
  if (client === null || typeof client !== 'object') return '';
  const known = regions.get(client);
  if (known !== undefined) return known;
  const said = property(property(client, 'initConfig'), 'region');
  const region = typeof said === 'string' ? said : (process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? '');
  regions.set(client, region);
  if (region === '') askRegion(client);
  return region;
}

function askRegion(client: object): void {
  const given = property(property(client, 'config'), 'region');
  if (typeof given !== 'function') return;
  Promise.resolve(given()).then(
    (region) => regions.set(client, textOf(region, NAME_UNITS_MAX)),
    () => undefined,
  );
}

/** The command with our headers among the attributes of each message, as far as there is room. What the program gave
 * is its own and stays as it is. */
function withAttributes(exit: ExitCall, command: Command): Command {
  const { input = {} } = command;
  const entries = input['Entries'];
  const changed = Array.isArray(entries)
    ? { ...input, Entries: entries.map((entry) => withOwnAttributes(exit, entry as Record<string, unknown>)) }
    : withOwnAttributes(exit, input);
  return Object.assign(Object.create(Object.getPrototypeOf(command) as object) as Command, command, { input: changed });
}

function withOwnAttributes(exit: ExitCall, message: Record<string, unknown>): Record<string, unknown> {
  if (message === null || typeof message !== 'object') return message;
  const attributes = { ...(message['MessageAttributes'] as Record<string, unknown>) };
  addHeaders(exit, {
    get: (name) => property(attributes[name], 'StringValue') as string | undefined,
    set: (name, value) => {
      if (name in attributes || Object.keys(attributes).length < SQS_ATTRIBUTES_MAX) {
        attributes[name] = { DataType: 'String', StringValue: value };
      }
    },
  });
  return { ...message, MessageAttributes: attributes };
}
