// Questions about people, their access, and the controller itself.
import { queryOptions, useInfiniteQuery } from "@tanstack/react-query";
import { bounds, rangeKey, type TimeRange } from "../time-range/range";
import { get } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];
export type User = Schemas["UserInfo"];
export type Group = Schemas["GroupInfo"];
export type Role = Schemas["RoleInfo"];
export type ApiClient = Schemas["ApiClientInfo"];
export type ApiClientSecret = Schemas["ApiClientSecret"];
export type AccessKey = Schemas["AccessKeyInfo"];
export type AuditLine = Schemas["AuditInfo"];
export type Account = Schemas["AccountInfo"];
export type Staleness = Schemas["StalenessHours"];

/** Lines of the audit per page of its list. */
const AUDIT_PAGE = 100;

function list<T>(path: string) {
  return queryOptions({
    queryKey: [path],
    queryFn: ({ signal }) => get<T>(path, {}, signal),
    staleTime: 10_000,
  });
}

export const usersQuery = list<User[]>("/users");
export const groupsQuery = list<Group[]>("/groups");
export const rolesQuery = list<Role[]>("/roles");
export const apiClientsQuery = list<ApiClient[]>("/api-clients");
export const accessKeysQuery = list<AccessKey[]>("/access-keys");
export const accountsQuery = list<Account[]>("/accounts");
export const stalenessQuery = list<Staleness>("/staleness");

/** Who did what in a time, newest first, a page at a time. */
export function useAudit(range: TimeRange) {
  return useInfiniteQuery({
    queryKey: ["/audit", rangeKey(range)],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) =>
      get<AuditLine[]>(
        "/audit",
        { ...bounds(range, Date.now()), before: pageParam, limit: AUDIT_PAGE },
        signal,
      ),
    getNextPageParam: (page) => (page.length < AUDIT_PAGE ? undefined : page.at(-1)?.id),
  });
}
