// What the page about alerts shows, as it stands in the address.
import { identity, oneOf, type Raw, text } from "../address";

export const ALERT_TABS = [
  "violations",
  "events",
  "health-rules",
  "policies",
  "actions",
  "deliveries",
  "schedules",
  "quiet-times",
] as const;
export type AlertTab = (typeof ALERT_TABS)[number];

export interface AlertsSearch {
  tab?: AlertTab | undefined;
  q?: string | undefined;
  sort?: string | undefined;
  /** Of violations: `OPEN` …; of events: a group of types; of quiet times: what is quiet. */
  kind?: string | undefined;
  severity?: string | undefined;
  /** The id of what is open in a window, or `new`. */
  subject?: string | undefined;
}

export const readAlertsSearch = (raw: Raw): AlertsSearch => ({
  tab: oneOf(raw.tab, ALERT_TABS),
  q: text(raw.q),
  sort: text(raw.sort),
  kind: text(raw.kind),
  severity: text(raw.severity),
  subject: text(raw.subject),
});

export interface HealthRuleSearch {
  /** The rule a new one begins with. */
  like?: number | undefined;
}

export const readHealthRuleSearch = (raw: Raw): HealthRuleSearch => ({ like: identity(raw.like) });
