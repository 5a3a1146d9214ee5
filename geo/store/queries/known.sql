-- name: areas
-- Every area with its names and shape.
select level, code, name, st_asbinary(geom) as geom from area order by id;

-- name: surfaces
-- The surface of every segment with the name of its road.
select s.kind, r.name, st_asbinary(s.surface) as geom
from segment s left join road r on r.id = s.road_id order by s.id;
