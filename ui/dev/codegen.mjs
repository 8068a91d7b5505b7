// Writes src/api/schema.d.ts from docs/reference/openapi.json; with --check fails when the committed file is stale.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTypescript, { astToString } from "openapi-typescript";

const source = new URL("../../docs/reference/openapi.json", import.meta.url);
const target = new URL("../src/api/schema.d.ts", import.meta.url);

const tree = await openapiTypescript(JSON.parse(readFileSync(source, "utf8")), { alphabetize: true });
const text = `// Generated from docs/reference/openapi.json by \`npm run codegen\`. Never edited.\n\n${astToString(tree)}`;

if (process.argv.includes("--check")) {
  let committed = "";
  try {
    committed = readFileSync(target, "utf8");
  } catch {
    // Missing is stale.
  }
  if (committed !== text) {
    console.error(
      "ui/src/api/schema.d.ts is not what docs/reference/openapi.json says. Run `npm run codegen` in ui/.",
    );
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
