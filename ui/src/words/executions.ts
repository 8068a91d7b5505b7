// What the pages about single executions say: snapshots, exit calls, errors, remote services, nodes.

/** Why a snapshot was kept, as one chooses among them. */
export const POLICY_CHOICES: readonly (readonly [string, string])[] = [
  ["SLA_FAILURE", "Slow, very slow or stalled"],
  ["ERROR_SAMPLING", "In error"],
  ["TIME_SAMPLING", "Periodic"],
  ["DIAGNOSTIC_SESSION", "Diagnostic session"],
  ["ON_DEMAND", "On demand"],
  ["CONTINUING", "Continuing"],
];

export const VIEWER = {
  tabs: {
    overview: "Overview",
    "flow-map": "Flow map",
    "exit-calls": "Exit Calls",
    errors: "Error Details",
    "user-data": "USER DATA",
  },
  lookAt: "What to look at",
  collected: "Headers and parameters",
  noErrors: "Nothing was reported as an error here.",
  archive: "Keep for ever",
  unarchive: "Keep no longer than others",
  archived: "It is kept for ever now.",
  unarchived: "It is dropped when it is as old as the others that are.",
  archivedMark: "Kept for ever",
  download: "Download as one file",
  compare: "Compare with another…",
  copyLink: "Copy the link to this snapshot",
  linkCopied: "The link is copied.",
} as const;

export const COMPARE = {
  title: "Compare two snapshots",
  where: "Where the time went",
  whereHint: "Time in each tier itself and in what it called. The greatest difference stands first.",
  itself: "in itself",
  onTheWay: "on the way there and back",
  userData: "User data",
  same: "No user data was given in either.",
  pick: "Choose what to compare with",
  pickHint: "Snapshots of the same business transaction in the time range above, newest first.",
  swap: "Change sides",
} as const;

export const ERRORS = {
  title: "Errors",
  all: "All errors by type and tier",
  none: "No errors in this time range",
  noneHint:
    "An exception that ends a business transaction, a failed exit call, or what a program reports as one.",
  noneMatch: "Nothing matches",
  truncated: "There were more errors than are counted here. Choose a shorter time range for exact numbers.",
  places: "Where they come from",
  placesHint: "By the innermost line of the newest fifty snapshots' stacks.",
  bts: "Business transactions they happened in",
  snapshots: "Newest snapshots",
  gone: "There is no such error in this time range",
} as const;

export const BACKENDS = {
  rename: "Rename…",
  renameHint: "Leave it empty to have its own name back.",
  resolve: "Resolve to a tier…",
  resolveHint:
    "Its calls are drawn as calls of that tier. Nothing that was counted is lost, and it can be undone.",
  unresolve: "It is not a tier",
  unresolveHint: "Whatever agents say, it stays a remote service of its own.",
  automatic: "Let agents decide",
  remove: "Delete…",
  removeText:
    "It disappears from lists and the flow map until it is called again. Its numbers in business transactions stay.",
} as const;

export const NODES = {
  cost: "Cost of the agent",
  effective: "Configuration in force",
  forget: "Leave out of lists…",
  forgetText: "It disappears from lists until it reports again. Its numbers stay in its tier's.",
  resolved: "Remote services that are this tier",
  undo: "Undo",
} as const;
