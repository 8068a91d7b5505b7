// One change of the configuration, begun on any of its tabs and saved as a whole.
import type { AgentConfig } from "./model";
import type { Json } from "./patch";

export interface Editing {
  app: string;
  tier: number | undefined;
  /** What would hold with everything that was changed here. */
  config: AgentConfig;
  mayChange: boolean;
  /** Sets what stands at a place. */
  set: (path: readonly string[], value: unknown) => void;
}

export const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
