import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Smaller than this a compressed copy gains nothing worth a second file in the binary. */
const COMPRESSED_BYTES_MIN = 1024;

/** Writes `x.gz` beside every text file of the built page: the controller sends it as it is. (Browsers accept
 * Brotli only over TLS, and the controller is often reached without.) */
export function compress(): Plugin {
  let folder = "dist";
  return {
    name: "tierline-compress",
    apply: "build",
    configResolved: (config) => {
      folder = config.build.outDir;
    },
    closeBundle: () => {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|html|svg|md)$/.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const text = readFileSync(path);
        if (text.length >= COMPRESSED_BYTES_MIN) writeFileSync(`${path}.gz`, gzipSync(text, { level: 9 }));
      }
    },
  };
}
