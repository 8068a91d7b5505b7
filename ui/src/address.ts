// What stands behind the question mark, for every page: the state of the page is its address.
import type { Verdict } from "./api/contract";
import { LANGUAGES, type Language } from "./pages/firstLines";
import { TRANSACTION_ACTS, type TransactionAct } from "./transactions/act";
import { VERDICTS } from "./words";

export type Raw = Record<string, unknown>;

/** Plain text both ways: no JSON in addresses, so that they can be read and written by hand. */
export function parseSearch(text: string): Raw {
  return Object.fromEntries(new URLSearchParams(text));
}

export function stringifySearch(search: Raw): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null || value === "" || value === false) continue;
    parameters.set(name, Array.isArray(value) ? value.join(",") : String(value));
  }
  // Commas are legal in a query and read better than %2C.
  const result = parameters.toString().replaceAll("%2C", ",");
  return result ? `?${result}` : "";
}

export function text(value: unknown): string | undefined {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" ? String(value) : undefined;
}

export function identity(value: unknown): number | undefined {
  const number = Number(text(value));
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

function identities(value: unknown): number[] | undefined {
  const all = Array.isArray(value) ? value : (text(value)?.split(",") ?? []);
  const known = all.map(identity).filter((id) => id !== undefined);
  return known.length ? known : undefined;
}

function positive(value: unknown): number | undefined {
  const number = Number(text(value));
  return Number.isFinite(number) && number > 0 ? number : undefined;
}

export function flag(value: unknown): boolean | undefined {
  return value === true || value === "true" || value === "1" ? true : undefined;
}

function verdicts(value: unknown): Verdict[] | undefined {
  const names = Array.isArray(value) ? value.map(String) : (text(value)?.split(",") ?? []);
  const known = VERDICTS.map((words) => words.verdict).filter((verdict) => names.includes(verdict));
  return known.length ? known : undefined;
}

function list(value: unknown): string[] | undefined {
  const items = Array.isArray(value) ? value.map(String) : (text(value)?.split(",") ?? []);
  return items.length > 0 ? items : undefined;
}

export function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((candidate) => candidate === value);
}

/** A list that is filtered by a text and sorted. */
export interface ListSearch {
  q?: string | undefined;
  sort?: string | undefined;
}

export const readListSearch = (raw: Raw): ListSearch => ({ q: text(raw.q), sort: text(raw.sort) });

/** The applications, and what makes another program report. */
export interface ApplicationsSearch extends ListSearch {
  /** The lines to type are shown although there are applications. */
  connect?: boolean | undefined;
  language?: Language | undefined;
}

export const readApplicationsSearch = (raw: Raw): ApplicationsSearch => ({
  ...readListSearch(raw),
  connect: flag(raw.connect),
  language: oneOf(raw.language, LANGUAGES),
});

export const TRANSACTION_VIEWS = ["other", "excluded"] as const;

/** Something that is being done with business transactions: the open window. */
export interface TransactionSearch {
  act?: TransactionAct | undefined;
}

export interface TransactionsSearch extends ListSearch, TransactionSearch {
  tier?: number | undefined;
  group?: string | undefined;
  /** Not the list, but All Other Traffic or what was excluded. */
  view?: (typeof TRANSACTION_VIEWS)[number] | undefined;
  /** With which something is being done. */
  on?: number[] | undefined;
}

export const readTransactionSearch = (raw: Raw): TransactionSearch => ({
  act: oneOf(raw.act, TRANSACTION_ACTS),
});

export const readTransactionsSearch = (raw: Raw): TransactionsSearch => ({
  ...readListSearch(raw),
  ...readTransactionSearch(raw),
  tier: identity(raw.tier),
  group: text(raw.group),
  view: oneOf(raw.view, TRANSACTION_VIEWS),
  on: identities(raw.on),
});

export interface BackendsSearch extends ListSearch {
  type?: string | undefined;
}

export const readBackendsSearch = (raw: Raw): BackendsSearch => ({
  ...readListSearch(raw),
  type: text(raw.type),
});

export interface TiersSearch {
  tier?: number | undefined;
  node?: number | undefined;
}

export const readTiersSearch = (raw: Raw): TiersSearch => ({
  tier: identity(raw.tier),
  node: identity(raw.node),
});

export interface SnapshotsSearch {
  verdicts?: Verdict[] | undefined;
  bt?: number | undefined;
  tier?: number | undefined;
  node?: number | undefined;
  backend?: number | undefined;
  guid?: string | undefined;
  minMs?: number | undefined;
  userDataKey?: string | undefined;
  userDataValue?: string | undefined;
  /** Every segment, not only the one each execution began with. */
  segments?: boolean | undefined;
  /** Why it was kept. */
  policies?: string[] | undefined;
  /** Those with an error, also in an exit call that nobody minded; or those without any. */
  hasErrors?: boolean | undefined;
  archived?: boolean | undefined;
  /** GUIDs of one or two that are to be compared. */
  pick?: string[] | undefined;
}

export const readSnapshotsSearch = (raw: Raw): SnapshotsSearch => ({
  verdicts: verdicts(raw.verdicts),
  bt: identity(raw.bt),
  tier: identity(raw.tier),
  node: identity(raw.node),
  backend: identity(raw.backend),
  guid: text(raw.guid),
  minMs: positive(raw.minMs),
  userDataKey: text(raw.userDataKey),
  userDataValue: text(raw.userDataValue),
  segments: flag(raw.segments),
  policies: list(raw.policies),
  hasErrors: flag(raw.hasErrors),
  archived: flag(raw.archived),
  pick: list(raw.pick)?.slice(0, 2),
});

export const SNAPSHOT_TABS = ["overview", "flow-map", "exit-calls", "errors", "user-data"] as const;
export type SnapshotTab = (typeof SNAPSHOT_TABS)[number];

export interface SnapshotSearch {
  tab?: SnapshotTab | undefined;
  /** Span id of the segment looked at; without it all. */
  segment?: string | undefined;
  /** Span id of the exit call whose window is open. */
  exit?: string | undefined;
  /** Exit calls whose name or operation has this in it. */
  q?: string | undefined;
  /** Only exit calls that failed. */
  failed?: boolean | undefined;
  sort?: string | undefined;
  /** Whether the window for what to compare with is open. */
  compare?: boolean | undefined;
}

export const readSnapshotSearch = (raw: Raw): SnapshotSearch => ({
  tab: oneOf(raw.tab, SNAPSHOT_TABS),
  segment: text(raw.segment),
  exit: text(raw.exit),
  q: text(raw.q),
  failed: flag(raw.failed),
  sort: text(raw.sort),
  compare: flag(raw.compare),
});

/** Two executions side by side. */
export interface CompareSearch {
  a?: string | undefined;
  b?: string | undefined;
  /** Span ids of the exit call whose window is open. */
  exit?: string | undefined;
}

export const readCompareSearch = (raw: Raw): CompareSearch => ({
  a: text(raw.a),
  b: text(raw.b),
  exit: text(raw.exit),
});

export interface ErrorsSearch extends ListSearch {
  tier?: number | undefined;
  bt?: number | undefined;
}

export const readErrorsSearch = (raw: Raw): ErrorsSearch => ({
  ...readListSearch(raw),
  tier: identity(raw.tier),
  bt: identity(raw.bt),
});

export const BACKEND_WINDOWS = ["rename", "resolve", "delete"] as const;
export type BackendWindow = (typeof BACKEND_WINDOWS)[number];

export const readBackendSearch = (raw: Raw): { open?: BackendWindow | undefined } => ({
  open: oneOf(raw.open, BACKEND_WINDOWS),
});

export interface LoginSearch {
  /** Where to go afterwards. Not called `to`, which is the end of the time range. */
  next?: string | undefined;
}

/** Only addresses of this page: `//elsewhere` and full addresses lead nowhere. */
export const readLoginSearch = (raw: Raw): LoginSearch => {
  const next = text(raw.next);
  return next && /^\/(?![/\\])/.test(next) ? { next } : {};
};
