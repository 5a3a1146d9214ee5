import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const LIMIT = 700_000;
const root = new URL("..", import.meta.url).pathname;

/** Every file of a build by its name in it. */
async function built(): Promise<Map<string, string>> {
  const made = await build({ root, logLevel: "silent", build: { write: false } });
  if (!("output" in made)) throw new Error("the build is not one of files");
  return new Map(made.output.map((file) => [file.fileName, file.type === "chunk" ? file.code : Buffer.from(file.source).toString()]));
}

/** The scripts and styles that a page can ever load: those that it names, and those that these name. */
function loadable(page: string, files: Map<string, string>): string[] {
  const found = new Set([page]);
  for (const name of found) {
    const text = files.get(name)!;
    for (const [other] of files) if (/\.(js|css)$/.test(other) && text.includes(other.replace("assets/", ""))) found.add(other);
  }
  return [...found].slice(1);
}

test("no page can load more than 700 kB of scripts and styles, packed", async () => {
  const files = await built();
  const packed = new Map([...files].map(([name, text]) => [name, gzipSync(text).length]));
  const pages = [...files.keys()].filter((name) => name.endsWith(".html"));
  assert.ok(pages.includes("index.html"));
  const map = loadable("index.html", files);
  for (const part of [/map-worker/, /engine/, /\.css$/]) assert.ok(map.some((name) => part.test(name)), `${part} is among what the map loads`);
  for (const page of pages) {
    const weight = loadable(page, files).reduce((sum, name) => sum + packed.get(name)!, 0);
    console.log(`${page}: ${Math.round(weight / 1e3)} kB`);
    assert.ok(weight < LIMIT, `${page} can load ${weight} bytes`);
  }
});
