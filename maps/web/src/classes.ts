// Classes of numbers: about as many units in each, or at natural breaks, or in equal steps.

/** Numbers are shown to a tenth, and classed as they are shown. */
const SHOWN_TO = 0.1;

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

export const METHODS = ["quantile", "jenks", "equal"] as const;
export type Method = (typeof METHODS)[number];

/** Classes by one of the methods, the lowest first; numbers as they are shown. */
export function classed(method: Method, values: number[], colours: string[]): Class[] {
  if (method === "quantile") return quantiles(values, colours);
  const sorted = shown(values);
  const groups = method === "jenks" ? naturalBreaks(sorted, colours.length) : equalSteps(sorted, colours.length);
  return groups.map((group, at) => classOf(group, spread(colours, at, groups.length)));
}

/** Less, the same and more: two classes on either side of nothing, apart at the middle of the changes. */
export function signedClasses(values: number[], colours: string[]): Class[] {
  const sorted = shown(values);
  const sizes = sorted.filter((value) => value !== 0).map(Math.abs).sort((a, b) => a - b);
  const middle = sizes[Math.floor(sizes.length / 2)] ?? 0;
  const kind = (value: number) => (value === 0 ? 2 : value < 0 ? (-value > middle ? 0 : 1) : value > middle ? 4 : 3);
  return [0, 1, 2, 3, 4].flatMap((at) => {
    const group = sorted.filter((value) => kind(value) === at);
    return group.length ? [classOf(group, colours[at]!)] : [];
  });
}

function shown(values: number[]): number[] {
  return values.map((value) => Math.round(value / SHOWN_TO) * SHOWN_TO + 0).sort((a, b) => a - b);
}

function classOf(group: number[], colour: string): Class {
  return { from: group[0]!, to: group.at(-1)!, count: group.length, colour };
}

/** Steps of equal width from the lowest to the highest; steps without any value are left out. */
function equalSteps(sorted: number[], most: number): number[][] {
  const [low, high] = [sorted[0] ?? 0, sorted.at(-1) ?? 0];
  const step = (high - low) / most || 1;
  const groups: number[][] = Array.from({ length: most }, () => []);
  for (const value of sorted) groups[Math.min(most - 1, Math.floor((value - low) / step))]!.push(value);
  return groups.filter((group) => group.length > 0);
}

/**
 * Jenks' natural breaks: the grouping with the least sum of squares around the groups' means (Fisher 1958),
 * by dynamic programming over the values that differ.
 */
function naturalBreaks(sorted: number[], most: number): number[][] {
  const firsts = sorted.map((_, at) => at).filter((at) => at === 0 || sorted[at] !== sorted[at - 1]);
  const ends = [...firsts.slice(1), sorted.length];
  const sums = new Float64Array(sorted.length + 1);
  const squares = new Float64Array(sorted.length + 1);
  sorted.forEach((value, at) => {
    sums[at + 1] = sums[at]! + value;
    squares[at + 1] = squares[at]! + value * value;
  });
  const spreadOf = (from: number, to: number) => squares[to]! - squares[from]! - (sums[to]! - sums[from]!) ** 2 / (to - from);
  const n = firsts.length;
  const groups = Math.min(most, n);
  let cost = ends.map((end) => spreadOf(0, end));
  const starts: Int32Array[] = [new Int32Array(n)];
  for (let k = 1; k < groups; k++) {
    const next = new Array<number>(n).fill(Infinity);
    const start = new Int32Array(n);
    for (let last = k; last < n; last++) {
      for (let from = k; from <= last; from++) {
        const total = cost[from - 1]! + spreadOf(firsts[from]!, ends[last]!);
        if (total < next[last]!) [next[last], start[last]] = [total, from];
      }
    }
    [cost] = [next];
    starts.push(start);
  }
  const found: number[][] = [];
  for (let k = groups - 1, last = n - 1; k >= 0; k--) {
    const from = starts[k]![last]!;
    found.unshift(sorted.slice(firsts[from]!, ends[last]!));
    last = from - 1;
  }
  return found;
}

/** The colour of class `at` of `count`, so that few classes still reach from the palest to the darkest. */
function spread(colours: string[], at: number, count: number): string {
  const last = colours.length - 1;
  return colours[count > 1 ? Math.round((at * last) / (count - 1)) : Math.floor(last / 2)]!;
}
