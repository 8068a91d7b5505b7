import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { RuleForm } from "../alerting/RuleForm";
import { type HealthRule, newRule, problems } from "../alerting/rule";
import { type AlertingObject, alertingPath, alertingQuery } from "../api/alerting";
import { useChange, useMay } from "../api/change";
import { Button } from "../design/Button";
import { FormError } from "../design/Field";
import { PageHeader } from "../design/PageHeader";
import { EmptyState, Loaded } from "../design/States";
import { formatInstant } from "../format/time";
import styles from "./HealthRulePage.module.css";

const FROM = "/shell/applications/$app/alerts/health-rules/$rule" as const;

/** One health rule, or a new one. */
export function HealthRulePage() {
  const { app, rule } = useParams({ from: FROM });
  const { like } = useSearch({ from: FROM });
  const rules = useQuery(alertingQuery<HealthRule>(app, "health-rules"));
  return (
    <Loaded query={rules} height={480}>
      {(all) => {
        if (rule === "new") {
          const model = all.find(({ id }) => id === like)?.definition;
          const { id: _, ...rest } = model ?? newRule();
          return <Editor key="new" app={app} start={{ ...rest, name: model ? `${model.name} (2)` : "" }} />;
        }
        const there = all.find(({ id }) => String(id) === rule);
        if (!there) {
          return (
            <EmptyState title="There is no such health rule" icon="pulse">
              It may have been deleted.
            </EmptyState>
          );
        }
        return <Editor key={`${there.id}`} app={app} start={there.definition} there={there} />;
      }}
    </Loaded>
  );
}

interface EditorProps {
  app: string;
  start: HealthRule;
  /** What is kept; absent for a new rule. */
  there?: AlertingObject<HealthRule>;
}

function Editor({ app, start, there }: EditorProps) {
  const navigate = useNavigate();
  const mayChange = useMay("configure-alerting");
  const [rule, setRule] = useState(start);
  // The version that was edited, not one that came meanwhile: somebody else's change is not overwritten.
  const [version] = useState(there?.version);
  const [tried, setTried] = useState(false);
  const path = alertingPath(app, "health-rules");
  const back = () =>
    void navigate({ to: "/applications/$app/alerts", params: { app }, search: { tab: "health-rules" } });
  const save = useChange<HealthRule>({
    request: (definition) =>
      there
        ? { method: "PUT", path: `${path}/${there.id}`, body: { version, definition } }
        : { method: "POST", path, body: { definition } },
    affects: [path],
    done: ({ name }) => `${name} is ${there ? "saved" : "made"}. It is looked at within a minute.`,
    onDone: back,
  });
  const wrong = problems(rule);
  const submit = () => {
    setTried(true);
    if (Object.keys(wrong).length === 0) save.mutate(rule);
  };
  const list = { to: "/applications/$app/alerts", params: { app }, search: { tab: "health-rules" } } as never;
  return (
    <>
      <PageHeader
        title={there ? there.name : "New health rule"}
        parent={{ label: "Health rules", to: list }}
        facts={
          there ? (
            <span>
              Version {there.version}, changed {formatInstant(there.changedMs)} by {there.changedBy}
            </span>
          ) : null
        }
        actions={
          mayChange ? (
            <>
              <Button onClick={back}>Cancel</Button>
              <Button variant="primary" disabled={save.isPending} onClick={submit}>
                {there ? "Save" : "Make the rule"}
              </Button>
            </>
          ) : null
        }
      />
      {mayChange ? null : (
        <p className={styles.note}>
          You may look at this rule; to change it needs the permission to configure alerting.
        </p>
      )}
      <FormError error={save.error} />
      {tried && Object.keys(wrong).length > 0 ? (
        <p className={styles.missing} role="alert">
          Something is missing: it is said below the fields.
        </p>
      ) : null}
      <fieldset disabled={!mayChange} className={styles.form}>
        <RuleForm app={app} rule={rule} onChange={setRule} problems={tried ? wrong : {}} />
      </fieldset>
    </>
  );
}
