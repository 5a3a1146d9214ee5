// A palette of colours for things that have neighbours, so that neighbours differ where it allows it.
export const PALETTE = ["#1f6fd6", "#d9622b", "#2a9d63", "#b0399d", "#c79a11", "#6a52c7", "#0e9bb0", "#c23350", "#7a8b1c", "#8c5a3c"];

/** For each thing the number of its colour; those with most neighbours choose first. */
export function spread<K extends string | number>(near: Map<K, Set<K>>): Map<K, number> {
  const given = new Map<K, number>();
  const order = [...near.keys()].sort((a, b) => near.get(b)!.size - near.get(a)!.size || (a < b ? -1 : 1));
  for (const key of order) given.set(key, fitting(near.get(key)!, given, given.size % PALETTE.length));
  return given;
}

/** The colour that fewest of the neighbours have; of several the first from `start` on, so that all are used. */
export function fitting<K>(around: Iterable<K>, given: Map<K, number>, start: number): number {
  const used = PALETTE.map(() => 0);
  for (const other of around) {
    const colour = given.get(other);
    if (colour !== undefined) used[colour]! += 1;
  }
  const turn = PALETTE.map((_, at) => (start + at) % PALETTE.length);
  return turn.reduce((best, at) => (used[at]! < used[best]! ? at : best));
}
