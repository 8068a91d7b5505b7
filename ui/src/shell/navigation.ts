// The pages people find at the left, in groups. A page that is not listed here is not found.
import type { LinkProps } from "@tanstack/react-router";
import type { Permission } from "../api/contract";
import type { IconName } from "../design/Icon";

export interface Place {
  to: NonNullable<LinkProps["to"]>;
  label: string;
  icon: IconName;
  /** Only for who may do this. */
  needs?: Permission;
  /** Chosen only at exactly this address, not below it. */
  exact?: boolean;
}

export interface PlaceGroup {
  /** Without a title it stands first and needs none. */
  title?: string;
  places: readonly Place[];
}

/** Inside one application: what there is, what went wrong, what is watched, what is set. */
export const APPLICATION_PLACES: readonly PlaceGroup[] = [
  {
    places: [
      { to: "/applications/$app", label: "Dashboard", icon: "dashboard", exact: true },
      {
        to: "/applications/$app/business-transactions",
        label: "Business transactions",
        icon: "transactions",
      },
      { to: "/applications/$app/tiers", label: "Tiers & nodes", icon: "server" },
      { to: "/applications/$app/backends", label: "Remote services", icon: "database" },
    ],
  },
  {
    title: "Troubleshoot",
    places: [
      { to: "/applications/$app/snapshots", label: "Snapshots", icon: "snapshot" },
      { to: "/applications/$app/errors", label: "Errors", icon: "bug" },
      { to: "/applications/$app/metrics", label: "Metrics", icon: "chart" },
      { to: "/applications/$app/alerts", label: "Alerts", icon: "bell" },
    ],
  },
  {
    title: "Settings",
    places: [{ to: "/applications/$app/configuration", label: "Configuration", icon: "settings" }],
  },
];

/** About no application: people, and the controller itself. */
export const ADMINISTRATION_PLACES: readonly PlaceGroup[] = [
  {
    places: [
      { to: "/administration/access", label: "Users & access", icon: "users" },
      { to: "/administration/settings", label: "Controller", icon: "settings" },
    ],
  },
];
