import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import type { NodeRow } from "../api/contract";
import { nodesQuery, scorecardQuery, seriesQuery } from "../api/queries";
import { ResolvedBackends } from "../backend/ResolvedBackends";
import { PerformanceCharts } from "../charts/PerformanceCharts";
import { type Column, DataTable } from "../design/DataTable";
import { Figures } from "../design/Figures";
import { Icon } from "../design/Icon";
import { PageHeader } from "../design/PageHeader";
import { Panel } from "../design/Panel";
import { EmptyState, Loaded } from "../design/States";
import { useWide } from "../design/useWide";
import { counted, formatCount, formatMs, formatPercent } from "../format/number";
import { formatAgo, formatInstant } from "../format/time";
import { agentShare } from "../node/cost";
import { NodeDrawer } from "../node/NodeDrawer";
import { concerns, statusOf } from "../node/status";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import { languageLabel, runtimeLabel } from "../words";
import { performanceFigures } from "./figures";
import styles from "./TiersPage.module.css";

const FROM = "/shell/applications/$app/tiers" as const;

export function TiersPage() {
  const { app } = useParams({ from: FROM });
  const { tier, node } = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/applications/$app/tiers" });
  const nodes = useQuery(nodesQuery(app, useTimeRange(), useLive()));
  const tiers = useMemo(() => byTier(nodes.data ?? []), [nodes.data]);
  const shown = tier === undefined ? tiers : tiers.filter((group) => group.id === tier);
  const open = (id: number | undefined) =>
    void navigate({ search: (previous) => ({ ...previous, node: id }), replace: true, resetScroll: false });
  const picked = nodes.data?.find((row) => row.id === node);
  const name = shown.length === 1 && tier !== undefined ? shown[0]?.name : undefined;
  return (
    <>
      <PageHeader
        title={name ?? "Tiers and nodes"}
        {...(tier === undefined
          ? {}
          : {
              parent: {
                label: "Tiers and nodes",
                to: { to: "/applications/$app/tiers", params: { app }, search: {} } as never,
              },
            })}
      />
      {tier === undefined ? null : <TierDashboard app={app} tier={tier} />}
      <Loaded query={nodes} height={320}>
        {() =>
          shown.length === 0 ? (
            <EmptyState title="No node has reported here" icon="server">
              {tier === undefined
                ? "Nodes appear with their first report, within a minute of the program's start."
                : "This tier has no node of its own, or it was deleted."}
            </EmptyState>
          ) : (
            shown.map((group) => (
              <TierPanel key={group.id} app={app} group={group} alone={tier !== undefined} onOpen={open} />
            ))
          )
        }
      </Loaded>
      {tier === undefined ? null : <ResolvedBackends app={app} tier={tier} />}
      {picked ? <NodeDrawer app={app} node={picked} onClose={() => open(undefined)} /> : null}
    </>
  );
}

interface TierGroup {
  id: number;
  name: string;
  nodes: NodeRow[];
}

function byTier(nodes: readonly NodeRow[]): TierGroup[] {
  const groups = new Map<number, TierGroup>();
  for (const node of nodes) {
    const group = groups.get(node.tierId);
    if (group) group.nodes.push(node);
    else groups.set(node.tierId, { id: node.tierId, name: node.tierName, nodes: [node] });
  }
  return [...groups.values()].sort((a, b) => a.name.localeCompare(b.name));
}

function TierDashboard({ app, tier }: { app: string; tier: number }) {
  const range = useTimeRange();
  const live = useLive();
  const scorecard = useQuery(scorecardQuery(app, { tier }, range, live));
  const series = useQuery(seriesQuery(app, { tier }, range, live));
  return (
    <>
      <Loaded query={scorecard} height={72}>
        {(card) => <Figures figures={performanceFigures(card)} />}
      </Loaded>
      <Loaded query={series} height={240}>
        {(data) => <PerformanceCharts series={data} />}
      </Loaded>
    </>
  );
}

interface TierPanelProps {
  app: string;
  group: TierGroup;
  /** The page is about this tier: its charts are above. */
  alone: boolean;
  onOpen: (id: number) => void;
}

function TierPanel({ app, group, alone, onOpen }: TierPanelProps) {
  const wide = useWide();
  const columns = useMemo(
    () => nodeColumns(onOpen).filter((column) => wide || !column.wideOnly),
    [onOpen, wide],
  );
  return (
    <Panel
      title={alone ? "Nodes" : group.name}
      flush
      actions={
        <>
          <span className={styles.faint}>
            {languageLabel(group.nodes[0]?.language ?? "")}, {counted(group.nodes.length, "node")}
          </span>
          <Link
            to="/applications/$app/snapshots"
            params={{ app }}
            search={{ tier: group.id, segments: true }}
          >
            Snapshots
          </Link>
          {alone ? null : (
            <Link to="/applications/$app/tiers" params={{ app }} search={{ tier: group.id }}>
              Charts
            </Link>
          )}
        </>
      }
    >
      <DataTable
        label={`Nodes of tier ${group.name}`}
        columns={columns}
        rows={group.nodes}
        rowKey={(row) => row.id}
        empty="No node"
      />
    </Panel>
  );
}

function nodeColumns(onOpen: (id: number) => void): Column<NodeRow>[] {
  return [
    {
      id: "name",
      header: "Node",
      width: "minmax(130px, 1fr)",
      cell: (row) => (
        <button type="button" className={styles.open} onClick={() => onOpen(row.id)} aria-haspopup="dialog">
          {row.name}
        </button>
      ),
    },
    {
      id: "status",
      header: "Status",
      width: "112px",
      cell: (row) => {
        const status = statusOf(row, Date.now());
        return (
          <span className={styles.status}>
            <i data-status={status.kind} />
            {status.label}
          </span>
        );
      },
    },
    {
      id: "seen",
      header: "Last report",
      width: "112px",
      cell: (row) => <span title={formatInstant(row.lastSeen)}>{formatAgo(row.lastSeen, Date.now())}</span>,
    },
    { id: "calls", header: "Calls", width: "84px", align: "right", cell: (row) => formatCount(row.calls) },
    {
      id: "average",
      header: "Average",
      width: "84px",
      align: "right",
      cell: (row) => formatMs(row.averageMs),
    },
    { id: "errors", header: "Errors", width: "76px", align: "right", cell: (row) => formatCount(row.errors) },
    { id: "agent", header: "Agent", width: "84px", wideOnly: true, cell: (row) => row.agentVersion },
    {
      id: "runtime",
      header: "Runtime",
      width: "140px",
      wideOnly: true,
      cell: (row) => runtimeLabel(row.language, row.runtimeVersion),
    },
    {
      id: "cost",
      header: "Agent's CPU",
      width: "104px",
      align: "right",
      wideOnly: true,
      cell: ({ cost }) => (
        <span title="Share of the agent's reporter in the CPU time of the program">
          {formatPercent(agentShare(cost))}
        </span>
      ),
    },
    {
      id: "host",
      header: "Host, process",
      width: "minmax(110px, 0.8fr)",
      wideOnly: true,
      cell: (row) => [row.hostName, row.processId || ""].filter(Boolean).join(" · ") || "–",
    },
    {
      id: "concerns",
      header: "To look at",
      width: "minmax(110px, 0.8fr)",
      cell: (row) => <Concerns node={row} />,
    },
  ];
}

function Concerns({ node }: { node: NodeRow }) {
  const list = concerns(node);
  if (list.length === 0) return <span className={styles.faint}>nothing</span>;
  return (
    <span className={styles.concern} title={list.join("\n")}>
      <Icon name="warning" size={14} />
      {list.length === 1 ? list[0] : counted(list.length, "warning")}
    </span>
  );
}
