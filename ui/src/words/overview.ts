// What the pages from the applications to one business transaction say.
import { counted } from "../format/number";

export const overview = {
  openViolations: "Open violations",
  noViolations: "No health rule is violated",
  recentEvents: "Recent events",
  noEvents: "Nothing happened in this time range",
  andMore: (count: number) => `and ${count} more`,
  quiet: "No calls in this time range",
  order: "Order",
  orders: [
    ["", "Busiest first"],
    ["health", "Unwell first"],
    ["errors", "Most errors first"],
    ["name", "By name"],
  ],
} as const;

/** Business transactions and what is done with them. */
export const transactions = {
  actions: (name: string) => `Actions for ${name}`,
  rename: "Rename…",
  renameTitle: "Rename business transaction",
  renameLabel: "Name",
  renameHint: (own: string) =>
    `Shown instead of ${own} everywhere on the page and in the REST API; agents go on reporting the own name. Empty gives the own name back.`,
  renamed: (name: string) => (name ? `Renamed to ${name}.` : "It has its own name again."),
  group: "Put into a group…",
  groupTitle: (count: number) => `Put ${counted(count, "business transaction")} into a group`,
  groupLabel: "Group",
  groupHint: "An existing group or a new name. A business transaction is in one group at most.",
  grouped: (count: number, group: string) => `${counted(count, "business transaction")} put into ${group}.`,
  ungroup: "Take out of its group",
  ungrouped: (count: number) => `${counted(count, "business transaction")} taken out of groups.`,
  exclude: "Exclude…",
  excludeTitle: (count: number, name: string) =>
    count === 1 ? `Exclude ${name}?` : `Exclude ${counted(count, "business transaction")}?`,
  excludeMeaning:
    "It is left out of lists, and agents that detect it without code stop measuring it. What is stored stays, and it can be brought back under Excluded.",
  excluded: (count: number) => `${counted(count, "business transaction")} excluded.`,
  include: "Bring back",
  included: (name: string) => `${name} is back: it is measured again from the next report on.`,
  delete: "Delete…",
  deleteTitle: (count: number, name: string) =>
    count === 1 ? `Delete ${name}?` : `Delete ${counted(count, "business transaction")}?`,
  deleteMeaning:
    "It disappears from lists until it runs again; then it is found anew, as if for the first time. To keep it away, exclude it instead.",
  deleted: (count: number) => `${counted(count, "business transaction")} deleted.`,
  thresholds: "Thresholds…",
  session: "Start diagnostic session…",
  sessionTitle: "Start a diagnostic session",
  sessionMeaning:
    "Every execution is kept as a snapshot until the session ends. Agents begin with their next poll.",
  sessionMinutes: "Minutes",
  sessionSnapshots: "Snapshots per agent at most",
  sessionStarted: (name: string) => `A diagnostic session for ${name} is running.`,
  sessionStop: "Stop",
  sessionStopped: "The diagnostic session was stopped.",
  undo: "Undo",
  unnamedNumber: "A whole number is needed here.",
} as const;
