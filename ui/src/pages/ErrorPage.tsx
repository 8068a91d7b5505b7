import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useMemo } from "react";
import { ApiError } from "../api/client";
import type { ErrorDetails as Details } from "../api/contract";
import { errorQuery, errorsQuery } from "../api/executions";
import { TimeChart } from "../charts/TimeChart";
import { type Column, DataTable } from "../design/DataTable";
import { Figures } from "../design/Figures";
import { PageHeader } from "../design/PageHeader";
import { Panel } from "../design/Panel";
import link from "../design/RowLink.module.css";
import { EmptyState, Loaded } from "../design/States";
import { counted, formatCount, formatMs } from "../format/number";
import { formatAgo, formatInstant, formatMoment } from "../format/time";
import { ErrorDetails } from "../snapshot/ErrorDetails";
import { useLive, useTimeRange } from "../time-range/useTimeRange";
import { ERRORS } from "../words/executions";
import styles from "./ErrorPage.module.css";

const FROM = "/shell/applications/$app/errors/$tier/$error" as const;

/** Errors of one type on one tier. */
export function ErrorPage() {
  const { app, tier, error } = useParams({ from: FROM });
  const details = useQuery(errorQuery(app, tier, error, useTimeRange(), useLive()));
  const parent = { label: ERRORS.title, to: { to: "/applications/$app/errors", params: { app } } } as const;
  if (details.error instanceof ApiError && details.error.status === 404) {
    return (
      <>
        <PageHeader title={ERRORS.title} parent={parent} />
        <EmptyState title={ERRORS.gone} icon="check">
          Choose a longer time range above, or{" "}
          <Link to="/applications/$app/errors" params={{ app }}>
            see all errors
          </Link>
          .
        </EmptyState>
      </>
    );
  }
  const data = details.data;
  return (
    <>
      <PageHeader
        title={data?.typeName || "Error"}
        parent={parent}
        facts={
          data ? (
            <>
              <span>
                Tier{" "}
                <Link to="/applications/$app/tiers" params={{ app }} search={{ tier: data.tierId }}>
                  {data.tierName}
                </Link>
              </span>
              <span className={styles.message}>{data.message}</span>
            </>
          ) : null
        }
      />
      <Loaded query={details} height={420}>
        {(loaded) => <Parts app={app} details={loaded} />}
      </Loaded>
    </>
  );
}

function Parts({ app, details }: { app: string; details: Details }) {
  return (
    <>
      <Figures
        figures={[
          { label: "Errors", value: formatCount(details.count), tone: "error" },
          { label: "Business transactions", value: formatCount(details.bts.length) },
          { label: "First of this time", value: formatMoment(details.firstMs, Date.now()) },
          { label: "Last", value: formatAgo(details.lastMs, Date.now()) },
        ]}
      />
      <Trend app={app} details={details} />
      <Places app={app} details={details} />
      <div className={styles.lower}>
        <Affected app={app} details={details} />
        <Snapshots app={app} details={details} />
      </div>
    </>
  );
}

/** The steps of a trend are said by the list, which the page before has asked for. */
function Trend({ app, details }: { app: string; details: Details }) {
  const list = useQuery(errorsQuery(app, { tier: details.tierId }, useTimeRange(), useLive()));
  const { from, stepMs } = list.data ?? {};
  const frame = useMemo(() => {
    if (from === undefined || stepMs === undefined) return undefined;
    const times = details.trend.map((_, index) => from + index * stepMs);
    return { times, stepMs, from, to: from + details.trend.length * stepMs };
  }, [details.trend, from, stepMs]);
  const series = useMemo(
    () => [{ label: "Errors", token: "--error", values: details.trend, fill: true }],
    [details.trend],
  );
  if (!frame) return null;
  return (
    <Panel title="Trend" bare>
      <TimeChart
        kind="stack"
        title="Errors"
        {...frame}
        series={series}
        format={formatCount}
        whole
        height={140}
      />
    </Panel>
  );
}

function Places({ app, details: { places } }: { app: string; details: Details }) {
  return (
    <Panel title={ERRORS.places}>
      <p className={styles.hint}>{ERRORS.placesHint}</p>
      {places.map((place) => (
        <details key={`${place.place}${place.guid}`} className={styles.place} open={places.length === 1}>
          <summary>
            <code>{place.place || "without a place"}</code>
            <span className="number">{counted(place.count, "snapshot")}</span>
          </summary>
          <ErrorDetails error={{ type: place.message, message: "", stack: place.stack }} />
          <Link
            to="/applications/$app/snapshots/$guid"
            params={{ app, guid: place.guid }}
            search={{ tab: "errors" }}
            title={formatInstant(place.lastMs)}
          >
            Its newest snapshot, {formatAgo(place.lastMs, Date.now())}
          </Link>
        </details>
      ))}
    </Panel>
  );
}

function Affected({ app, details }: { app: string; details: Details }) {
  const columns: Column<Details["bts"][number]>[] = [
    {
      id: "name",
      header: "Name",
      width: "minmax(120px, 1fr)",
      cell: ({ id, name }) => (
        <Link
          to="/applications/$app/business-transactions/$bt"
          params={{ app, bt: String(id) }}
          className={link.link}
          title={name}
        >
          {name}
        </Link>
      ),
    },
    {
      id: "count",
      header: "Errors",
      width: "80px",
      align: "right",
      cell: ({ count }) => formatCount(count),
    },
  ];
  return (
    <Panel title={ERRORS.bts} flush>
      <DataTable
        label={ERRORS.bts}
        columns={columns}
        rows={details.bts}
        rowKey={({ id }) => id}
        empty="None"
      />
    </Panel>
  );
}

function Snapshots({ app, details }: { app: string; details: Details }) {
  const names = new Map(details.bts.map(({ id, name }) => [id, name]));
  const columns: Column<Details["snapshots"][number]>[] = [
    {
      id: "start",
      header: "Time",
      width: "126px",
      cell: ({ guid, startMs }) => (
        <Link
          to="/applications/$app/snapshots/$guid"
          params={{ app, guid }}
          search={{ tab: "errors" }}
          className={link.link}
          title={formatInstant(startMs)}
        >
          {formatMoment(startMs, Date.now())}
        </Link>
      ),
    },
    {
      id: "bt",
      header: "Business transaction",
      width: "minmax(120px, 1fr)",
      cell: ({ btId }) => names.get(btId),
    },
    {
      id: "duration",
      header: "Duration",
      width: "86px",
      align: "right",
      cell: ({ durationMs }) => formatMs(durationMs),
    },
  ];
  const all = (
    <Link
      to="/applications/$app/snapshots"
      params={{ app }}
      search={{ tier: details.tierId, hasErrors: true, segments: true }}
    >
      All with errors on this tier
    </Link>
  );
  return (
    <Panel title={ERRORS.snapshots} flush actions={all}>
      <DataTable
        label={ERRORS.snapshots}
        columns={columns}
        rows={details.snapshots}
        rowKey={({ guid }) => guid}
        empty="None"
      />
    </Panel>
  );
}
