// Writes to a draft, one after the other, each on the version that the one before left.
//
// A stroke is on the map before it is sent. Where others changed the draft meanwhile, their strokes are
// taken over first, then ours are made again and sent on the new version: no stroke of anybody is lost.

/** Something to write; `again` puts it on the map once more after others' strokes were taken over. */
export interface Job<A> {
  send(version: number): Promise<A>;
  again?(): void;
  done?(answer: A): void | Promise<void>;
}

interface Trouble<C> {
  /** Others' strokes, where that is what stands in the way. */
  conflict(error: unknown): C | null;
  /** Takes the draft over as it is now; gives its version. */
  reload(): Promise<number>;
  healed(conflict: C, again: boolean): void;
  failed(error: unknown): void;
  idle(): void;
}

export interface Outbox<A> {
  add(job: Job<A>): void;
  /** Puts on the map again what has not been answered yet. */
  again(): void;
  /** Whether something has not been answered yet. */
  busy(): boolean;
  /** Kept until everything before it has been answered. */
  settled(): Promise<void>;
  version(): number;
  /** The version after a change that went another way. */
  moved(version: number): void;
}

export function outbox<A extends { version: number }, C>(first: number, trouble: Trouble<C>): Outbox<A> {
  let version = first;
  let waiting: Job<A>[] = [];
  let running: Promise<void> | null = null;

  const again = () => waiting.forEach((job) => job.again?.());
  const drop = async (error: unknown) => {
    waiting = [];
    version = await trouble.reload().catch(() => version);
    trouble.failed(error);
  };
  /** A job that cannot be made again, such as to undo what was newest then, is let go. */
  const heal = async (found: C) => {
    version = await trouble.reload();
    const kept = Boolean(waiting[0]!.again);
    if (!kept) waiting.shift();
    again();
    trouble.healed(found, kept);
  };
  const run = async () => {
    while (waiting.length) {
      const job = waiting[0]!;
      try {
        const answer = await job.send(version);
        version = answer.version;
        waiting.shift();
        await job.done?.(answer);
      } catch (error) {
        const found = trouble.conflict(error);
        await (found === null ? drop(error) : heal(found).catch(drop));
      }
    }
    running = null;
    trouble.idle();
  };
  return {
    add(job) {
      waiting.push(job);
      running ??= run();
    },
    again,
    busy: () => running !== null,
    settled: async () => {
      while (running) await running;
    },
    version: () => version,
    moved: (now) => {
      version = now;
    },
  };
}
