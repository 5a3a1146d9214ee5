import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
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

/**
 * MapLibre's own files hold what page and worker share twice. Built from its sources, with its worker as one
 * more entry, it is there once: 120 kB less, packed. `npm run dev` takes its files as they come.
 */
function mapOnce(): Plugin {
  const name = "virtual:map-worker";
  const sources = fileURLToPath(new URL("node_modules/maplibre-gl/src/", import.meta.url));
  let building = false;
  return {
    name: "luge-map-once",
    enforce: "pre",
    // Its fields are declared for their types only: a declaration must not empty them again.
    config: () => ({ oxc: { assumptions: { setPublicClassFields: true }, typescript: { removeClassFieldsWithoutInitializer: true } } }),
    configResolved: ({ command }) => void (building = command === "build"),
    resolveId(id) {
      if (id === name) return `\0${name}`;
      return id === "maplibre-gl" && building ? `${sources}index.ts` : null;
    },
    load(id) {
      if (id.endsWith("/maplibre-gl/package.json")) return JSON.stringify({ version: JSON.parse(readFileSync(id, "utf8")).version });
      if (id !== `\0${name}`) return null;
      if (!building) return 'export { default } from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url"';
      const worker = this.emitFile({ type: "chunk", id: `${sources}source/worker.ts`, name: "map-worker" });
      return `export default import.meta.ROLLUP_FILE_URL_${worker}`;
    },
  };
}

/** Beside each script and style the same packed as well as can be, so that the service need not pack it for each who asks. */
function packed(): Plugin {
  return {
    name: "luge-packed",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        for (const [fileName, file] of Object.entries(bundle)) {
          if (!/^assets\/.*\.(js|css)$/.test(fileName)) continue;
          this.emitFile({ type: "asset", fileName: `${fileName}.gz`, source: gzipSync(file.type === "chunk" ? file.code : file.source, { level: 9 }) });
        }
      },
    },
  };
}

export default defineConfig({
  server: { proxy: { "/api": service, "/tiles": service } },
  worker: { format: "es" },
  plugins: [mapOnce(), shellOfMy(), packed()],
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
