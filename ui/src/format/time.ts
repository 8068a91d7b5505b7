// Points in time, in the browser's zone, 24 hours.

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const clockSeconds = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** 21:03 */
export function formatClock(epochMs: number): string {
  return clock.format(epochMs);
}

/** 20 Nov */
export function formatDay(epochMs: number): string {
  return day.format(epochMs);
}

/** 20 Nov 2026, 21:03:12.045 */
export function formatInstant(epochMs: number): string {
  const milliseconds = String(Math.floor(epochMs) % 1000).padStart(3, "0");
  return `${dayYear.format(epochMs)}, ${clockSeconds.format(epochMs)}.${milliseconds}`;
}

/** The clock for today, with the day in front for any other. */
export function formatMoment(epochMs: number, nowMs: number): string {
  const sameDay = dayYear.format(epochMs) === dayYear.format(nowMs);
  return sameDay ? clockSeconds.format(epochMs) : `${day.format(epochMs)}, ${clock.format(epochMs)}`;
}

/** How long ago, in one unit. */
export function formatAgo(epochMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - epochMs) / 1000));
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h ago`;
  return `${Math.round(hours / 24)} days ago`;
}

/** What an <input type="datetime-local"> holds. */
export function toLocalInput(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}
