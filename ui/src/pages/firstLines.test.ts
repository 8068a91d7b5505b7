import { expect, it } from "vitest";
import { destination, firstLines, LANGUAGES, shellWord } from "./firstLines";

const SETUP = { listen: "tierline.internal:8090", accessKeyShown: "k-1", account: "customer1" };
const PAGE = { host: "other:1", protocol: "http:" };

it("names the real host, port and key in every language", () => {
  for (const language of LANGUAGES) {
    const lines = firstLines(language, destination(SETUP, PAGE))
      .map(({ line }) => line)
      .join("\n");
    expect(lines).toContain("tierline.internal");
    expect(lines).toContain("8090");
    expect(lines).toContain("k-1");
  }
});

it("leaves a place for the key of those who may not see it, and takes the page's own address", () => {
  const to = destination({ listen: "", accessKeyShown: null, account: "" }, { ...PAGE, host: "[::1]:8090" });
  const [, settings] = firstLines("python", to);
  expect(settings?.line).toContain("APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY=ACCESS_KEY ");
  expect(settings?.line).toContain("APPDYNAMICS_CONTROLLER_HOST_NAME='[::1]' ");
  expect(settings?.line).toContain("APPDYNAMICS_CONTROLLER_PORT=8090 ");
});

it("speaks TLS when the page came by it, on the port it came by", () => {
  const to = destination(undefined, { host: "tierline.example.org", protocol: "https:" });
  expect(to).toMatchObject({ host: "tierline.example.org", port: "443", tls: true });
  const [first] = firstLines("opentelemetry", to);
  expect(first?.line).toContain("https://tierline.example.org:443");
});

it("quotes what a shell would take apart", () => {
  expect(shellWord("plain-1.2")).toBe("plain-1.2");
  expect(shellWord("two words; rm -rf $HOME")).toBe("'two words; rm -rf $HOME'");
  expect(shellWord("it's")).toBe("'it'\\''s'");
});
