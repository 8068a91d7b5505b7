// The screen at the door, where people say how it tasted: Express, and not a word about being observed.
// `node -r appdynamics` starts it with the agent, which detects the requests and the calls to the tier `reviews`.
import express from "express";
import http from "node:http";

const BODY_LIMIT = "64kb";
const PARENT_CHECK_INTERVAL_MS = 1_000;

const [host, port] = process.argv[process.argv.indexOf("--reviews") + 1].split(":");
const agent = new http.Agent({ keepAlive: true });

/** Asks the tier behind. */
function ask(method, path, body = "") {
  return new Promise((answered, failed) => {
    const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
    const asked = http.request({ host, port, method, path, headers, agent }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part) => {
        text += part;
      });
      answer.on("end", () => answered({ status: answer.statusCode, text }));
      answer.on("error", failed);
    });
    asked.on("error", failed);
    asked.end(body);
  });
}

const app = express();
app.use(express.json({ limit: BODY_LIMIT }));

app.get("/kiosk", async (request, response) => {
  const { status, text } = await ask("GET", `/reviews/${encodeURIComponent(request.query.product)}`);
  response.status(status).type("json").send(text);
});

app.post("/kiosk", async (request, response) => {
  const product = encodeURIComponent(request.query.product);
  const { status, text } = await ask("POST", `/reviews/${product}`, JSON.stringify(request.body));
  response.status(status).type("json").send(text);
});

const parent = process.ppid;
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
setInterval(() => process.ppid === parent || process.exit(0), PARENT_CHECK_INTERVAL_MS).unref();
const server = app.listen(0, "127.0.0.1", () => process.stdout.write(`ready ${server.address().port}\n`));
