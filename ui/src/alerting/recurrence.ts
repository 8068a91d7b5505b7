// Times that come again, in the form of the public REST API: of schedules and of quiet times. What a client wrote and
// the page does not know stays as it is.
import { formatDay } from "../format/time";
import { DAYS, FREQUENCIES, OCCURRENCES } from "../words/alerting";

export interface Recurrence extends Record<string, unknown> {
  scheduleFrequency: string;
  /** `HH:MM`; the begin of the day when absent. */
  startTime?: string | undefined;
  /** `HH:MM`, exclusive; the end of the day when absent. Not later than the start: on the next day. */
  endTime?: string | undefined;
  /** `YYYY-MM-DD` or `DD/MM/YYYY`. */
  startDate?: string | undefined;
  endDate?: string | undefined;
  /** `MONDAY`, … */
  days?: readonly string[] | undefined;
  day?: string | undefined;
  occurrence?: string | undefined;
}

/** The zone people here live in. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export const newRecurrence = (): Recurrence => ({
  scheduleFrequency: "WEEKLY",
  startTime: "08:00",
  endTime: "18:00",
  days: DAYS.slice(0, 5).map(([day]) => day),
});

/** The same times of day by another rhythm. */
export function withFrequency(from: Recurrence, scheduleFrequency: string): Recurrence {
  const { days: _days, day: _day, occurrence: _nth, startDate: _first, endDate: _last, ...rest } = from;
  const next: Recurrence = { ...rest, scheduleFrequency };
  switch (scheduleFrequency) {
    case "WEEKLY":
      return { ...next, days: newRecurrence().days };
    case "MONTHLY_SPECIFIC_DAY":
      return { ...next, occurrence: "FIRST", day: "SUNDAY" };
    case "ONE_TIME": {
      const today = new Date().toISOString().slice(0, 10);
      return { ...next, startDate: today, endDate: today };
    }
    default:
      return next;
  }
}

/** What an <input type="date"> holds. */
export function isoDate(date: string | undefined): string {
  const [day, month, year] = (date ?? "").split("/");
  return year ? `${year}-${month}-${day}` : (date ?? "");
}

/** What a person must still fill in; by field. */
export function recurrenceProblems(one: Recurrence): Record<string, string> {
  const found: Record<string, string> = {};
  if (one.scheduleFrequency === "WEEKLY" && !one.days?.length) found.days = "Choose a day.";
  if (one.scheduleFrequency !== "ONE_TIME") return found;
  const [first, last] = [isoDate(one.startDate), isoDate(one.endDate || one.startDate)];
  if (!first) found.startDate = "A day is missing.";
  else if (`${last} ${one.endTime || "00:00"}` <= `${first} ${one.startTime || "00:00"}`)
    found.endDate = "The end must be after the start.";
  return found;
}

const word = (words: readonly (readonly [string, string])[], key: string | undefined): string =>
  words.find(([value]) => value === key)?.[1] ?? key ?? "?";

/** `Mon, Tue, Wed 08:00–18:00`, for lists. */
export function recurrenceWords(one: Recurrence): string {
  const from = one.startTime?.slice(0, 5) || "00:00";
  const to = one.endTime?.slice(0, 5) || "24:00";
  const time = from === "00:00" && to === "24:00" ? "all day" : `${from}–${to}`;
  switch (one.scheduleFrequency) {
    case "":
      return "All the time";
    case "WEEKLY": {
      const days = one.days ?? [];
      const week = DAYS.filter(([day]) => days.includes(day)).map(([, name]) => name.slice(0, 3));
      const [first, last] = [week[0], week.at(-1)];
      const plain = week.join() === "Mon,Tue,Wed,Thu,Fri" ? `${first}–${last}` : week.join(", ");
      return `${plain} ${time}`;
    }
    case "MONTHLY_SPECIFIC_DAY":
      return `${word(OCCURRENCES, one.occurrence)} ${word(DAYS, one.day)} of the month, ${time}`;
    case "ONE_TIME": {
      const show = (date: string | undefined) => formatDay(Date.parse(isoDate(date)));
      const last = one.endDate || one.startDate;
      return `${show(one.startDate)} ${from} – ${show(last)} ${one.endTime?.slice(0, 5) || "00:00"}`;
    }
    default:
      return `${word(FREQUENCIES, one.scheduleFrequency)} ${time}`;
  }
}
