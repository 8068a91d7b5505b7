// What requests would be called by the rules as they stand on the page, saved or not.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useDeferredValue } from "react";
import { type RequestNames, type Trial, trialQuery } from "../api/configuration";
import { sessionQuery } from "../api/queries";
import { SelectField, TextField } from "../design/Field";
import { Panel } from "../design/Panel";
import { ErrorState, Skeleton } from "../design/States";
import styles from "./Configuration.module.css";
import type { Patch } from "./patch";

interface Props {
  app: string;
  tier: number | undefined;
  patch: Patch;
  url: string;
  method: string;
  onChange: (values: { url?: string | undefined; method?: string | undefined }) => void;
}

export function TryBox({ app, tier, patch, url, method, onChange }: Props) {
  const csrfToken = useQuery(sessionQuery).data?.csrfToken;
  const asked = useDeferredValue({ patch, url, method });
  const requests = asked.url === "" ? [] : [{ method: asked.method, url: asked.url, headers: {} }];
  const trial = useQuery({
    ...trialQuery(app, tier, { patch: asked.patch, requests }, csrfToken),
    placeholderData: keepPreviousData,
  });
  return (
    <Panel title="Try it">
      <div className={styles.try}>
        <div className={styles.request}>
          <SelectField
            label="Method"
            value={method}
            onChange={(value) => onChange({ method: value === "GET" ? undefined : value })}
            options={["GET", "POST", "PUT", "PATCH", "DELETE"].map((one) => [one, one] as const)}
          />
          <TextField
            label="URL or path of a request"
            placeholder="/store/checkout/7?debug=1"
            value={url}
            onChange={(value) => onChange({ url: value || undefined })}
          />
        </div>
        {trial.error ? (
          <ErrorState error={trial.error} compact />
        ) : trial.data ? (
          <Answers app={app} trial={trial.data} />
        ) : (
          <Skeleton height={160} label="Trying the rules" />
        )}
      </div>
    </Panel>
  );
}

function Answers({ app, trial }: { app: string; trial: Trial }) {
  const changed = trial.recent.filter(({ names }) => names.now !== names.then).length;
  return (
    <>
      {trial.typed.map((names) => (
        <p key={`${names.method} ${names.path}`} role="status">
          <code>
            {names.method} {names.path}
          </code>{" "}
          <Outcome names={names} />
        </p>
      ))}
      <p className={styles.faint}>
        {trial.recent.length === 0
          ? "No request was kept in the last four hours that could be tried."
          : changed === 0
            ? "Of the requests that were kept lately, none would be called otherwise."
            : `Of the ${trial.recent.length} requests that were kept lately, ${changed} would be called otherwise.`}
      </p>
      {trial.recent.length > 0 ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
        <section className={styles.scroll} tabIndex={0} aria-label="Requests that were kept lately">
          <table className={styles.names} aria-label="Requests that were kept lately">
            <thead>
              <tr>
                <th scope="col">Request</th>
                <th scope="col">Now</th>
                <th scope="col">With these rules</th>
              </tr>
            </thead>
            <tbody>
              {[...trial.recent]
                .sort((a, b) => Number(b.names.now !== b.names.then) - Number(a.names.now !== a.names.then))
                .map(({ guid, names, onlyName }) => (
                  <tr key={guid} data-changed={names.now !== names.then}>
                    <td>
                      <Link
                        to="/applications/$app/snapshots/$guid"
                        params={{ app, guid }}
                        title={
                          onlyName
                            ? "Its path is not known: its name stands for it. A data collector of the path makes it known."
                            : undefined
                        }
                      >
                        {names.method} {names.path}
                        {onlyName ? " …" : ""}
                      </Link>
                    </td>
                    <td>
                      <Name name={names.now} />
                    </td>
                    <td>
                      <Name name={names.then} />
                    </td>
                  </tr>
                ))}
            </tbody>
          </table>
        </section>
      ) : null}
    </>
  );
}

function Name({ name }: { name: string | null }) {
  return name === null ? <span className={styles.none}>no transaction</span> : name;
}

function Outcome({ names: { now, then } }: { names: RequestNames }) {
  if (now === then) return then === null ? <>becomes no business transaction.</> : <>is called {then}.</>;
  return (
    <>
      is now <Name name={now} />, and would be <strong>{then ?? "no business transaction"}</strong>.
    </>
  );
}
