import { expect, it } from "vitest";
import { pythonLines, shellWord } from "./firstLines";

it("names the real host, port and key", () => {
  const lines = pythonLines(
    { listen: "tierline.internal:8090", accessKeyShown: "k-1", account: "customer1" },
    "other:1",
  );
  expect(lines).toHaveLength(3);
  expect(lines[1]?.line).toContain("APPDYNAMICS_CONTROLLER_HOST_NAME=tierline.internal ");
  expect(lines[1]?.line).toContain("APPDYNAMICS_CONTROLLER_PORT=8090 ");
  expect(lines[1]?.line).toContain("APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY=k-1 ");
});

it("leaves a place for the key of those who may not see it, and takes the page's own address", () => {
  const lines = pythonLines({ listen: "", accessKeyShown: null, account: "" }, "[::1]:8090");
  expect(lines[1]?.line).toContain("APPDYNAMICS_AGENT_ACCOUNT_ACCESS_KEY=ACCESS_KEY ");
  expect(lines[1]?.line).toContain("APPDYNAMICS_CONTROLLER_HOST_NAME='[::1]' ");
});

it("quotes what a shell would take apart", () => {
  expect(shellWord("plain-1.2")).toBe("plain-1.2");
  expect(shellWord("two words; rm -rf $HOME")).toBe("'two words; rm -rf $HOME'");
  expect(shellWord("it's")).toBe("'it'\\''s'");
});
