// Runs every tests/*.test.ts under node's own test runner; vite reads the TypeScript.
import { readdirSync } from "node:fs";
import { createServer } from "vite";

const server = await createServer({ configFile: false, logLevel: "error", appType: "custom", server: { middlewareMode: true, ws: false, watch: null } });
for (const file of readdirSync(import.meta.dirname).filter((name) => name.endsWith(".test.ts"))) await server.ssrLoadModule(`/tests/${file}`);
await server.close();
