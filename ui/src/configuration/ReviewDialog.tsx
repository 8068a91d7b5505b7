// What will change, shown before it is written: settings, and what requests will be called.
import { useQuery } from "@tanstack/react-query";
import { useChange } from "../api/change";
import {
  type Configuration,
  type ConfigurationVersion,
  configurationPath,
  trialQuery,
} from "../api/configuration";
import { sessionQuery } from "../api/queries";
import { FormDialog } from "../design/Dialog";
import { Skeleton } from "../design/States";
import styles from "./Configuration.module.css";
import { Differences } from "./Differences";
import { asJson } from "./Editing";
import { differences, NOT_WRITTEN, type Patch } from "./patch";

interface Props {
  app: string;
  tier: number | undefined;
  /** What holds now. */
  effective: Configuration["effective"];
  written: ConfigurationVersion;
  patch: Patch;
  names: ReadonlyMap<string, string>;
  onSaved: () => void;
  onClose: () => void;
}

export function ReviewDialog({ app, tier, effective, written, patch, names, onSaved, onClose }: Props) {
  const csrfToken = useQuery(sessionQuery).data?.csrfToken;
  const trial = useQuery(trialQuery(app, tier, { patch, requests: [] }, csrfToken));
  const save = useChange<void, Configuration>({
    request: () => ({
      method: "PUT",
      path: configurationPath(app),
      query: { tier },
      body: { version: written.version, patch },
    }),
    affects: [`/applications/${app}`],
    done: () => "Saved. Agents have it with their next poll, within ten seconds.",
    onDone: onSaved,
  });
  const found = trial.data
    ? differences(asJson(effective), asJson(trial.data.effective)).filter(
        ({ path }) => !NOT_WRITTEN.includes(path[0] as string),
      )
    : [];
  const renamed = trial.data?.recent.filter(({ names: { now, then } }) => now !== then) ?? [];
  return (
    <FormDialog
      title="What will change"
      subtitle={
        tier === undefined ? "For the application" : `For the tier ${names.get(String(tier)) ?? tier}`
      }
      shape="wide"
      submit="Save and tell the agents"
      pending={save.isPending}
      error={save.error ?? trial.error}
      disabled={!trial.data || found.length === 0}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {trial.isPending ? <Skeleton height={120} label="Looking at what would change" /> : null}
      {trial.data && found.length === 0 ? <p>Nothing: everything is as it was.</p> : null}
      <Differences differences={found} names={names} />
      {renamed.length > 0 ? (
        <section>
          <h3>Requests that will be called otherwise</h3>
          <p className={styles.faint}>
            Of those that were kept lately. A business transaction of another name begins anew: without its
            past, its baselines and its own thresholds.
          </p>
          <ul className={styles.differences}>
            {renamed.slice(0, 20).map(({ guid, names: { method, path, now, then } }) => (
              <li key={guid}>
                {method} {path}: <del>{now ?? "no business transaction"}</del>{" "}
                <ins>{then ?? "no business transaction"}</ins>
              </li>
            ))}
          </ul>
          {renamed.length > 20 ? <p className={styles.faint}>And {renamed.length - 20} more.</p> : null}
        </section>
      ) : null}
    </FormDialog>
  );
}
