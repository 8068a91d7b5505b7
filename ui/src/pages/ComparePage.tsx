import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { type ReactNode, useMemo } from "react";
import { snapshotQuery } from "../api/executions";
import { Button } from "../design/Button";
import { type Column, DataTable } from "../design/DataTable";
import { exitTypeIcon, Icon } from "../design/Icon";
import { PageHeader } from "../design/PageHeader";
import { Panel } from "../design/Panel";
import { EmptyState, Loaded } from "../design/States";
import { VerdictBadge } from "../design/VerdictBadge";
import { formatCount, formatMs } from "../format/number";
import { formatInstant } from "../format/time";
import {
  type Difference,
  differences,
  type UserDataDifference,
  userDataDifferences,
} from "../snapshot/compare";
import { ExitCallDialog } from "../snapshot/ExitCallDialog";
import { exitCount, findExit, type Snapshot } from "../snapshot/read";
import { Waterfall } from "../snapshot/Waterfall";
import { waterfallSpan } from "../snapshot/waterfall";
import { policyReason } from "../words";
import { COMPARE } from "../words/executions";
import styles from "./ComparePage.module.css";

const FROM = "/shell/applications/$app/snapshots/compare" as const;

export function ComparePage() {
  const { app } = useParams({ from: FROM });
  const { a = "", b = "" } = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/applications/$app/snapshots/compare" });
  const left = useQuery({ ...snapshotQuery(app, a), enabled: a !== "" });
  const right = useQuery({ ...snapshotQuery(app, b), enabled: b !== "" });
  const swap = () => void navigate({ search: (previous) => ({ ...previous, a: b, b: a }), replace: true });
  return (
    <>
      <PageHeader
        title={COMPARE.title}
        parent={{ label: "Snapshots", to: { to: "/applications/$app/snapshots", params: { app } } }}
        actions={<Button onClick={swap}>{COMPARE.swap}</Button>}
      />
      {a === "" || b === "" ? (
        <EmptyState title="Two snapshots are needed" icon="snapshot">
          Mark two in the{" "}
          <Link to="/applications/$app/snapshots" params={{ app }}>
            list of snapshots
          </Link>
          .
        </EmptyState>
      ) : (
        <Loaded query={left} height={420}>
          {(first) => (
            <Loaded query={right} height={420}>
              {(second) => <Both app={app} a={first} b={second} />}
            </Loaded>
          )}
        </Loaded>
      )}
    </>
  );
}

interface Pair {
  app: string;
  a: Snapshot;
  b: Snapshot;
}

function Both({ app, a, b }: Pair) {
  const { exit } = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/applications/$app/snapshots/compare" });
  const show = (spanId: string | undefined) =>
    void navigate({
      search: (previous) => ({ ...previous, exit: spanId }),
      replace: true,
      resetScroll: false,
    });
  const span = useMemo(() => {
    const [x, y] = [waterfallSpan(a), waterfallSpan(b)];
    return { fromMs: Math.min(x.fromMs, y.fromMs), toMs: Math.max(x.toMs, y.toMs) };
  }, [a, b]);
  const open = useMemo(() => findExit(a, exit) ?? findExit(b, exit), [a, b, exit]);
  return (
    <>
      <div className={styles.sides}>
        {[a, b].map((snapshot, index) => (
          <Panel key={index === 0 ? "a" : "b"} title={index === 0 ? "A" : "B"} flush bare>
            <Facts app={app} side={index === 0 ? "A" : "B"} snapshot={snapshot} />
            <Waterfall snapshot={snapshot} span={span} narrow onExit={(call) => show(call.spanId)} />
          </Panel>
        ))}
      </div>
      <Differences a={a} b={b} />
      <UserDataOfBoth a={a} b={b} />
      {open ? (
        <ExitCallDialog
          app={app}
          {...open}
          onClose={() => show(undefined)}
          onChange={(call) => show(call.spanId)}
        />
      ) : null}
    </>
  );
}

function Facts({ app, side, snapshot }: { app: string; side: string; snapshot: Snapshot }) {
  const first = snapshot.segments[0];
  const facts: [string, ReactNode][] = [
    ["Duration", <strong key="duration">{formatMs(snapshot.durationMs)}</strong>],
    ["Start", formatInstant(snapshot.start)],
    ["Segments", formatCount(snapshot.segments.length)],
    ["Exit calls", formatCount(exitCount(snapshot))],
    ["Node", first?.nodeName ?? ""],
    ["Kept because", first ? policyReason(first.policy, first.verdict) : ""],
  ];
  return (
    <div className={styles.facts}>
      <p className={styles.name}>
        <span className={styles.letter}>{side}</span>
        <Link to="/applications/$app/snapshots/$guid" params={{ app, guid: snapshot.guid }}>
          {snapshot.btName}
        </Link>
        <VerdictBadge verdict={snapshot.verdict} />
      </p>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="number">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** `+1.2 s`, `−30 ms`; nothing where there is no difference. */
function more(ms: number): string {
  if (Math.abs(ms) < 0.0005) return "";
  return `${ms > 0 ? "+" : "−"}${formatMs(Math.abs(ms))}`;
}

const times = (calls: number) => (calls === 0 ? "–" : formatCount(calls));

const DIFFERENCE_COLUMNS: Column<Difference>[] = [
  {
    id: "where",
    header: "Tier, and what it called",
    width: "minmax(200px, 2fr)",
    cell: ({ tierName, backendName, reached, exitType }) => (
      <span className={styles.where}>
        <Icon name={exitType === undefined ? "server" : exitTypeIcon(exitType)} size={14} />
        {tierName}
        <span className={styles.faint}>
          {backendName === undefined
            ? COMPARE.itself
            : reached === undefined
              ? `→ ${backendName}`
              : `→ ${reached}, ${COMPARE.onTheWay}`}
        </span>
      </span>
    ),
  },
  { id: "callsA", header: "Calls A", width: "80px", align: "right", cell: ({ a }) => times(a.calls) },
  { id: "callsB", header: "Calls B", width: "80px", align: "right", cell: ({ b }) => times(b.calls) },
  {
    id: "timeA",
    header: "Time A",
    width: "96px",
    align: "right",
    cell: ({ a }) => (a.calls > 0 ? formatMs(a.totalMs) : "–"),
  },
  {
    id: "timeB",
    header: "Time B",
    width: "96px",
    align: "right",
    cell: ({ b }) => (b.calls > 0 ? formatMs(b.totalMs) : "–"),
  },
  {
    id: "more",
    header: "B took",
    width: "96px",
    align: "right",
    cell: ({ moreMs }) => <b className={moreMs > 0 ? styles.longer : styles.shorter}>{more(moreMs)}</b>,
  },
  {
    id: "errors",
    header: "Errors A, B",
    width: "96px",
    align: "right",
    cell: ({ a, b }) => (a.errors + b.errors > 0 ? `${a.errors}, ${b.errors}` : ""),
  },
];

function Differences({ a, b }: { a: Snapshot; b: Snapshot }) {
  const rows = useMemo(() => differences(a, b), [a, b]);
  return (
    <Panel title={COMPARE.where} flush>
      <p className={styles.hint}>{COMPARE.whereHint}</p>
      <DataTable
        label={COMPARE.where}
        columns={DIFFERENCE_COLUMNS}
        rows={rows}
        rowKey={(row) => row.key}
        empty={null}
      />
    </Panel>
  );
}

const side = (value: string | undefined, differs: boolean) =>
  value === undefined ? (
    <span className={styles.faint}>not given</span>
  ) : (
    <span title={value} className={differs ? styles.differs : undefined}>
      {value}
    </span>
  );

const USER_DATA_COLUMNS: Column<UserDataDifference>[] = [
  { id: "key", header: "Tier and key", width: "minmax(160px, 1fr)", cell: ({ key }) => key },
  { id: "a", header: "A", width: "minmax(160px, 1.5fr)", cell: ({ a, b }) => side(a, a !== b) },
  { id: "b", header: "B", width: "minmax(160px, 1.5fr)", cell: ({ a, b }) => side(b, a !== b) },
];

function UserDataOfBoth({ a, b }: { a: Snapshot; b: Snapshot }) {
  const rows = useMemo(() => userDataDifferences(a, b), [a, b]);
  return (
    <Panel title={COMPARE.userData} flush>
      <DataTable
        label={COMPARE.userData}
        columns={USER_DATA_COLUMNS}
        rows={rows}
        rowKey={(row) => row.key}
        empty={<EmptyState title={COMPARE.same} icon="user" compact />}
      />
    </Panel>
  );
}
