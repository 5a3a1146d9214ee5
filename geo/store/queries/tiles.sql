-- Vector tiles. Every layer has the same query, filled in from its declaration.

-- name: tile
-- The features of a tile, in order of their ids, so that equal data gives equal bytes; and points
-- that carry names, each in one tile only, so without a buffer.
with shape as materialized (
    select id {attributes}, {drawn} as geom, {label} as label
    from {view} as source {joins}
    where source.geom && %(reach)s::geometry {conditions}
)
select st_asmvt(t, {part}, 4096, 'geom', 'id' order by t.id) {labels}
from (select id {names}, geom from shape where not st_isempty(geom)) as t

-- name: clusters
-- Points that crowd in a cell of the tile as one, in their mean place, with how many they are and
-- their box in degrees; its id is the cell's number in the zoom. The others as they are. Units are
-- whole before they are counted from the tile's corner, so every tile says the same of a point:
-- it is in one tile only, and in one cell of it.
with point as materialized (
    select id {attributes}, st_x(tile_geom) as x, st_y(tile_geom) as y,
           (floor(st_x(tile_geom) * %(scale)s::float8) + %(east)s::float8)::integer as u,
           (floor(-st_y(tile_geom) * %(scale)s::float8) + %(down)s::float8)::integer as v
    from {view} as source where source.geom && %(reach)s::geometry {conditions}
), inside as (
    select *, u * {cells} / 4096 as across, v * {cells} / 4096 as below from point
    where u between 0 and 4095 and v between 0 and 4095
), cell as materialized (
    select across, below, count(*), avg(u)::integer as u, avg(v)::integer as v,
           st_transform(st_makeenvelope(min(x), min(y), max(x), max(y), 3857), 4326) as box
    from inside group by across, below having count(*) >= {least}
)
select (select st_asmvt(t, {part}, 4096, 'geom', 'id' order by t.id)
        from (select id {names}, st_point(u, v) as geom from inside
              where (across, below) not in (select across, below from cell)) as t)
|| (select st_asmvt(t, {gathered}, 4096, 'geom', 'id' order by t.id)
    from (select (%(y)s * {cells} + below) * ({cells} * 2 ^ %(z)s)::bigint + %(x)s * {cells} + across as id,
                 count, st_xmin(box) as west, st_ymin(box) as south, st_xmax(box) as east,
                 st_ymax(box) as north, st_point(u, v) as geom from cell) as t)

-- name: labels
|| (select st_asmvt(t, {part}, 4096, 'geom', 'id' order by t.id)
    from (select id {names}, label as geom from shape where label is not null) as t)

-- name: label
case when label_from <= %(z)s then st_asmvtgeom(label, st_tileenvelope(%(z)s, %(x)s, %(y)s), 4096, 0) end

-- name: clipped
st_asmvtgeom({shape}, st_tileenvelope(%(z)s, %(x)s, %(y)s), 4096, 64)

-- name: polygon
-- Most lie inside of the tile. Moving these to its grid is all they need; what ST_AsMVTGeom does
-- besides, to clip and to look for faults, takes five times as long.
case when {shape} @ st_tileenvelope(%(z)s, %(x)s, %(y)s, margin => 0.015625)
     then st_forcepolygonccw(st_snaptogrid(st_affine({shape}, %(scale)s::float8, 0, 0,
          -%(scale)s::float8, %(east)s::float8, %(down)s::float8), 1))
     else {clipped} end

-- name: generalised
-- A shape simplified with its neighbours, where there is one for this zoom.
left join (select shape_id as plain_id, tile_geom as plain from generalised
           where layer = {layer} and band = {band}) as simple on simple.plain_id = source.shape_id

-- name: metric
left join (select unit_id, {value} as value from metric_value
           where layer = {layer} and key = %(metric)s) as metric on metric.unit_id = source.id

-- name: ranks
-- Points by the number of these shares that their rank is not below.
select width_bucket(rank, %(shares)s::double precision[]), count(*)
from {view} as source where true {conditions} group by 1

-- name: shares
select layer, zoom, share from thinning

-- name: extent
-- The district's box in degrees.
select st_xmin(b), st_ymin(b), st_xmax(b), st_ymax(b)
from (select st_extent(st_transform(tile_geom, 4326)) as b from area where level <> 'compound') as box

-- name: newest_report
-- When the newest incident was reported, in seconds since 1970: what ages are counted from.
select extract(epoch from max(reported_at))::bigint from incident

-- name: incident_class
-- Classes by number of incidents, for the legend.
select class, class, class from incident group by class order by count(*) desc, class

-- name: grid_system
-- Grid systems that have a plan in force today, for the legend.
select code, name, name_en from grid_system
where exists (select from plan, setting, lateral (select (now() at time zone time_zone)::date as today) as now
              where plan.system_id = grid_system.id and plan.status in ('published', 'superseded')
                and plan.valid_from <= today and plan.valid_to > today)
order by id
