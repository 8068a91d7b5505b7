// Names of transactions that begin with a request.
import { property, textOf } from './text';
import { NAME_UNITS_MAX } from './limits';

/** The name of a request: the first two segments of its path. */
export function nameOfRequest(request: object): string {
  const url = textOf(property(request, 'url') ?? '', NAME_UNITS_MAX);
  const path = url.split(/[?#]/, 1)[0] ?? '';
  const segments = path.split('/').filter((segment) => segment !== '');
  return `/${segments.slice(0, 2).join('/')}`;
}
