// Requests that another tracer makes for itself: its export. They belong to no transaction, whatever context it makes
// them in.

/** Where `@opentelemetry/api` keeps what was registered (its major version is 1 since 2021). */
const API = Symbol.for('opentelemetry.js.api.1');

/** Where `@opentelemetry/core` says that nothing shall be traced. */
const SUPPRESSED = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

interface OpenTelemetry {
  context?: { active(): { getValue(key: symbol): unknown } };
}

/** Whether the host's OpenTelemetry asks for no tracing here. */
export function isSuppressed(): boolean {
  const api = (globalThis as Record<symbol, unknown>)[API] as OpenTelemetry | undefined;
  if (api?.context === undefined) return false;
  try {
    return api.context.active().getValue(SUPPRESSED) === true;
  } catch {
    return false;
  }
}
