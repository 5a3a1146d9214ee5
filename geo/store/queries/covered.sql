-- Questions about coverage: what sides and points belong to, and names of what is told.

-- name: sides
-- As it was computed for today.
select segment_id, side, side_m, paper_m, lived_m, hollow_m from coverage_side order by segment_id, side

-- name: points
select kind, segment_id, side, block_id, n, paper, lived from coverage_point order by kind, segment_id, side, block_id

-- name: homes
select segment_id, side, block_id from side_home

-- name: segments
select segment.id as segment_id, segment.kind, segment.class, road.name as road
from segment left join road on road.id = road_id where segment.kind <> 'rail'

-- name: blocks
-- Every block with the community and street that it lies in, and its grid of management on a day.
with recursive above (block_id, area_id) as (
    select id, area_id from block
    union all
    select block_id, area.parent_id from above join area on area.id = above.area_id where area.parent_id is not null
), grids as (
    select assignment.block_id, grid.code
    from assignment join plan on plan.id = plan_id join grid on grid.id = grid_id
    join grid_system on grid_system.id = plan.system_id and grid_system.code = 'management'
    where plan.status in ('published', 'superseded') and plan.valid_from <= %(on)s and plan.valid_to > %(on)s
)
select above.block_id, max(area.code) filter (where level = 'community') as community,
       max(area.code) filter (where level = 'street') as street, max(grids.code) as grid
from above join area on area.id = above.area_id left join grids on grids.block_id = above.block_id
group by above.block_id

-- name: names
select code, name from area where level <> 'compound' and code is not null
union all
select grid.code, grid.name from grid join grid_system on grid_system.id = system_id and grid_system.code = 'management'

-- name: area
select level from area where code = %(code)s and level <> 'compound'

-- name: chiefs
select chief.id, external_id as code, chief.name, department, string_agg(distinct role, ',' order by role) as roles
from chief join duty on duty.chief_id = chief.id and valid_from <= %(on)s and valid_to > %(on)s
group by chief.id order by external_id

-- name: is_chief
select from chief where external_id = %(chief)s

-- name: is_road
select from road where name = %(road)s

-- name: boxes
select id, st_xmin(geom) as west, st_ymin(geom) as south, st_xmax(geom) as east, st_ymax(geom) as north
from segment where id = any(%(ids)s)

-- name: compounds
-- Where a compound's community is not known, ``within`` is its street.
select area.id, area.name, case when parent.level <> 'district' then parent.code end as within, st_xmin(area.geom) as west, st_ymin(area.geom) as south,
       st_xmax(area.geom) as east, st_ymax(area.geom) as north
from area left join area as parent on parent.id = area.parent_id where area.id = any(%(ids)s)

-- name: cases
select incident.id, incident.class, address, road.name as road, segment_id, side, chainage_m, block_id,
       st_x(incident.geom) as x, st_y(incident.geom) as y
from incident left join segment on segment.id = segment_id left join road on road.id = road_id
where incident.id = any(%(ids)s) order by incident.id

-- name: workers
-- Households of communities as their blocks say, or as they themselves do; those with workers.
select area.code, area.name, coalesce(sum(block.households), area.households) as households, area.workers
from area left join block on block.area_id = area.id and block.valid_from <= %(on)s and block.valid_to > %(on)s
where area.level = 'community' and area.workers > 0 group by area.id order by area.code
