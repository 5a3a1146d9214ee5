// Classes of numbers by quantile: about as many units in each.

export interface Class {
  /** The lowest and the highest value in it; none lies between two classes. */
  from: number;
  to: number;
  count: number;
  colour: string;
}

/** At most one class per colour, the lowest first. Equal values are in one class, so fewer where many are equal. */
export function quantiles(values: number[], colours: string[]): Class[] {
  const sorted = [...values].sort((a, b) => a - b);
  const starts = new Set(colours.map((_, at) => sorted[Math.floor((at * sorted.length) / colours.length)]));
  starts.delete(undefined);
  const bounds = [...starts] as number[];
  return bounds.map((from, at) => {
    const members = sorted.filter((value) => value >= from && value < (bounds[at + 1] ?? Infinity));
    return { from, to: members.at(-1)!, count: members.length, colour: spread(colours, at, bounds.length) };
  });
}

/** The colour of class `at` of `count`, so that few classes still reach from the palest to the darkest. */
function spread(colours: string[], at: number, count: number): string {
  const last = colours.length - 1;
  return colours[count > 1 ? Math.round((at * last) / (count - 1)) : Math.floor(last / 2)]!;
}
