import { defineConfig } from "vite";

// `luge serve` answers the API; `npm run dev` passes it on.
const service = "http://127.0.0.1:8000";

export default defineConfig({
  server: { proxy: { "/api": service, "/tiles": service } },
  worker: { format: "es" },
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1600,
    rolldownOptions: { input: ["index.html", "import.html", "operations.html", "wall.html", "coverage.html"] },
  },
});
