// Written from the service's OpenAPI document by `python -m api.typescript`.

/** A line drawn along a road, from [lon, lat] to another; without a side that of the first. */
export interface Along {
  along: [number, number][];
  side?: "L" | "R" | "LR" | "";
}

/** Who applies a proposal. */
export interface Applying {
  made_by?: string;
}

/** An administrative area. */
export interface Area {
  id: number;
  level: "district" | "street" | "community";
  code: string;
  name: string;
  parent_id: number | null;
  households: number | null;
  people: number | null;
  workers: number | null;
  area_m2: number;
  bbox: [number, number, number, number];
}

/** All administrative areas, by code. */
export interface Areas {
  areas: Area[];
}

/** A chief is charged with stretches, in a role; with ``shared`` others may have them, too. */
export interface Assignment {
  chief: number;
  role: "general" | "first" | "second" | "rota" | "member";
  where: (OnRoad | OnSegment | Along)[];
  from: string;
  to?: string | null;
  shared?: boolean;
}

/** What lies under the layers; `url` is of this service, and null where there is nothing. */
export interface BaseMap {
  kind: "none" | "pmtiles" | "raster";
  url: string | null;
  max_zoom: number;
  attribution: string;
}

/** A patrol that begins. */
export interface Beginning {
  key: string;
  chief: string;
  begun_at: string;
}

/** What nobody covers. */
export interface Blind {
  on: string;
  reckoned: string;
  half_life_days: number;
  hollow_days: number;
  rule: number;
  crs: number;
  revision: string;
  counts: BlindCounts;
  cluster: number;
  places: BlindPlace[];
  compounds: BlindCompound[];
  clusters: BlindCluster[];
  far: FarCompound[];
}

/** Incidents close together that nobody answers for. */
export interface BlindCluster {
  west: number;
  south: number;
  east: number;
  north: number;
  count: number;
  road: string;
  address: string;
  class: string;
  of_class: number;
}

/** A compound none of whose fronts has a duty; `faced` where it has any front. */
export interface BlindCompound {
  west: number;
  south: number;
  east: number;
  north: number;
  id: number;
  name: string;
  community: string;
  households: number;
  faced: boolean;
}

/** How many of each there are. */
export interface BlindCounts {
  places: number;
  compounds: number;
  clusters: number;
  far: number;
}

/** A road in a community of which metres have no duty, or none that is acted on. */
export interface BlindPlace {
  west: number;
  south: number;
  east: number;
  north: number;
  road: string;
  community: string;
  community_name: string;
  street: string;
  bare_m: number;
  hollow_m: number;
  merchants: number;
  households: number;
  incidents: number | null;
}

/** A block, and the line along which it is cut. */
export interface BlockCut {
  block: number;
  line: CutLine;
  made_by?: string;
}

/** The block of a place. */
export interface BlockHere {
  id: number;
  code: string;
  households: number | null;
  people: number | null;
}

/** Blocks to make one. */
export interface BlockJoin {
  blocks: number[];
  made_by?: string;
}

/** The same among given sites. */
export interface Candidates {
  stations?: number;
  by?: "coverage" | "median";
  weight?: "households" | "merchants";
  minutes?: number;
  seconds?: number;
  at: [number, number][];
}

/** A case. `version` is the number of steps taken, `actions` what can be done now; `steps` come with a single case, `near` with one just filed. */
export interface Case {
  id: number;
  code: string;
  class: string;
  subclass: string | null;
  status: string;
  open: boolean;
  late: boolean;
  description: string | null;
  address: string | null;
  source: string | null;
  reported_at: string;
  due_at: string | null;
  handled_at: string | null;
  closed_at: string | null;
  area: string | null;
  street: string | null;
  block: string | null;
  road: string | null;
  segment: number | null;
  seq: number | null;
  side: "L" | "R" | null;
  chainage_m: number | null;
  offset_m: number | null;
  lon: number;
  lat: number;
  version: number;
  actions: string[];
  steps?: StepTaken[];
  near?: MaybeSame[];
}

/** A page of cases; `next` leads on, and is null on the last page. */
export interface Cases {
  cases: Case[];
  next: string | null;
}

/** Who can walk to a station in so many minutes, and from where. */
export interface Catchment {
  minutes: number;
  households: number;
  merchants: number;
  geometry: PolygonShape | PolygonsShape;
}

/** What is told anew of a chief; the rest stays as it is. */
export interface Changes {
  name?: string | null;
  department?: string | null;
  phone?: string | null;
}

/** Who has a duty today, over how many metres of side; up to three of the roads. */
export interface Chief {
  code: string;
  name: string;
  department: string | null;
  metres: number;
  roads: string[] | null;
}

/** Who has a duty in the unit; the phone only for those with the right. */
export interface ChiefHere {
  role: string;
  name: string;
  department: string | null;
  phone: string | null;
  metres: number;
  sides: string[];
}

/** A chief's work against the norms; `load` is in percent of one person. */
export interface ChiefInCharge {
  paper_m: number;
  lived_m: number;
  hollow_m: number;
  merchants_paper: number;
  merchants_lived: number;
  households_paper: number;
  households_lived: number;
  incidents_paper: number | null;
  incidents_lived: number | null;
  code: string;
  name: string;
  department: string | null;
  roles: string;
  metres: number;
  doors: number;
  cases: number | null;
  load: number;
}

/** A chief, and of how many segments. */
export interface ChiefWithSegments {
  code: string;
  name: string;
  department: string | null;
  segments: number;
}

/** All who have a duty today. */
export interface Chiefs {
  chiefs: Chief[];
}

/** A class of incidents. */
export interface ClassCount {
  class: string;
  count: number;
}

/** An attribute of a layer's features; where `least` is set, smaller values need the `right`. */
export interface Column {
  name: string;
  zh: string;
  en: string;
  unit: string;
  from_zoom: number;
  type: "text" | "integer" | "number" | "boolean" | "date" | "time";
  right: string;
  least: number;
}

/** The blocks that are not everywhere in the same hands; `numbers`: each plan's own. */
export interface ComparedBlocks {
  id: number[];
  numbers: ((number | null)[])[];
}

/** A grid of a plan; `as_first`: the number of the first plan's grid that it goes on as. */
export interface ComparedGrid {
  number: number;
  code: string | null;
  name: string;
  as_first: number | null;
  workers: number;
  blocks: number;
  households: number;
  load: number;
  load_per_worker: number | null;
}

/** How evenly the load of a worker lies. */
export interface ComparedMeasures {
  units: number;
  mean: number;
  max_over_mean: number;
  cv: number;
  gini: number;
}

/** A plan with its measures, and what of it is in other hands than in the first. */
export interface ComparedPlan {
  plan: ReplayedPlan;
  grids: ComparedGrid[];
  unassigned: number;
  measures: ComparedMeasures | null;
  moved_blocks: number;
  moved_households: number;
}

/** How many incidents, how many of them open and late. */
export interface Counted {
  count: number;
  open: number;
  late: number;
}

/** A group of incidents, or a unit with what its figure can be divided by. Figures of small units are null where they are small and hidden. */
export interface CountedGroup {
  key: string | null;
  count: number | null;
  open: number | null;
  late: number | null;
  id?: number;
  name?: string | null;
  area_m2?: number | null;
  length_m?: number | null;
  households?: number | null;
  bbox?: [number, number, number, number];
}

/** Incidents counted by something. */
export interface Counts {
  layer: "incidents";
  by: string;
  total: Counted;
  groups: CountedGroup[];
}

/** What there is, and how much of it has a duty, on paper and lived. */
export interface CoverageFigures {
  paper_m: number;
  lived_m: number;
  hollow_m: number;
  merchants_paper: number;
  merchants_lived: number;
  households_paper: number;
  households_lived: number;
  incidents_paper: number | null;
  incidents_lived: number | null;
  side_m: number;
  merchants: number;
  households: number;
  incidents: number | null;
  paper_share: number | null;
  lived_share: number | null;
}

/** A part of the whole. Chiefs and levels have no sides of their own. */
export interface CoveragePart {
  paper_m: number;
  lived_m: number;
  hollow_m: number;
  merchants_paper: number;
  merchants_lived: number;
  households_paper: number;
  households_lived: number;
  incidents_paper: number | null;
  incidents_lived: number | null;
  code: string;
  name: string;
  department?: string | null;
  roles?: string;
  side_m?: number;
  merchants?: number;
  households?: number;
  incidents?: number | null;
  paper_share: number | null;
  lived_share: number | null;
}

/** The whole, and its parts by something. */
export interface CoverageSummary {
  on: string;
  reckoned: string;
  half_life_days: number;
  hollow_days: number;
  rule: number;
  crs: number;
  revision: string;
  total: CoverageFigures;
  by: string;
  parts: CoveragePart[];
}

/** Where to split, in m from the segment's start. */
export interface Cut {
  at_m: number;
  actor?: string | null;
}

/** A block that a cut or a join made. */
export interface CutBlock {
  id: number;
  code: string;
  households: number | null;
  people: number | null;
  area_m2: number;
}

/** A line in degrees, as GeoJSON has it. */
export interface CutLine {
  type: "LineString";
  coordinates: [number, number][];
}

/** The properties of an item of /ogc/collections/density. */
export interface DensityItem {
  count: number | null;
  open: number | null;
  cell: string | null;
  resolution: number | null;
}

/** The district at a glance. */
export interface District {
  name: string;
  code: string;
  srid: number;
  time_zone: string;
  bounds: [number, number, number, number] | null;
  counts: Record<string, number>;
  systems: GridSystem[];
}

/** A merchant along the road. */
export interface Door {
  id: number;
  code: string;
  name: string;
  category: string | null;
  listed: "red" | "grey" | null;
  side: "L" | "R" | null;
  seq: number | null;
  chainage_m: number | null;
  lon: number;
  lat: number;
}

/** Merchants of the unit; along a road also which, in the order of their doors. */
export interface Doors {
  count: number;
  rows: Door[] | null;
}

/** A compound far from every station on foot. */
export interface FarCompound {
  west: number;
  south: number;
  east: number;
  north: number;
  id: number;
  code: string;
  name: string;
  households: number | null;
  station: string | null;
  station_name: string | null;
  metres: number | null;
  minutes: number | null;
}

/** What is reported, and where. */
export interface Filing {
  class: string;
  lon: number;
  lat: number;
  crs?: string;
  subclass?: string | null;
  description?: string | null;
  address?: string | null;
  source?: string | null;
  actor?: string | null;
  note?: string | null;
}

/** A chief for a vacant post. */
export interface Filling {
  post: number;
  chief: string;
}

/** One reading of a position. */
export interface Fix {
  lon: number;
  lat: number;
  at: string;
  accuracy_m: number;
}

/** A chief's duties, or those of a road, role or rotation, go to another chief on a day. */
export interface Giving {
  giver: number;
  taker: number;
  on: string;
  road?: string | null;
  role?: "general" | "first" | "second" | "rota" | "member" | null;
  rota?: number | null;
}

/** What of a grid is to be otherwise. */
export interface GridChange {
  name?: string | null;
  workers?: number | null;
  locked?: boolean | null;
  made_by?: string;
}

/** The grid of a place in one system. */
export interface GridHere {
  system: string;
  system_name: string;
  system_name_en: string;
  id: number;
  code: string;
  name: string;
  plan: string;
}

/** A grid system; `plan` is null where none is in force. */
export interface GridSystem {
  code: string;
  name: string;
  name_en: string;
  plan: PlanInForce | null;
}

/** What was done by grid and month, in the borders of a day and of each day. */
export interface GridsTrend {
  system: string;
  of: "cases" | "visits" | "patrol_m";
  as_of: string;
  months: string[];
  plans: TrendPlan[];
  grids: TrendGrid[];
}

/** Blocks that ended and began, and how many points near by have other links. */
export interface GroundChanged {
  version: number;
  ended: number[];
  blocks: CutBlock[];
  points: number;
  moved: number;
}

/** A group of layers. */
export interface Group {
  key: string;
  zh: string;
  en: string;
}

/** What can be imported, and from what. */
export interface ImportChoices {
  kinds: ImportKind[];
  endings: string[];
  datums: string[];
  max_upload_bytes: number;
}

/** A field of a kind; `choices` where only these are taken. */
export interface ImportField {
  name: string;
  type: "text" | "integer" | "float" | "timestamp" | "choice";
  required: boolean;
  choices: string[];
}

/** An uploaded file, how far its import is, and what came of it. */
export interface ImportJob {
  id: number;
  kind: string;
  file: string;
  size_bytes: number;
  status: "uploaded" | "queued" | "running" | "done" | "failed" | "cancelled";
  options: ImportOptions;
  step: string;
  done: number;
  total: number;
  summary: ImportSummary | null;
  rejects: number;
  error: string | null;
  kept: boolean;
  made_at: string;
  started_at: string | null;
  ended_at: string | null;
}

/** A page of imports; `next` leads on, and is null on the last page. */
export interface ImportJobs {
  imports: ImportJob[];
  next: number | null;
}

/** A kind of thing that can be imported. */
export interface ImportKind {
  name: string;
  shape: string;
  labels: boolean;
  fields: ImportField[];
}

/** How a file is imported; nothing before it was put into the queue. */
export interface ImportOptions {
  wishes?: ImportWishes;
  layer?: string | null;
  encoding?: string | null;
  margin_m?: number | null;
  dry_run?: boolean;
}

/** The first rows, judged. `fields` and `places` say which column is used for what; `likely` is the datum that fits the district clearly better, or empty, and `doubt` says why. */
export interface ImportPreview {
  columns: string[];
  fields: Record<string, string>;
  places: Record<string, string>;
  problem: PreviewProblem | null;
  declared: string | null;
  crs: string | null;
  rows: PreviewRow[];
  rejected: number;
  notes: string[];
  likely: string;
  doubt: string;
}

/** Why rows were refused, and how many. */
export interface ImportReason {
  reason: string;
  rows: number;
}

/** What became of a file: `read` is the sum of the four counts behind it. */
export interface ImportSummary {
  file: string;
  kind: string;
  crs: string;
  read: number;
  inserted: number;
  updated: number;
  unchanged: number;
  rejected: number;
  notes: string[];
  reasons: ImportReason[];
}

/** What was said of the rows. */
export interface ImportWishes {
  crs?: string | null;
  columns?: Record<string, string> | null;
  constants?: Record<string, string> | null;
}

/** The properties of an item of /ogc/collections/incidents. */
export interface IncidentItem {
  class: string | null;
  open: boolean | null;
  reported_at: string | null;
  status: string | null;
  code: string | null;
  subclass: string | null;
  address: string | null;
  description: string | null;
  source: string | null;
  due_at: string | null;
  handled_at: string | null;
  closed_at: string | null;
  late: boolean | null;
  area: string | null;
  street: string | null;
  block: string | null;
  road: string | null;
  seq: number | null;
  side: string | null;
  chainage_m: number | null;
  offset_m: number | null;
  segment: number | null;
}

/** A class with its subclasses. */
export interface Kind {
  class: string;
  subclasses: string[] | null;
}

/** The classes that cases have. */
export interface Kinds {
  classes: Kind[];
}

/** The chief's last patrol. */
export interface LastPatrol {
  key: string;
  begun_at: string;
  ended_at: string | null;
  metres: number;
}

/** A layer of the map. `parts` are the sets of features in its tiles: its own, and points that carry names. `revision` changes whenever its features do. `budget` says how many points the whole district may show up to a zoom; `shares`, by zoom, which share of its points is shown. Up to the zoom `clusters` its points can be had gathered; 0 where they cannot. */
export interface Layer {
  key: string;
  zh: string;
  en: string;
  group: string;
  geometry: "polygon" | "line" | "point";
  min_zoom: number;
  max_zoom: number;
  shown: boolean;
  columns: Column[];
  parts: string[];
  style: Style;
  revision: string;
  budget: [number, number][];
  clusters: number;
  shares: Record<string, number>;
}

/** All that is declared. `newest_report` is seconds since 1970: ages are counted from it. */
export interface Layers {
  groups: Group[];
  layers: Layer[];
  metrics: Metric[];
  newest_report: number | null;
}

/** Leave of a chief, and who answers in the meantime. */
export interface Leave {
  from: string;
  to?: string | null;
  deputy?: number | null;
  reason?: string | null;
}

/** A line. */
export interface LineShape {
  type: "LineString";
  coordinates: [number, number][];
}

/** What became of the grids before a plan. */
export interface Lineage {
  lineage: LineageRow[];
}

/** A pair of grids that share blocks, or one that ended or began with none. */
export interface LineageRow {
  kind: "kept" | "split" | "merged" | "moved" | "ended" | "new";
  blocks: number;
  households: number;
  from_id: number | null;
  from_code: string | null;
  from_name: string | null;
  to_id: number | null;
  to_code: string | null;
  to_name: string | null;
  to_number: number | null;
}

/** Several lines. */
export interface LinesShape {
  type: "MultiLineString";
  coordinates: [number, number][][];
}

/** The event `change`, or `many` where a whole layer changed and no `id` is told. `box` is null where nothing of the place is known; place and attributes are told of points. */
export interface LiveChange {
  seq: number;
  layer: string;
  op: "insert" | "update" | "delete";
  id?: number;
  box: [number, number, number, number] | null;
  lon?: number;
  lat?: number;
  feature?: Record<string, string | number | boolean | null>;
}

/** The event `ready`: the stream has begun, or goes on where the client was. */
export interface LiveReady {
  resumed: boolean;
}

/** The event `reset`: what came between is not known; read everything again. */
export interface LiveReset {
  why: string;
}

/** Loads of units, how even they are, and how they were got. */
export interface Load {
  of: "grids" | "areas" | "blocks";
  unit: string;
  rule: LoadRule;
  since: string;
  until: string;
  weeks: number;
  case_minutes: Record<string, number>;
  measures: PlanSpread;
  measures_per_worker: PlanSpread;
  rows: LoadRow[];
  as_of: string;
  revision: string;
  crs: number;
}

/** Minutes of work a week in an area or grid, for each worker, and by the mean of its like. `parts` sum to `value`: households, people, merchants, incidents, frontage, area, places. */
export interface LoadHere {
  value: number;
  per_worker: number | null;
  times_mean: number | null;
  parts: Record<string, number>;
  rule: RuleNamed;
}

/** A unit with the sums of its blocks; the `part_` columns sum to `load`, in minutes a week. */
export interface LoadRow {
  id: number;
  code: string;
  name: string;
  workers: number | null;
  blocks: number;
  households: number;
  people: number;
  merchants: number;
  incidents: number | null;
  frontage_m: number;
  area_m2: number;
  stations: number;
  protected: number;
  part_households: number;
  part_people: number;
  part_merchants: number;
  part_incidents: number;
  part_frontage: number;
  part_area: number;
  part_places: number;
  load: number;
  load_per_worker: number | null;
  rate: number | null;
  rate_shrunk: number | null;
}

/** A rule set in one version. */
export interface LoadRule {
  name: string;
  version: number;
  title: string;
  title_en: string;
  weights: LoadWeights;
}

/** The same with who made it when; null for the one that was there from the beginning. */
export interface LoadRuleListed {
  name: string;
  version: number;
  title: string;
  title_en: string;
  weights: LoadWeights;
  made_at: string | null;
  made_by: string;
}

/** All rule sets, every version. */
export interface LoadRules {
  rules: LoadRuleListed[];
}

/** Minutes of work a week; `case` and `cases` (by class) minutes each. */
export interface LoadWeights {
  household: number;
  person: number;
  merchant: number;
  km: number;
  hectare: number;
  station: number;
  protected: number;
  case: number;
  effort: boolean;
  cases: Record<string, number>;
}

/** Stretches to be looked at, and for which role and days. */
export interface Looked {
  where: (OnRoad | OnSegment | Along)[];
  role?: "general" | "first" | "second" | "rota" | "member";
  from?: string | null;
  to?: string | null;
}

/** An open case that may be the same as one just filed. */
export interface MaybeSame {
  code: string;
  subclass: string | null;
  status: string;
  reported_at: string;
  distance_m: number;
}

/** A unit with its value and what names it. */
export interface MeasuredUnit {
  id: number;
  level?: string | null;
  system?: string | null;
  code?: string | null;
  name?: string | null;
  seq?: number | null;
  value: number;
  bbox: [number, number, number, number];
}

/** The values of a metric over the units of a layer, null where one is small and hidden. `revision` is that of the data they were computed from; null where they were not yet. */
export interface Measures {
  metric: string;
  layer: string;
  unit: string;
  revision: string | null;
  computed_at: string | null;
  values: Record<string, number | null>;
  units: MeasuredUnit[];
}

/** A value that units of some layers can be coloured by. Where `least` is set, small units hide values from 1 to below it from those without the right; with a `step` they have multiples of it. */
export interface Metric {
  key: string;
  zh: string;
  en: string;
  unit: string;
  layers: string[];
  least: number;
  step: number;
}

/** A month, YYYY-MM. */
export interface MonthCount {
  month: string;
  count: number;
}

/** A thing with its code. */
export interface Named {
  id: number;
  code: string | null;
  name: string;
}

/** A case near a spot; `same` where it may be the same as one that is asked about. */
export interface NearCase {
  code: string;
  class: string;
  subclass: string | null;
  status: string;
  reported_at: string;
  closed_at: string | null;
  distance_m: number;
  open: boolean;
  same: boolean | null;
}

/** A unit beside it, with its number of incidents. */
export interface Neighbour {
  id: number;
  code: string | null;
  name: string | null;
  value: number | null;
  lon: number;
  lat: number;
}

/** Units that share an edge, or the others of the road; the unit's own number, their median. */
export interface Neighbours {
  relation: "edge" | "road";
  value: number | null;
  median: number | null;
  units: Neighbour[];
}

/** A body bound to stretches. */
export interface NewBody {
  kind: "street_council" | "party_branch" | "alliance";
  name: string;
  from: string;
  where: (OnRoad | OnSegment | Along)[];
}

/** A person; without a ``code`` one is made of the name and the phone. */
export interface NewChief {
  name: string;
  department?: string | null;
  phone?: string | null;
  code?: string | null;
}

/** A grid to add; ``parent`` is the code of an area. */
export interface NewGrid {
  name?: string | null;
  parent?: string | null;
  workers?: number;
  made_by?: string;
}

/** Something on a list; ``lon`` and ``lat`` (WGS 84) together, where a spot is known. */
export interface NewItem {
  list: "need" | "resource" | "project";
  title: string;
  detail?: string | null;
  place?: string | null;
  lon?: number | null;
  lat?: number | null;
  contact?: string | null;
  phone?: string | null;
}

/** Somebody who takes part. */
export interface NewMember {
  name: string;
  from: string;
  organisation?: string | null;
  post?: "head" | "deputy" | "member";
  phone?: string | null;
  chief?: number | null;
}

/** A draft to begin: on the plan in force where nothing else is said. */
export interface NewPlan {
  system: string;
  name: string;
  based_on?: number | null;
  empty?: boolean;
  made_by?: string;
}

/** What is asked of the engine; ``blocks``: only these may change hands. */
export interface NewProposal {
  task?: "rebalance" | "redraw" | "split" | "merge" | "add" | "drop" | "unite";
  number?: number | null;
  grids?: number | null;
  blocks?: number[];
  systems?: string[];
  tolerance?: number;
  seed?: number;
  made_by?: string;
}

/** Chiefs take turns on stretches, in their order. */
export interface NewRota {
  name: string;
  chiefs: number[];
  every?: number;
  unit?: "day" | "week" | "month";
  from: string;
  to: string;
  where: (OnRoad | OnSegment | Along)[];
  role?: "general" | "first" | "second" | "rota" | "member";
}

/** Other turns of a rotation from a day on; what was before stays. */
export interface NewTurns {
  chiefs: number[];
  every?: number;
  unit?: "day" | "week" | "month";
  from: string;
  to: string;
}

/** What a plan is to become; ``from`` is the first day of one that is published. */
export interface NextStep {
  status: "submitted" | "approved" | "draft" | "published";
  note?: string;
  made_by?: string;
  from?: string | null;
}

/** What one person can do. */
export interface Norms {
  metres: number;
  doors: number;
  cases: number;
}

/** Open cases by state, the late ones, and what came and went since midnight. */
export interface Now {
  at: string;
  states: Record<string, number>;
  open: number;
  late: number;
  reported_today: number;
  closed_today: number;
  newest: string | null;
}

/** A day. */
export interface OnDay {
  on: string;
}

/** A chief of the metres in question, and who answers for him today (null: nobody). */
export interface OnDuty {
  role: string;
  name: string;
  department: string | null;
  answers: string | null;
}

/** A stretch in words: a road, from and to a crossing, metres or a door, and a side. */
export interface OnRoad {
  road: string;
  from?: string;
  to?: string;
  side?: string;
}

/** Metres of a segment's side, by chainage; without ``to_m`` to its end. */
export interface OnSegment {
  segment: number;
  side?: "L" | "R" | "LR";
  from_m?: number;
  to_m?: number | null;
}

/** An open case of the unit. */
export interface OpenCase {
  id: number;
  code: string;
  class: string;
  status: string;
  address: string | null;
  reported_at: string;
  due_at: string | null;
  late: boolean;
  lon: number;
  lat: number;
}

/** Blocks, and the number of the grid that they are to be in; none: in no grid. */
export interface Painting {
  blocks: number[];
  number: number | null;
  made_by?: string;
}

/** The segment to join with. */
export interface Pair {
  other: number;
  actor?: string | null;
}

/** A unit that the unit lies in, with its figures where there are such. */
export interface Parent {
  layer: string;
  id: number;
  code: string | null;
  name: string;
  detail: string | null;
  households: number | null;
  incidents: number | null;
  open: number | null;
}

/** Metres of a side that were walked along, and when. */
export interface Passed {
  from_m: number;
  to_m: number;
  at: string;
}

/** All units of a place; what is not there is null. */
export interface Place {
  lon: number;
  lat: number;
  as_of: string;
  district: Named | null;
  street: Named | null;
  community: Named | null;
  compound: Named | null;
  block: BlockHere | null;
  grids: GridHere[];
  road: RoadPlace | null;
  station: StationNear | null;
}

/** A plan with its grids. */
export interface Plan {
  id: number;
  system: string;
  name: string;
  status: "draft" | "submitted" | "approved" | "published" | "superseded";
  version: number | null;
  based_on: number | null;
  valid_from: string | null;
  valid_to: string | null;
  made_at: string;
  made_by: string;
  note: string;
  grids: PlanGrid[];
  blocks: number;
  unassigned: number;
  measures: PlanSpread;
  limits: PlanLimits;
  steps: PlanStep[];
  rule: PlanRule;
}

/** A block of a plan; `x`, `y` is a point inside, in metres of the district's CRS. */
export interface PlanBlockFacts {
  id: number;
  code: string;
  area: string;
  street: string | null;
  parents: string[];
  compound: number | null;
  households: number;
  people: number;
  merchants: number;
  incidents: number | null;
  frontage_m: number;
  area_m2: number;
  outline_m: number;
  load: number;
  x: number;
  y: number;
}

/** Columns: blocks, the number of each one's grid, and that when the draft was begun. */
export interface PlanBlocks {
  id: number[];
  number: (number | null)[];
  based: (number | null)[];
}

/** A plan in short; `version` of one that is not in force yet. */
export interface PlanBrief {
  id: number;
  system: string;
  name: string;
  status: "draft" | "submitted" | "approved" | "published" | "superseded";
  version: number | null;
  based_on: number | null;
  valid_from: string | null;
  valid_to: string | null;
  made_at: string;
  made_by: string;
  note: string;
  grids: number;
  blocks: number;
}

/** What of a draft is to be otherwise; ``limits``: all of those that are not the usual ones. */
export interface PlanChange {
  name?: string | null;
  note?: string | null;
  limits?: unknown | null;
  made_by?: string;
}

/** What breaks the rules of a plan, hard ones first. */
export interface PlanChecks {
  hard: number;
  soft: number;
  findings: PlanFinding[];
  limits: PlanLimits;
}

/** What somebody said of a plan, at a place or of the whole. */
export interface PlanComment {
  id: number;
  at: string;
  made_by: string;
  body: string;
  lon: number | null;
  lat: number | null;
  done: boolean;
}

/** Comments, the oldest first. */
export interface PlanComments {
  comments: PlanComment[];
}

/** A border of two blocks, and what it runs along. */
export interface PlanEdge {
  a: number;
  b: number;
  metres: number;
  kind: "road" | "river" | "wall" | "legal" | "lane" | "nothing";
  why: string;
}

/** A block as a GeoJSON feature. */
export interface PlanFeature {
  type: "Feature";
  id: number;
  geometry: PlanShape;
  properties: PlanBlockFacts;
}

/** Blocks as GeoJSON. */
export interface PlanFeatures {
  type: "FeatureCollection";
  features: PlanFeature[];
}

/** What breaks a rule, where, and why; `values` are the facts of the sentence. */
export interface PlanFinding {
  rule: string;
  hard: boolean;
  number: number | null;
  blocks: number[];
  lon: number;
  lat: number;
  values: unknown;
  reason: string;
}

/** A grid of a plan and what its blocks hold; `code` and `grid_id` where it has been one. */
export interface PlanGrid {
  number: number;
  grid_id: number | null;
  code: string | null;
  name: string;
  parent: string | null;
  parent_name: string | null;
  workers: number;
  locked: boolean;
  blocks: number;
  households: number;
  people: number;
  merchants: number;
  incidents: number;
  frontage_m: number;
  area_m2: number;
  load: number;
  load_per_worker: number | null;
}

/** What a plan lies on. */
export interface PlanGround {
  blocks: PlanFeatures;
  edges: PlanEdge[];
  wholes: PlanWhole[];
  across: boolean;
  rule: PlanRule;
  crs: number;
  revision: string;
}

/** The plan of a grid system that is in force today. */
export interface PlanInForce {
  id: number;
  name: string;
  valid_from: string;
}

/** What grids should keep to; null: no limit. */
export interface PlanLimits {
  households_least: number | null;
  households_most: number | null;
  load_least: number | null;
  load_most: number | null;
  compactness_least: number | null;
  area_least: number | null;
  area_most: number | null;
}

/** The rule set that loads are weighed by. */
export interface PlanRule {
  name: string;
  version: number;
}

/** A polygon in degrees: its rings of [lon, lat]. */
export interface PlanShape {
  type: "Polygon";
  coordinates: number[][][];
}

/** How evenly load for each worker lies on the grids. */
export interface PlanSpread {
  units: number;
  mean: number;
  max_over_mean: number;
  cv: number;
  gini: number;
}

/** What a plan became, and by whom. */
export interface PlanStep {
  status: "draft" | "submitted" | "approved" | "published" | "superseded";
  at: string;
  made_by: string;
  note: string;
}

/** A compound or a protected place in several blocks, which should stay together. */
export interface PlanWhole {
  kind: "compound" | "school" | "hospital" | "market" | "estate" | "heritage" | "other";
  name: string;
  blocks: number[];
}

/** Plans, the newest first. */
export interface Plans {
  plans: PlanBrief[];
}

/** Plans side by side, the first of which the others are held against. */
export interface PlansCompared {
  plans: ComparedPlan[];
  blocks: ComparedBlocks;
}

/** A place. */
export interface PointShape {
  type: "Point";
  coordinates: [number, number];
}

/** Many places to locate at once. */
export interface Points {
  points: [number, number][];
  crs?: string;
  as_of?: string | null;
}

/** Several places. */
export interface PointsShape {
  type: "MultiPoint";
  coordinates: [number, number][];
}

/** A polygon: its outer ring, and those of its holes. */
export interface PolygonShape {
  type: "Polygon";
  coordinates: [number, number][][];
}

/** Several polygons. */
export interface PolygonsShape {
  type: "MultiPolygon";
  coordinates: [number, number][][][];
}

/** Why the file as a whole cannot be read. */
export interface PreviewProblem {
  code: string;
  detail: string;
}

/** A row as it stands; `reason` says why it would be refused. */
export interface PreviewRow {
  row: number;
  cells: string[];
  reason: string;
  geometry: PointShape | PointsShape | LineShape | LinesShape | PolygonShape | PolygonsShape | null;
}

/** A proposal: how far it is; then its figures, and blocks with the numbers before, after. */
export interface Proposal {
  id: number;
  plan: number;
  system: string;
  version: number;
  task: "rebalance" | "redraw" | "split" | "merge" | "add" | "drop" | "unite";
  status: "running" | "ready" | "failed" | "applied";
  wishes: unknown;
  seed: number;
  made_by: string;
  step: string;
  done: number;
  total: number;
  figures: ProposalFigures | null;
  error: string | null;
  made_at: string;
  ended_at: string | null;
  changed: ([number, number | null, number | null])[];
}

/** A proposal in short; `version` of the draft that it is made on. */
export interface ProposalBrief {
  id: number;
  version: number;
  task: "rebalance" | "redraw" | "split" | "merge" | "add" | "drop" | "unite";
  status: "running" | "ready" | "failed" | "applied";
  wishes: unknown;
  seed: number;
  made_by: string;
  made_at: string;
  ended_at: string | null;
  error: string | null;
  before: ProposalMeasures | null;
  after: ProposalMeasures | null;
}

/** What a proposal comes to; ``changed_load`` of ``load``, in minutes a week. */
export interface ProposalFigures {
  before: ProposalMeasures;
  after: ProposalMeasures;
  grids: ProposalGrid[];
  changed_blocks: number;
  changed_load: number;
  load: number;
  came: number[];
  gone: number[];
  finished: boolean;
  rule: ProposalRule;
  unsolved: ProposalUnsolved[];
}

/** A grid that would change: minutes a week for each worker; null: it is not there. */
export interface ProposalGrid {
  number: number;
  load_per_worker_before: number | null;
  load_per_worker_after: number | null;
}

/** How evenly load for each worker lies on the grids, and the metres of border between them. */
export interface ProposalMeasures {
  units: number;
  mean: number;
  max_over_mean: number;
  cv: number;
  gini: number;
  border_m: number;
}

/** The rule set that loads are weighed by. */
export interface ProposalRule {
  name: string;
  version: number;
}

/** An area that stays as it is: the rule no plan keeps, where, how far off the nearest is. */
export interface ProposalUnsolved {
  area: string | null;
  area_name: string | null;
  rule: "contiguous" | "size" | "heavy" | "load" | "whole";
  values: unknown;
  reason: string;
  reason_zh: string;
  nearest: number | null;
  blocks: number[];
}

/** Proposals for a plan, the newest first. */
export interface Proposals {
  proposals: ProposalBrief[];
}

/** How many come to a worker with less to do, and how many to one with more. */
export interface ReplayEased {
  lighter: number | null;
  heavier: number | null;
}

/** A figure under both plans; less is better. `low` to `high`: where `after` - `before` may lie. `verdict` is `same` where that holds 0. */
export interface ReplayFigure {
  key: string;
  before: number;
  after: number;
  low: number;
  high: number;
  verdict: "better" | "worse" | "same";
}

/** A grid and what it had; null: a small count that is not shown. */
export interface ReplayGrid {
  number: number;
  id: number | null;
  code: string;
  name: string;
  parent: string | null;
  workers: number;
  cases: number | null;
  late: number | null;
  border: number | null;
  visits: number;
  patrol_m: number;
  walk_m: number;
}

/** What becomes of a grid; `before` or `after` is null where it is new or has ended. `was` and `now`: cases of one of its workers in a week; `low` to `high`: where `now` - `was` may lie; `late`: the same of late ones; in how many weeks that worker has less, and more. All are null where counts are too small to be shown. */
export interface ReplayMove {
  before: ReplayGrid | null;
  after: ReplayGrid | null;
  was: number | null;
  now: number | null;
  low: number | null;
  high: number | null;
  late: ReplaySpan;
  weeks_lighter: number | null;
  weeks_heavier: number | null;
  verdict: "lighter" | "heavier" | "same" | "new" | "ended";
}

/** What changes hands. */
export interface ReplayMoved {
  blocks: number;
  households: number;
  cases: number | null;
}

/** What a worker has in a week under both plans, and where the difference may lie. */
export interface ReplaySpan {
  was: number | null;
  now: number | null;
  low: number | null;
  high: number | null;
}

/** A period's work under two plans; `weeks` have the first day of each. `weeks_lighter`, `weeks_heavier`: in how many grids a worker has less, or more, in each week. */
export interface ReplayTold {
  plan: ReplayedPlan;
  against: ReplayedPlan;
  since: string;
  until: string;
  seed: number;
  draws: number;
  busy_at: number;
  total: ReplayTotal;
  moved: ReplayMoved;
  cases: ReplayEased;
  households: ReplayEased;
  figures: ReplayFigure[];
  grids: ReplayMove[];
  weeks: string[];
  weeks_lighter: number[];
  weeks_heavier: number[];
  weekly: ReplayWeeks[];
}

/** What happened in all; `outside_before`, `outside_after`: cases in no grid of the plan. */
export interface ReplayTotal {
  cases: number;
  late: number;
  visits: number;
  patrol_m: number;
  outside_before: number | null;
  outside_after: number | null;
}

/** A figure week by week under both plans. */
export interface ReplayWeeks {
  key: string;
  before: number[];
  after: number[];
}

/** A plan in short; `version` is that of a draft. */
export interface ReplayedPlan {
  id: number;
  name: string;
  status: "draft" | "submitted" | "approved" | "published" | "superseded";
  system: string;
  version: number | null;
  valid_from: string | null;
}

/** Something that carries the name or code sought. */
export interface Result {
  kind: "area" | "block" | "grid" | "road" | "merchant" | "station" | "incident" | "coordinate";
  id: number;
  code: string | null;
  name: string;
  detail: string | null;
  lon: number;
  lat: number;
  bbox: [number, number, number, number];
}

/** What was found. */
export interface Results {
  results: Result[];
}

/** A place on its segment; lengths in metres. */
export interface RoadPlace {
  segment_id: number;
  road_id: number | null;
  name: string | null;
  kind: string;
  class: string;
  seq: number | null;
  length_m: number;
  side: "L" | "R";
  chainage_m: number;
  offset_m: number;
  chiefs: OnDuty[];
}

/** The rule set that a load is by. */
export interface RuleNamed {
  name: string;
  version: number;
  title: string;
  title_en: string;
}

/** How to import it; ``dry_run`` does all and keeps nothing. */
export interface Run {
  kind?: string | null;
  crs?: string | null;
  columns?: Record<string, string>;
  constants?: Record<string, string>;
  layer?: string | null;
  encoding?: string | null;
  margin_m?: number | null;
  dry_run?: boolean;
}

/** A comment; of a place (both, in degrees), or of the whole plan. */
export interface Said {
  body: string;
  lon?: number | null;
  lat?: number | null;
  made_by?: string;
}

/** Whether what was said is dealt with. */
export interface Settled {
  done: boolean;
}

/** What became of duties: how many ended, began, stayed; metres of side before and after. */
export interface ShareApplied {
  ended: number;
  begun: number;
  stayed: number;
  metres_before: number;
  metres_after: number;
}

/** A chief with his share of today. */
export interface ShareChief {
  metres: number;
  doors: number;
  cases: number;
  load: number;
  stretches: number;
  pieces: number;
  id: number;
  code: string;
  name: string;
  department: string | null;
}

/** A draft of shares; `figures` once it is ready. */
export interface ShareDraft {
  id: number;
  role: string;
  valid_from: string;
  status: "running" | "ready" | "failed" | "applied" | "discarded";
  wishes: ShareWishes;
  seed: number;
  error: string | null;
  made_at: string;
  ended_at: string | null;
  step: string;
  done: number;
  total: number;
  stop: boolean;
  beat_at: string | null;
  figures: ShareFigures | null;
  chiefs: ShareChief[];
  posts: SharePost[];
}

/** A draft in the list. */
export interface ShareDraftListed {
  id: number;
  role: string;
  valid_from: string;
  status: "running" | "ready" | "failed" | "applied" | "discarded";
  wishes: ShareWishes;
  seed: number;
  error: string | null;
  made_at: string;
  ended_at: string | null;
  before: Spread | null;
  after: Spread | null;
  changed: number | null;
}

/** Drafts, the newest first. */
export interface ShareDrafts {
  drafts: ShareDraftListed[];
}

/** A draft against today. */
export interface ShareFigures {
  before: Spread;
  after: Spread;
  stretches: number;
  metres: number;
  changed: number;
  changed_m: number;
  finished: boolean;
  weeks: number;
  rules: ShareRules;
  gaps: ShareGap[];
}

/** A share in several pieces, and why. */
export interface ShareGap {
  post: number;
  pieces: number;
  why: "network" | "locks";
  stretches: number[];
  roads: (string | null)[];
}

/** A share of the draft, and whose it would be; null where nobody has it yet. */
export interface SharePost {
  metres: number;
  doors: number;
  cases: number;
  load: number;
  stretches: number;
  pieces: number;
  post: number;
  chief_id: number | null;
  code: string | null;
  name: string | null;
  department: string | null;
}

/** What work weighs, in minutes. */
export interface ShareRules {
  name: string;
  walk: number;
  door: number;
  case: number;
}

/** A stretch of a draft. */
export interface ShareStretch {
  type: "Feature";
  id: number;
  geometry: LineShape;
  properties: ShareStretchFacts;
}

/** Whose a stretch is, and whose it would be. */
export interface ShareStretchFacts {
  id: number;
  road: string | null;
  length_m: number;
  chief: number | null;
  post: number;
}

/** The stretches of a draft as GeoJSON. */
export interface ShareStretches {
  type: "FeatureCollection";
  features: ShareStretch[];
}

/** What was asked for. */
export interface ShareWishes {
  area: string | null;
  role: string;
  added: string[];
  locks: string[];
  chiefs: number | null;
  without: string[];
  tolerance: number;
  everywhere: boolean;
}

/** Who has how much against the norms. */
export interface SpanOfControl {
  on: string;
  reckoned: string;
  half_life_days: number;
  hollow_days: number;
  rule: number;
  crs: number;
  revision: string;
  norms: Norms;
  most_households: number;
  chiefs: ChiefInCharge[];
  staff: StaffOf[];
  workers: WorkersOf[];
}

/** Cases near a place, and how many by class. */
export interface Spot {
  within_m: number;
  classes: SpotClass[];
  cases: NearCase[];
}

/** How many of a class there were. */
export interface SpotClass {
  class: string;
  reported: number;
}

/** How even shares are: the largest to the mean, the variation, how many are in one piece. */
export interface Spread {
  most: number;
  variation: number;
  shares: number;
  connected: number;
}

/** Chiefs of a street: there, needed by the norms, short. */
export interface StaffOf {
  paper_m: number;
  lived_m: number;
  hollow_m: number;
  merchants_paper: number;
  merchants_lived: number;
  households_paper: number;
  households_lived: number;
  incidents_paper: number | null;
  incidents_lived: number | null;
  side_m: number;
  merchants: number;
  households: number;
  incidents: number | null;
  paper_share: number | null;
  lived_share: number | null;
  code: string;
  name: string;
  metres: number;
  doors: number;
  cases: number | null;
  there: number;
  needed: number;
  short: number;
}

/** A service station near the unit, by the straight distance. */
export interface StationHere {
  id: number;
  code: string;
  name: string;
  tier: string;
  distance_m: number;
  lon: number;
  lat: number;
}

/** The station nearest on foot from the place's block, with metres and minutes along the roads. Where no way is known (both null) it is the nearest by the straight distance (`distance_m`). */
export interface StationNear {
  id: number;
  name: string;
  tier: string;
  metres: number | null;
  minutes: number | null;
  distance_m: number | null;
}

/** A station with its catchments. */
export interface StationReach {
  id: number;
  code: string;
  name: string;
  tier: string;
  lon: number;
  lat: number;
  catchments: Catchment[];
}

/** A step of a case's history, with the state after it; the actor for those with the right. */
export interface StepTaken {
  seq: number;
  step: string;
  status: string;
  at: string;
  actor: string | null;
  note: string | null;
}

/** What a chief has in charge today. */
export interface Strip {
  chief: StripChief;
  at: string;
  day: string;
  rules: WalkRules;
  roads: StripRoad[];
  cases: StripCase[];
  last_patrol: LastPatrol | null;
  classes: Kind[];
}

/** An open case on the strip. */
export interface StripCase {
  segment: number;
  side: "L" | "R";
  chainage_m: number;
  code: string;
  class: string;
  subclass: string | null;
  status: string;
  description: string | null;
  address: string | null;
  late: boolean;
  reported_at: string;
  due_at: string | null;
  lon: number;
  lat: number;
}

/** A chief. */
export interface StripChief {
  code: string;
  name: string;
  department: string | null;
}

/** Chiefs who have segments. */
export interface StripChiefs {
  chiefs: ChiefWithSegments[];
}

/** A door on a side; `due` where a visit is due. */
export interface StripDoor {
  kind: "merchant" | "compound";
  code: string | null;
  name: string;
  category: string | null;
  listed: "red" | "grey" | null;
  chainage_m: number;
  lon: number | null;
  lat: number | null;
  visited_at: string | null;
  good: boolean | null;
  due: boolean;
}

/** A road's segments in walking order. */
export interface StripRoad {
  name: string | null;
  kind: string;
  segments: StripSegment[];
}

/** A segment with the sides in charge; `line` is its axis. */
export interface StripSegment {
  id: number;
  seq: number | null;
  kind: string;
  class: string;
  length_m: number;
  width_m: number;
  narrow: boolean;
  nodes: [number, number];
  line: [number, number][];
  meets_first: string[] | null;
  meets_last: string[] | null;
  sides: StripSide[];
}

/** A side in charge: which metres, in which roles, with its doors. */
export interface StripSide {
  side: "L" | "R";
  roles: string[];
  charge: [number, number][];
  doors: StripDoor[];
  passed: Passed[];
}

/** A stroke: each block changed with the numbers before and after, and the grids touched. */
export interface Stroke {
  version: number;
  stroke: number | null;
  changed: ([number, number | null, number | null])[];
  grids: PlanGrid[];
}

/** How a layer is drawn: its colour, or a colour for each value of the column `by`. */
export interface Style {
  shape: "fill" | "outline" | "road" | "dot" | "ring" | "badge" | "heat";
  colour: string;
  by: string;
  swatches: Swatch[];
}

/** One line of a legend. */
export interface Swatch {
  value: string;
  zh: string;
  en: string;
  colour: string;
}

/** Part of a track; it begins with the last fix of the part before. */
export interface Track {
  fixes: Fix[];
  crs?: string;
}

/** A class of the period with most cases. */
export interface TrendClass {
  class: string;
  reported: number;
  open: number;
}

/** What was done in a grid month by month: numbers, or metres. `today`: in its borders on the day `as_of`, null where there it is none; `then`: on each day. */
export interface TrendGrid {
  id: number;
  code: string;
  name: string;
  since: string;
  today: number[] | null;
  then: number[];
}

/** A plan that was in force; `valid_to`: null where no end is known. */
export interface TrendPlan {
  id: number;
  name: string;
  valid_from: string;
  valid_to: string | null;
}

/** An hour or a day in local time. */
export interface TrendStep {
  at: string;
  reported: number;
  closed: number;
}

/** Hours and days up to `until`; `asleep` where reports ended long ago. */
export interface Trends {
  until: string;
  asleep: boolean;
  hours: TrendStep[];
  days: TrendStep[];
  classes: TrendClass[];
  grids: WorstGrid[];
}

/** Who undoes, or does again. */
export interface Turning {
  made_by?: string;
}

/** Members take turns, in their order; what was planned from that day on is replaced. */
export interface Turns {
  members: number[];
  every?: number;
  unit?: "day" | "week" | "month";
  from: string;
  to: string;
}

/** Incidents of the unit: all, of 30 days and a year, open, open and late. */
export interface UnitCounts {
  all: number;
  days_30: number;
  days_365: number;
  open: number;
  late: number;
}

/** All that a panel tells of one unit. `near_m`, of points: within how many metres the incidents are. `until` is what periods are counted back from. */
export interface UnitTold {
  layer: string;
  id: number;
  geometry: "polygon" | "line" | "point";
  code: string | null;
  name: string | null;
  facts: Record<string, string | number | boolean | null>;
  lon: number;
  lat: number;
  bbox: [number, number, number, number];
  area_m2: number | null;
  length_m: number | null;
  as_of: string;
  until: string;
  parents: Parent[];
  counts: UnitCounts;
  classes: ClassCount[];
  trend: MonthCount[];
  cases: OpenCase[];
  near_m: number | null;
  merchants: Doors | null;
  load: LoadHere | null;
  chiefs: ChiefHere[];
  neighbours: Neighbours | null;
  stations: StationHere[];
}

/** A shop that a chief has looked at. */
export interface Visited {
  key: string;
  chief: string;
  merchant: string;
  at: string;
  good: boolean;
  note?: string | null;
}

/** By what rules fixes become metres. */
export interface WalkRules {
  accurate_m: number;
  beside_m: number;
  pause_s: number;
  pace_mps: number;
  slip_m: number;
  longest_s: number;
}

/** What a draft is to be; ``from`` is the first of next month where nothing else is said. */
export interface Wish {
  role?: "second" | "first" | "general";
  from?: string | null;
  chiefs?: number | null;
  added?: string[];
  without?: string[];
  locks?: string[];
  tolerance?: number;
  area?: string | null;
  everywhere?: boolean;
  seed?: number;
}

/** Community workers against households; `each` is households for one of them. */
export interface WorkersOf {
  code: string;
  name: string;
  households: number;
  workers: number;
  each: number | null;
  needed: number;
  short: number;
  alarm: boolean;
}

/** A grid with much to do, and its box in degrees. */
export interface WorstGrid {
  id: number;
  code: string;
  name: string;
  open: number;
  late: number;
  reported: number;
  west: number;
  south: number;
  east: number;
  north: number;
}

/** A rule set; it becomes the next version of its name. */
export interface Written {
  name: string;
  title: string;
  title_en: string;
  weights: unknown;
  made_by?: string;
}

/** What becomes of an item. */
export interface api__bodies__Step {
  status: "open" | "active" | "done" | "dropped";
  detail?: string | null;
}

/** One action on a case; ``expected`` is the state that the request takes it to be in. */
export interface api__cases__Step {
  action: string;
  note?: string | null;
  actor?: string | null;
  expected?: string | null;
}

/** Duties end on a day. */
export interface api__duties__Ending {
  duties: number[];
  on: string;
}

/** A patrol that ends. */
export interface api__patrols__Ending {
  ended_at: string;
}

/** Points in their order: a line, or the ring of an area. */
export interface api__places__Line {
  points: [number, number][];
  crs?: string;
}

/** A new axis, from junction to junction. */
export interface api__segments__Line {
  line: [number, number][];
  crs?: string;
  actor?: string | null;
}
