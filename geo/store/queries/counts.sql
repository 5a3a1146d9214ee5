-- Incidents counted, filled in for one grouping.

-- name: figures
count(*) as count, count(*) filter (where open) as open, count(*) filter (where late) as late

-- name: total
select {figures} from {view} as source where true {conditions}

-- name: groups
select {key} as key, {figures} from {view} as source where true {conditions} group by 1 order by 1

-- name: units
-- Every unit, also those without any; of a unit what its figure can be divided by.
with unit as materialized ({units}), found as materialized (
    select {id} as id, {figures} from {view} as source {joins} where true {conditions} group by 1
)
select unit.id, unit.key, unit.name, unit.area_m2, unit.length_m, households.value as households,
       array[st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box)] as bbox,
       {count} as count, {open} as open, {late} as late
from unit left join found using (id)
left join metric_value as households
       on households.key = 'households' and households.layer = {layer} and households.unit_id = unit.id,
     lateral (select box2d(st_transform(unit.geom, 4326)) as box) as e
order by unit.id

-- name: areas
select id, code as key, name, st_area(geom) as area_m2, null::double precision as length_m, geom
from layer_areas where level = 'community'

-- name: streets
select id, code as key, name, st_area(geom) as area_m2, null::double precision as length_m, geom
from layer_areas where level = 'street'

-- name: blocks
select id, code as key, code as name, st_area(geom) as area_m2, null::double precision as length_m, geom
from layer_blocks where valid_from <= %(on)s::date and valid_to > %(on)s::date

-- name: segments
select id, id::text as key, concat_ws(' · ', name, seq) as name, null::double precision as area_m2, length_m, geom
from layer_segments where kind in ('road', 'lane')

-- name: roads
select id, id::text as key, name, null::double precision as area_m2, length_m, geom
from layer_named_roads where kind in ('road', 'lane')

-- name: grids
select id, code as key, name, st_area(geom) as area_m2, null::double precision as length_m, geom
from layer_grids
where system = %(system)s and valid_from <= %(on)s::date and valid_to > %(on)s::date

-- name: held
-- The grid that holds each block under the plan in force.
join (select assignment.block_id as held_id, assignment.grid_id
      from assignment
      join plan on plan.id = assignment.plan_id and plan.status in ('published', 'superseded')
       and plan.valid_from <= %(on)s::date and plan.valid_to > %(on)s::date
      join grid_system on grid_system.id = plan.system_id and grid_system.code = %(system)s
     ) as held on held.held_id = source.block_id

-- name: level
select level from area where code = %(area)s and level <> 'compound'
