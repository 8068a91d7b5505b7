import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useChange } from "../api/change";
import {
  type AgentConfiguration,
  agentConfigurationPath,
  agentConfigurationQuery,
} from "../api/transactions";
import { FormDialog } from "../design/Dialog";
import { ChoiceField } from "../design/Field";
import { Loaded } from "../design/States";
import { thresholds as words } from "../words/overview";
import type { ActProps, Target } from "./act";
import { ThresholdFields } from "./ThresholdFields";
import { fromDrafts, type ThresholdDrafts, type ThresholdPolicy, toDrafts } from "./thresholds";

/** Thresholds of one business transaction: the application's, or its own. */
export function ThresholdDialog({ app, targets, onClose }: ActProps) {
  // Filled in once: what was asked before somebody saved would take the change back.
  const configuration = useQuery({ ...agentConfigurationQuery(app), staleTime: 0 });
  const target = targets[0];
  if (!target) return null;
  if (!configuration.data || !configuration.isFetchedAfterMount) {
    return (
      <FormDialog
        title={words.title}
        subtitle={target.name}
        submit={words.save}
        disabled
        onSubmit={() => undefined}
        onClose={onClose}
      >
        <Loaded query={{ ...configuration, data: undefined }} height={240}>
          {() => null}
        </Loaded>
      </FormDialog>
    );
  }
  return <Editor app={app} target={target} configuration={configuration.data} onClose={onClose} />;
}

interface EditorProps {
  app: string;
  target: Target;
  configuration: AgentConfiguration;
  onClose: () => void;
}

/** What agents are told, as far as thresholds go. */
interface Told {
  thresholds: ThresholdPolicy;
  bt_thresholds?: Record<string, ThresholdPolicy>;
}

function Editor({ app, target, configuration, onClose }: EditorProps) {
  // What was there when the window was opened: another's change meanwhile is refused by its version.
  const [{ written, effective }] = useState(configuration);
  const told = effective as unknown as Told;
  const own = told.bt_thresholds?.[target.id];
  const base = own ?? told.thresholds;
  const [mode, setMode] = useState<"application" | "own">(own ? "own" : "application");
  const [drafts, setDrafts] = useState<ThresholdDrafts>(() => toDrafts(base));
  const policy = fromDrafts(drafts, base);
  const save = useChange({
    request: () => {
      const patch = written.patch as Record<string, unknown> & Partial<Told>;
      const others = Object.entries(patch.bt_thresholds ?? {}).filter(([id]) => id !== String(target.id));
      const all = Object.fromEntries(mode === "own" ? [...others, [String(target.id), policy]] : others);
      return {
        method: "PUT",
        path: agentConfigurationPath(app),
        body: { version: written.version, patch: { ...patch, bt_thresholds: all } },
      };
    },
    done: () => words.saved(target.name),
    affects: [agentConfigurationPath(app), `/applications/${app}/events`],
    onDone: onClose,
  });
  return (
    <FormDialog
      title={words.title}
      subtitle={target.name}
      submit={words.save}
      disabled={mode === "own" && policy === undefined}
      pending={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <ChoiceField label={words.whose} value={mode} onChange={setMode} options={words.modes} />
      {mode === "own" ? <ThresholdFields drafts={drafts} onChange={setDrafts} /> : null}
    </FormDialog>
  );
}
