// Days as YYYY-MM-DD, counted without clocks.

const DAY_MS = 86_400_000;
const at = (day: string) => Date.parse(`${day}T00:00:00Z`);
const said = (ms: number) => new Date(ms).toISOString().slice(0, 10);

export const addDays = (day: string, days: number) => said(at(day) + days * DAY_MS);
export const daysBetween = (from: string, to: string) => Math.round((at(to) - at(from)) / DAY_MS);

/** The Monday of its week. */
export function weekOf(day: string): string {
  return addDays(day, -((new Date(at(day)).getUTCDay() + 6) % 7));
}

/** The first day of its month, and of the next. */
export function monthOf(day: string): { from: string; to: string } {
  const [year, month] = day.split("-").map(Number) as [number, number];
  return { from: said(Date.UTC(year, month - 1, 1)), to: said(Date.UTC(year, month, 1)) };
}
