-- What a replay is made of: plans as block and grid, and a year's work as numbers.

-- name: plan
-- A plan; the one in force today is what it is held against where nobody says.
select plan.id, plan.name, plan.status, system.code as system, system.name as system_name,
       system.name_en as system_name_en, plan.valid_from, plan.based_on, draft.version,
       (select id from plan as now where now.system_id = plan.system_id and now.status in ('published', 'superseded')
          and now.valid_from <= %(today)s and now.valid_to > %(today)s) as in_force
from plan join grid_system as system on system.id = plan.system_id left join draft on draft.plan_id = plan.id
where plan.id = %(plan)s

-- name: grids
select number, grid_id, coalesce(plan_grid.code, '') as code, plan_grid.name, area.name as parent, plan_grid.workers
from plan_grid left join area on area.id = plan_grid.parent_id where plan_id = %(plan)s order by number

-- name: held
-- Published plans hold all blocks that there ever were since, also those that came of cutting and joining.
select block_id, number from draft_block
where plan_id = %(plan)s and number is not null and not exists (select from assignment where plan_id = %(plan)s)
union all
select block_id, number from assignment join plan_grid using (plan_id, grid_id) where plan_id = %(plan)s

-- name: blocks
select id, households::float8 as households from (
    select id, coalesce(households, 0) as households from block where valid_to = 'infinity') as today order by id

-- name: newest
select (max(reported_at) at time zone %(zone)s)::date from incident where reported_at < now() + interval '1 day'

-- name: cases
-- Cases of a period that were not cancelled; across: the block on the other side of their road.
select coalesce(incident.block_id, 0) as block, coalesce(home.block_id, 0) as across,
       (reported_at at time zone %(zone)s)::date - %(since)s::date as day,
       (coalesce(due_at < coalesce(handled_at, case when status = 'closed' then closed_at else now() end), false))::integer as late,
       st_x(geom) as x, st_y(geom) as y
from incident
left join side_home as home on home.segment_id = incident.segment_id and home.side <> incident.side
where status <> 'cancelled' and reported_at >= %(since)s::timestamp at time zone %(zone)s
  and reported_at < %(until)s::timestamp at time zone %(zone)s

-- name: visits
select coalesce(block_id, 0) as block, (at at time zone %(zone)s)::date - %(since)s::date as day,
       st_x(geom) as x, st_y(geom) as y
from visit join merchant on merchant.id = merchant_id
where at >= %(since)s::timestamp at time zone %(zone)s and at < %(until)s::timestamp at time zone %(zone)s

-- name: passes
-- Metres of side that were patrolled.
select coalesce(block_id, 0) as block, (at at time zone %(zone)s)::date - %(since)s::date as day, to_m - from_m as metres
from pass left join side_home on side_home.segment_id = pass.segment_id and side_home.side = pass.side
where at >= %(since)s::timestamp at time zone %(zone)s and at < %(until)s::timestamp at time zone %(zone)s

-- name: shapes
-- The blocks of today, in the order of their ids.
select block.id, block.code, area.name as community, coalesce(block.households, 0) as households, st_asbinary(block.geom) as geom
from block join area on area.id = area_id where valid_to = 'infinity' order by block.id
