import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("is what docs/reference/openapi.json says", { timeout: 60_000 }, async () => {
  const generator = fileURLToPath(new URL("../../dev/codegen.mjs", import.meta.url));
  const complaint = await promisify(execFile)(process.execPath, [generator, "--check"]).then(
    () => "",
    (error: { stderr?: string }) => error.stderr ?? "the generator failed",
  );
  expect(complaint).toBe("");
});
