// What the page about the agents' configuration shows, as it stands in the address.
import { identity, oneOf, type Raw, text } from "../address";

export const CONFIGURATION_TABS = [
  "detection",
  "errors",
  "thresholds",
  "data-collectors",
  "snapshots",
  "limits",
  "agents",
  "history",
] as const;
export type ConfigurationTab = (typeof CONFIGURATION_TABS)[number];

export interface ConfigurationSearch {
  tab?: ConfigurationTab | undefined;
  /** For one tier; for the application when absent. */
  tier?: number | undefined;
  /** A request to try the rules on. */
  url?: string | undefined;
  method?: string | undefined;
}

export const readConfigurationSearch = (raw: Raw): ConfigurationSearch => ({
  tab: oneOf(raw.tab, CONFIGURATION_TABS),
  tier: identity(raw.tier),
  url: text(raw.url),
  method: text(raw.method),
});
