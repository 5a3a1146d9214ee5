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
