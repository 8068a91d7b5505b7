// Lays out off the page's thread: hundreds of nodes take dagre a second.
import { type LayoutRequest, layout } from "./layout";

const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = ({ data }: MessageEvent<{ ticket: number; request: LayoutRequest }>) => {
  scope.postMessage({ ticket: data.ticket, result: layout(data.request) });
};
