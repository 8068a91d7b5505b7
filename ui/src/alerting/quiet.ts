// A quiet time in the form of the public REST API: one that holds back actions, or one that silences health rules.
import { formatInstant } from "../format/time";
import { newRecurrence, ownZone, type Recurrence, recurrenceProblems, recurrenceWords } from "./recurrence";

export interface QuietTime extends Record<string, unknown> {
  name: string;
  disabled: boolean;
  startTimeMs: number;
  endTimeMs: number;
  /** As clocks in `timezone` show it; counts when `startTimeMs` is 0. */
  startTime?: string | undefined;
  endTime?: string | undefined;
  timezone?: string | undefined;
  /** With it the times above say nothing. */
  recurringSchedule?: Recurrence | undefined;
  /** All rules when absent. */
  healthRuleScope?: { healthRuleScopeType: string; healthRules?: string[] } | undefined;
}

const HOUR_MS = 3_600_000;

/** From now on, for an hour. */
export const newQuietTime = (): QuietTime => ({ name: "", disabled: false, ...hourFromNow() });

function hourFromNow() {
  const now = Date.now();
  return { startTimeMs: now, endTimeMs: now + HOUR_MS };
}

/** Once, or again and again. */
export function recurring(one: QuietTime, again: boolean): QuietTime {
  return again
    ? {
        ...one,
        recurringSchedule: newRecurrence(),
        timezone: one.timezone || ownZone(),
        startTimeMs: 0,
        endTimeMs: 0,
      }
    : { ...one, recurringSchedule: undefined, startTime: undefined, endTime: undefined, ...hourFromNow() };
}

/** Whether a client gave its times as clocks show them. */
export const byClock = (one: QuietTime): boolean => one.startTimeMs === 0 && one.endTimeMs === 0;

/** Whether the end is after the start. */
export function inOrder(one: QuietTime): boolean {
  return byClock(one) ? (one.endTime ?? "") > (one.startTime ?? "") : one.endTimeMs > one.startTimeMs;
}

export function quietReady(one: QuietTime): boolean {
  const { recurringSchedule: again, healthRuleScope: scope } = one;
  if (scope?.healthRuleScopeType === "SPECIFIC_HEALTH_RULES" && !scope.healthRules?.length) return false;
  return again ? Object.keys(recurrenceProblems(again)).length === 0 : inOrder(one);
}

export function quietState(one: QuietTime, nowMs: number): string {
  if (one.disabled) return "Off";
  if (one.recurringSchedule) return "Comes again";
  if (byClock(one)) return "Once";
  if (nowMs < one.startTimeMs) return "To come";
  return nowMs < one.endTimeMs ? "Quiet now" : "Over";
}

const minute = (epochMs: number) => formatInstant(epochMs).slice(0, -7);

export function quietWords(one: QuietTime): string {
  const zone = one.timezone || "UTC";
  if (one.recurringSchedule) return `${recurrenceWords(one.recurringSchedule)} (${zone})`;
  if (byClock(one))
    return `${one.startTime?.replace("T", " ")} – ${one.endTime?.replace("T", " ")} (${zone})`;
  return `${minute(one.startTimeMs)} – ${minute(one.endTimeMs)}`;
}
