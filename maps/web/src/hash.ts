// The URL hash holds view, place and language as name=value pairs; MapLibre writes its own "map".

function pairs(): [string, string][] {
  return window.location.hash
    .slice(1)
    .split("&")
    .filter(Boolean)
    .map((pair) => {
      const [name = "", value = ""] = pair.split("=", 2);
      return [name, value];
    });
}

export function readHash(name: string): string | null {
  return pairs().find(([key]) => key === name)?.[1] ?? null;
}

/** Set or (with null) remove one value, leaving the others and the history as they are. */
export function writeHash(name: string, value: string | null): void {
  history.replaceState(history.state, "", addressWith({ [name]: value }));
}

/** As it was while `act` runs, which may write another value. */
export function keepHash<T>(name: string, act: () => T): T {
  const before = readHash(name);
  try {
    return act();
  } finally {
    writeHash(name, before);
  }
}

/** The same for several values, as a step that "back" undoes; no step where nothing changes. */
export function pushHash(values: Record<string, string | null>): void {
  if (Object.entries(values).some(([name, value]) => readHash(name) !== value)) history.pushState(null, "", addressWith(values));
}

function addressWith(values: Record<string, string | null>): string {
  const kept = pairs().filter(([key]) => !(key in values));
  for (const [name, value] of Object.entries(values)) if (value !== null) kept.push([name, value]);
  const hash = kept.map(([key, text]) => `${key}=${text}`).join("&");
  return hash ? `#${hash}` : location.pathname + location.search;
}
