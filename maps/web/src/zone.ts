// Times as the district's clocks show them, wherever the browser is.

let clock = clockIn(undefined);

/** Tell times in this zone from now on (an IANA name such as Asia/Shanghai). */
export function useZone(zone: string): void {
  clock = clockIn(zone);
}

/** YYYY-MM-DD HH:MM of an ISO time. */
export function localTime(text: string): string {
  // Swedish writes times as ISO does, with a blank between day and hour.
  return clock.format(new Date(text));
}

/** The time that it is. */
export function now(): string {
  return localTime(new Date().toISOString());
}

/** The day that it is, YYYY-MM-DD. */
export function today(): string {
  return now().slice(0, 10);
}

function clockIn(timeZone: string | undefined): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", ...(timeZone && { timeZone }) });
}
