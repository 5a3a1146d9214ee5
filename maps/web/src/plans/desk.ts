// What the parts of the page share: the draft under work, the map, what is chosen, and how to paint.
import type { Area, District, Layers } from "../api";
import type { Board, Shapes } from "./board";
import type { Tool } from "./brush";
import type { Editor } from "./editor";
import type { Finding, Short } from "./service";

export interface Desk {
  editor: Editor;
  board: Board;
  shapes: Shapes;
  areas: Map<string, Area>;
  colours: Map<number, number>;
  /** The grid that is chosen and painted with; 0: none, which takes blocks out of their grids. */
  brush: number;
  tool: Tool;
  ghost: boolean;
  findings: Finding[];
  /** Whether the draft can be painted. */
  editable(): boolean;
  choose(number: number, go?: boolean): void;
  take(tool: Tool): void;
  /** Paints blocks as one stroke, with the grid that is chosen or another. */
  paint(blocks: number[], number?: number): void;
  /** Marks blocks or an edge on the map and says what they are. */
  point(blocks: number[], edge?: number): void;
  /** Asks for a lasso around blocks that are not to be painted. */
  surround(): Promise<number[]>;
  /** Shows blocks in other grids than they are in, for looking at only; none: no longer. */
  preview(changed: [block: number, number: number][]): void;
  /** The plan as the service has it after something other than a stroke. */
  renew(): Promise<void>;
  tell(text: string, warning?: boolean): void;
}

/** What a draft is at work among. */
export interface Around {
  district: District;
  declared: Layers;
  areas: Map<string, Area>;
  plans: Short[];
  leave(): void;
  /** The draft anew, on the ground as it is now. */
  reopen(after: After | null): Promise<void>;
  after: After | null;
}

/** What was done before the draft was opened anew: in words, and the blocks that came of it. */
export interface After {
  said: string;
  blocks: number[];
}

export function nameOf({ editor }: Desk, number: number): string {
  const grid = editor.grids.get(number);
  return grid?.name ?? "–";
}
