import { useQuery } from "@tanstack/react-query";
import { useBlocker, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { useMay } from "../api/change";
import { type Configuration, configurationQuery, trialQuery } from "../api/configuration";
import { applicationQuery, businessTransactionsQuery, sessionQuery } from "../api/queries";
import { AgentsTab, Arrived } from "../configuration/AgentsTab";
import { CollectorsTab } from "../configuration/CollectorsTab";
import styles from "../configuration/Configuration.module.css";
import { DetectionTab } from "../configuration/DetectionTab";
import { asJson, type Editing } from "../configuration/Editing";
import { ErrorsTab } from "../configuration/ErrorsTab";
import { HistoryTab } from "../configuration/HistoryTab";
import { LimitsTab } from "../configuration/LimitsTab";
import type { AgentConfig } from "../configuration/model";
import { differences, merge, type Patch, withValue } from "../configuration/patch";
import { ReviewDialog } from "../configuration/ReviewDialog";
import { SnapshotsTab } from "../configuration/SnapshotsTab";
import type { ConfigurationSearch, ConfigurationTab } from "../configuration/search";
import { ThresholdsTab } from "../configuration/ThresholdsTab";
import { TryBox } from "../configuration/TryBox";
import { Button } from "../design/Button";
import { Confirm } from "../design/Dialog";
import { Select } from "../design/FilterBar";
import { PageHeader } from "../design/PageHeader";
import { Loaded } from "../design/States";
import { Tabs } from "../design/Tabs";
import { counted } from "../format/number";
import { formatInstant } from "../format/time";
import { useTimeRange } from "../time-range/useTimeRange";

const FROM = "/shell/applications/$app/configuration" as const;

/** What agents are told, for an application or for one of its tiers. */
export function ConfigurationPage() {
  const { app } = useParams({ from: FROM });
  const { tier } = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/applications/$app/configuration" });
  const application = useQuery(applicationQuery(app));
  const configuration = useQuery(configurationQuery(app, tier));
  const tiers = application.data?.tiers ?? [];
  return (
    <>
      <PageHeader
        title="Configuration"
        facts={
          configuration.data ? (
            <>
              <Written written={configuration.data.written} />
              <Arrived agents={configuration.data.agents} />
            </>
          ) : null
        }
        actions={
          <Select
            label="For"
            value={tier === undefined ? "" : String(tier)}
            onChange={(value) =>
              void navigate({
                search: (previous) => ({ ...previous, tier: value ? Number(value) : undefined }),
              })
            }
            options={[
              ["", "The whole application"],
              ...tiers.map(({ id, name }): [string, string] => [String(id), `Only tier ${name}`]),
            ]}
          />
        }
      />
      <Loaded query={configuration} height={480}>
        {(data) => <Editor key={`${app}/${tier ?? ""}`} app={app} tier={tier} configuration={data} />}
      </Loaded>
    </>
  );
}

function Written({ written }: { written: Configuration["written"] }) {
  if (written.version === 0) return <span>Nobody changed anything: the defaults hold.</span>;
  return (
    <span>
      Version {written.version} of {written.changedBy}, {formatInstant(written.changedMs).slice(0, -4)}
    </span>
  );
}

interface EditorProps {
  app: string;
  tier: number | undefined;
  configuration: Configuration;
}

const TABS: readonly (readonly [ConfigurationTab, string])[] = [
  ["detection", "Detection"],
  ["errors", "Errors"],
  ["thresholds", "Thresholds"],
  ["data-collectors", "Data collectors"],
  ["snapshots", "Snapshots"],
  ["limits", "Limits"],
  ["agents", "Agents"],
  ["history", "History"],
];

const EDITORS: Partial<Record<ConfigurationTab, (editing: Editing) => React.ReactNode>> = {
  detection: DetectionTab,
  errors: ErrorsTab,
  thresholds: ThresholdsTab,
  "data-collectors": CollectorsTab,
  snapshots: SnapshotsTab,
  limits: LimitsTab,
};

function Editor({ app, tier, configuration }: EditorProps) {
  const search = useSearch({ from: FROM });
  const navigate = useNavigate({ from: "/applications/$app/configuration" });
  const mayChange = useMay("configure-applications");
  const names = useNames(app);
  // What was begun, and on what: somebody else's change meanwhile is noticed when it is saved.
  const [begun, setBegun] = useState<{ patch: Patch; written: Configuration["written"] }>();
  const [review, setReview] = useState(false);
  const written = begun?.written ?? configuration.written;
  const patch = begun?.patch ?? written.patch;
  const base = useBase(app, tier, mayChange);
  const config = useMemo(
    () =>
      base.data
        ? (merge(asJson(base.data.effective), patch) as unknown as AgentConfig)
        : configuration.effective,
    [base.data, patch, configuration.effective],
  );
  const changes = begun ? differences(begun.written.patch, begun.patch).length : 0;
  const leaving = useBlocker({
    shouldBlockFn: ({ current, next }) => changes > 0 && current.pathname !== next.pathname,
    enableBeforeUnload: changes > 0,
    withResolver: true,
  });
  const change = (values: Partial<ConfigurationSearch>, replace = false) =>
    void navigate({ search: (previous) => ({ ...previous, ...values }), replace, resetScroll: false });
  const tab = search.tab ?? "detection";
  const editing: Editing = {
    app,
    tier,
    config,
    mayChange: mayChange && base.data !== undefined,
    set: (path, value) => {
      if (!base.data) return;
      const next = withValue(patch, asJson(base.data.effective), path, asJson(value));
      setBegun(differences(written.patch, next).length === 0 ? undefined : { patch: next, written });
    },
  };
  const Content = EDITORS[tab];
  return (
    <>
      <Tabs
        label="Parts of the configuration"
        tabs={TABS.map(([value, label]) => ({ value, label }))}
        value={tab}
        onChange={(next) => change({ tab: next === "detection" ? undefined : next })}
      >
        {Content ? <Content {...editing} /> : null}
        {tab === "agents" ? <AgentsTab configuration={configuration} names={names} /> : null}
        {tab === "history" ? (
          <HistoryTab
            app={app}
            tier={tier}
            version={configuration.written.version}
            mayChange={mayChange && changes === 0}
            names={names}
          />
        ) : null}
        {mayChange || !Content ? null : (
          <p className={styles.faint}>To change this needs the permission to configure applications.</p>
        )}
      </Tabs>
      {tab === "detection" && mayChange ? (
        <TryBox
          app={app}
          tier={tier}
          patch={patch}
          url={search.url ?? ""}
          method={search.method ?? "GET"}
          onChange={(values) => change(values, true)}
        />
      ) : null}
      {changes > 0 ? (
        <section className={styles.bar} aria-label="Unsaved changes">
          <span>{counted(changes, "setting")} changed, not saved yet.</span>
          <Button onClick={() => setBegun(undefined)}>Discard</Button>
          <Button variant="primary" onClick={() => setReview(true)}>
            Review and save…
          </Button>
        </section>
      ) : null}
      {review && begun ? (
        <ReviewDialog
          app={app}
          tier={tier}
          effective={configuration.effective}
          written={begun.written}
          patch={begun.patch}
          names={names}
          onSaved={() => {
            setReview(false);
            setBegun(undefined);
            change({ tab: "agents" });
          }}
          onClose={() => setReview(false)}
        />
      ) : null}
      {leaving.status === "blocked" ? (
        <Confirm
          title="Leave without saving?"
          action="Leave"
          danger
          onConfirm={leaving.proceed}
          onClose={leaving.reset}
        >
          {counted(changes, "changed setting")} would be lost.
        </Confirm>
      ) : null}
    </>
  );
}

/** What would hold if nobody had written anything: the defaults, or for a tier the application's. */
function useBase(app: string, tier: number | undefined, wanted: boolean) {
  const csrfToken = useQuery(sessionQuery).data?.csrfToken;
  const query = trialQuery(app, tier, { patch: {}, requests: [] }, csrfToken, false);
  return useQuery({ ...query, enabled: wanted && csrfToken !== undefined, staleTime: 60_000 });
}

/** What ids in the configuration are called. */
function useNames(app: string): ReadonlyMap<string, string> {
  const application = useQuery(applicationQuery(app));
  const bts = useQuery(businessTransactionsQuery(app, useTimeRange(), false));
  return useMemo(
    () =>
      new Map([
        ...(application.data?.tiers ?? []).map(({ id, name }) => [String(id), name] as const),
        ...(bts.data ?? []).map(({ id, name }) => [String(id), name] as const),
      ]),
    [application.data, bts.data],
  );
}
