-- What is said of stations and of how far everything is from them.

-- name: computed
-- The revisions that reach was computed from, and when; no row where it never was.
select revision, at from refreshed where part = 'reach'

-- name: by_tier
select tier, count(*) from station group by tier

-- name: areas_by_level
select level, count(*) from area where level in ('district', 'street', 'community') group by level

-- name: bands
-- By kind of unit and time: how much there is, how much within the time, how much is cut off from
-- every station. Households are those of blocks; where no block has any, those of compounds.
with in_layers as (
    select 'households' as what, block.households::bigint as weight, reach.minutes
    from block join reach on reach.layer = 'blocks' and unit_id = block.id
    where block.households is not null
    union all
    select 'households', area.households, reach.minutes
    from area join reach on reach.layer = 'compounds' and unit_id = area.id
    where not exists (select from block where households is not null)
    union all
    select layer, 1, minutes from reach
)
select what, wanted.minutes, coalesce(sum(weight), 0)::bigint as all_of,
       coalesce(sum(weight) filter (where units.minutes <= wanted.minutes), 0)::bigint as within,
       coalesce(sum(weight) filter (where units.minutes is null), 0)::bigint as cut_off
from unnest(%(minutes)s::integer[]) as wanted (minutes)
cross join unnest(array['households', 'merchants', 'compounds', 'blocks']) with ordinality as kinds (what, place)
left join in_layers as units using (what)
group by what, wanted.minutes, place order by wanted.minutes, place

-- name: places
-- Units of a layer farther than a time, those cut off first, then the farthest.
with recursive lies_in (area_id, unit_id) as (
    select id, id from area where level <> 'compound'
    union all
    select lies_in.area_id, area.parent_id
    from lies_in join area on area.id = lies_in.unit_id where area.parent_id is not null
), inside as (
    select area_id from lies_in join area on area.id = unit_id where area.code = %(area)s
), units as (
    select 'blocks' as layer, block.id, block.code, null as name, block.households, block.area_id, block.geom
    from block
    union all
    select 'compounds', id, code, name, households, parent_id, geom from area where level = 'compound'
    union all
    select 'merchants', merchant.id, external_id, name, null, block.area_id, merchant.geom
    from merchant left join block on block.id = block_id
)
select units.id, units.code, units.name, units.households, station.external_id as station, station.name as station_name,
       reach.metres, reach.minutes, reach.offset_m, st_x(p) as lon, st_y(p) as lat
from units
join reach on reach.layer = %(layer)s and reach.unit_id = units.id
left join station on station.id = reach.station_id
cross join lateral st_transform(st_pointonsurface(units.geom), 4326) as p
where units.layer = %(layer)s and (reach.minutes is null or reach.minutes > %(beyond)s)
  and (%(area)s::text is null or units.area_id in (select area_id from inside))
order by reach.minutes desc nulls first, units.id limit %(limit)s

-- name: area
select from area where code = %(area)s and level <> 'compound'

-- name: station
select station.id, station.external_id as code, station.name, station.tier, st_x(p) as lon, st_y(p) as lat
from station cross join lateral st_transform(station.geom, 4326) as p where station.external_id = %(code)s

-- name: catchments
select minutes, households, merchants, st_asgeojson(st_transform(geom, 4326), 6)::json as geometry
from catchment where station_id = %(id)s order by minutes

-- name: lacking
-- Areas of a level without a station (of a tier); a station is in the areas of its block.
with recursive lies_in (area_id, unit_id) as (
    select id, id from area where level <> 'compound'
    union all
    select lies_in.area_id, area.parent_id
    from lies_in join area on area.id = lies_in.unit_id where area.parent_id is not null
)
select 'areas' as layer, area.id, area.code, area.name, area.households, st_x(p) as lon, st_y(p) as lat
from area cross join lateral st_transform(st_pointonsurface(area.geom), 4326) as p
where level = %(level)s and not exists (
    select from station
    join block on block.id = station.block_id
    join lies_in on lies_in.area_id = block.area_id
    where lies_in.unit_id = area.id and (%(tier)s::text is null or station.tier = %(tier)s))
order by area.code

-- name: far
-- Blocks with households that are farther than so many metres, farthest first.
select 'blocks' as layer, block.id, block.code, null as name, block.households, reach.metres, st_x(p) as lon, st_y(p) as lat
from block
join reach on reach.layer = 'blocks' and unit_id = block.id
cross join lateral st_transform(st_pointonsurface(block.geom), 4326) as p
where block.households > 0 and (reach.metres is null or reach.metres > %(metres)s)
order by reach.metres desc nulls first, block.id

-- name: inhabited
select count(*) from block join reach on reach.layer = 'blocks' and unit_id = block.id where households > 0

-- name: merchants_of_blocks
select block_id, count(*) from merchant where block_id is not null group by block_id
