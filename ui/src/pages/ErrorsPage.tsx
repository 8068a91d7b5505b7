import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { ErrorsSearch } from "../address";
import type { ErrorGroup } from "../api/contract";
import { errorsQuery } from "../api/executions";
import { applicationQuery } from "../api/queries";
import { Sparkline } from "../charts/Sparkline";
import { type Column, DataTable } from "../design/DataTable";
import { FilterBar, Select } from "../design/FilterBar";
import { Icon } from "../design/Icon";
import { PageHeader } from "../design/PageHeader";
import { Panel } from "../design/Panel";
import link from "../design/RowLink.module.css";
import { SearchBox } from "../design/SearchBox";
import { EmptyState, Loaded } from "../design/States";
import { readSort, type Sort, writeSort } from "../design/sort";
import { useWide } from "../design/useWide";
import { counted, formatCount } from "../format/number";
import { formatAgo, formatInstant } from "../format/time";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import { ERRORS } from "../words/executions";
import styles from "./ErrorsPage.module.css";

const FROM = "/shell/applications/$app/errors" as const;
const FIRST_SORT: Sort = { column: "count", descending: true };

export function ErrorsPage() {
  const { app } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const { q, tier, bt } = search;
  const navigate = useNavigate({ from: "/applications/$app/errors" });
  const errors = useQuery(errorsQuery(app, { tier, bt }, useTimeRange(), useLive()));
  const tiers = useQuery(applicationQuery(app)).data?.tiers ?? [];
  const wide = useWide();
  const columns = useMemo(() => errorColumns(app).filter((column) => wide || !column.wideOnly), [app, wide]);
  const shown = useMemo(() => matching(errors.data?.groups ?? [], q), [errors.data, q]);
  const change = (values: Partial<ErrorsSearch>) =>
    void navigate({ search: (previous) => ({ ...previous, ...values }), replace: true });
  return (
    <>
      <PageHeader title={ERRORS.title} />
      <FilterBar>
        <SearchBox
          value={q ?? ""}
          onChange={(text) => change({ q: text || undefined })}
          label="Filter by type or message"
        />
        <Select
          label="Tier"
          value={tier ? String(tier) : ""}
          onChange={(id) => change({ tier: id ? Number(id) : undefined })}
          options={[["", "All tiers"], ...tiers.map(({ id, name }): [string, string] => [String(id), name])]}
        />
        {bt === undefined ? null : (
          <button type="button" className={styles.set} onClick={() => change({ bt: undefined })}>
            one business transaction
            <Icon name="close" size={12} />
          </button>
        )}
        <span>{errors.data ? summary(shown) : ""}</span>
      </FilterBar>
      {errors.data?.truncated ? (
        <p className={styles.truncated} role="status">
          <Icon name="warning" size={14} />
          {ERRORS.truncated}
        </p>
      ) : null}
      <div data-fill style={{ display: "flex" }}>
        <Panel title={ERRORS.all} flush fill bare>
          <Loaded query={errors} height="100%">
            {({ groups }) => (
              <DataTable
                label="Errors"
                columns={columns}
                rows={shown}
                rowKey={({ tierId, errorId }) => `${tierId} ${errorId}`}
                sort={readSort(search.sort, FIRST_SORT)}
                onSort={(sort) => change({ sort: writeSort(sort) })}
                scroll
                empty={
                  groups.length === 0 ? (
                    <EmptyState title={ERRORS.none} icon="check">
                      {ERRORS.noneHint}
                    </EmptyState>
                  ) : (
                    <EmptyState title={ERRORS.noneMatch}>Change the words above.</EmptyState>
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

function summary(groups: readonly ErrorGroup[]): string {
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  return `${counted(count, "error")} of ${counted(groups.length, "type")}`;
}

function matching(groups: readonly ErrorGroup[], q: string | undefined): ErrorGroup[] {
  const words = q?.trim().toLowerCase();
  return groups.filter(
    ({ typeName, message }) =>
      !words || typeName.toLowerCase().includes(words) || message.toLowerCase().includes(words),
  );
}

function errorColumns(app: string): Column<ErrorGroup>[] {
  return [
    {
      id: "type",
      header: "Type",
      width: "minmax(150px, 1fr)",
      sortBy: ({ typeName }) => typeName,
      cell: ({ tierId, errorId, typeName }) => (
        <Link
          to="/applications/$app/errors/$tier/$error"
          params={{ app, tier: String(tierId), error: String(errorId) }}
          className={link.link}
          title={typeName}
        >
          {typeName || "Error"}
        </Link>
      ),
    },
    {
      id: "message",
      header: "Newest message",
      width: "minmax(160px, 2fr)",
      cell: ({ message }) => <span title={message}>{message}</span>,
    },
    {
      id: "tier",
      header: "Tier",
      width: "minmax(90px, 0.6fr)",
      sortBy: ({ tierName }) => tierName,
      cell: ({ tierName }) => tierName,
    },
    {
      id: "trend",
      header: "Trend",
      width: "112px",
      cell: ({ trend }) => (
        <Sparkline
          values={trend}
          label="Errors over the time range"
          color="var(--error)"
          width={90}
          height={20}
        />
      ),
    },
    {
      id: "count",
      header: "Count",
      width: "80px",
      align: "right",
      sortBy: ({ count }) => count,
      cell: ({ count }) => formatCount(count),
    },
    {
      id: "bts",
      header: "Business transactions",
      width: "minmax(120px, 1fr)",
      wideOnly: true,
      cell: ({ bts }) => (
        <span title={bts.map(({ name }) => name).join("\n")}>
          {bts[0]?.name}
          {bts.length > 1 ? <span className={styles.faint}> and {bts.length - 1} more</span> : null}
        </span>
      ),
    },
    {
      id: "last",
      header: "Last",
      width: "104px",
      sortBy: ({ lastMs }) => lastMs,
      cell: ({ lastMs }) => <span title={formatInstant(lastMs)}>{formatAgo(lastMs, Date.now())}</span>,
    },
  ];
}
