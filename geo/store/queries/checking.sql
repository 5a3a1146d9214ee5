-- name: areas
-- Administrative areas of one level with the id of the area they lie in.
select a.id, a.code, a.name, a.parent_id, st_asbinary(a.geom) as geom
from area a where a.level = %(level)s order by a.id;

-- name: blocks
select b.id, b.code, b.code as name, b.area_id as parent_id, st_asbinary(b.geom) as geom
from block b where b.valid_to = 'infinity' order by b.id;

-- name: parents
select id, code, st_asbinary(geom) as geom from area where level <> 'compound' order by id;

-- name: put_area
update area set geom = st_multi(%(geom)s) where id = %(id)s;

-- name: put_block
update block set geom = %(geom)s where id = %(id)s;
