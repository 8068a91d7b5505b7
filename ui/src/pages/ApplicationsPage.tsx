import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { ApplicationsSearch } from "../address";
import type { ApplicationRow } from "../api/contract";
import { applicationsQuery, REFRESH_MS } from "../api/queries";
import { Sparkline } from "../charts/Sparkline";
import { finished } from "../charts/sparkPath";
import { Button } from "../design/Button";
import { Select } from "../design/FilterBar";
import { HealthBadge } from "../design/HealthBadge";
import { Icon } from "../design/Icon";
import { PageHeader } from "../design/PageHeader";
import { SearchBox } from "../design/SearchBox";
import { EmptyState, Loaded } from "../design/States";
import { VerdictBar } from "../design/VerdictBadge";
import { counted, formatCount, formatMs, formatPercent, formatRate } from "../format/number";
import { Content } from "../shell/Content";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import { firstSteps, overview } from "../words/overview";
import styles from "./ApplicationsPage.module.css";
import { FirstSteps } from "./FirstSteps";

/** How often is asked while nothing has reported yet. */
const FIRST_REPORT_MS = 3_000;

export function ApplicationsPage() {
  const live = useLive();
  const applications = useQuery({
    ...applicationsQuery(useTimeRange(), live),
    // Somebody waits for the first report.
    refetchInterval: ({ state }) => (state.data?.length === 0 ? FIRST_REPORT_MS : live && REFRESH_MS),
  });
  const { q, sort, connect, language = "python" } = useSearch({ from: "/shell/applications" });
  const navigate = useNavigate({ from: "/applications" });
  const change = (values: ApplicationsSearch) =>
    void navigate({ search: (previous) => ({ ...previous, ...values }), replace: true });
  return (
    <Content>
      <div className={styles.page}>
        <PageHeader
          title="Applications"
          actions={
            applications.data?.length ? (
              <>
                {applications.data.length >= FILTERED_MIN ? (
                  <>
                    <SearchBox
                      value={q ?? ""}
                      onChange={(value) => change({ q: value || undefined })}
                      label="Filter applications"
                    />
                    <Select
                      label={overview.order}
                      value={sort ?? ""}
                      onChange={(value) => change({ sort: value || undefined })}
                      options={overview.orders}
                    />
                  </>
                ) : null}
                <Button aria-expanded={connect ?? false} onClick={() => change({ connect: !connect })}>
                  <Icon name="plus" size={14} />
                  {firstSteps.connect}
                </Button>
              </>
            ) : null
          }
        />
        <Loaded query={applications} height={320}>
          {(rows) => (
            <>
              {rows.length === 0 || connect ? (
                <FirstSteps
                  language={language}
                  onLanguage={(value) => change({ language: value })}
                  first={rows.length === 0}
                />
              ) : null}
              {rows.length > 0 ? <Cards rows={matching(rows, q, sort)} /> : null}
            </>
          )}
        </Loaded>
      </div>
    </Content>
  );
}

/** Few enough to see them all: nothing to filter or to order. */
const FILTERED_MIN = 4;

/** The greater comes first; equals by calls. */
const ORDERS: Record<string, (row: ApplicationRow) => number> = {
  health: ({ critical, warning }) => critical * 1e6 + warning,
  errors: ({ errorPercent }) => errorPercent,
};

function matching(
  rows: readonly ApplicationRow[],
  q: string | undefined,
  sort: string | undefined,
): ApplicationRow[] {
  const words = q?.toLowerCase() ?? "";
  const found = rows.filter((row) => row.name.toLowerCase().includes(words));
  if (sort === "name") return found.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  const order = ORDERS[sort ?? ""] ?? (() => 0);
  return found.sort((a, b) => order(b) - order(a) || b.calls - a.calls);
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
        <span className={styles.size}>
          {counted(row.tiers, "tier")} · {counted(row.nodes, "node")}
        </span>
        <HealthBadge critical={row.critical} warning={row.warning} />
      </div>
      <dl className={styles.figures}>
        <Trend
          label="Calls per minute"
          value={formatRate(row.callsPerMinute)}
          values={finished(spark.calls, spark, Date.now())}
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
          values={finished(spark.errors, spark, Date.now())}
          color="var(--error)"
        />
      </dl>
      <VerdictBar verdicts={row.verdicts} />
      {row.calls === 0 ? <p className={styles.quiet}>{overview.quiet}</p> : null}
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
