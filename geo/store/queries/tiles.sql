-- name: areas
-- District, streets and communities, and one label point for each. Areas that lie in no larger one
-- are the land itself, whatever their level: they are there from the first zoom.
with found as (
    select id, level, code, name, parent_id is null as outermost, geom from area
    where geom && %(reach)s::geometry and level <> 'compound'
      and (%(z)s >= 12 or level <> 'community' or parent_id is null)
), shape as materialized (
    select id, level, code, name, outermost,
           st_asmvtgeom(st_transform(geom, 3857), st_tileenvelope(%(z)s, %(x)s, %(y)s)) as geom
    from found
), label as materialized (
    select id, level, name, outermost,
           st_asmvtgeom(
               st_transform(
                   case when st_contains(geom, st_centroid(geom)) then st_centroid(geom)
                        else st_pointonsurface(geom) end, 3857),
               st_tileenvelope(%(z)s, %(x)s, %(y)s), buffer => 0) as geom
    from found
    where level <> 'district'
      and %(z)s >= case when level = 'community' and not outermost then 13 else 11 end
)
select (select st_asmvt(t, 'areas', 4096, 'geom', 'id' order by t.id)
        from shape t where geom is not null)
    || (select st_asmvt(t, 'area_labels', 4096, 'geom', 'id' order by t.id)
        from label t where geom is not null)

-- name: compounds
-- Residential compounds; names from zoom 15.
with found as (
    select id, name, code, households, geom from area
    where geom && %(reach)s::geometry and level = 'compound'
), shape as materialized (
    select id, name,
           case when %(z)s >= 15 then code end as code,
           case when %(z)s >= 15 then households end as households,
           st_asmvtgeom(st_transform(geom, 3857), st_tileenvelope(%(z)s, %(x)s, %(y)s)) as geom
    from found
), label as materialized (
    select id, name,
           st_asmvtgeom(st_transform(st_pointonsurface(geom), 3857),
                        st_tileenvelope(%(z)s, %(x)s, %(y)s), buffer => 0) as geom
    from found
    where %(z)s >= 15
)
select (select st_asmvt(t, 'compounds', 4096, 'geom', 'id' order by t.id)
        from shape t where geom is not null)
    || (select st_asmvt(t, 'compound_labels', 4096, 'geom', 'id' order by t.id)
        from label t where geom is not null)

-- name: blocks
-- Blocks in use today; codes as labels from zoom 16.
with found as (
    select id, code, households, people, geom from block
    where geom && %(reach)s::geometry and valid_from <= current_date and valid_to > current_date
), shape as materialized (
    select id,
           case when %(z)s >= 15 then code end as code,
           case when %(z)s >= 15 then households end as households,
           case when %(z)s >= 15 then people end as people,
           st_asmvtgeom(st_transform(geom, 3857), st_tileenvelope(%(z)s, %(x)s, %(y)s)) as geom
    from found
), label as materialized (
    select id, code,
           st_asmvtgeom(st_transform(st_pointonsurface(geom), 3857),
                        st_tileenvelope(%(z)s, %(x)s, %(y)s), buffer => 0) as geom
    from found
    where %(z)s >= 16
)
select (select st_asmvt(t, 'blocks', 4096, 'geom', 'id' order by t.id)
        from shape t where geom is not null)
    || (select st_asmvt(t, 'block_labels', 4096, 'geom', 'id' order by t.id)
        from label t where geom is not null)

-- name: grids
-- Grids of the plans in force today, of one system where it is named.
with found as (
    select grid.id, grid_system.code as system, grid.code, grid.name, grid_shape.geom
    from grid_shape
    join plan on plan.id = grid_shape.plan_id
    join grid on grid.id = grid_shape.grid_id
    join grid_system on grid_system.id = plan.system_id
    where grid_shape.geom && %(reach)s::geometry
      and plan.status in ('published', 'superseded')
      and plan.valid_from <= current_date and plan.valid_to > current_date
      and (%(system)s::text is null or grid_system.code = %(system)s)
), shape as materialized (
    select id, system, code, name,
           st_asmvtgeom(st_transform(geom, 3857), st_tileenvelope(%(z)s, %(x)s, %(y)s)) as geom
    from found
), label as materialized (
    select id, system, code, name,
           st_asmvtgeom(
               st_transform(
                   case when st_contains(geom, st_centroid(geom)) then st_centroid(geom)
                        else st_pointonsurface(geom) end, 3857),
               st_tileenvelope(%(z)s, %(x)s, %(y)s), buffer => 0) as geom
    from found
    where %(z)s >= 13
)
select (select st_asmvt(t, 'grids', 4096, 'geom', 'id' order by t.id)
        from shape t where geom is not null)
    || (select st_asmvt(t, 'grid_labels', 4096, 'geom', 'id' order by t.id)
        from label t where geom is not null)

-- name: roads
-- Road surfaces from zoom 14; water, which is wide, at every zoom.
with shape as materialized (
    select segment.id, segment.kind, segment.class,
           case when %(z)s >= 15 then road.name end as name,
           case when %(z)s >= 15 then segment.seq end as seq,
           case when %(z)s >= 15 then segment.width_m end as width_m,
           st_asmvtgeom(st_transform(segment.surface, 3857),
                        st_tileenvelope(%(z)s, %(x)s, %(y)s)) as geom
    from segment
    left join road on road.id = segment.road_id
    where segment.surface && %(reach)s::geometry
      and segment.kind <> 'rail'
      and (segment.kind = 'river' or %(z)s >= 14)
)
select st_asmvt(t, 'roads', 4096, 'geom', 'id' order by t.id) from shape t where geom is not null

-- name: segments
-- Axes by importance: main roads first. A road's axes are joined to one line to carry its name.
with found as (
    select segment.id, segment.road_id, segment.seq, segment.kind, segment.class, segment.geom,
           array_position(array['motorway', 'trunk', 'primary', 'secondary', 'tertiary'],
                          replace(segment.class, '_link', '')) as rank
    from segment
    where segment.geom && %(reach)s::geometry
), shape as materialized (
    select id, kind, class,
           st_asmvtgeom(st_transform(geom, 3857), st_tileenvelope(%(z)s, %(x)s, %(y)s)) as geom
    from found
    where kind <> 'river'
      and %(z)s >= case when rank <= 3 then 9 when rank = 4 then 11 when rank = 5 then 12
                        when kind = 'lane' then 14 else 13 end
), line as (
    select road_id, min(kind) as kind, min(class) as class, st_linemerge(st_collect(geom)) as geom
    from found
    where road_id is not null
      and %(z)s >= case when kind = 'river' then 11 when rank <= 4 then 13 when rank = 5 then 14
                        else 15 end
    group by road_id
), name as materialized (
    select line.road_id as id, line.kind, line.class, road.name,
           st_asmvtgeom(st_transform(line.geom, 3857),
                        st_tileenvelope(%(z)s, %(x)s, %(y)s)) as geom
    from line
    join road on road.id = line.road_id
)
select (select st_asmvt(t, 'segments', 4096, 'geom', 'id' order by t.id)
        from shape t where geom is not null)
    || (select st_asmvt(t, 'road_names', 4096, 'geom', 'id' order by t.id)
        from name t where geom is not null)

-- name: incidents
-- Every open incident, and of the closed ones the share asked for. The rank is a multiplicative
-- hash of the id, so that a smaller share is always part of a larger one.
with found as (
    select id, class, subclass, status, external_id, address, reported_at, geom,
           status not in ('closed', 'cancelled') as open
    from incident
    where geom && %(reach)s::geometry
      and (status not in ('closed', 'cancelled')
           or (id * 2654435761) & 4294967295 < %(share)s * 4294967296)
), shape as materialized (
    select id, class, open,
           extract(epoch from reported_at)::bigint as reported,
           case when %(z)s >= 15 then status end as status,
           case when %(z)s >= 15 then external_id end as code,
           case when %(z)s >= 15 then subclass end as subclass,
           case when %(z)s >= 15 then address end as address,
           st_asmvtgeom(st_transform(geom, 3857), st_tileenvelope(%(z)s, %(x)s, %(y)s)) as geom
    from found
)
select st_asmvt(t, 'incidents', 4096, 'geom', 'id' order by t.id)
from shape t where geom is not null

-- name: merchants
-- The share asked for, by the same rank as incidents.
with shape as materialized (
    select id, listed,
           case when %(z)s >= 15 then name end as name,
           case when %(z)s >= 15 then category end as category,
           case when %(z)s >= 15 then stars end as stars,
           case when %(z)s >= 15 then external_id end as code,
           case when %(z)s >= 15 then address end as address,
           st_asmvtgeom(st_transform(geom, 3857), st_tileenvelope(%(z)s, %(x)s, %(y)s)) as geom
    from merchant
    where geom && %(reach)s::geometry
      and (id * 2654435761) & 4294967295 < %(share)s * 4294967296
)
select st_asmvt(t, 'merchants', 4096, 'geom', 'id' order by t.id)
from shape t where geom is not null

-- name: stations
-- Stations; communities' own from zoom 12, the lowest tier from zoom 13.
with shape as materialized (
    select id, tier, name,
           case when %(z)s >= 13 then external_id end as code,
           case when %(z)s >= 13 then address end as address,
           st_asmvtgeom(st_transform(geom, 3857), st_tileenvelope(%(z)s, %(x)s, %(y)s)) as geom
    from station
    where geom && %(reach)s::geometry and %(z)s >= case tier when 'other' then 13 when 'community' then 12 else 0 end
)
select st_asmvt(t, 'stations', 4096, 'geom', 'id' order by t.id)
from shape t where geom is not null

-- name: count_incidents
-- How many there are to thin: the open ones are always shown.
select count(*) from incident where status in ('closed', 'cancelled')

-- name: count_merchants
-- How many there are to thin.
select count(*) from merchant

-- name: newest_report
-- When the newest incident was reported, in seconds since 1970: what ages are counted from.
select extract(epoch from max(reported_at))::bigint from incident

-- name: incident_class
-- Classes by number of incidents, for the legend.
select class, class, class from incident group by class order by count(*) desc, class

-- name: grid_system
-- Grid systems that have a plan in force today, for the legend.
select code, name, name_en from grid_system
where exists (select from plan
              where plan.system_id = grid_system.id and plan.status in ('published', 'superseded')
                and plan.valid_from <= current_date and plan.valid_to > current_date)
order by id
