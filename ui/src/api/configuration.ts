// Questions about what agents are told.
import { queryOptions } from "@tanstack/react-query";
import type { AgentConfig } from "../configuration/model";
import type { Patch } from "../configuration/patch";
import { change, get } from "./client";
import { REFRESH_MS } from "./queries";
import type { components } from "./schema";

type Schemas = components["schemas"];

export interface ConfigurationVersion extends Omit<Schemas["ConfigurationVersion"], "patch"> {
  patch: Patch;
}

export interface AgentArrival extends Omit<Schemas["AgentConfiguration"], "effective"> {
  effective: Partial<AgentConfig>;
}

export interface Configuration {
  written: ConfigurationVersion;
  effective: AgentConfig;
  agents: AgentArrival[];
}

export interface Trial extends Omit<Schemas["TrialAnswer"], "effective"> {
  effective: AgentConfig;
}

export type RequestNames = Schemas["RequestNames"];
export type TypedRequest = Schemas["TypedRequest"];
export type DiagnosticPolicy = Schemas["DiagnosticPolicyInfo"];

export const configurationPath = (app: string) => `/applications/${app}/agent-configuration`;

/** Agents ask every ten seconds; while some have not heard yet, the page looks more often. */
export const configurationQuery = (app: string, tier: number | undefined) =>
  queryOptions({
    queryKey: [configurationPath(app), "now", tier],
    queryFn: ({ signal }) => get<Configuration>(configurationPath(app), { tier }, signal),
    refetchInterval: ({ state }) =>
      state.data?.agents.some(({ upToDate }) => !upToDate) ? REFRESH_MS / 5 : REFRESH_MS,
  });

export const configurationHistoryQuery = (app: string, tier: number | undefined) =>
  queryOptions({
    queryKey: [configurationPath(app), "history", tier],
    queryFn: ({ signal }) =>
      get<ConfigurationVersion[]>(`${configurationPath(app)}/history`, { tier }, signal),
  });

interface TrialInput {
  patch: Patch;
  requests: TypedRequest[];
}

/** How far back the kept requests go that rules are tried on. */
const TRIAL_MS = 4 * 3_600_000;

/** Changes nothing, but it is a POST: the patch may be longer than an address. */
export const trialQuery = (
  app: string,
  tier: number | undefined,
  { patch, requests }: TrialInput,
  csrfToken: string | undefined,
  recent = true,
) =>
  queryOptions({
    queryKey: [`${configurationPath(app)}/trial`, tier, patch, requests, recent],
    queryFn: () => {
      const to = Date.now();
      const query = { tier, from: to - (recent ? TRIAL_MS : 1), to };
      const path = `${configurationPath(app)}/trial`;
      return change<Trial>("POST", path, { patch, requests }, csrfToken, query);
    },
    enabled: csrfToken !== undefined,
    staleTime: 10_000,
    retry: false,
  });

export const diagnosticPolicyQuery = (app: string) =>
  queryOptions({
    queryKey: [`/applications/${app}/diagnostic-policy`],
    queryFn: ({ signal }) => get<DiagnosticPolicy>(`/applications/${app}/diagnostic-policy`, {}, signal),
  });
