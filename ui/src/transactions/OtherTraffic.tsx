// All Other Traffic: what has no business transaction of its own, which names hide in it, and how they get out.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { BusinessTransaction, NodeRow } from "../api/contract";
import { nodesQuery } from "../api/queries";
import type { BtAdministration } from "../api/transactions";
import { Button } from "../design/Button";
import { DataTable } from "../design/DataTable";
import { FormError, TextField } from "../design/Field";
import { Panel } from "../design/Panel";
import { averageColumn, callsColumn, loadColumn, rateColumn } from "../design/performanceColumns";
import link from "../design/RowLink.module.css";
import { EmptyState } from "../design/States";
import { formatCount, formatPercent } from "../format/number";
import { Warnings } from "../pages/Warnings";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import { transactions as words } from "../words/overview";
import styles from "./OtherTraffic.module.css";
import { useDecide } from "./TransactionDialog";

interface Props {
  app: string;
  rows: readonly BusinessTransaction[];
  administration: BtAdministration | undefined;
  may: boolean;
}

export function OtherTraffic({ app, rows, administration, may }: Props) {
  const others = rows.filter((row) => row.otherTraffic);
  return (
    <>
      <p className={styles.meaning}>{words.otherMeaning}</p>
      <LockDown administration={administration} />
      <Panel title={words.views.other} flush>
        <DataTable
          label={words.views.other}
          rows={others}
          rowKey={(row) => row.id}
          columns={[
            {
              id: "name",
              header: "Name",
              width: "minmax(180px, 1fr)",
              cell: (row) => (
                <Link
                  to="/applications/$app/business-transactions/$bt"
                  params={{ app, bt: String(row.id) }}
                  className={link.link}
                >
                  {row.name}
                </Link>
              ),
            },
            loadColumn<BusinessTransaction>(false),
            callsColumn<BusinessTransaction>(),
            rateColumn<BusinessTransaction>(),
            averageColumn<BusinessTransaction>(),
            {
              id: "errors",
              header: "Errors",
              width: "78px",
              align: "right",
              cell: (row) => formatPercent(row.errorPercent),
            },
          ]}
          empty={
            <EmptyState title={words.noOther} icon="check" compact>
              {words.noOtherMeaning}
            </EmptyState>
          }
        />
      </Panel>
      <div className={styles.halves}>
        <HiddenNames app={app} promoted={administration?.promoted ?? []} may={may} />
        <Promoted app={app} promoted={administration?.promoted ?? []} may={may} />
      </div>
    </>
  );
}

/** Why new names find no line of their own, when they do not. */
function LockDown({ administration }: { administration: BtAdministration | undefined }) {
  const lockDown = administration?.lockDown;
  if (!lockDown?.active) return null;
  const why = lockDown.wanted ? words.lockedByWish : words.lockedByLimit(lockDown.btsMax);
  return <Warnings warnings={[why]} />;
}

interface HiddenName {
  name: string;
  calls: number;
}

/** Agents say which names hide in their All Other Traffic; the most called first. */
function hiddenNames(nodes: readonly NodeRow[]): HiddenName[] {
  const calls = new Map<string, number>();
  for (const { diagnostics } of nodes.flatMap((node) => node.agents)) {
    for (const one of diagnostics.hiddenNames) calls.set(one.name, (calls.get(one.name) ?? 0) + one.calls);
  }
  return [...calls].map(([name, count]) => ({ name, calls: count })).sort((a, b) => b.calls - a.calls);
}

interface NamesProps {
  app: string;
  promoted: readonly string[];
  may: boolean;
}

function HiddenNames({ app, promoted, may }: NamesProps) {
  const nodes = useQuery(nodesQuery(app, useTimeRange(), useLive()));
  const names = hiddenNames(nodes.data ?? []).filter(({ name }) => !promoted.includes(name));
  const decide = useDecide(app, ({ name = "" }) => words.promoted(name));
  return (
    <Panel title={words.hiddenTitle} flush>
      <DataTable
        label={words.hiddenTitle}
        rows={names}
        rowKey={(row) => row.name}
        columns={[
          { id: "name", header: "Name", width: "minmax(120px, 1fr)", cell: (row) => row.name },
          {
            id: "calls",
            header: "Calls",
            width: "90px",
            align: "right",
            cell: (row) => formatCount(row.calls),
          },
          {
            id: "promote",
            header: "",
            width: "110px",
            align: "right",
            cell: (row) =>
              may ? (
                <Button
                  disabled={decide.isPending}
                  onClick={() => decide.mutate({ action: "promote", name: row.name })}
                >
                  {words.promote}
                </Button>
              ) : null,
          },
        ]}
        empty={
          <EmptyState title={words.noHidden} icon="search" compact>
            {words.noHiddenMeaning}
          </EmptyState>
        }
      />
    </Panel>
  );
}

function Promoted({ app, promoted, may }: NamesProps) {
  const [name, setName] = useState("");
  const decide = useDecide(
    app,
    ({ action, name: which = "" }) => (action === "promote" ? words.promoted(which) : words.demoted(which)),
    () => setName(""),
  );
  const known = promoted.includes(name.trim());
  return (
    <Panel title={words.promotedTitle}>
      {may ? (
        <form
          className={styles.promote}
          onSubmit={(event) => {
            event.preventDefault();
            if (name.trim() && !known) decide.mutate({ action: "promote", name: name.trim() });
          }}
        >
          <TextField
            label={words.promoteLabel}
            value={name}
            onChange={setName}
            maxLength={100}
            error={known ? words.alreadyPromoted : undefined}
          />
          <Button type="submit" disabled={name.trim() === "" || known || decide.isPending}>
            {words.promote}
          </Button>
        </form>
      ) : null}
      <FormError error={decide.error} />
      {promoted.length === 0 ? (
        <p className={styles.meaning}>{words.nonePromoted}</p>
      ) : (
        <ul className={styles.names}>
          {promoted.map((one) => (
            <li key={one}>
              <span>{one}</span>
              {may ? (
                <Button
                  variant="quiet"
                  disabled={decide.isPending}
                  onClick={() => decide.mutate({ action: "demote", name: one })}
                >
                  {words.demote}
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
