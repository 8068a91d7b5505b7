import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useChange } from "../api/change";
import {
  type ConfigurationVersion,
  configurationHistoryQuery,
  configurationPath,
} from "../api/configuration";
import { Button } from "../design/Button";
import { type Column, DataTable } from "../design/DataTable";
import { Confirm, Dialog } from "../design/Dialog";
import { OpenButton } from "../design/OpenButton";
import link from "../design/RowLink.module.css";
import { EmptyState, Loaded } from "../design/States";
import { counted } from "../format/number";
import { formatInstant } from "../format/time";
import styles from "./Configuration.module.css";
import { Differences } from "./Differences";
import { differences } from "./patch";

interface Props {
  app: string;
  tier: number | undefined;
  /** The version that is there now. */
  version: number;
  mayChange: boolean;
  names: ReadonlyMap<string, string>;
}

/** Every version that is kept, and the way back. */
export function HistoryTab({ app, tier, version, mayChange, names }: Props) {
  const history = useQuery(configurationHistoryQuery(app, tier));
  const [picked, setPicked] = useState<ConfigurationVersion>();
  const [back, setBack] = useState<ConfigurationVersion>();
  const rollBack = useChange<ConfigurationVersion>({
    request: ({ version: wanted }) => ({
      method: "POST",
      path: `${configurationPath(app)}/roll-back`,
      query: { tier },
      body: { version: wanted },
    }),
    affects: [`/applications/${app}`],
    done: (one) => `Version ${one.version} is back. Agents have it within ten seconds.`,
    onDone: () => setBack(undefined),
  });
  const columns: Column<ConfigurationVersion>[] = [
    {
      id: "version",
      header: "Version",
      width: "96px",
      cell: (row) => (
        <OpenButton
          text={`${row.version}${row.version === version ? " (now)" : ""}`}
          onOpen={() => setPicked(row)}
        />
      ),
    },
    { id: "when", header: "When", width: "190px", cell: (row) => formatInstant(row.changedMs).slice(0, -4) },
    { id: "who", header: "Who", width: "minmax(120px, 0.6fr)", cell: (row) => row.changedBy },
    {
      id: "what",
      header: "Differs from the defaults in",
      width: "minmax(180px, 1.4fr)",
      cell: (row) => counted(differences({}, row.patch).length, "setting"),
    },
    {
      id: "back",
      header: "",
      width: "124px",
      cell: (row) =>
        mayChange && row.version !== version ? (
          <span className={link.above}>
            <Button onClick={() => setBack(row)}>Bring back…</Button>
          </span>
        ) : null,
    },
  ];
  const before = (one: ConfigurationVersion) =>
    history.data?.find(({ version: other }) => other < one.version)?.patch ?? {};
  return (
    <Loaded query={history} height={240}>
      {(rows) => (
        <>
          <DataTable
            label="History of the configuration"
            columns={columns}
            rows={rows}
            rowKey={(row) => row.version}
            empty={
              <EmptyState title="Nothing was changed yet" icon="history" compact>
                Agents work by the defaults.
              </EmptyState>
            }
          />
          {picked ? (
            <Dialog
              title={`Version ${picked.version}`}
              subtitle={`${picked.changedBy}, ${formatInstant(picked.changedMs)}: what it changed`}
              shape="wide"
              onClose={() => setPicked(undefined)}
            >
              <Differences differences={differences(before(picked), picked.patch)} names={names} />
              {differences(before(picked), picked.patch).length === 0 ? (
                <p className={styles.faint}>Nothing.</p>
              ) : null}
            </Dialog>
          ) : null}
          {back ? (
            <Confirm
              title={`Bring version ${back.version} back?`}
              action="Bring it back"
              pending={rollBack.isPending}
              error={rollBack.error}
              onConfirm={() => rollBack.mutate(back)}
              onClose={() => setBack(undefined)}
            >
              <p>It becomes a new version; none is lost. This changes:</p>
              <Differences
                differences={differences(
                  rows.find((one) => one.version === version)?.patch ?? {},
                  back.patch,
                )}
                names={names}
              />
            </Confirm>
          ) : null}
        </>
      )}
    </Loaded>
  );
}
