-- name: blocks_in_force
-- Every block of today with its shape as WKB.
select id, code, area_id, st_asbinary(geom) as geom from block where valid_to = 'infinity' order by id;

-- name: axes
-- Axes of the segments that give a road place.
select id, st_asbinary(geom) as geom from segment where kind in ('road', 'lane') order by id;

-- name: trust_links
-- Within this transaction the writer brings the links; the trigger stays out.
select set_config('luge.linked', 'yes', true);

-- name: mistrust_links
-- From here on the trigger links again.
select set_config('luge.linked', '', true);

-- name: insert_linked
-- One row that brings its links: the trigger stays out of this one statement.
insert into {table} ({columns}geom, block_id, segment_id, side, chainage_m, offset_m)
select {values}%s, %s, %s, %s, %s, %s
from set_config('luge.linked', 'yes', true)
returning id, set_config('luge.linked', '', true);

-- name: points
-- All points of one table.
select id, st_asbinary(geom) as geom from {table} order by id;

-- name: make_link_stage
create temporary table link_stage (
    id bigint, block_id integer, segment_id integer, side text,
    chainage_m double precision, offset_m double precision
) on commit drop;

-- name: copy_link_stage
copy link_stage from stdin;

-- name: drop_link_stage
drop table link_stage;

-- name: apply_links
-- Writes only what changed, and says how many rows that is.
with changed as (
    update {table} t
    set block_id = s.block_id, segment_id = s.segment_id, side = s.side,
        chainage_m = s.chainage_m, offset_m = s.offset_m
    from link_stage s
    where s.id = t.id
      and (t.block_id, t.segment_id, t.side, t.chainage_m, t.offset_m)
          is distinct from (s.block_id, s.segment_id, s.side, s.chainage_m, s.offset_m)
    returning 1
)
select count(*) from changed;

-- name: verify
-- Compares every stored link with PostGIS's own predicates.
select count(*) as points,
       count(t.block_id) as in_block,
       count(t.segment_id) as on_road,
       count(*) filter (where t.block_id is distinct from block_at(t.geom)) as wrong_block,
       count(*) filter (where (t.segment_id, t.side) is distinct from (place.segment_id, place.side)
                           or abs(t.chainage_m - place.chainage_m) > 1e-6
                           or abs(t.offset_m - place.offset_m) > 1e-6) as wrong_place,
       count(*) filter (where abs(t.offset_m - (
           select min(st_distance(s.geom, t.geom)) from segment s
           where s.kind in ('road', 'lane') and st_dwithin(s.geom, t.geom, %(within_m)s))) > 1e-6
       ) as not_nearest
from {table} t, road_place_at(t.geom, %(within_m)s) as place;
