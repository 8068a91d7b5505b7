import { Link } from "@tanstack/react-router";
import type { BusinessTransaction } from "../api/contract";
import { ActionMenu } from "../design/ActionMenu";
import type { Column } from "../design/DataTable";
import { averageColumn, callsColumn, loadColumn, rateColumn, timeColumn } from "../design/performanceColumns";
import link from "../design/RowLink.module.css";
import { VerdictBar } from "../design/VerdictBadge";
import { formatMs, formatPercent, percentOf } from "../format/number";
import { transactions as words } from "../words/overview";
import type { TransactionAct } from "./act";
import styles from "./columns.module.css";
import { transactionMenu } from "./menu";

interface Setting {
  app: string;
  /** Whether the visitor may change the application. */
  may: boolean;
  /** The group of each that is in one. */
  groupOf: ReadonlyMap<number, string>;
  /** How badly each that violates a health rule does (`WARNING`, `CRITICAL`). */
  unwell: ReadonlyMap<number, string>;
  chosen: ReadonlySet<number>;
  onChoose: (id: number, choose: boolean) => void;
  onAct: (act: TransactionAct, id: number) => void;
}

type Row = BusinessTransaction;

function slowPercent({ verdicts, calls }: Row): number {
  return percentOf(verdicts.slow + verdicts.verySlow + verdicts.stall, calls);
}

function nameColumn({ app, groupOf, unwell }: Setting): Column<Row> {
  return {
    id: "name",
    header: "Name",
    width: "minmax(150px, 2fr)",
    sortBy: (row) => row.name,
    cell: (row) => {
      const group = groupOf.get(row.id);
      const severity = unwell.get(row.id);
      return (
        <>
          {severity ? (
            <i
              className={styles.unwell}
              data-severity={severity}
              role="img"
              aria-label={words.unwell(severity)}
              title={words.unwell(severity)}
            />
          ) : null}
          <Link
            to="/applications/$app/business-transactions/$bt"
            params={{ app, bt: String(row.id) }}
            className={link.link}
            title={row.name}
          >
            {row.name}
          </Link>
          {group ? <span className={styles.group}>{group}</span> : null}
        </>
      );
    },
  };
}

/** A column of numbers that sorts. */
function numberColumn(
  id: string,
  header: string,
  value: (row: Row) => number | null | undefined,
  format: (value: number | null | undefined) => string,
): Column<Row> {
  return {
    id,
    header,
    width: "72px",
    align: "right",
    sortBy: (row) => value(row) ?? null,
    cell: (row) => format(value(row)),
  };
}

function choiceColumn({ chosen, onChoose }: Setting): Column<Row> {
  return {
    id: "choice",
    header: "",
    width: "34px",
    cell: (row) =>
      row.otherTraffic ? null : (
        <input
          type="checkbox"
          className={styles.choice}
          aria-label={words.choose(row.name)}
          checked={chosen.has(row.id)}
          onChange={(event) => onChoose(row.id, event.target.checked)}
        />
      ),
  };
}

function menuColumn({ may, onAct }: Setting): Column<Row> {
  return {
    id: "actions",
    header: "",
    width: "48px",
    align: "right",
    cell: (row) => (
      <ActionMenu
        label={words.actions(row.name)}
        actions={transactionMenu(may, row.otherTraffic, (act) => onAct(act, row.id))}
      />
    ),
  };
}

export function transactionColumns(setting: Setting): Column<Row>[] {
  const columns: Column<Row>[] = [
    nameColumn(setting),
    {
      id: "tier",
      header: "Tier",
      width: "minmax(70px, 0.8fr)",
      sortBy: (row) => row.tierName,
      cell: (row) => row.tierName,
    },
    {
      id: "verdicts",
      header: "Verdicts",
      width: "84px",
      cell: (row) => <VerdictBar verdicts={row.verdicts} />,
      wideOnly: true,
    },
    loadColumn(true),
    callsColumn(),
    rateColumn(),
    timeColumn(true),
    averageColumn(),
    numberColumn("p95", "95th", (row) => row.p95, formatMs),
    numberColumn("slow", "Slow", slowPercent, formatPercent),
    numberColumn("errors", "Errors", (row) => row.errorPercent, formatPercent),
  ];
  return setting.may ? [choiceColumn(setting), ...columns, menuColumn(setting)] : columns;
}
