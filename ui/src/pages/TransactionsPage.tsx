import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { BusinessTransaction } from "../api/contract";
import { businessTransactionsQuery } from "../api/queries";
import { type Column, DataTable } from "../design/DataTable";
import { FilterBar, Select } from "../design/FilterBar";
import { PageHeader } from "../design/PageHeader";
import { Panel } from "../design/Panel";
import { averageColumn, callsColumn, loadColumn, rateColumn, timeColumn } from "../design/performanceColumns";
import link from "../design/RowLink.module.css";
import { SearchBox } from "../design/SearchBox";
import { EmptyState, Loaded } from "../design/States";
import { readSort, type Sort, writeSort } from "../design/sort";
import { useWide } from "../design/useWide";
import { VerdictBar } from "../design/VerdictBadge";
import { formatMs, formatPercent, percentOf } from "../format/number";
import { useLive, useTimeRange } from "../time-range/useTimeRange";

const FIRST_SORT: Sort = { column: "calls", descending: true };

export function TransactionsPage() {
  const { app } = useParams({ from: "/shell/applications/$app/business-transactions" });
  const search = useSearch({ from: "/shell/applications/$app/business-transactions" });
  const navigate = useNavigate({ from: "/applications/$app/business-transactions" });
  const transactions = useQuery(businessTransactionsQuery(app, useTimeRange(), useLive()));
  const wide = useWide();
  const columns = useMemo(
    () => transactionColumns(app).filter((column) => wide || !column.wideOnly),
    [app, wide],
  );
  const shown = useMemo(() => matching(transactions.data ?? [], search), [transactions.data, search]);
  const tiers = useMemo(
    () => new Map((transactions.data ?? []).map((row) => [row.tierId, row.tierName])),
    [transactions.data],
  );
  const change = (values: Partial<typeof search>) =>
    void navigate({ search: (previous) => ({ ...previous, ...values }), replace: true });
  return (
    <>
      <PageHeader title="Business transactions" />
      <FilterBar>
        <SearchBox
          value={search.q ?? ""}
          onChange={(q) => change({ q: q || undefined })}
          label="Filter by name"
        />
        <Select
          label="Tier"
          value={search.tier ? String(search.tier) : ""}
          onChange={(tier) => change({ tier: tier ? Number(tier) : undefined })}
          options={[
            ["", "All tiers"],
            ...[...tiers].map(([id, name]): [string, string] => [String(id), name]),
          ]}
        />
        <span>{transactions.data ? `${shown.length} of ${transactions.data.length}` : ""}</span>
      </FilterBar>
      <div data-fill style={{ display: "flex" }}>
        <Panel title="All business transactions" flush fill bare>
          <Loaded query={transactions} height="100%">
            {(rows) => (
              <DataTable
                label="Business transactions"
                columns={columns}
                rows={shown}
                rowKey={(row) => row.id}
                sort={readSort(search.sort, FIRST_SORT)}
                onSort={(sort) => change({ sort: writeSort(sort) })}
                scroll
                empty={
                  rows.length === 0 ? (
                    <EmptyState title="No business transaction has been seen yet" icon="transactions">
                      A program starts them with <code>appd.start_bt(name)</code> or{" "}
                      <code>with appd.bt(name)</code>; they appear here within a minute.
                    </EmptyState>
                  ) : (
                    <EmptyState title="No business transaction matches">
                      Change the name or the tier above.
                    </EmptyState>
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

function matching(
  rows: BusinessTransaction[],
  { q, tier }: { q?: string | undefined; tier?: number | undefined },
) {
  const words = q?.toLowerCase();
  return rows.filter(
    (row) => (!tier || row.tierId === tier) && (!words || row.name.toLowerCase().includes(words)),
  );
}

function slowPercent({ verdicts, calls }: BusinessTransaction): number {
  return percentOf(verdicts.slow + verdicts.verySlow + verdicts.stall, calls);
}

function nameColumn(app: string): Column<BusinessTransaction> {
  return {
    id: "name",
    header: "Name",
    width: "minmax(180px, 2fr)",
    sortBy: (row) => row.name,
    cell: (row) => (
      <Link
        to="/applications/$app/business-transactions/$bt"
        params={{ app, bt: String(row.id) }}
        className={link.link}
        title={row.name}
      >
        {row.name}
      </Link>
    ),
  };
}

/** A column of numbers that sorts. */
function numberColumn(
  id: string,
  header: string,
  value: (row: BusinessTransaction) => number | null | undefined,
  format: (value: number | null | undefined) => string,
): Column<BusinessTransaction> {
  return {
    id,
    header,
    width: "78px",
    align: "right",
    sortBy: (row) => value(row) ?? null,
    cell: (row) => format(value(row)),
  };
}

function transactionColumns(app: string): Column<BusinessTransaction>[] {
  return [
    nameColumn(app),
    {
      id: "tier",
      header: "Tier",
      width: "minmax(90px, 0.8fr)",
      sortBy: (row) => row.tierName,
      cell: (row) => row.tierName,
    },
    {
      id: "verdicts",
      header: "Verdicts",
      width: "100px",
      cell: (row) => <VerdictBar verdicts={row.verdicts} />,
    },
    loadColumn(true),
    callsColumn(),
    rateColumn(),
    timeColumn(true),
    averageColumn(),
    numberColumn("p95", "95th", (row) => row.p95, formatMs),
    { ...numberColumn("max", "Max", (row) => row.maxMs, formatMs), wideOnly: true },
    numberColumn("slow", "Slow", slowPercent, formatPercent),
    numberColumn("errors", "Errors", (row) => row.errorPercent, formatPercent),
  ];
}
