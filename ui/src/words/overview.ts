// What the pages from the applications to one business transaction say.
import { counted } from "../format/number";

export const overview = {
  openViolations: "Open violations",
  noViolations: "No health rule is violated",
  recentEvents: "Recent events",
  noEvents: "Nothing happened in this time range",
  andMore: (count: number) => `and ${count} more`,
  moreWarnings: (count: number) => `Show ${counted(count, "more warning")}`,
  fewer: "Show fewer",
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
  unwell: (severity: string) =>
    severity === "CRITICAL" ? "Violates a health rule critically" : "Violates a health rule",
  actionsShort: "Actions",
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
  groupSubmit: "Group",
  groupHint:
    "An existing group or a new name; empty takes it out. A business transaction is in one group at most.",
  grouped: (count: number, group: string) => `${counted(count, "business transaction")} put into ${group}.`,
  ungroup: "Take out of its group",
  ungrouped: (count: number) => `${counted(count, "business transaction")} taken out of groups.`,
  exclude: "Exclude…",
  excludeTitle: (count: number, name: string) =>
    count === 1 ? `Exclude ${name}?` : `Exclude ${counted(count, "business transaction")}?`,
  excludeSubmit: "Exclude",
  excludeMeaning:
    "It is left out of lists, and agents that detect it without code stop measuring it. What is stored stays, and it can be brought back under Excluded.",
  excluded: (count: number) => `${counted(count, "business transaction")} excluded.`,
  include: "Bring back",
  included: (name: string) => `${name} is back: it is measured again from the next report on.`,
  delete: "Delete…",
  deleteTitle: (count: number, name: string) =>
    count === 1 ? `Delete ${name}?` : `Delete ${counted(count, "business transaction")}?`,
  deleteSubmit: "Delete",
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
  sessionSubmit: "Start",
  sessionStarted: (name: string) => `A diagnostic session for ${name} is running.`,
  sessionRuns: (until: string) =>
    `A diagnostic session is running until ${until}: every execution is kept as a snapshot.`,
  sessionStop: "Stop it",
  sessionStopped: "The diagnostic session was stopped.",
  view: "Show",
  views: {
    all: "Business transactions",
    other: "All Other Traffic",
    excluded: (count: number) => (count > 0 ? `Excluded (${count})` : "Excluded"),
  },
  allGroups: "All groups",
  choose: (name: string) => `Choose ${name}`,
  selected: (count: number) => `${count} chosen`,
  clearSelection: "Choose none",
  groupHeading: (name: string) => `Group ${name}`,
  renameGroup: "Rename group…",
  renameGroupTitle: "Rename group",
  groupRenamed: (name: string) => `The group is called ${name} now.`,
  excludedTitle: "Excluded business transactions",
  noneExcluded: "Nothing is excluded",
  noneExcludedMeaning: "What you exclude in the list is found here, with the way back.",
  otherMeaning:
    "Each agent reports a limited number of business transactions by name. What exceeds it is not lost: it is counted under its tier's All Other Traffic. A name that is called often gets out of it by itself; others are brought out here.",
  lockedByWish:
    "New business transactions get no line of their own: somebody wants it so. They are counted here until they are brought out.",
  lockedByLimit: (max: number) =>
    `New business transactions get no line of their own: there are as many as there may be (${max}). Exclude or delete some, or raise the limit.`,
  noOther: "Nothing runs under All Other Traffic",
  noOtherMeaning: "Every business transaction has its own name.",
  hiddenTitle: "What hides in it",
  noHidden: "No agent names anything here",
  noHiddenMeaning: "Agents name what they count under All Other Traffic, the most called first.",
  promotedTitle: "Reported apart",
  promoteLabel: "Name of a business transaction",
  promote: "Report apart",
  promoted: (name: string) => `${name} is reported apart as soon as agents have heard of it.`,
  alreadyPromoted: "This one is reported apart already.",
  nonePromoted: "No name was brought out by hand.",
  demote: "Leave to the limit",
  demoted: (name: string) => `${name} is left to the limit again.`,
  wholeNumber: (max: number) => `A whole number from 1 to ${max} is needed here.`,
} as const;

/** When an execution is slow. */
export const thresholds = {
  title: "Thresholds",
  save: "Save",
  saved: (name: string) => `Thresholds of ${name} saved. Agents have them with their next poll.`,
  whose: "Which apply",
  modes: [
    ["application", "Those of the application", "As set under Configuration."],
    ["own", "Its own", "They stay when those of the application change."],
  ],
  levels: { slow: "Slow", very_slow: "Very slow", stall: "Stall" },
  kind: "Above",
  kinds: [
    ["standard_deviations", "usual + deviations"],
    ["percent_over_average", "usual + per cent"],
    ["static", "a fixed time"],
    ["off", "never"],
  ],
  values: {
    standard_deviations: "Standard deviations",
    percent_over_average: "Above the average",
    static: "Time",
  },
  units: { standard_deviations: "σ", percent_over_average: "%", static: "ms" },
  minimum: "But never below",
  number: "A number above 0 is needed here.",
} as const;

/** How a program comes to report here. */
export const firstSteps = {
  first: "Nothing has reported yet. Three lines for a first program:",
  another: "Three lines for another program:",
  connect: "Connect a program",
  language: "What the program is written in",
  languages: { python: "Python", nodejs: "Node.js", rust: "Rust", opentelemetry: "OpenTelemetry" },
  copy: (does: string) => `Copy: ${does}`,
  key: (place: string) =>
    `Put your access key in place of ${place}: the first start of the controller printed it, and administrators see it here.`,
  waiting:
    "Waiting for the first report. It appears here by itself, about a minute after the first business transaction.",
} as const;
