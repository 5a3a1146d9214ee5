import { createHash } from "node:crypto";
import { defineConfig } from "vite";
import type { Plugin } from "vite";

// `luge serve` answers the API; `npm run dev` passes it on.
const service = "http://127.0.0.1:8000";

/** Tells the service worker of the chief's page which files that page is made of, and a version of them. */
function shellOfMy(): Plugin {
  return {
    name: "luge-shell-of-my",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const page = bundle["my.html"];
        const worker = bundle["my-worker.js"];
        if (page?.type !== "asset" || worker?.type !== "chunk") throw new Error("my.html or its worker was not built");
        const html = String(page.source);
        const shell = [...new Set([...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, file]) => file))];
        const version = createHash("sha256").update(html).digest("hex").slice(0, 12);
        worker.code = worker.code.replaceAll("__SHELL__", JSON.stringify(shell)).replaceAll("__VERSION__", JSON.stringify(version));
      },
    },
  };
}

export default defineConfig({
  server: { proxy: { "/api": service, "/tiles": service } },
  worker: { format: "es" },
  plugins: [shellOfMy()],
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1600,
    rolldownOptions: {
      input: ["index.html", "import.html", "operations.html", "coverage.html", "shares.html", "plans.html", "wall.html", "my.html", "src/my/worker.ts"],
      output: { entryFileNames: ({ name }) => (name === "worker" ? "my-worker.js" : "assets/[name]-[hash].js") },
    },
  },
});
