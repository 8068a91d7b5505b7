// From the API's flow map to what is drawn: pure, so that it can be laid out in a worker and tested.
import type { FlowBackend, FlowEdge, FlowMap, FlowTier } from "../api/contract";

export interface GraphNode {
  /** `t123` for a tier, `b456` for a backend. */
  id: string;
  kind: "tier" | "backend";
}

export interface GraphEdge {
  id: string;
  from: string;
  to: string;
  async: boolean;
  exitTypes: string[];
  calls: number;
  callsPerMinute: number;
  averageMs: number | null;
  errors: number;
  /** How many edges join the same two nodes, and which of them this is: parallel ones are drawn apart. */
  parallel: number;
  of: number;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  tiers: Map<string, FlowTier>;
  backends: Map<string, FlowBackend>;
  /** Backends folded into one node per caller and exit type, when there are too many to look at. */
  folded: Map<string, { exitType: string; backends: FlowBackend[] }>;
}

/** Above this many backends called by one tier, those of one exit type become one node: a picture is to be read. */
export const FOLD_BACKENDS_MIN = 6;

/** A map with fewer nodes than this is never folded. */
export const FOLD_NODES_MIN = 40;

export const tierNode = (id: number): string => `t${id}`;
export const backendNode = (id: number): string => `b${id}`;

export function toGraph(map: FlowMap): Graph {
  const tiers = new Map(map.tiers.map((tier) => [tierNode(tier.id), tier]));
  const backends = new Map(map.backends.map((backend) => [backendNode(backend.id), backend]));
  const folded = foldBackends(map, backends);
  const home = new Map<string, string>();
  for (const [id, group] of folded) {
    for (const backend of group.backends) {
      home.set(backendNode(backend.id), id);
      backends.delete(backendNode(backend.id));
    }
  }
  const known = (id: string) => tiers.has(id) || backends.has(id) || folded.has(id);
  const edges = mergeEdges(map.edges, home).filter((edge) => known(edge.from) && known(edge.to));
  const nodes: GraphNode[] = [
    ...[...tiers.keys()].map((id) => ({ id, kind: "tier" as const })),
    ...[...backends.keys(), ...folded.keys()].map((id) => ({ id, kind: "backend" as const })),
  ];
  return { nodes, edges, tiers, backends, folded };
}

function foldBackends(map: FlowMap, backends: Map<string, FlowBackend>): Graph["folded"] {
  const folded: Graph["folded"] = new Map();
  if (map.tiers.length + map.backends.length < FOLD_NODES_MIN) return folded;
  const callers = new Map<number, Set<number>>();
  for (const edge of map.edges) {
    if (edge.backendId == null) continue;
    const set = callers.get(edge.backendId) ?? new Set();
    callers.set(edge.backendId, set.add(edge.fromTierId));
  }
  const perTier = new Map<number, number>();
  for (const set of callers.values()) {
    for (const tier of set) perTier.set(tier, (perTier.get(tier) ?? 0) + 1);
  }
  const many = map.backends.length > FOLD_NODES_MIN;
  for (const [backendId, set] of callers) {
    const backend = backends.get(backendNode(backendId));
    const [tier] = set;
    // A backend that several tiers share joins them: it stays.
    if (!backend || tier === undefined || set.size > 1) continue;
    if (!many && (perTier.get(tier) ?? 0) < FOLD_BACKENDS_MIN) continue;
    const id = many ? `f${tier}` : `f${tier}-${backend.exitType}`;
    const group = folded.get(id) ?? { exitType: backend.exitType, backends: [] };
    group.backends.push(backend);
    if (group.exitType !== backend.exitType) group.exitType = "";
    folded.set(id, group);
  }
  for (const [id, group] of folded) if (group.backends.length < 2) folded.delete(id);
  return folded;
}

function mergeEdges(edges: readonly FlowEdge[], home: ReadonlyMap<string, string>): GraphEdge[] {
  const merged = new Map<string, GraphEdge & { weight: number }>();
  for (const edge of edges) {
    const from = tierNode(edge.fromTierId);
    const target =
      edge.toTierId != null
        ? tierNode(edge.toTierId)
        : edge.backendId != null
          ? backendNode(edge.backendId)
          : undefined;
    if (target === undefined) continue;
    const to = home.get(target) ?? target;
    const id = `${from}>${to}${edge.async ? "~" : ""}`;
    const known = merged.get(id);
    if (!known) {
      merged.set(id, {
        ...{ id, from, to, async: edge.async, exitTypes: [edge.exitType], parallel: 1, of: 0 },
        ...{
          calls: edge.calls,
          callsPerMinute: edge.callsPerMinute,
          averageMs: edge.averageMs ?? null,
          errors: edge.errors,
        },
        weight: edge.averageMs == null ? 0 : edge.calls,
      });
      continue;
    }
    const weight = edge.averageMs == null ? 0 : edge.calls;
    const total = known.weight + weight;
    if (total > 0)
      known.averageMs = ((known.averageMs ?? 0) * known.weight + (edge.averageMs ?? 0) * weight) / total;
    known.weight = total;
    known.calls += edge.calls;
    known.callsPerMinute += edge.callsPerMinute;
    known.errors += edge.errors;
    if (!known.exitTypes.includes(edge.exitType)) known.exitTypes.push(edge.exitType);
  }
  return numberParallels([...merged.values()].map(({ weight: _, ...edge }) => edge));
}

function numberParallels(edges: GraphEdge[]): GraphEdge[] {
  const pairs = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const pair = [edge.from, edge.to].sort().join(" ");
    const together = pairs.get(pair);
    if (together) together.push(edge);
    else pairs.set(pair, [edge]);
  }
  for (const together of pairs.values()) {
    together.forEach((edge, index) => {
      edge.parallel = together.length;
      edge.of = index;
    });
  }
  return edges;
}

/** What the layout depends on: as long as it is the same, nodes stay where they are. */
export function shapeOf(graph: Graph): string {
  const nodes = graph.nodes.map((node) => node.id).sort();
  const edges = graph.edges.map((edge) => edge.id).sort();
  return `${nodes.join(",")}|${edges.join(",")}`;
}
