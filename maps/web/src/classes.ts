// Classes of numbers by quantile: about as many units in each.

/** Numbers are shown to a tenth, and classed as they are shown. */
export const SHOWN_TO = 0.1;

export interface Class {
  /** The lowest and the highest value in it, as they are shown; none lies between two classes. */
  from: number;
  to: number;
  count: number;
  colour: string;
}

/** The least number, as it is stored, that belongs to the class. */
export function startOf({ from }: Class): number {
  return from - SHOWN_TO / 2;
}

/** At most one class per colour, the lowest first. Equal values share a class, and those left share out the rest. */
export function quantiles(values: number[], colours: string[]): Class[] {
  const sorted = values.map((value) => Math.round(value / SHOWN_TO) * SHOWN_TO).sort((a, b) => a - b);
  const groups: number[][] = [];
  for (let at = 0; at < sorted.length; ) {
    let end = at + Math.ceil((sorted.length - at) / (colours.length - groups.length));
    while (sorted[end] === sorted[end - 1]) end++;
    groups.push(sorted.slice(at, end));
    at = end;
  }
  return groups.map((group, at) =>
    ({ from: group[0]!, to: group.at(-1)!, count: group.length, colour: spread(colours, at, groups.length) }));
}

/** The colour of class `at` of `count`, so that few classes still reach from the palest to the darkest. */
function spread(colours: string[], at: number, count: number): string {
  const last = colours.length - 1;
  return colours[count > 1 ? Math.round((at * last) / (count - 1)) : Math.floor(last / 2)]!;
}
