// What the pages about people and the controller itself say.
import type { Permission } from "../api/contract";

/** In the order of what they allow. */
export const PERMISSIONS: readonly (readonly [Permission, string, string])[] = [
  ["view-applications", "See applications", "Numbers, flow maps, health and events."],
  [
    "view-snapshots",
    "See snapshots",
    "Single executions with their user data, and errors with their stacks.",
  ],
  ["create-events", "Write down events", "Deployments and events of one's own; archive snapshots."],
  [
    "configure-applications",
    "Configure applications",
    "Detection, thresholds, business transactions, remote services, diagnostic sessions.",
  ],
  [
    "configure-alerting",
    "Configure alerting",
    "Health rules, policies, actions; makes the controller call URLs.",
  ],
  ["manage-applications", "Make and delete applications", ""],
  ["manage-access-keys", "Manage access keys", "What agents report with."],
  ["manage-users", "Manage users", "Users, groups, roles and API clients."],
  ["view-audit", "See the audit", "Who did what."],
  ["manage-settings", "Change settings", "Of the controller itself: email, what is left out of lists."],
  ["manage-accounts", "Manage accounts", "Means something only in the account system."],
];

export const permissionLabel = (permission: Permission): string =>
  PERMISSIONS.find(([name]) => name === permission)?.[1] ?? permission;

export const PROVIDERS: Record<string, string> = {
  INTERNAL: "Password here",
  OIDC: "OpenID Connect",
  API_CLIENT: "API client",
};

export const AUDIT_ACTIONS: Record<string, string> = {
  LOGIN: "Signed in",
  LOGIN_FAILED: "Could not sign in",
  LOGOUT: "Signed out",
  OBJECT_CREATED: "Made",
  OBJECT_VIEWED: "Looked at a secret",
  OBJECT_UPDATED: "Changed",
  OBJECT_DELETED: "Deleted",
  TOKEN_ISSUED: "Got a token",
  TOKENS_REVOKED: "Ended tokens or sessions",
  REFUSED: "Was refused",
};

export const PROTECTIONS: readonly (readonly [string, string])[] = [
  ["starttls", "STARTTLS (port 587)"],
  ["tls", "TLS from the start (port 465)"],
  ["none", "None, for a server on the same machine (port 25)"],
];

/** What is left out of lists after so many hours of silence. */
export const STALENESS = [
  ["applicationHours", "Applications"],
  ["tierHours", "Tiers"],
  ["nodeHours", "Nodes"],
  ["btHours", "Business transactions"],
  ["backendHours", "Remote services that are no tier"],
] as const;

/** What is kept how long. */
export const RETENTION = [
  ["minutes", "One-minute numbers"],
  ["tenMinutes", "Ten-minute sums"],
  ["hours", "One-hour sums"],
  ["snapshots", "Snapshots that are not archived"],
  ["events", "Events and violations"],
  ["audit", "The audit"],
] as const;
