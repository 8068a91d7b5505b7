import { useEffect, useState } from "react";
import { type Graph, shapeOf } from "./graph";
import type { LayoutRequest, LayoutResult } from "./layout";

let worker: Worker | undefined;
let tickets = 0;
const waiting = new Map<number, (result: LayoutResult) => void>();

function ask(request: LayoutRequest): Promise<LayoutResult> {
  if (!worker) {
    worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<{ ticket: number; result: LayoutResult }>) => {
      waiting.get(data.ticket)?.(data.result);
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

export interface LaidOut extends LayoutResult {
  shape: string;
}

/** Where everything stands. New figures on the same shape change nothing. */
export function useLayout(graph: Graph): LaidOut | undefined {
  const shape = shapeOf(graph);
  const [laidOut, setLaidOut] = useState<LaidOut>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape says all that matters about the graph
  useEffect(() => {
    let current = true;
    const edges = graph.edges.map(({ id, from, to }) => ({ id, from, to }));
    void ask({ nodes: graph.nodes, edges }).then((result) => {
      if (current) setLaidOut({ shape, ...result });
    });
    return () => {
      current = false;
    };
  }, [shape]);
  return laidOut;
}
