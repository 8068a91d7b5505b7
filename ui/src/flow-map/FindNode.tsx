import { Panel, useReactFlow } from "@xyflow/react";
import { type FormEvent, useId, useMemo, useState } from "react";
import { SearchBox } from "../design/SearchBox";
import type { Graph } from "./graph";

/** Where a name stands that was looked for: as large as it can be read, with what is around it. */
const SIGHT = { minZoom: 0.55, maxZoom: 0.8, duration: 250 };

/** Brings a tier or backend into sight by its name, on a map that is larger than the screen. */
export function FindNode({ graph }: { graph: Graph }) {
  const flow = useReactFlow();
  const list = useId();
  const [text, setText] = useState("");
  const places = useMemo(() => placesOf(graph), [graph]);
  const show = (id: string | undefined) => {
    if (id) void flow.fitView({ ...SIGHT, nodes: [{ id }] });
  };
  const find = (event: FormEvent) => {
    event.preventDefault();
    const words = text.trim().toLowerCase();
    const name = [...places.keys()].find((one) => one.toLowerCase().includes(words));
    if (words && name) show(places.get(name));
  };
  return (
    <Panel position="top-left">
      <form onSubmit={find}>
        <SearchBox
          label="Find on the map"
          value={text}
          list={list}
          onChange={(next) => {
            setText(next);
            show(places.get(next));
          }}
        />
        <datalist id={list}>
          {[...places.keys()].map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </form>
    </Panel>
  );
}

/** From names to what is drawn for them. */
export function placesOf({ tiers, backends, folded }: Graph): Map<string, string> {
  return new Map([
    ...[...folded].flatMap(([id, group]) => group.backends.map(({ name }) => [name, id] as const)),
    ...[...backends].map(([id, { name }]) => [name, id] as const),
    ...[...tiers].map(([id, { name }]) => [name, id] as const),
  ]);
}
