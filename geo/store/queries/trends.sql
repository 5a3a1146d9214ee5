-- What was done month by month in grids of today, over all plans that there were.

-- name: plans
-- Plans of a grid system that were in force at some time of the months.
select plan.id, plan.name, valid_from::text as valid_from, nullif(valid_to, 'infinity')::text as valid_to
from plan join grid_system on grid_system.id = system_id
where grid_system.code = %(system)s and status in ('published', 'superseded')
  and valid_to > %(since)s::date and valid_from <= greatest(%(today)s::date, %(as_of)s::date) and valid_to > valid_from
order by plan.valid_from

-- name: cases
-- By block and day, those that were not cancelled.
select block_id, (reported_at at time zone %(zone)s)::date as day, count(*) as n from incident
where status <> 'cancelled' and reported_at >= %(since)s::timestamp at time zone %(zone)s
group by 1, 2

-- name: visits
-- Looks into shops.
select block_id, (at at time zone %(zone)s)::date as day, count(*) as n from visit join merchant on merchant.id = merchant_id
where at >= %(since)s::timestamp at time zone %(zone)s
group by 1, 2

-- name: patrol_m
-- Metres of side passed.
select block_id, (at at time zone %(zone)s)::date as day, sum(to_m - from_m) as n from pass join side_home using (segment_id, side)
where at >= %(since)s::timestamp at time zone %(zone)s
group by 1, 2

-- name: months
-- By grid and month: in the grids of %(as_of)s, and in those of each day. Plans hold the blocks that came
-- of cutting and joining, so that all is found by the blocks of today.
with counted as materialized (
    {counted}
), in_force as (
    select plan.id, valid_from, valid_to from plan join grid_system on grid_system.id = system_id
    where grid_system.code = %(system)s and status in ('published', 'superseded')
)
select grid_id, to_char(day, 'YYYY-MM') as month, sum(n) filter (where today)::float8 as today,
       sum(n) filter (where not today)::float8 as then
from (select grid_id, day, n, true as today
      from in_force join assignment on plan_id = in_force.id join counted using (block_id)
      where valid_from <= %(as_of)s and valid_to > %(as_of)s
      union all
      select grid_id, day, n, false
      from in_force join assignment on plan_id = in_force.id join counted using (block_id)
      where valid_from <= day and valid_to > day) as found
group by 1, 2

-- name: grids
-- Grids that are in any of some plans, since when, and whether they are on the day.
select grid.id, grid.code, grid.name, min(valid_from)::text as since,
       bool_or(valid_from <= %(as_of)s::date and valid_to > %(as_of)s::date) as today
from grid_shape join plan on plan.id = plan_id join grid on grid.id = grid_id
where plan.id = any(%(plans)s) group by grid.id order by grid.code
