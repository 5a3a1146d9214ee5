-- name: lock
-- A segment that nobody else changes until the transaction ends.
select segment.id, road_id, road.name as road, seq, segment.kind, class as class_, width_m, from_node, to_node,
       length_m, st_asbinary(geom) as geom,
       md5(concat_ws('|', segment.kind, class, width_m, road_id, seq, st_asbinary(geom)::text)) as version
from segment left join road on road.id = road_id
where segment.id = %(segment)s
for update of segment;

-- name: read
-- A segment as people read it, its axis in degrees.
select segment.id, road.name as road, segment.seq, segment.kind, segment.class, segment.width_m, segment.length_m,
       st_asgeojson(st_transform(segment.geom, 4326), 7)::jsonb as axis,
       md5(concat_ws('|', segment.kind, class, width_m, road_id, seq, st_asbinary(geom)::text)) as version,
       (select coalesce(jsonb_agg(jsonb_build_object('segment', other.id, 'road', name.name, 'seq', other.seq,
                                                     'class', other.class) order by other.id), '[]')
        from segment other left join road name on name.id = other.road_id
        where other.id <> segment.id
          and array[other.from_node, other.to_node] && array[segment.from_node, segment.to_node]) as meets
from segment left join road on road.id = segment.road_id
where segment.id = %(segment)s;

-- name: ends_at
-- How many ends of segments meet at a node.
select (select count(*) from segment where from_node = %(node)s)
     + (select count(*) from segment where to_node = %(node)s);

-- name: names_at
select distinct coalesce(road.name, 'a road without a name')
from segment left join road on road.id = road_id
where %(node)s in (from_node, to_node) and segment.id <> all(%(but)s)
order by 1;

-- name: add_node
insert into node (geom) values (%(geom)s::geometry) returning id;

-- name: next_id
select nextval(pg_get_serial_sequence('segment', 'id'));

-- name: shift
-- Numbers along the road behind one of them, by one more or one less.
update segment set seq = seq + %(by)s where road_id = %(road)s and seq > %(behind)s;

-- name: set_axis
update segment set geom = %(geom)s::geometry, surface = %(surface)s::geometry,
    from_node = %(from_node)s, to_node = %(to_node)s, class = %(class)s, width_m = %(width_m)s, seq = %(seq)s
where id = %(id)s
returning length_m;

-- name: add
insert into segment (id, road_id, seq, kind, class, width_m, from_node, to_node, geom, surface)
overriding system value
values (%(id)s, %(road_id)s, %(seq)s, %(kind)s, %(class)s, %(width_m)s, %(from_node)s, %(to_node)s,
        %(geom)s::geometry, %(surface)s::geometry)
returning length_m;

-- name: put_side
insert into segment_side (segment_id, side, frontage) values (%(segment)s, %(side)s, %(frontage)s::geometry)
on conflict (segment_id, side) do update set frontage = excluded.frontage;

-- name: stretches
-- What lies on the sides of some segments, the columns that edits do not touch as JSON.
select id, segment_id as segment, side, from_m, to_m,
       (to_jsonb(t) - '{{id,segment_id,side,from_m,to_m}}'::text[])::text as rest
from {table} t where segment_id = any(%(segments)s)
order by id for update;

-- name: forget_stretches
delete from {table} where id = any(%(ids)s);

-- name: put_stretches
-- Stretches as they lie now; those without an id are new.
insert into {table} overriding system value
select (jsonb_populate_record(null::{table}, rest::jsonb || jsonb_build_object(
            'id', coalesce(given.id, nextval(pg_get_serial_sequence(%(table)s, 'id'))),
            'segment_id', segment, 'side', side, 'from_m', from_m, 'to_m', to_m))).*
from unnest(%(ids)s::bigint[], %(segments)s::int[], %(sides)s::text[], %(from_m)s::float8[], %(to_m)s::float8[],
            %(rests)s::text[]) as given (id, segment, side, from_m, to_m, rest);

-- name: remember
insert into segment_edit (op, kind, actor, spot, before, after)
values (%(op)s, %(kind)s, %(actor)s, %(spot)s::geometry, %(before)s::geometry, %(after)s::geometry);

-- name: crossed
-- Roads whose axes an axis crosses between its ends, and the old one did not.
select distinct coalesce(road.name, 'a road without a name') as name
from segment other left join road on road.id = other.road_id
cross join (values (%(before)s::geometry, %(after)s::geometry)) as axis (before, after)
where other.id <> %(segment)s and other.kind = any(%(kinds)s)
  and other.geom && axis.after and st_intersects(other.geom, axis.after)
  and exists (select from st_dumppoints(st_intersection(other.geom, axis.after)) as spot
              where least(st_distance(spot.geom, st_startpoint(axis.after)),
                          st_distance(spot.geom, st_endpoint(axis.after))) > 0.01)
  and not exists (select from st_dumppoints(st_intersection(other.geom, axis.before)) as spot
                  where least(st_distance(spot.geom, st_startpoint(axis.after)),
                              st_distance(spot.geom, st_endpoint(axis.after))) > 0.01)
order by 1;


-- name: drop_sides
delete from segment_side where segment_id = %(segment)s;

-- name: drop_axis
delete from segment where id = %(segment)s;

-- name: drop_node
delete from node where id = %(node)s
  and not exists (select from segment where %(node)s in (from_node, to_node));
