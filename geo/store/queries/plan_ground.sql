-- What a plan lies on: its blocks, what their borders run along, and what must stay together.

-- name: system
-- The system of a plan, and what was wished for the plan.
select s.code, s.across, s.code_pattern, coalesce(draft.wishes, '{}')
from plan join grid_system s on s.id = plan.system_id
left join draft on draft.plan_id = plan.id
where plan.id = %(plan)s

-- name: blocks
-- Blocks of the plan with the areas they lie in, the smallest first.
with recursive up (area_id, id, code, name, level, parent_id, depth) as (
    select id, id, code, name, level, parent_id, 0 from area where level <> 'compound'
    union all
    select up.area_id, area.id, area.code, area.name, area.level, area.parent_id, depth + 1
    from up join area on area.id = up.parent_id
), chain as (
    select area_id, array_agg(code order by depth) as parents, max(code) filter (where level = 'street') as street
    from up group by area_id
)
select block.id, block.code, block.area_id, area.code as area, area.name as area_name, chain.parents, chain.street,
       st_asbinary(block.geom) as geom
from block join area on area.id = block.area_id join chain on chain.area_id = block.area_id
where block.id in (select block_id from plan_block where plan_id = %(plan)s)
order by block.id

-- name: numbers
-- Of which blocks a plan is, as one short word.
select md5(coalesce(string_agg(block_id::text, ' ' order by block_id), '')) from plan_block where plan_id = %(plan)s

-- name: assignment
select number from plan_block where plan_id = %(plan)s order by block_id

-- name: grids
select g.number, g.code, g.name, area.code as parent, g.workers
from plan_grid g left join area on area.id = g.parent_id
where g.plan_id = %(plan)s order by g.number

-- name: segments
select segment.kind, class, width_m, coalesce(road.name, '') as name, st_asbinary(segment.geom) as geom
from segment left join road on road.id = road_id order by segment.id

-- name: compounds
select id, name, households, st_asbinary(geom) as geom from area where level = 'compound' order by id

-- name: protected
select id, kind, name, st_asbinary(geom) as geom from protected_place order by id

-- name: area_names
select code, name from area where level <> 'compound'

-- name: drop_protected
delete from protected_place

-- name: copy_protected
copy protected_place (kind, name, geom) from stdin

-- name: note_protected
insert into change (layer, op) values ('protected', 'update')

-- name: wake_readers
select wake_readers()
