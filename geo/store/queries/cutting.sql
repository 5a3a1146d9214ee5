-- name: blocks
-- Today's blocks of these numbers.
select block.id, block.code, block.area_id, area.code as area, block.households, block.people,
       st_asbinary(block.geom) as geom
from block join area on area.id = block.area_id
where block.id = any(%(ids)s) and block.valid_to = 'infinity' order by block.id;

-- name: neighbours
-- Today's blocks that touch a block.
select n.id, st_asbinary(n.geom) as geom
from block b join block n on n.geom && b.geom and st_intersects(n.geom, b.geom) and n.id <> b.id
where b.id = %(id)s and n.valid_to = 'infinity' order by n.id;

-- name: compounds
-- Compounds that a block has a part of, with what lives there.
select c.households::double precision as households, c.people::double precision as people, st_asbinary(c.geom) as geom
from area c join block b on b.geom && c.geom and st_intersects(b.geom, c.geom)
where b.id = %(id)s and c.level = 'compound' order by c.id;

-- name: end
update block set valid_to = %(day)s where id = any(%(ids)s);

-- name: add
insert into block (code, area_id, households, people, valid_from, geom)
values (%(code)s, %(area_id)s, %(households)s, %(people)s, %(day)s, %(geom)s) returning id;

-- name: reshape
update block set geom = %(geom)s where id = %(id)s;

-- name: note
insert into block_lineage (day, from_block, to_block, kind)
select %(day)s, f, t, %(kind)s from unnest(%(ids)s::integer[]) f, unnest(%(made)s::integer[]) t;

-- name: follow
-- Every plan that was in force, is, or will be has the new blocks where it had the old one.
insert into assignment (plan_id, system_id, block_id, grid_id)
select plan_id, system_id, made, grid_id from assignment, unnest(%(made)s::integer[]) made
where block_id = %(id)s;

-- name: apart
-- A plan in which some of the blocks lie in different grids, or some in none.
select plan.id, plan.name from plan
join assignment a on a.plan_id = plan.id and a.block_id = any(%(ids)s)
where plan.status in ('published', 'superseded')
group by plan.id having count(distinct grid_id) > 1 or count(*) < cardinality(%(ids)s)
order by plan.id limit 1;

-- name: drafts
-- Drafts that have any of the blocks, which nobody else changes now.
select id, status from plan
where id in (select plan_id from draft_block where block_id = any(%(ids)s))
order by id for update;

-- name: to_come
-- Plans that may be withdrawn yet, and be drafts again.
select id from plan where status = 'published' and valid_from > %(day)s and valid_to = 'infinity';

-- name: in_draft
select block_id from draft_block where plan_id = %(plan)s and block_id = any(%(ids)s);

-- name: ids
select block.code, block.id from draft_block join block on block.id = block_id
where plan_id = %(plan)s and block.code = any(%(codes)s);

-- name: follow_in_draft
insert into draft_block (plan_id, block_id, number, based)
select plan_id, made, number, based from draft_block, unnest(%(made)s::integer[]) made
where plan_id = %(plan)s and block_id = %(id)s;

-- name: follow_in_strokes
-- What was painted with the old block, was painted with what it became.
insert into stroke_block (plan_id, stroke, block_id, was, now)
select plan_id, stroke, made, was, now from stroke_block, unnest(%(made)s::integer[]) made
where plan_id = %(plan)s and block_id = %(id)s;

-- name: leave_strokes
delete from stroke_block where plan_id = %(plan)s and block_id = any(%(ids)s);

-- name: leave_draft
delete from draft_block where plan_id = %(plan)s and block_id = any(%(ids)s);

-- name: note_in_draft
-- A stroke that changed no number, so that others are told of the new blocks.
insert into stroke_block (plan_id, stroke, block_id, was, now)
select plan_id, %(stroke)s, block_id, number, number from draft_block
where plan_id = %(plan)s and block_id = any(%(made)s);

