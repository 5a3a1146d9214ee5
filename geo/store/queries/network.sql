-- name: ways
-- The lines as they came in.
select external_id, name, kind, class, width_m, level, st_asbinary(geom) as geom
from way order by external_id;

-- name: segments
select segment.id, segment.kind, road.name as road_name, length_m, st_asbinary(segment.geom) as geom
from segment left join road on road.id = road_id order by segment.id;

-- name: lengths
select id, length_m from segment where id = any(%(ids)s);

-- name: edits
-- Edits by hand, in their order.
select op, kind, st_asbinary(spot), st_asbinary(before), st_asbinary(after) from segment_edit order by id;

-- name: lines
-- Axes of some kinds, which may bound blocks.
select id, kind, st_asbinary(geom) as geom from segment where kind = any(%(kinds)s) order by id;

-- name: next_ids
select nextval(pg_get_serial_sequence(%(table)s, 'id')) from generate_series(1, %(n)s);

-- name: add_roads
insert into road (name, kind)
select * from unnest(%(names)s::text[], %(kinds)s::text[]) on conflict (name, kind) do nothing;

-- name: roads
select id, name, kind from road;

-- name: delete_sides
delete from segment_side where segment_id = any(%(ids)s);

-- name: delete_segments
delete from segment where id = any(%(ids)s);

-- name: copy_nodes
copy node (id, geom) from stdin;

-- name: make_segment_stage
create temporary table segment_stage (
    id integer, road_id integer, seq integer, kind text, class text, width_m double precision,
    from_node integer, to_node integer, geom geometry, surface geometry
) on commit drop;

-- name: copy_segments
copy segment_stage from stdin;

-- name: put_segments
insert into segment (id, road_id, seq, kind, class, width_m, from_node, to_node, geom, surface)
overriding system value
select * from segment_stage
on conflict (id) do update
set road_id = excluded.road_id, seq = excluded.seq, kind = excluded.kind, class = excluded.class,
    width_m = excluded.width_m, from_node = excluded.from_node, to_node = excluded.to_node,
    geom = excluded.geom, surface = excluded.surface;

-- name: drop_segment_stage
drop table segment_stage;

-- name: make_side_stage
create temporary table side_stage (segment_id integer, side text, frontage geometry) on commit drop;

-- name: copy_sides
copy side_stage from stdin;

-- name: put_sides
insert into segment_side (segment_id, side, frontage) select * from side_stage
on conflict (segment_id, side) do update set frontage = excluded.frontage;

-- name: drop_side_stage
drop table side_stage;

-- name: drop_lonely_nodes
delete from node n where not exists (select 1 from segment s where n.id in (s.from_node, s.to_node));

-- name: drop_empty_roads
delete from road r where not exists (select 1 from segment s where s.road_id = r.id);
