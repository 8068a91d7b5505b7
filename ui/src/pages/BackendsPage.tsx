import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { BackendRow } from "../api/contract";
import { backendsQuery } from "../api/queries";
import { type Column, DataTable } from "../design/DataTable";
import { FilterBar, Select } from "../design/FilterBar";
import { exitTypeIcon, Icon } from "../design/Icon";
import { PageHeader } from "../design/PageHeader";
import { Panel } from "../design/Panel";
import { averageColumn, callsColumn, loadColumn, rateColumn } from "../design/performanceColumns";
import link from "../design/RowLink.module.css";
import { SearchBox } from "../design/SearchBox";
import { EmptyState, Loaded } from "../design/States";
import { readSort, type Sort, writeSort } from "../design/sort";
import { useWide } from "../design/useWide";
import { formatCount } from "../format/number";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import { exitTypeLabel } from "../words";
import styles from "./BackendsPage.module.css";

const FROM = "/shell/applications/$app/backends" as const;
const FIRST_SORT: Sort = { column: "calls", descending: true };

export function BackendsPage() {
  const { app } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/applications/$app/backends" });
  const backends = useQuery(backendsQuery(app, useTimeRange(), useLive()));
  const wide = useWide();
  const columns = useMemo(
    () => backendColumns(app).filter((column) => wide || !column.wideOnly),
    [app, wide],
  );
  const shown = useMemo(() => matching(backends.data ?? [], search), [backends.data, search]);
  const types = useMemo(
    () => [...new Set((backends.data ?? []).map((row) => row.exitType))].sort(),
    [backends.data],
  );
  const change = (values: Partial<typeof search>) =>
    void navigate({ search: (previous) => ({ ...previous, ...values }), replace: true });
  return (
    <>
      <PageHeader title="Remote services and databases" />
      <FilterBar>
        <SearchBox
          value={search.q ?? ""}
          onChange={(q) => change({ q: q || undefined })}
          label="Filter by name or property"
        />
        <Select
          label="Type"
          value={search.type ?? ""}
          onChange={(type) => change({ type: type || undefined })}
          options={[["", "All types"], ...types.map((type): [string, string] => [type, exitTypeLabel(type)])]}
        />
        <span>{backends.data ? `${shown.length} of ${backends.data.length}` : ""}</span>
      </FilterBar>
      <div data-fill style={{ display: "flex" }}>
        <Panel title="All remote services and databases" flush fill bare>
          <Loaded query={backends} height="100%">
            {(rows) => (
              <DataTable
                label="Remote services and databases"
                columns={columns}
                rows={shown}
                rowKey={(row) => row.id}
                sort={readSort(search.sort, FIRST_SORT)}
                onSort={(sort) => change({ sort: writeSort(sort) })}
                scroll
                empty={
                  rows.length === 0 ? (
                    <EmptyState title="No exit call has left a tier yet" icon="database">
                      A program reports them with <code>appd.exit_call(…)</code>: databases, caches, queues
                      and remote services appear here with their identifying properties.
                    </EmptyState>
                  ) : (
                    <EmptyState title="Nothing matches">Change the name or the type above.</EmptyState>
                  )
                }
              />
            )}
          </Loaded>
        </Panel>
      </div>
    </>
  );
}

function matching(rows: BackendRow[], { q, type }: { q?: string | undefined; type?: string | undefined }) {
  const words = q?.toLowerCase();
  return rows.filter((row) => {
    if (type && row.exitType !== type) return false;
    return (
      !words ||
      row.name.toLowerCase().includes(words) ||
      row.properties.some(({ value }) => value.toLowerCase().includes(words))
    );
  });
}

function backendColumns(app: string): Column<BackendRow>[] {
  return [
    {
      id: "name",
      header: "Name",
      width: "minmax(180px, 1.6fr)",
      sortBy: (row) => row.name,
      cell: (row) => (
        <span className={styles.name}>
          <Icon name={exitTypeIcon(row.exitType)} size={14} />
          <Link
            to="/applications/$app/backends/$backend"
            params={{ app, backend: String(row.id) }}
            className={link.link}
            title={row.name}
          >
            {row.name}
          </Link>
        </span>
      ),
    },
    {
      id: "type",
      header: "Type",
      width: "110px",
      sortBy: (row) => row.exitType,
      cell: (row) => exitTypeLabel(row.exitType),
    },
    {
      id: "properties",
      header: "Identifying properties",
      width: "minmax(140px, 1.6fr)",
      wideOnly: true,
      cell: (row) => {
        const text = row.properties.map(({ name, value }) => `${name} ${value}`).join(" · ");
        return (
          <span className={styles.properties} title={text}>
            {text}
          </span>
        );
      },
    },
    {
      id: "tier",
      header: "Resolved to",
      width: "110px",
      sortBy: (row) => row.resolvedTierName ?? null,
      cell: (row) => row.resolvedTierName,
    },
    loadColumn(false),
    callsColumn(),
    rateColumn(),
    averageColumn(),
    {
      id: "errors",
      header: "Errors",
      width: "76px",
      align: "right",
      sortBy: (row) => row.errors,
      cell: (row) => formatCount(row.errors),
    },
  ];
}
