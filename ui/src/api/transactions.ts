// Questions about what people decided for business transactions, and what agents are told about them.
import { type QueryKey, queryOptions } from "@tanstack/react-query";
import { get } from "./client";
import { REFRESH_MS } from "./queries";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type BtAdministration = Schemas["BtAdministration"];
export type DiagnosticSession = Schemas["SessionInfo"];
export type AgentConfiguration = Schemas["Configuration"];

export const administrationPath = (app: string) =>
  `/applications/${app}/business-transactions/administration`;
export const sessionsPath = (app: string) => `/applications/${app}/diagnostic-sessions`;
export const agentConfigurationPath = (app: string) => `/applications/${app}/agent-configuration`;

/** What was decided: excluded ones, groups, promoted names. */
export const administrationQuery = (app: string) =>
  queryOptions<BtAdministration, Error, BtAdministration, QueryKey>({
    queryKey: [administrationPath(app)],
    queryFn: ({ signal }) => get<BtAdministration>(administrationPath(app), {}, signal),
    staleTime: 10_000,
  });

/** Sessions that run, and the last ones that ended. */
export const sessionsQuery = (app: string) =>
  queryOptions<DiagnosticSession[], Error, DiagnosticSession[], QueryKey>({
    queryKey: [sessionsPath(app)],
    queryFn: ({ signal }) => get<DiagnosticSession[]>(sessionsPath(app), {}, signal),
    refetchInterval: REFRESH_MS,
  });

/** What agents of the whole application are told. */
export const agentConfigurationQuery = (app: string) =>
  queryOptions<AgentConfiguration, Error, AgentConfiguration, QueryKey>({
    queryKey: [agentConfigurationPath(app)],
    queryFn: ({ signal }) => get<AgentConfiguration>(agentConfigurationPath(app), {}, signal),
    staleTime: 5_000,
  });
