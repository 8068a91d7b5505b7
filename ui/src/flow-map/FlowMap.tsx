import {
  Background,
  BackgroundVariant,
  Controls,
  type Edge,
  MiniMap,
  type Node,
  ReactFlow,
  useNodesState,
} from "@xyflow/react";
import { useEffect, useMemo, useState } from "react";
import "@xyflow/react/dist/base.css";
import type { FlowMap as FlowMapData } from "../api/contract";
import { Button } from "../design/Button";
import { Icon } from "../design/Icon";
import { Panel } from "../design/Panel";
import { EmptyState, Loaded, Skeleton } from "../design/States";
import { CallEdge, type CallEdgeData } from "./CallEdge";
import { FindNode } from "./FindNode";
import styles from "./FlowMap.module.css";
import { FlowTable } from "./FlowTable";
import { type Graph, type GraphEdge, toGraph } from "./graph";
import { NODE_SIZE } from "./layout";
import { BackendNode, FoldedNode, TierNode } from "./nodes";
import { type LaidOut, useLayout } from "./useLayout";

const NODE_TYPES = { tier: TierNode, backend: BackendNode, folded: FoldedNode };
const EDGE_TYPES = { call: CallEdge };
const FIT = { padding: 0.05, maxZoom: 1.2, minZoom: 0.1 };

/** Above this many nodes the whole does not fit at a size that can be read: begin where traffic enters. */
const WHOLE_NODES_MAX = 40;
const READABLE_ZOOM_MIN = 0.55;

interface Props {
  app: string;
  title: string;
  query: { data: FlowMapData | undefined; error: Error | null; refetch: () => unknown };
  height: number;
  /** Of one execution: how often instead of how often per minute. */
  once?: boolean;
}

/** The picture of the system, drawn from what really called what; the same as a table for those who prefer one. */
export function FlowMapPanel({ app, title, query, height, once = false }: Props) {
  const [asTable, setAsTable] = useState(false);
  return (
    <Panel
      title={title}
      flush
      actions={
        <Button variant="quiet" onClick={() => setAsTable(!asTable)}>
          <Icon name={asTable ? "map" : "table"} size={14} />
          {asTable ? "As a map" : "As a table"}
        </Button>
      }
    >
      <Loaded query={query} height={height}>
        {(map) => (
          <div className={styles.map} style={{ height }}>
            {map.tiers.length + map.backends.length === 0 ? (
              <EmptyState title="No calls in this time range" icon="map" compact>
                Choose a longer time range above, or send some traffic: the map draws itself from the calls
                between tiers.
              </EmptyState>
            ) : asTable ? (
              <FlowTable app={app} map={map} once={once} />
            ) : (
              <Drawing app={app} map={map} once={once} />
            )}
          </div>
        )}
      </Loaded>
    </Panel>
  );
}

function Drawing({ app, map, once }: { app: string; map: FlowMapData; once: boolean }) {
  const graph = useMemo(() => toGraph(map), [map]);
  const laidOut = useLayout(graph);
  const [nodes, setNodes, onNodesChange] = useNodesState<Node>([]);
  useEffect(() => {
    if (!laidOut) return;
    setNodes((previous) => {
      const dragged = new Map<string, { x: number; y: number }>(
        previous.flatMap((node) =>
          node.data.shape === laidOut.shape ? [[node.id, node.position] as const] : [],
        ),
      );
      return graph.nodes.flatMap((node) => {
        const position = dragged.get(node.id) ?? laidOut.nodes[node.id];
        return position ? [toNode({ app, once, shape: laidOut.shape }, graph, node.id, position)] : [];
      });
    });
  }, [app, graph, laidOut, once, setNodes]);
  const edges = useMemo(
    () => (laidOut ? graph.edges.map((edge) => toEdge(edge, laidOut, once)) : []),
    [graph, laidOut, once],
  );
  const first = useMemo(() => firstSight(graph), [graph]);
  if (!laidOut || nodes.length === 0) return <Skeleton height="100%" label="Drawing the flow map" />;
  return (
    <ReactFlow
      key={laidOut.shape}
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onNodesChange={onNodesChange}
      fitView
      fitViewOptions={first}
      minZoom={0.1}
      maxZoom={2}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      preventScrolling={false}
      zoomOnScroll={false}
      zoomActivationKeyCode={["Control", "Meta"]}
      proOptions={{ hideAttribution: true }}
      aria-label="Flow map"
    >
      {graph.nodes.length > WHOLE_NODES_MAX ? (
        <>
          <MiniMap pannable zoomable position="bottom-right" ariaLabel="Overview of the flow map" />
          <FindNode graph={graph} />
        </>
      ) : null}
      <Background variant={BackgroundVariant.Dots} gap={20} size={1} />
      <Controls
        showInteractive={false}
        fitViewOptions={FIT}
        position="bottom-left"
        orientation="horizontal"
      />
    </ReactFlow>
  );
}

function firstSight(graph: Graph): typeof FIT & { nodes?: { id: string }[] } {
  if (graph.nodes.length <= WHOLE_NODES_MAX) return FIT;
  const tiers = [...graph.tiers].sort(
    ([, a], [, b]) => Number(b.entry) - Number(a.entry) || b.calls - a.calls,
  );
  return {
    ...FIT,
    minZoom: READABLE_ZOOM_MIN,
    maxZoom: 0.8,
    nodes: tiers.slice(0, 1).map(([id]) => ({ id })),
  };
}

function toNode(
  common: { app: string; once: boolean; shape: string },
  graph: Graph,
  id: string,
  position: { x: number; y: number },
): Node {
  const tier = graph.tiers.get(id);
  if (tier) return { id, type: "tier", position, data: { ...common, tier }, ...NODE_SIZE.tier };
  const group = graph.folded.get(id);
  if (group) return { id, type: "folded", position, data: { ...common, group }, ...NODE_SIZE.backend };
  const backend = graph.backends.get(id);
  return { id, type: "backend", position, data: { ...common, backend }, ...NODE_SIZE.backend };
}

function toEdge(edge: GraphEdge, { nodes, routes }: LaidOut, once: boolean): Edge<CallEdgeData> {
  const home: CallEdgeData["home"] = [nodes[edge.from], nodes[edge.to]];
  return {
    id: edge.id,
    type: "call",
    source: edge.from,
    target: edge.to,
    data: { edge, route: routes[edge.id], home, once },
  };
}
