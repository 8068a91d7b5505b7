import { useQueries, useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type FormEvent, useMemo, useState } from "react";
import { metricDataQuery } from "../api/metrics";
import { applicationQuery, baselineQuery } from "../api/queries";
import { Button } from "../design/Button";
import { TextField } from "../design/Field";
import { PageHeader } from "../design/PageHeader";
import { Panel } from "../design/Panel";
import { EmptyState, ErrorState, Skeleton } from "../design/States";
import { ChosenMetrics, type ChosenRow } from "../metrics/ChosenMetrics";
import { type DrawnMetric, MetricCharts } from "../metrics/MetricCharts";
import { MetricTree } from "../metrics/MetricTree";
import { restUrl, shortNames } from "../metrics/paths";
import { lines, type MetricsSearch, unlines } from "../metrics/search";
import { bounds } from "../time-range/range";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import styles from "./MetricsPage.module.css";

const FROM = "/shell/applications/$app/metrics" as const;

/** Metrics one chart can tell apart; more are listed, with their numbers. */
const DRAWN_MAX = 8;

/** Metrics and patterns chosen at one time. */
const CHOSEN_MAX = 20;

export function MetricsPage() {
  const { app } = useParams({ from: FROM });
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/applications/$app/metrics" });
  const application = useQuery(applicationQuery(app));
  const range = useTimeRange();
  const open = useMemo(() => lines(search.open), [search.open]);
  const chosen = useMemo(() => lines(search.metrics).slice(0, CHOSEN_MAX), [search.metrics]);
  const change = (values: Partial<MetricsSearch>) =>
    void navigate({
      search: (previous) => ({ ...previous, ...values }),
      replace: true,
      resetScroll: false,
    });
  const choose = (path: string) =>
    change({
      metrics: unlines(
        chosen.includes(path) ? chosen.filter((one) => one !== path) : [...chosen, path].slice(-CHOSEN_MAX),
      ),
    });
  // Clients may name the application instead; an id is the same for every name.
  const name = application.data?.name ?? "";
  const restName = /^[\w .-]+$/.test(name) ? name : app;
  return (
    <>
      <PageHeader title="Metrics" />
      <div data-fill className={styles.page}>
        <div className={styles.left}>
          <AddPath onAdd={(path) => change({ metrics: unlines([...chosen, path]) })} />
          <Panel title="Metric tree" flush fill bare className={styles.treePanel ?? ""}>
            <MetricTree
              app={app}
              open={open}
              chosen={new Set(chosen)}
              onOpen={(folders) => change({ open: unlines(folders) })}
              onChoose={choose}
            />
          </Panel>
        </div>
        <div className={styles.right}>
          {chosen.length === 0 ? (
            <Panel title="Nothing chosen" bare>
              <EmptyState title="Choose metrics from the tree" icon="chart">
                Several may be compared; those of one unit share a chart. The address of this page keeps them,
                and every metric can be copied as a question to the REST API.
              </EmptyState>
            </Panel>
          ) : (
            <Chosen
              app={app}
              chosen={chosen}
              baseline={search.baseline ?? false}
              onBaseline={(baseline) => change({ baseline: baseline || undefined })}
              onRemove={choose}
              restUrl={(path) => restUrl(window.location.origin, restName, path, range)}
            />
          )}
        </div>
      </div>
    </>
  );
}

function AddPath({ onAdd }: { onAdd: (path: string) => void }) {
  const [path, setPath] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (path.trim() === "") return;
    onAdd(path.trim());
    setPath("");
  };
  return (
    <form className={styles.add} onSubmit={submit}>
      <TextField
        label="Metric path; * stands for any one part"
        bare
        placeholder="Path, * for any one part"
        value={path}
        onChange={setPath}
      />
      <Button type="submit" disabled={path.trim() === ""}>
        Add
      </Button>
    </form>
  );
}

interface ChosenProps {
  app: string;
  chosen: readonly string[];
  baseline: boolean;
  onBaseline: (wanted: boolean) => void;
  onRemove: (path: string) => void;
  restUrl: (path: string) => string;
}

function Chosen({ app, chosen, baseline, onBaseline, onRemove, restUrl: url }: ChosenProps) {
  const range = useTimeRange();
  const live = useLive();
  const answers = useQueries({ queries: chosen.map((path) => metricDataQuery(app, path, range, live)) });
  const rows: ChosenRow[] = [];
  let hidden = 0;
  for (const [index, answer] of answers.entries()) {
    const { matched = 0, metrics = [] } = answer.data ?? {};
    hidden += matched - metrics.length;
    for (const numbers of metrics) {
      if (rows.some((row) => row.numbers.path === numbers.path)) continue;
      const token = rows.length < DRAWN_MAX ? `--series-${rows.length + 1}` : undefined;
      rows.push({ path: chosen[index] as string, numbers, token });
    }
  }
  const drawn = rows.filter((row) => row.token !== undefined);
  const usual = useQueries({
    queries: drawn.map(({ numbers }) => ({ ...baselineQuery(app, numbers.path, range), enabled: baseline })),
  });
  const labels = shortNames(drawn.map(({ numbers }) => numbers.path));
  const metrics = drawn.map(
    ({ numbers, token }, index): DrawnMetric => ({
      numbers,
      token: token as string,
      label: labels[index] as string,
      baseline: baseline ? usual[index]?.data : undefined,
    }),
  );
  const failed = answers.findIndex((answer) => answer.error !== null && answer.data === undefined);
  const nothing = chosen.filter((_, index) => answers[index]?.data?.matched === 0);
  const { from, to } = bounds(range, Date.now());
  if (answers.every((answer) => answer.data === undefined && answer.error === null)) {
    return <Skeleton height={240} />;
  }
  return (
    <>
      <div className={styles.bar}>
        <span className={styles.faint}>
          {rows.length > DRAWN_MAX ? `The first ${DRAWN_MAX} of ${rows.length} are drawn. ` : ""}
          {hidden > 0 ? `${hidden} more match; name more parts of the path to see them.` : ""}
        </span>
        <Button aria-pressed={baseline} onClick={() => onBaseline(!baseline)}>
          {baseline ? "Hide what is usual" : "Show what is usual"}
        </Button>
      </div>
      {failed >= 0 ? (
        <Panel title={chosen[failed] as string}>
          <ErrorState error={answers[failed]?.error as Error} compact />
          <Button onClick={() => onRemove(chosen[failed] as string)}>Remove it</Button>
        </Panel>
      ) : null}
      <MetricCharts metrics={metrics} from={from} to={to} />
      {baseline && usual.every((one) => one.data?.every(({ value }) => value === null) ?? false) ? (
        <p className={styles.faint}>
          Nothing is usual yet: a baseline needs at least four whole hours with data.
        </p>
      ) : null}
      {rows.length > 0 ? (
        <Panel title="Chosen metrics" flush>
          <ChosenMetrics rows={rows} restUrl={url} onRemove={onRemove} />
        </Panel>
      ) : null}
      {nothing.map((path) => (
        <Panel key={path} title="No such metric">
          <p className={styles.faint}>
            <code>{path}</code> matches nothing in this application.
          </p>
          <Button onClick={() => onRemove(path)}>Remove it</Button>
        </Panel>
      ))}
    </>
  );
}
