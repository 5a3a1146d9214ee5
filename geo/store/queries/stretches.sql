-- Stretches looked at before anything is written: where they lie, and who has them.

-- name: pressed
-- The segment nearest to a place, with its road and the place on its side.
select near.id, near.road_id, place.side, place.chainage_m
from (select id, road_id, segment.geom, st_distance(segment.geom, p.geom) as off
      from segment, st_setsrid(st_makepoint(%(x)s, %(y)s), :SRID) as p (geom)
      where kind = any(%(kinds)s) and st_dwithin(segment.geom, p.geom, %(within_m)s)
      order by off, id limit 1) as near,
     lateral place_on(near.geom, st_setsrid(st_makepoint(%(x)s, %(y)s), :SRID)) as place;

-- name: ways
-- The segments of a road along it; of a segment without a road itself.
select id, from_node, to_node, length_m, st_asbinary(geom) as geom
from segment where road_id = %(road)s or id = %(segment)s order by seq, id;

-- name: lines
-- Stretches with their road, which way their axis runs, and their line in degrees.
select given.segment_id as segment, given.side, given.from_m, least(given.to_m, segment.length_m) as to_m,
       least(given.to_m, segment.length_m) - given.from_m as metres,
       road.name as road, segment.kind, segment.seq,
       degrees(st_azimuth(st_startpoint(segment.geom), st_endpoint(segment.geom))) as heading,
       st_asgeojson(st_transform(st_linesubstring(
           segment.geom, least(1, given.from_m / segment.length_m),
           least(1, least(given.to_m, segment.length_m) / segment.length_m)), 4326), 6)::json -> 'coordinates' as line
from unnest(%(segments)s::int[], %(sides)s::text[], %(from_m)s::float8[], %(to_m)s::float8[])
     with ordinality as given (segment_id, side, from_m, to_m, n)
join segment on segment.id = given.segment_id
left join road on road.id = segment.road_id
order by given.n;

-- name: held
-- What of some stretches somebody has in a role, alone, in some of the time.
select chief.id as chief, chief.name, duty.id as duty, duty.segment_id as segment, duty.side,
       greatest(duty.from_m, given.from_m) as from_m, least(duty.to_m, given.to_m, segment.length_m) as to_m,
       duty.valid_from, nullif(duty.valid_to, 'infinity') as valid_to
from unnest(%(segments)s::int[], %(sides)s::text[], %(from_m)s::float8[], %(to_m)s::float8[])
     as given (segment_id, side, from_m, to_m)
join duty on duty.segment_id = given.segment_id and duty.side = given.side and duty.role = %(role)s
     and duty.exclusive and duty.from_m < given.to_m and duty.to_m > given.from_m
     and duty.valid_from < %(end)s and duty.valid_to > %(start)s
join chief on chief.id = duty.chief_id
join segment on segment.id = duty.segment_id
order by duty.segment_id, duty.side, duty.from_m, duty.valid_from;
