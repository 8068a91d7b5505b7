// The tier that browsers talk to. Requests in and out are observed without a line of code for it; what only this program
// knows it adds to the transaction of the request.
import { appd, endOnRequest, options, sayReady } from "./lifecycle.mjs";
import http from "node:http";

const BODY_BYTES_MAX = 64 * 1024;
const FRONT_TIMEOUT_MS = 30_000;
const ROUTES = ["GET /catalogue", "GET /search", "POST /checkout", "POST /login", "POST /account/register"];

const [frontHost, frontPort] = options().front.split(":");
const agent = new http.Agent({ keepAlive: true });

/** The whole body, or an error when it is too long. */
async function bodyOf(request) {
  const parts = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > BODY_BYTES_MAX) throw new Error(`a body of more than ${BODY_BYTES_MAX} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Asks the tier behind; the agent adds the correlation header. */
function ask(method, path, body) {
  return new Promise((answered, failed) => {
    const headers = { "Content-Type": "application/json", "Content-Length": body.length };
    const asked = http.request({ host: frontHost, port: frontPort, method, path, headers, agent }, async (answer) => {
      try {
        answered({ status: answer.statusCode, body: await bodyOf(answer) });
      } catch (error) {
        failed(error);
      }
    });
    asked.setTimeout(FRONT_TIMEOUT_MS, () => asked.destroy(new Error("the tier front does not answer")));
    asked.on("error", failed);
    asked.end(body);
  });
}

/** What this tier decides itself: an address without an `@` is nobody's. */
function refusal(path, body) {
  if (path !== "/account/register") return undefined;
  const { mail } = JSON.parse(body.toString());
  return /^\S+@\S+$/.test(mail) ? undefined : `${mail} is no mail address`;
}

async function serve(request, response) {
  const { pathname } = new URL(request.url, "http://shop");
  const transaction = appd.getTransaction(request);
  transaction?.addSnapshotData("user agent", request.headers["user-agent"] ?? "none");
  if (!ROUTES.includes(`${request.method} ${pathname}`)) return { status: 404, body: `{"error":"there is no ${pathname}"}` };
  const body = await bodyOf(request);
  const refused = request.method === "POST" ? refusal(pathname, body) : undefined;
  if (refused !== undefined) {
    response.error = Object.assign(new Error(refused), { statusCode: 422 });
    return { status: 422, body: JSON.stringify({ error: refused }) };
  }
  const answer = await ask(request.method, request.url, body);
  transaction?.addSnapshotData("answer bytes", answer.body.length);
  // The documented way to say why a request failed: the agent takes the error from the response.
  if (answer.status >= 400) response.error = new Error(`front answered ${answer.status}: ${answer.body}`);
  return answer;
}

const server = http.createServer((request, response) => {
  serve(request, response)
    .catch((error) => {
      response.error = error;
      return { status: 502, body: JSON.stringify({ error: String(error) }) };
    })
    .then(({ status, body }) => {
      response.writeHead(status, { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) });
      response.end(body);
    });
});

endOnRequest();
server.listen(0, "127.0.0.1", () => sayReady(server.address().port));
