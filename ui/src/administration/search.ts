// What the pages about people and settings show, as it stands in the address.
import { oneOf, type Raw, text } from "../address";

export const ACCESS_TABS = ["users", "groups", "roles", "api-clients", "access-keys", "audit"] as const;
export type AccessTab = (typeof ACCESS_TABS)[number];

export interface AccessSearch {
  tab?: AccessTab | undefined;
  /** The id of what is open in a window, or `new`. */
  subject?: string | undefined;
}

export const readAccessSearch = (raw: Raw): AccessSearch => ({
  tab: oneOf(raw.tab, ACCESS_TABS),
  subject: text(raw.subject),
});

export const SETTINGS_TABS = ["controller", "lists", "email", "accounts"] as const;
export type SettingsTab = (typeof SETTINGS_TABS)[number];

export interface SettingsSearch {
  tab?: SettingsTab | undefined;
  subject?: string | undefined;
}

export const readSettingsSearch = (raw: Raw): SettingsSearch => ({
  tab: oneOf(raw.tab, SETTINGS_TABS),
  subject: text(raw.subject),
});
