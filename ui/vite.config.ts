import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { compress } from "./dev/compress";

// Where `npm run dev` finds the page's API: a running controller.
const controller = process.env.TIERLINE_URL ?? "http://127.0.0.1:8090";

export default defineConfig({
  plugins: [react(), compress()],
  build: {
    // The first versions with light-dark(), which the design tokens use.
    target: ["chrome123", "firefox121", "safari17.5"],
    // Fonts and icons stay files: the content security policy allows no data: fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
    license: { fileName: "licenses.md" },
  },
  worker: { format: "es" },
  server: { proxy: { "/api": controller, "/controller": controller, "/v1": controller } },
  test: { include: ["src/**/*.test.ts"] },
});
