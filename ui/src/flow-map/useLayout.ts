import { useEffect, useState } from "react";
import { type Graph, shapeOf } from "./graph";
import type { LayoutRequest, Placed } from "./layout";

let worker: Worker | undefined;
let tickets = 0;
const waiting = new Map<number, (positions: Record<string, Placed>) => void>();

function ask(request: LayoutRequest): Promise<Record<string, Placed>> {
  if (!worker) {
    worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<{ ticket: number; positions: Record<string, Placed> }>) => {
      waiting.get(data.ticket)?.(data.positions);
      waiting.delete(data.ticket);
    };
  }
  tickets += 1;
  const ticket = tickets;
  return new Promise((resolve) => {
    waiting.set(ticket, resolve);
    worker?.postMessage({ ticket, request });
  });
}

export interface LaidOut {
  shape: string;
  positions: Record<string, Placed>;
}

/** Positions for the graph. New figures on the same shape change nothing. */
export function useLayout(graph: Graph): LaidOut | undefined {
  const shape = shapeOf(graph);
  const [laidOut, setLaidOut] = useState<LaidOut>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape says all that matters about the graph
  useEffect(() => {
    let current = true;
    const edges = graph.edges.map(({ id, from, to }) => ({ id, from, to }));
    void ask({ nodes: graph.nodes, edges }).then((positions) => {
      if (current) setLaidOut({ shape, positions });
    });
    return () => {
      current = false;
    };
  }, [shape]);
  return laidOut;
}
