// The tables and verdicts of a run.

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** One row per subject, as printed and as returned: medians of what was measured. */
export function table(version, measured, options) {
  const rows = {};
  const of = (subject, kind, field) => {
    const values = (measured[`${subject} ${kind}`] ?? []).map((result) => result[field]);
    return values.length > 0 ? median(values) : undefined;
  };
  for (const subject of options.subjects) {
    const hello = of(subject, "http", "helloUs");
    const call = of(subject, "http", "callUs");
    rows[subject] = {
      wUs: of(subject, "W", "cpuUs"),
      w0Us: of(subject, "W0", "cpuUs"),
      holdMs: of(subject, "hold", "holdMs"),
      holdWithCollectionsMs: of(subject, "hold", "holdWithCollectionsMs"),
      inUs: hello,
      outUs: call === undefined ? undefined : call - hello,
      startMs: of(subject, "start", "startMs"),
      startCpuMs: of(subject, "start", "startCpuMs"),
      startMb: of(subject, "start", "startMb"),
      endMb: of(subject, "W", "endMb"),
      lost: lost(subject, measured[`${subject} W`], Number(options.units)),
    };
  }
  print(version, rows);
  return rows;
}

/** The greatest share of units that never arrived in any repetition. The warm-up arrives too. */
function lost(subject, results, units) {
  if (subject === "nothing" || results === undefined) return undefined;
  const field = { tierline: "transactions", otel: "spansIn", datadog: "traces" }[subject];
  return Math.max(...results.map(({ arrived }) => 1 - arrived[field] / (units + WARM_UP_UNITS)));
}

/** As in driver.cjs. */
const WARM_UP_UNITS = 10_000;

const COLUMNS = [
  ["W µs", "wUs", 2],
  ["W0 µs", "w0Us", 2],
  ["hold ms", "holdMs", 2],
  ["with GC ms", "holdWithCollectionsMs", 2],
  ["HTTP in µs", "inUs", 1],
  ["HTTP out µs", "outUs", 1],
  ["start ms", "startMs", 1],
  ["CPU ms", "startCpuMs", 1],
  ["start MB", "startMb", 1],
  ["after W MB", "endMb", 1],
];

function print(version, rows) {
  const heads = ["subject", ...COLUMNS.map(([head]) => head), "lost"];
  console.log(`\nNode ${version}\n\n| ${heads.join(" | ")} |\n|${"---|".repeat(heads.length)}`);
  for (const [subject, row] of Object.entries(rows)) {
    const cells = COLUMNS.map(([, field, digits]) => row[field]?.toFixed(digits) ?? "-");
    const share = row.lost === undefined ? "-" : row.lost === 0 ? "none" : `${(row.lost * 100).toFixed(1)} %`;
    console.log(`| ${[subject, ...cells, share].join(" | ")} |`);
  }
}

/**
 * The targets, as far as the subjects and kinds of this run allow, and how much more the peers cost. What the empty loop
 * and the empty server cost is taken off first: it is the harness, and the machine's noise.
 */
export function judge(rows) {
  const { tierline: ours, nothing } = rows;
  if (ours === undefined || nothing === undefined) return;
  const net = (row, field) => row[field] - nothing[field];
  const over = (field) => net(ours, field);
  const ratio = (peer, field) => net(rows[peer], field) / over(field);
  const verdicts = [
    ["P3: W costs at most 1.5 µs", over("wUs"), 1.5],
    ["P3: W costs at most 1/8 of OpenTelemetry's", rows.otel && 1 / ratio("otel", "wUs"), 1 / 8],
    ["P3: W0 costs at most 0.5 µs", over("w0Us"), 0.5],
    ["P4: the event loop is held at most 0.2 ms", over("holdMs"), 0.2],
    ["P7: HTTP in costs at most 3 µs more", over("inUs"), 3],
    ["P7: HTTP out costs at most 5 µs more", over("outUs"), 5],
    ["P8: import and init take at most 20 ms of CPU", over("startCpuMs"), 20],
    ["P8: import and init take at most 6 MB", over("startMb"), 6],
    ["P8: a run leaves at most 10 MB more", over("endMb"), 10],
    ["nothing counted is lost", ours.lost, 0],
  ];
  console.log("");
  for (const [target, value, limit] of verdicts) {
    if (value === undefined || Number.isNaN(value)) continue;
    console.log(`${value <= limit ? "reached" : "MISSED "}  ${target} (${value.toFixed(3)})`);
  }
  for (const peer of ["otel", "datadog"].filter((name) => name in rows)) {
    const words = ["wUs", "w0Us", "inUs", "outUs"].map((field) => ratio(peer, field).toFixed(1));
    console.log(`${peer}: W ${words[0]} times ours, W0 ${words[1]}, HTTP in ${words[2]}, HTTP out ${words[3]}`);
  }
}
