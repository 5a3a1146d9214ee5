// How labels look. With no glyph server in the style, MapLibre draws every letter from these local
// fonts; it reads the weight from the first name, which need not exist.
import type { SymbolLayerSpecification } from "maplibre-gl";

const FAMILIES = ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "sans-serif"];

export const REGULAR = ["Luge Regular", ...FAMILIES];
export const STRONG = ["Luge Bold", ...FAMILIES];

type Paint = NonNullable<SymbolLayerSpecification["paint"]>;

/** Ink with a halo of the ground's colour, so that a label reads on anything. */
export function ink(colour: NonNullable<Paint["text-color"]>, halo = "rgba(255,255,255,0.92)", width = 1.4): Paint {
  return { "text-color": colour, "text-halo-color": halo, "text-halo-width": width, "text-halo-blur": 0.3 };
}
