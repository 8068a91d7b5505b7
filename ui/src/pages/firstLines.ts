import type { Setup } from "../api/contract";

export interface Step {
  does: string;
  line: string;
}

export const LANGUAGES = ["python", "nodejs", "rust", "opentelemetry"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Where and as whom a program reports: what the controller says, else what this page's address says. */
export interface Destination {
  host: string;
  port: string;
  tls: boolean;
  account: string;
  key: string;
}

/** Stands for a key the visitor may not see. */
export const KEY_PLACE = "ACCESS_KEY";

export function destination(setup: Setup | undefined, page: { host: string; protocol: string }): Destination {
  const tls = page.protocol === "https:";
  const listen = setup?.listen || page.host;
  // `[::1]:8090` has colons of its own; a host alone is behind a proxy on the usual port.
  const [, host = listen, port = tls ? "443" : "80"] = /^(.*?)(?::(\d+))?$/.exec(listen) ?? [];
  return {
    host,
    port,
    tls,
    account: setup?.account || "customer1",
    key: setup?.accessKeyShown || KEY_PLACE,
  };
}

/** Quotes for a POSIX shell, only where it is needed. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function environment(variables: Record<string, string>): string {
  return `export ${Object.entries(variables)
    .map(([name, value]) => `${name}=${shellWord(value)}`)
    .join(" ")}`;
}

function agentVariables({ host, port, tls, account, key }: Destination, tier: string): string {
  return environment({
    APPDYNAMICS_CONTROLLER_HOST_NAME: host,
    APPDYNAMICS_CONTROLLER_PORT: port,
    APPDYNAMICS_CONTROLLER_SSL_ENABLED: tls ? "on" : "off",
    APPDYNAMICS_AGENT_ACCOUNT_NAME: account,
    APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY: key,
    APPDYNAMICS_AGENT_APPLICATION_NAME: "MyApp",
    APPDYNAMICS_AGENT_TIER_NAME: tier,
    APPDYNAMICS_AGENT_NODE_NAME: `${tier}-1`,
  });
}

const SETTINGS = "Say where to report, and as what";

function python(to: Destination): Step[] {
  const program =
    "from appdynamics.agent import api as appd; appd.init(); bt = appd.start_bt('hello'); appd.end_bt(bt); appd.shutdown()";
  return [
    {
      does: "Install the agent, in the folder where the controller was built (best in a virtual environment)",
      line: "pip install dist/tierline-*.whl",
    },
    { does: SETTINGS, line: agentVariables(to, "web") },
    {
      does: "Report a first business transaction (or start your own: pyagent run -- python app.py)",
      line: `python -c "${program}"`,
    },
  ];
}

function nodejs(to: Destination): Step[] {
  const program =
    "const appd = require('appdynamics'); appd.profile({}); appd.startTransaction('hello').end();";
  return [
    {
      does: "Install the agent, in the folder where the controller was built",
      line: "npm install appdynamics@file:$(echo dist/tierline-*.tgz)",
    },
    { does: SETTINGS, line: agentVariables(to, "shop") },
    {
      does: "Report a first business transaction (or start your own: node -r appdynamics app.js)",
      line: `node -e "${program}"`,
    },
  ];
}

function rust(to: Destination): Step[] {
  return [
    {
      does: "Depend on the agent, from a copy of the source",
      line: "cargo add tierline --path crates/agent",
    },
    { does: SETTINGS, line: agentVariables(to, "core") },
    {
      does: "Begin reporting, in main; a guard ends its business transaction when it is dropped",
      line: 'tierline::init(tierline::Config::from_environment()); let _bt = tierline::start_bt("hello", None);',
    },
  ];
}

function opentelemetry({ host, port, tls, key }: Destination): Step[] {
  return [
    {
      does: "Point any OpenTelemetry SDK here",
      line: environment({
        OTEL_EXPORTER_OTLP_ENDPOINT: `${tls ? "https" : "http"}://${host}:${port}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
        OTEL_EXPORTER_OTLP_HEADERS: `x-tierline-access-key=${encodeURIComponent(key)}`,
      }),
    },
    {
      does: "Say as what: the service is the tier, its namespace the application",
      line: environment({
        OTEL_SERVICE_NAME: "billing",
        OTEL_RESOURCE_ATTRIBUTES: "service.namespace=MyApp,service.instance.id=billing-1",
      }),
    },
    {
      does: "Start the program as ever, with everything sampled",
      line: "export OTEL_TRACES_SAMPLER=parentbased_always_on",
    },
  ];
}

/** What makes a program of a language report here. */
export function firstLines(language: Language, to: Destination): Step[] {
  return { python, nodejs, rust, opentelemetry }[language](to);
}
