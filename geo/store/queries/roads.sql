-- name: names
-- Every road, river and lane that has a name; roads first where several kinds share one.
select id, name from road order by array_position(array['rail', 'river', 'lane', 'road'], kind), id;

-- name: segments
-- The segments of one road along it.
select id, from_node, to_node, length_m, st_asbinary(geom) as geom
from segment where road_id = %(road)s order by seq;

-- name: crossings
-- Where the axes of a road meet those of others, by the others' names.
select other.name, st_asbinary(spot.geom) as geom
from segment mine
join segment theirs on theirs.geom && mine.geom and st_intersects(theirs.geom, mine.geom)
     and theirs.road_id is distinct from mine.road_id
join road other on other.id = theirs.road_id
cross join lateral (
    select st_centroid(part.geom) as geom from st_dump(st_intersection(theirs.geom, mine.geom)) as part
) as spot
where mine.road_id = %(road)s
order by other.name, mine.seq, theirs.id;

-- name: doors
-- What has an address on a road.
select address, segment_id, side, chainage_m from merchant
where segment_id in (select id from segment where road_id = %(road)s) and address is not null
union all
select address, segment_id, side, chainage_m from station
where segment_id in (select id from segment where road_id = %(road)s) and address is not null;
