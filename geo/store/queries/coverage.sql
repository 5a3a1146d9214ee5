-- Coverage: what it is computed from, and where it is kept. {only} narrows to some segments, {whose}
-- to some duties. A side is the number 2 * segment_id, plus 1 on the right.

-- name: days
-- Today, and the day of the 30th newest report if that is over 30 days ago: data that have ended.
select today, coalesce((select reported_on from (
           select (reported_at at time zone time_zone)::date as reported_on
           from incident order by reported_at desc, id desc offset 29 limit 1) as last
       where reported_on < today - 30), today), time_zone
from (select (now() at time zone time_zone)::date as today, time_zone from setting) as here

-- name: segments
select id, length_m from segment where kind <> 'rail' {only} order by id

-- name: only_segments
and id = any(%(segments)s)

-- name: only
and segment_id = any(%(segments)s)

-- name: roles
and role = any(%(roles)s)

-- name: chiefs
and chief_id in (select id from chief where external_id = any(%(chiefs)s))

-- name: duties
select 2 * segment_id::bigint + (side = 'R')::integer as key, from_m, to_m, chief_id as chief from duty
where valid_from <= %(on)s and valid_to > %(on)s {whose} {only}

-- name: passes
-- Metres of side that a patrol passed.
select 2 * segment_id::bigint + (side = 'R')::integer as key, from_m, to_m,
       greatest(%(reckoned)s::date - (at at time zone %(time_zone)s)::date, 0) as days
from pass
where at < (%(on)s::date + 1)::timestamp at time zone %(time_zone)s
  and at >= (%(reckoned)s::date - %(forgotten)s::integer)::timestamp at time zone %(time_zone)s {only}

-- name: visits
select 2 * segment_id::bigint + (side = 'R')::integer as key, chainage_m,
       greatest(%(reckoned)s::date - (at at time zone %(time_zone)s)::date, 0) as days
from visit join merchant on merchant.id = merchant_id
where segment_id is not null and at < (%(on)s::date + 1)::timestamp at time zone %(time_zone)s
  and at >= (%(reckoned)s::date - %(forgotten)s::integer)::timestamp at time zone %(time_zone)s {only}

-- name: handled
select 2 * segment_id::bigint + (side = 'R')::integer as key, chainage_m,
       greatest(%(reckoned)s::date - (handled_at at time zone %(time_zone)s)::date, 0) as days
from incident
where segment_id is not null and status <> 'cancelled'
  and handled_at < (%(on)s::date + 1)::timestamp at time zone %(time_zone)s
  and handled_at >= (%(reckoned)s::date - %(forgotten)s::integer)::timestamp at time zone %(time_zone)s {only}

-- name: merchant
select coalesce(2 * segment_id::bigint + (side = 'R')::integer, 0) as key, coalesce(chainage_m, 0) as chainage_m,
       coalesce(block_id, 0) as block, 1 as amount, id as owner
from merchant where true {only}

-- name: incident
-- Of a year. Cancelled cases count nowhere.
select coalesce(2 * segment_id::bigint + (side = 'R')::integer, 0) as key, coalesce(chainage_m, 0) as chainage_m,
       coalesce(block_id, 0) as block, 1 as amount, id as owner
from incident
where status <> 'cancelled' and reported_at < (%(on)s::date + 1)::timestamp at time zone %(time_zone)s
  and reported_at >= (%(reckoned)s::date - %(cases)s::integer + 1)::timestamp at time zone %(time_zone)s {only}

-- name: household
-- Households of compounds, spread evenly over the places of their outline that have a road.
select 2 * segment_id::bigint + (side = 'R')::integer as key, chainage_m, block_id as block,
       share * coalesce(households, 0) as amount, compound_id as owner
from compound_front join area on area.id = compound_id where true {only}

-- name: made
select on_day, reckoned, revision from coverage_made

-- name: remember
insert into coverage_made (on_day, reckoned, revision) values (%(on)s, %(reckoned)s, %(revision)s)
on conflict (one) do update set on_day = excluded.on_day, reckoned = excluded.reckoned, revision = excluded.revision, at = excluded.at

-- name: stale
-- Taken away as they are read; what comes after this snapshot stays.
with gone as (delete from coverage_stale returning segment_id) select distinct segment_id from gone order by 1

-- name: stage_sides
create temporary table fresh_side (like coverage_side) on commit drop

-- name: stage_points
create temporary table fresh_point (like coverage_point) on commit drop

-- name: copy_sides
copy pg_temp.fresh_side (segment_id, side, side_m, paper_m, lived_m, hollow_m) from stdin (format binary)

-- name: copy_points
copy pg_temp.fresh_point (kind, segment_id, side, block_id, n, paper, lived) from stdin (format binary)

-- name: given_sides
unnest(%(segment_id)s::integer[], %(side)s::text[], %(side_m)s::float8[], %(paper_m)s::float8[], %(lived_m)s::float8[],
       %(hollow_m)s::float8[])

-- name: given_points
unnest(%(kind)s::text[], %(segment_id)s::integer[], %(side)s::text[], %(block_id)s::integer[], %(n)s::float8[],
       %(paper)s::float8[], %(lived)s::float8[])

-- name: put_sides
-- Only what differs is written, and told to maps: feature by feature, or as one box where there are many.
with put as (
    insert into coverage_side (segment_id, side, side_m, paper_m, lived_m, hollow_m)
    select segment_id, side, side_m, paper_m, lived_m, hollow_m
    from {fresh} as fresh (segment_id, side, side_m, paper_m, lived_m, hollow_m)
    on conflict (segment_id, side) do update
    set side_m = excluded.side_m, paper_m = excluded.paper_m, lived_m = excluded.lived_m, hollow_m = excluded.hollow_m
    where (coverage_side.side_m, coverage_side.paper_m, coverage_side.lived_m, coverage_side.hollow_m)
          is distinct from (excluded.side_m, excluded.paper_m, excluded.lived_m, excluded.hollow_m)
    returning segment_id, side
), many as (
    select count(*) > 500 as many from put
)
insert into change (layer, op, feature_id, west, south, east, north)
select 'coverage', 'update', case when not many then segment_side.id end,
       min(st_xmin(tile_axis)), min(st_ymin(tile_axis)), max(st_xmax(tile_axis)), max(st_ymax(tile_axis))
from put join segment_side using (segment_id, side) join segment on segment.id = segment_id, many
group by case when not many then segment_side.id end

-- name: drop_points
delete from coverage_point
where not exists (
    select from {fresh} as fresh (kind, segment_id, side, block_id, n, paper, lived)
    where fresh.kind = coverage_point.kind and fresh.segment_id = coverage_point.segment_id
      and fresh.side = coverage_point.side and fresh.block_id = coverage_point.block_id) {only}

-- name: put_points
insert into coverage_point (kind, segment_id, side, block_id, n, paper, lived)
select kind, segment_id, side, block_id, n, paper, lived
from {fresh} as fresh (kind, segment_id, side, block_id, n, paper, lived)
on conflict (kind, segment_id, side, block_id) do update
set n = excluded.n, paper = excluded.paper, lived = excluded.lived
where (coverage_point.n, coverage_point.paper, coverage_point.lived) is distinct from (excluded.n, excluded.paper, excluded.lived)

-- name: note
-- Points are no features of a map, but what is made of them has to be made anew.
insert into change (layer, op) values ('covered', 'update')

-- name: wake_readers
select wake_readers()

-- name: forget
drop table pg_temp.fresh_side, pg_temp.fresh_point
