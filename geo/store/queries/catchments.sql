-- Reach on foot: what it is computed from, and how its tables are written.

-- name: segments
select id, kind, class, from_node, to_node, st_asbinary(geom) as geom from segment
where kind in ('road', 'lane', 'river') order by id

-- name: stations
select id, st_asbinary(geom) as geom from station order by id

-- name: blocks
-- Blocks in force, each where its name stands: its centroid, or a point inside where that is not.
select id, code, households, st_asbinary(case when st_contains(geom, st_centroid(geom)) then st_centroid(geom)
                                              else st_pointonsurface(geom) end) as geom
from block where valid_from <= %(on)s::date and valid_to > %(on)s::date order by id

-- name: compounds
select id, households, st_asbinary(case when st_contains(geom, st_centroid(geom)) then st_centroid(geom)
                                        else st_pointonsurface(geom) end) as geom
from area where level = 'compound' order by id

-- name: merchants
select id, null::integer as households, st_asbinary(geom) as geom from merchant order by id

-- name: stage_reach
create temporary table reached (
    layer text not null, unit_id integer not null, station_id integer, metres double precision, minutes double precision,
    offset_m double precision
) on commit drop;
create temporary table counted (
    station_id integer not null, minutes smallint not null, households integer not null, merchants integer not null
) on commit drop

-- name: stage_ground
create temporary table ground (station_id integer not null, minutes smallint not null, geom geometry) on commit drop

-- name: copy_reached
copy pg_temp.reached (layer, unit_id, station_id, metres, minutes, offset_m) from stdin

-- name: copy_ground
copy pg_temp.ground (station_id, minutes, geom) from stdin

-- name: copy_counted
copy pg_temp.counted (station_id, minutes, households, merchants) from stdin

-- name: drop_reach
delete from reach
where not exists (select from pg_temp.reached where reached.layer = reach.layer and reached.unit_id = reach.unit_id)

-- name: put_reach
insert into reach (layer, unit_id, station_id, metres, minutes, offset_m)
select layer, unit_id, station_id, metres, minutes, offset_m from pg_temp.reached
on conflict (layer, unit_id) do update
set station_id = excluded.station_id, metres = excluded.metres, minutes = excluded.minutes, offset_m = excluded.offset_m
where (reach.station_id, reach.metres, reach.offset_m) is distinct from (excluded.station_id, excluded.metres, excluded.offset_m)

-- name: drop_catchments
delete from catchment
where not exists (select from pg_temp.ground where ground.station_id = catchment.station_id and ground.minutes = catchment.minutes)

-- name: put_catchments
with same as (
    select ground.station_id, ground.minutes from pg_temp.ground
    join catchment using (station_id, minutes)
    where catchment.geom is not distinct from ground.geom
)
insert into catchment (station_id, minutes, geom)
select station_id, minutes, geom from pg_temp.ground
where not exists (select from same where same.station_id = ground.station_id and same.minutes = ground.minutes)
on conflict (id) do update set geom = excluded.geom

-- name: put_counts
update catchment set households = counted.households, merchants = counted.merchants
from pg_temp.counted
where counted.station_id = catchment.station_id and counted.minutes = catchment.minutes
  and (counted.households, counted.merchants) is distinct from (catchment.households, catchment.merchants)

-- name: forget_reach
drop table pg_temp.reached, pg_temp.counted

-- name: forget_ground
drop table pg_temp.ground
