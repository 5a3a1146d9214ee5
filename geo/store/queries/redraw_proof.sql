-- What the proof of redrawing asks: laws of a published plan, each of them one query, and a case.

-- name: blocks
select count(*) from block where valid_to = 'infinity'

-- name: held
select count(*) from block where valid_to = 'infinity' and exists (select from assignment where plan_id = %(plan)s and block_id = block.id)

-- name: once
select count(*) from (select block_id from assignment where plan_id = %(plan)s group by block_id having count(*) = 1) as each

-- name: grids
select count(distinct grid_id) from assignment where plan_id = %(plan)s

-- name: apart
-- Grids in several pieces; what meets in a corner only does not hang together.
select count(*) from (select st_numgeometries(st_union(block.geom)) as pieces from assignment join block on block.id = block_id where plan_id = %(plan)s group by grid_id) as each where pieces > 1

-- name: outside
select count(*) from assignment join block on block.id = block_id join grid on grid.id = grid_id where plan_id = %(plan)s and block.area_id <> grid.parent_id

-- name: seam_m2
-- Ground that no grid or more than one has, in whole square metres.
select abs(round(((select sum(st_area(geom)) from grid_shape where plan_id = %(plan)s) - (select st_area(st_union(geom)) from block where valid_to = 'infinity'))::numeric))

-- name: blocks_of
select block.id from block join area on area.id = area_id where area.code = any(%(areas)s) and valid_to = 'infinity' order by block.id

-- name: spot
select st_x(p), st_y(p) from (select st_transform(st_pointonsurface(geom), 4326) as p from block where id = %(block)s) as inside

-- name: number_of_case
select number from incident join assignment using (block_id) join plan_grid using (plan_id, grid_id)
where incident.external_id = %(code)s and plan_id = %(plan)s
