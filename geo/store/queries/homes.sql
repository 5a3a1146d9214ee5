-- Where sides and compounds belong: each side to the block its middle lies in, each compound to the
-- sides along its outline.

-- name: segments
select id, width_m, st_asbinary(geom) as geom from segment where kind <> 'rail' order by id

-- name: segments_of
-- Those with a side that belongs to one of some blocks.
select id, width_m, st_asbinary(geom) as geom from segment
where id in (select segment_id from side_home where block_id = any(%(ended)s)) order by id

-- name: blocks
select id, st_asbinary(geom) as geom from block where id = any(%(made)s) order by id

-- name: follow
update side_home set block_id = fresh.block_id
from unnest(%(segment_id)s::integer[], %(side)s::text[], %(block_id)s::integer[]) as fresh (segment_id, side, block_id)
where side_home.segment_id = fresh.segment_id and side_home.side = fresh.side and side_home.block_id = any(%(ended)s)

-- name: compounds
select id, st_asbinary(geom) as geom from area where level = 'compound' order by id

-- name: stage_homes
create temporary table fresh_home (like side_home) on commit drop

-- name: copy_homes
copy pg_temp.fresh_home (segment_id, side, block_id) from stdin (format binary)

-- name: drop_homes
delete from side_home
where not exists (select from pg_temp.fresh_home as f where f.segment_id = side_home.segment_id and f.side = side_home.side)

-- name: put_homes
insert into side_home (segment_id, side, block_id) select segment_id, side, block_id from pg_temp.fresh_home
on conflict (segment_id, side) do update set block_id = excluded.block_id where side_home.block_id <> excluded.block_id

-- name: stage_fronts
create temporary table fresh_front (like compound_front) on commit drop

-- name: copy_fronts
copy pg_temp.fresh_front (compound_id, segment_id, side, chainage_m, block_id, share) from stdin (format binary)

-- name: differ
-- Whether the fronts of compounds are others than those kept.
select exists (select * from pg_temp.fresh_front except all select * from compound_front)
    or exists (select * from compound_front except all select * from pg_temp.fresh_front)

-- name: drop_fronts
delete from compound_front

-- name: put_fronts
insert into compound_front select * from pg_temp.fresh_front

-- name: forget
drop table pg_temp.fresh_home, pg_temp.fresh_front

-- name: note
insert into change (layer, op) values ('homes', 'update')
