-- name: remember
-- The ground as it is before a change: blocks and axes with their shapes.
create temporary table ground_before on commit drop as
select 'block' as what, id, geom from block where valid_to = 'infinity'
union all
select 'axis', id, geom from segment where kind in ('road', 'lane');

-- name: compare
-- The shapes that went, came or changed: a point's links can differ only near one of these.
create temporary table ground_changed on commit drop as
with now as (
    select 'block' as what, id, geom from block where valid_to = 'infinity'
    union all
    select 'axis', id, geom from segment where kind in ('road', 'lane')
)
select coalesce(now.what, before.what) as what, shape.geom
from ground_before before
full join now on now.what = before.what and now.id = before.id
cross join lateral (values (before.geom), (now.geom)) as shape (geom)
where (before.geom is null or now.geom is null or not st_orderingequals(before.geom, now.geom))
  and shape.geom is not null;

-- name: index_changed
create index on ground_changed using gist (geom);

-- name: analyze_changed
analyze ground_changed;

-- name: name_changed
-- Axes that changed, as somebody names them.
create temporary table ground_changed on commit drop as
select 'axis' as what, ewkb::geometry as geom from unnest(%(axes)s::text[]) as named (ewkb);

-- name: forget_before
drop table ground_before;

-- name: forget_changed
drop table ground_changed;

-- name: near
-- The points in a changed block's old or new ground, or within reach of a changed axis.
create temporary table near_point on commit drop as
select distinct p.id, p.geom
from ground_changed c
join {table} p on st_dwithin(p.geom, c.geom,
                             case c.what when 'axis' then %(within_m)s + 1e-6 else 0 end);

-- name: relink
-- Links them by the database's own functions; the rows touched are the links that differ.
update {table} t
set block_id = found.block_id, segment_id = found.segment_id, side = found.side,
    chainage_m = found.chainage_m, offset_m = found.offset_m
from (
    select n.id, block_at(n.geom) as block_id, place.*
    from near_point n, road_place_at(n.geom, %(within_m)s) as place
) as found
where found.id = t.id
  and (t.block_id, t.segment_id, t.side, t.chainage_m, t.offset_m)
      is distinct from
      (found.block_id, found.segment_id, found.side, found.chainage_m, found.offset_m);

-- name: forget_points
drop table near_point;
