-- What a report is made of, read in one transaction.

-- name: newest
-- The day in the district on which the newest incident was reported.
select (max(reported_at) at time zone %(time_zone)s)::date from incident

-- name: cases
-- Incidents reported before %(until)s that were open at some time from %(since)s on.
select incident.id, incident.external_id as code, incident.class, status, reported_at, due_at, handled_at, closed_at, address,
       block_id, segment_id, side, chainage_m, road.name as road, st_x(incident.geom) as x, st_y(incident.geom) as y,
       coalesce(dispatched, false) as dispatched, coalesce(bounced, false) as bounced, coalesce(reworked, false) as reworked
from incident
left join segment on segment.id = segment_id
left join road on road.id = road_id
left join (select incident_id, bool_or(step = 'dispatch') as dispatched, bool_or(step = 'bounce') as bounced,
                  bool_or(step = 'rework') as reworked
           from incident_step group by incident_id) as steps on incident_id = incident.id
where reported_at < %(until)s and (reported_at >= %(since)s or closed_at >= %(since)s or closed_at is null)
order by reported_at, incident.id
limit %(most)s

-- name: blocks
-- Blocks of %(day)s with the community and street that they lie in.
with recursive above (block_id, area_id) as (
    select id, area_id from block where id in (select blocks_on(%(day)s))
    union all
    select block_id, area.parent_id from above join area on area.id = above.area_id where area.parent_id is not null
)
select block.id, block.households, block.people, merchants,
       max(area.code) filter (where level = 'community') as community,
       max(area.code) filter (where level = 'street') as street, st_asbinary(block.geom) as geom
from above
join area on area.id = above.area_id
join block on block.id = block_id
left join (select block_id, count(*) as merchants from merchant group by block_id) as shops on shops.block_id = block.id
group by block.id, merchants order by block.id

-- name: areas
select area.code, area.name, area.level, parent.code as parent, area.households, area.workers, st_asbinary(area.geom) as geom
from area left join area as parent on parent.id = area.parent_id
where area.level <> 'compound' order by area.code

-- name: segments
-- Roads and lanes. A segment belongs to the street that holds its middle.
select segment.id, road.name as road, segment.kind, segment.class, segment.from_zoom, segment.length_m,
       street.code as street, st_asbinary(segment.geom) as geom
from segment
left join road on road.id = road_id
left join lateral (select code from area where level = 'street' and st_intersects(area.geom, st_lineinterpolatepoint(segment.geom, 0.5))
                   order by code limit 1) as street on true
where segment.kind in ('road', 'lane') order by segment.id

-- name: water
select segment.id, st_asbinary(surface) as geom from segment where kind = 'river' order by id

-- name: system
select from grid_system where code = %(system)s

-- name: plan_in_force
select plan.id, plan.name, grid_system.code
from plan join grid_system on grid_system.id = system_id
where grid_system.code = %(system)s and status in ('published', 'superseded')
  and plan.valid_from <= %(day)s and plan.valid_to > %(day)s

-- name: plan
-- By its number, or by its name.
select plan.id, plan.name, grid_system.code
from plan join grid_system on grid_system.id = system_id
where plan.id::text = %(plan)s or plan.name = %(plan)s order by plan.id desc limit 1

-- name: plans
select id, name from plan order by id

-- name: assignment
select block_id, grid.code from assignment join grid on grid.id = grid_id where plan_id = %(plan)s

-- name: grids
select grid.code, grid.name, st_asbinary(geom) as geom
from grid_shape join grid on grid.id = grid_id where plan_id = %(plan)s order by grid.code

-- name: first_system
-- Where nobody names a system: management, or else the first one with a plan.
select grid_system.code from grid_system
where exists (select from plan where system_id = grid_system.id and status in ('published', 'superseded'))
order by grid_system.code <> 'management', id limit 1
