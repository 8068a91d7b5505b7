// node browser.mjs CONTROLLER USER [HOW]: logs in like a person with a browser; prints what the controller says then.
// HOW "stolen": another browser comes back with the answer. "twice": the answer is used a second time.
const [controller, user, how] = process.argv.slice(2);

class Browser {
  jars = new Map();

  async go(url, form) {
    const jar = this.jars.get(new URL(url).host) ?? new Map();
    this.jars.set(new URL(url).host, jar);
    const headers = { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; ") };
    const options = { headers, redirect: "manual" };
    const response = await fetch(
      url,
      form ? { ...options, method: "POST", body: new URLSearchParams(form) } : options,
    );
    for (const cookie of response.headers.getSetCookie()) {
      const [name, ...value] = cookie.split(";")[0].split("=");
      jar.set(name, value.join("="));
    }
    const location = response.headers.get("location");
    return { status: response.status, text: await response.text(), next: location && new URL(location, url).href };
  }
}

const browser = new Browser();
let page = await browser.go(`${controller}/api/login/oidc`);
let answer;
for (let steps = 0; steps < 20; steps++) {
  if (page.next?.startsWith(`${controller}/`)) {
    answer = page.next;
    break;
  }
  if (page.next) {
    page = await browser.go(page.next);
    continue;
  }
  const action = page.text.match(/action="([^"]+)"/)?.[1];
  const prompt = page.text.match(/name="prompt" value="(\w+)"/)?.[1];
  if (!action) break;
  page = await browser.go(action, prompt === "login" ? { prompt, login: user, password: "x" } : { prompt });
}
if (!answer) throw new Error(`the provider did not send the browser back: ${page.status} ${page.text}`);
const back = how === "stolen" ? new Browser() : browser;
let end = await back.go(answer);
if (how === "twice") end = await new Browser().go(answer);
const session = await back.go(`${controller}/api/session`);
console.log(JSON.stringify({ status: end.status, text: end.text, session: { status: session.status, text: session.text } }));
