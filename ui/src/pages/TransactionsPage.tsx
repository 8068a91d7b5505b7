import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import type { TransactionsSearch } from "../address";
import { healthQuery } from "../api/alerting";
import { useMay } from "../api/change";
import type { BusinessTransaction } from "../api/contract";
import { businessTransactionsQuery } from "../api/queries";
import { administrationQuery, type BtAdministration } from "../api/transactions";
import { Button } from "../design/Button";
import { DataTable } from "../design/DataTable";
import { FilterBar, Select } from "../design/FilterBar";
import { PageHeader } from "../design/PageHeader";
import { Panel } from "../design/Panel";
import { SearchBox } from "../design/SearchBox";
import { EmptyState, Loaded } from "../design/States";
import { readSort, type Sort, writeSort } from "../design/sort";
import { useWide } from "../design/useWide";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import type { TransactionAct } from "../transactions/act";
import { transactionColumns } from "../transactions/columns";
import { Excluded } from "../transactions/Excluded";
import { GroupSummary } from "../transactions/GroupSummary";
import { OtherTraffic } from "../transactions/OtherTraffic";
import { TransactionDialog } from "../transactions/TransactionDialog";
import { transactions as words } from "../words/overview";
import styles from "./TransactionsPage.module.css";

const FIRST_SORT: Sort = { column: "calls", descending: true };

/** Done with several at once. */
const ACTS_WITH_MANY = [
  ["group", words.group],
  ["exclude", words.exclude],
  ["delete", words.delete],
] as const satisfies readonly (readonly [TransactionAct, string])[];

export function TransactionsPage() {
  const { app } = useParams({ from: "/shell/applications/$app/business-transactions" });
  const search = useSearch({ from: "/shell/applications/$app/business-transactions" });
  const navigate = useNavigate({ from: "/applications/$app/business-transactions" });
  const transactions = useQuery(businessTransactionsQuery(app, useTimeRange(), useLive()));
  const administration = useQuery(administrationQuery(app));
  const may = useMay("configure-applications");
  const rows = transactions.data ?? [];
  const change = (values: Partial<TransactionsSearch>, replace = true) =>
    void navigate({ search: (previous) => ({ ...previous, ...values }), replace });
  // An open window has an address of its own, so that "back" closes it.
  const open = (act: TransactionAct, on: number[]) => change({ act, on }, false);
  const targets = rows.filter(({ id }) => search.on?.includes(id));
  return (
    <>
      <PageHeader title="Business transactions" />
      <Filters search={search} rows={rows} administration={administration.data} onChange={change} />
      {search.view === "other" ? (
        <OtherTraffic app={app} rows={rows} administration={administration.data} may={may} />
      ) : search.view === "excluded" ? (
        <Excluded app={app} query={administration} may={may} />
      ) : (
        <List
          app={app}
          query={transactions}
          search={search}
          administration={administration.data}
          may={may}
          onChange={change}
          onAct={open}
        />
      )}
      {search.act && targets.length > 0 && may ? (
        <TransactionDialog
          app={app}
          act={search.act}
          targets={targets}
          onClose={() => change({ act: undefined, on: undefined })}
        />
      ) : null}
    </>
  );
}

interface FiltersProps {
  search: TransactionsSearch;
  rows: readonly BusinessTransaction[];
  administration: BtAdministration | undefined;
  onChange: (values: Partial<TransactionsSearch>) => void;
}

function Filters({ search, rows, administration, onChange }: FiltersProps) {
  const tiers = useMemo(() => new Map(rows.map((row) => [row.tierId, row.tierName])), [rows]);
  const shown = matching(rows, search, administration).length;
  const view = (
    <Select
      label={words.view}
      value={search.view ?? ""}
      onChange={(value) => onChange({ view: (value || undefined) as TransactionsSearch["view"] })}
      options={[
        ["", words.views.all],
        ["other", words.views.other],
        ["excluded", words.views.excluded(administration?.excluded.length ?? 0)],
      ]}
    />
  );
  if (search.view) return <FilterBar>{view}</FilterBar>;
  const groups = administration?.groups ?? [];
  return (
    <FilterBar>
      {view}
      <SearchBox
        value={search.q ?? ""}
        onChange={(q) => onChange({ q: q || undefined })}
        label="Filter by name"
      />
      <Select
        label="Tier"
        value={search.tier ? String(search.tier) : ""}
        onChange={(tier) => onChange({ tier: tier ? Number(tier) : undefined })}
        options={[["", "All tiers"], ...[...tiers].map(([id, name]): [string, string] => [String(id), name])]}
      />
      {groups.length > 0 || search.group ? (
        <Select
          label={words.groupLabel}
          value={search.group ?? ""}
          onChange={(group) => onChange({ group: group || undefined })}
          options={[["", words.allGroups], ...groups.map(({ name }): [string, string] => [name, name])]}
        />
      ) : null}
      <span>{rows.length > 0 ? `${shown} of ${rows.length}` : ""}</span>
    </FilterBar>
  );
}

function matching(
  rows: readonly BusinessTransaction[],
  { q, tier, group }: TransactionsSearch,
  administration: BtAdministration | undefined,
): BusinessTransaction[] {
  const text = q?.toLowerCase();
  const grouped = group && new Set(administration?.groups.find(({ name }) => name === group)?.ids);
  return rows.filter(
    (row) =>
      (!tier || row.tierId === tier) &&
      (!text || row.name.toLowerCase().includes(text)) &&
      (!grouped || grouped.has(row.id)),
  );
}

interface ListProps {
  app: string;
  query: { data: BusinessTransaction[] | undefined; error: Error | null; refetch: () => unknown };
  search: TransactionsSearch;
  administration: BtAdministration | undefined;
  may: boolean;
  onChange: (values: Partial<TransactionsSearch>) => void;
  onAct: (act: TransactionAct, on: number[]) => void;
}

function List({ app, query, search, administration, may, onChange, onAct }: ListProps) {
  const wide = useWide();
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const rows = useMemo(
    () => matching(query.data ?? [], search, administration),
    [query.data, search, administration],
  );
  const groupOf = useMemo(
    () => new Map(administration?.groups.flatMap(({ name, ids }) => ids.map((id) => [id, name] as const))),
    [administration],
  );
  const health = useQuery(healthQuery(app)).data;
  const unwell = useMemo(
    () =>
      new Map(
        health?.entities
          .filter(({ entityType }) => entityType === "BUSINESS_TRANSACTION")
          .map(({ entityId, severity }) => [entityId, severity] as const),
      ),
    [health],
  );
  // What is no longer in sight is not acted upon.
  const selected = rows.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  const columns = transactionColumns({
    app,
    may,
    groupOf,
    unwell,
    chosen,
    onChoose: (id, choose) => {
      const next = new Set(chosen);
      if (choose) next.add(id);
      else next.delete(id);
      setChosen(next);
    },
    onAct: (act, id) => onAct(act, [id]),
  }).filter((column) => wide || !column.wideOnly);
  return (
    <>
      {selected.length > 0 ? (
        <div className={styles.selection}>
          <strong>{words.selected(selected.length)}</strong>
          {ACTS_WITH_MANY.map(([act, label]) => (
            <Button key={act} onClick={() => onAct(act, selected)}>
              {label}
            </Button>
          ))}
          <Button variant="quiet" onClick={() => setChosen(new Set())}>
            {words.clearSelection}
          </Button>
        </div>
      ) : null}
      {search.group ? <GroupSummary app={app} name={search.group} rows={rows} may={may} /> : null}
      <div data-fill className={styles.list}>
        <Panel title="All business transactions" flush fill bare>
          <Loaded query={query} height="100%">
            {(all) => (
              <DataTable
                label="Business transactions"
                columns={columns}
                rows={rows}
                rowKey={(row) => row.id}
                sort={readSort(search.sort, FIRST_SORT)}
                onSort={(sort) => onChange({ sort: writeSort(sort) })}
                scroll
                empty={all.length === 0 ? <NoneYet /> : <NoMatch />}
              />
            )}
          </Loaded>
        </Panel>
      </div>
    </>
  );
}

function NoneYet() {
  return (
    <EmptyState title="No business transaction has been seen yet" icon="transactions">
      A program starts them with <code>appd.start_bt(name)</code> or <code>with appd.bt(name)</code>; they
      appear here within a minute.
    </EmptyState>
  );
}

function NoMatch() {
  return <EmptyState title="No business transaction matches">Change the name or the tier above.</EmptyState>;
}
