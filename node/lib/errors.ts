// Errors as the core keeps them, and the count of what was odd.
import { native } from './native';
import { property, textOf } from './text';
import { NAME_UNITS_MAX, STACK_UNITS_MAX, VALUE_UNITS_MAX } from './limits';

/** An error, read once its transaction is to be kept. */
export interface ErrorTexts {
  typeName: string;
  message: string;
  stack: string;
}

/** Counts an odd call: `function: what was odd`. Shown on the node's page and by `tierline doctor`. */
export function misuse(what: string): void {
  native?.misuse(what);
}

/** Counts something of ours that failed, or a callback of the program that did. */
export function caught(where: string): void {
  native?.misuse(where);
}

/** Whether an argument called `error` says that there was one: programs pass `null` and `false` on success. */
export function isError(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== '' && value !== 0;
}

/** Whether the controller says that such an error does not count. Asked only when it says so of any. */
export function isIgnored(error: unknown): boolean {
  if (native === undefined || !native.hasIgnoredErrors()) return false;
  const { typeName, message } = errorTexts(error);
  return native.ignoresError(typeName, message);
}

/** Type, message and stack of anything that was thrown or passed as an error. Never throws. */
export function errorTexts(error: unknown): ErrorTexts {
  if (error === null || (typeof error !== 'object' && typeof error !== 'function')) {
    return { typeName: 'Error', message: textOf(error, VALUE_UNITS_MAX), stack: '' };
  }
  const message = property(error, 'message');
  const stack = property(error, 'stack');
  return {
    typeName: typeName(error),
    message: textOf(message ?? (stack === undefined ? error : ''), VALUE_UNITS_MAX),
    stack: typeof stack === 'string' ? textOf(stack, STACK_UNITS_MAX) : '',
  };
}

function typeName(error: object): string {
  const name = property(error, 'name');
  if (typeof name === 'string' && name !== '') return textOf(name, NAME_UNITS_MAX);
  const constructed = property(property(error, 'constructor'), 'name');
  return typeof constructed === 'string' && constructed !== '' ? textOf(constructed, NAME_UNITS_MAX) : 'Error';
}

/** The status code that an error carries, as the document and the guide spell it. */
export function statusCodeOf(error: unknown): number | undefined {
  for (const name of ['statusCode', 'StatusCode', 'status']) {
    const code = property(error, name);
    const number = typeof code === 'string' && code.trim() !== '' ? Number(code) : code;
    if (typeof number === 'number' && Number.isFinite(number)) return Math.trunc(number);
  }
  return undefined;
}
