-- Vector tiles. Every layer has the same two queries, filled in from its declaration.

-- name: shapes
-- The features of a tile, in order of their ids, so that equal data gives equal bytes.
with shape as materialized (
    select id {attributes},
           st_asmvtgeom({geometry}, st_tileenvelope(%(z)s, %(x)s, %(y)s), 4096, 64) as geom
    from {view} as source {joins}
    where source.geom && %(reach)s::geometry {conditions}
)
select st_asmvt(t, {part}, 4096, 'geom', 'id' order by t.id) from shape t where geom is not null

-- name: labels
-- Points that carry names: each in one tile only, so without a buffer.
with shape as materialized (
    select id {attributes},
           st_asmvtgeom(label, st_tileenvelope(%(z)s, %(x)s, %(y)s), 4096, 0) as geom
    from {view} as source
    where source.geom && %(reach)s::geometry and label_from <= %(z)s {conditions}
)
select st_asmvt(t, {part}, 4096, 'geom', 'id' order by t.id) from shape t where geom is not null

-- name: generalised
-- A shape simplified with its neighbours, where there is one for this zoom.
left join (select shape_id as plain_id, tile_geom as plain from generalised
           where layer = {layer} and band = {band}) as simple on simple.plain_id = source.shape_id

-- name: metric
left join (select unit_id, value from metric_value
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
where exists (select from plan
              where plan.system_id = grid_system.id and plan.status in ('published', 'superseded')
                and plan.valid_from <= current_date and plan.valid_to > current_date)
order by id
