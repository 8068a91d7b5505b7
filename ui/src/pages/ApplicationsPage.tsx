import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { ApplicationRow } from "../api/contract";
import { applicationsQuery } from "../api/queries";
import { Sparkline } from "../charts/Sparkline";
import { PageHeader } from "../design/PageHeader";
import { SearchBox } from "../design/SearchBox";
import { EmptyState, Loaded } from "../design/States";
import { VerdictBar } from "../design/VerdictBadge";
import { counted, formatCount, formatMs, formatPercent, formatRate } from "../format/number";
import { Content } from "../shell/Content";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import styles from "./ApplicationsPage.module.css";
import { FirstSteps } from "./FirstSteps";

export function ApplicationsPage() {
  const applications = useQuery(applicationsQuery(useTimeRange(), useLive()));
  const { q } = useSearch({ from: "/shell/applications" });
  const navigate = useNavigate({ from: "/applications" });
  const filter = (value: string) =>
    void navigate({ search: (previous) => ({ ...previous, q: value || undefined }), replace: true });
  return (
    <Content>
      <div className={styles.page}>
        <PageHeader
          title="Applications"
          actions={
            (applications.data?.length ?? 0) > 6 ? (
              <SearchBox value={q ?? ""} onChange={filter} label="Filter applications" />
            ) : null
          }
        />
        <Loaded query={applications} height={320}>
          {(rows) => (rows.length === 0 ? <FirstSteps /> : <Cards rows={matching(rows, q)} />)}
        </Loaded>
      </div>
    </Content>
  );
}

function matching(rows: ApplicationRow[], q: string | undefined): ApplicationRow[] {
  const words = q?.toLowerCase() ?? "";
  return rows.filter((row) => row.name.toLowerCase().includes(words)).sort((a, b) => b.calls - a.calls);
}

function Cards({ rows }: { rows: ApplicationRow[] }) {
  if (rows.length === 0) return <EmptyState title="No application has such a name" />;
  return (
    <ul className={styles.cards}>
      {rows.map((row) => (
        <Card key={row.id} row={row} />
      ))}
    </ul>
  );
}

function Card({ row }: { row: ApplicationRow }) {
  const { spark } = row;
  return (
    <li className={styles.card}>
      <div className={styles.head}>
        <h2 className={styles.name}>
          <Link to="/applications/$app" params={{ app: String(row.id) }} className={styles.link}>
            {row.name}
          </Link>
        </h2>
        <p className={styles.size}>
          {counted(row.tiers, "tier")} · {counted(row.nodes, "node")}
        </p>
      </div>
      <dl className={styles.figures}>
        <Trend
          label="Calls per minute"
          value={formatRate(row.callsPerMinute)}
          values={spark.calls}
          color="var(--series-1)"
        />
        <Trend
          label="Response time"
          value={formatMs(row.averageMs)}
          values={spark.averageMs}
          color="var(--series-2)"
        />
        <Trend
          label="Errors"
          value={formatPercent(row.errorPercent)}
          note={row.errors > 0 ? formatCount(row.errors) : undefined}
          values={spark.errors}
          color="var(--error)"
        />
      </dl>
      <VerdictBar verdicts={row.verdicts} />
      {row.calls === 0 ? <p className={styles.quiet}>No calls in this time range</p> : null}
    </li>
  );
}

interface TrendProps {
  label: string;
  value: string;
  note?: string | undefined;
  values: readonly (number | null)[];
  color: string;
}

function Trend({ label, value, note, values, color }: TrendProps) {
  return (
    <div className={styles.trend}>
      <dt>{label}</dt>
      <dd>
        <span className={`number ${styles.value}`}>
          {value}
          {note ? <span className={styles.note}>{note}</span> : null}
        </span>
        <Sparkline
          values={values}
          label={`${label} over the time range`}
          color={color}
          width={110}
          height={28}
        />
      </dd>
    </div>
  );
}
