import type { Setup } from "../api/contract";

export interface Step {
  does: string;
  line: string;
}

/** Quotes for a POSIX shell, only where it is needed. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** What makes a Python program report here. Host and port fall back to those this page came from. */
export function pythonLines(setup: Setup | undefined, pageHost: string): Step[] {
  const listen = setup?.listen || pageHost;
  const split = listen.lastIndexOf(":");
  const host = split > 0 ? listen.slice(0, split) : listen;
  const port = split > 0 ? listen.slice(split + 1) : "8090";
  const variables = {
    APPDYNAMICS_CONTROLLER_HOST_NAME: host,
    APPDYNAMICS_CONTROLLER_PORT: port,
    APPDYNAMICS_AGENT_ACCOUNT_NAME: setup?.account || "customer1",
    APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY: setup?.accessKeyShown || "ACCESS_KEY",
    APPDYNAMICS_AGENT_APPLICATION_NAME: "MyApp",
    APPDYNAMICS_AGENT_TIER_NAME: "web",
    APPDYNAMICS_AGENT_NODE_NAME: "web-1",
  };
  const settings = Object.entries(variables).map(([name, value]) => `${name}=${shellWord(value)}`);
  const program =
    "from appdynamics.agent import api as appd; appd.init(); bt = appd.start_bt('hello'); appd.end_bt(bt); appd.shutdown()";
  return [
    {
      does: "Install the agent, which is built along with the controller",
      line: "pip install dist/tierline-*.whl",
    },
    { does: "Say where to report, and as what", line: `export ${settings.join(" ")}` },
    {
      does: "Report a first business transaction (or start your own: pyagent run -- python app.py)",
      line: `python -c "${program}"`,
    },
  ];
}
