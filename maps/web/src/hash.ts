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
  const kept = pairs().filter(([key]) => key !== name);
  if (value !== null) kept.push([name, value]);
  const hash = kept.map(([key, text]) => `${key}=${text}`).join("&");
  history.replaceState(history.state, "", hash ? `#${hash}` : location.pathname + location.search);
}
