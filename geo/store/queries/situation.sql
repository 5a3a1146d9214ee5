-- name: now
-- Open cases by state, how many of them are late, and what came and went since midnight.
select jsonb_object_agg(status, n) as states, sum(n)::integer as open, sum(late)::integer as late,
       (select count(*) from incident where reported_at >= %(midnight)s and status <> 'cancelled') as reported_today,
       (select count(*) from incident where closed_at >= %(midnight)s) as closed_today,
       (select max(reported_at) from incident) as newest
from (
    select status, count(*) as n, count(*) filter (where late) as late
    from layer_incidents as incident where incident.open group by status
) as open

-- name: midnight
select date_trunc('day', now() at time zone %(time_zone)s) at time zone %(time_zone)s

-- name: last_reports
-- The time of the 30th newest report: a few late-comers do not make old data new.
select reported_at from incident order by reported_at desc, id desc offset 29 limit 1

-- name: series
-- Cases reported and closed in each step of a period in local time; two scans, not two a step.
with step as (
    select generate_series(%(first)s::timestamp, %(last)s::timestamp, %(step)s::interval) as at
), reported as (
    select date_trunc(%(unit)s, reported_at at time zone %(time_zone)s) as at, count(*) as n
    from incident
    where reported_at >= %(first)s::timestamp at time zone %(time_zone)s and status <> 'cancelled' group by 1
), closed as (
    select date_trunc(%(unit)s, closed_at at time zone %(time_zone)s) as at, count(*) as n
    from incident where closed_at >= %(first)s::timestamp at time zone %(time_zone)s group by 1
)
select to_char(step.at, 'YYYY-MM-DD"T"HH24:MI') as at,
       coalesce(reported.n, 0) as reported, coalesce(closed.n, 0) as closed
from step left join reported on reported.at = step.at left join closed on closed.at = step.at
order by step.at

-- name: local
select date_trunc('hour', %(at)s at time zone %(time_zone)s)

-- name: classes
-- Classes of the period with the most cases.
select class, count(*) as reported, count(*) filter (where status not in ('closed', 'cancelled')) as open
from incident
where reported_at >= %(since)s and reported_at < %(until)s and status <> 'cancelled'
group by class order by reported desc, class limit 8

-- name: grids
-- Grids of a system with the most late, then the most open cases.
select grid.id, grid.code, grid.name, count(*) filter (where incident.open) as open,
       count(*) filter (where incident.open and incident.late) as late,
       count(*) filter (where incident.reported_at >= %(since)s) as reported,
       round(st_xmin(box)::numeric, 6)::float8 as west, round(st_ymin(box)::numeric, 6)::float8 as south,
       round(st_xmax(box)::numeric, 6)::float8 as east, round(st_ymax(box)::numeric, 6)::float8 as north
from (
    select block_id, late, reported_at, incident.open
    from layer_incidents as incident
    where incident.open or (reported_at >= %(since)s and reported_at < %(until)s and status <> 'cancelled')
) as incident
join assignment on assignment.block_id = incident.block_id
join plan on plan.id = assignment.plan_id
join grid on grid.id = assignment.grid_id
join grid_system on grid_system.id = plan.system_id
join grid_shape on grid_shape.plan_id = plan.id and grid_shape.grid_id = grid.id,
lateral st_transform(st_envelope(grid_shape.geom), 4326) as box
where grid_system.code = %(system)s and plan.status in ('published', 'superseded')
  and plan.valid_from <= %(day)s and plan.valid_to > %(day)s
group by grid.id, box
order by late desc, open desc, reported desc, grid.code
limit %(limit)s

-- name: kinds
-- Classes with their subclasses, the frequent ones first.
select class, array_agg(subclass order by n desc, subclass) filter (where subclass is not null) as subclasses
from (select class, subclass, count(*) as n from incident group by class, subclass) as counted
group by class order by sum(n) desc, class

-- name: spot
-- Cases near a place, newest first.
select incident.external_id as code, class, subclass, status, reported_at, closed_at,
       round(st_distance(incident.geom, here.geom)::numeric, 1)::float8 as distance_m,
       status not in ('closed', 'cancelled') as open,
       status not in ('closed', 'cancelled') and class = %(class)s::text
         and reported_at >= now() - make_interval(hours => %(hours)s) as same
from (select st_setsrid(st_makepoint(%(x)s, %(y)s), %(srid)s) as geom) as here
join incident on st_dwithin(incident.geom, here.geom, %(within_m)s)
where incident.external_id is distinct from %(but)s::text
order by same desc nulls last, reported_at desc, incident.id desc
limit %(limit)s

-- name: spot_counts
-- How many cases there were near a place, by class.
select class, count(*) as reported
from incident
where st_dwithin(geom, st_setsrid(st_makepoint(%(x)s, %(y)s), %(srid)s), %(within_m)s)
  and external_id is distinct from %(but)s::text and status <> 'cancelled'
group by class order by reported desc, class

-- name: clock
select now()
