-- name: set_status
update plan set status = %(status)s where id = %(id)s;

-- name: strange_blocks
-- How many of today's blocks the draft lacks, and how many it has that are no more.
select count(*) from (
    (select id from block where valid_to = 'infinity' except select block_id from draft_block where plan_id = %(id)s)
    union all
    (select block_id from draft_block where plan_id = %(id)s except select id from block where valid_to = 'infinity')) as others;

-- name: ground
-- Blocks of a draft with their grid's number.
select d.block_id as id, d.number, b.area_id, coalesce(b.households, 0) as households, st_asbinary(b.geom) as geom
from draft_block d join block b on b.id = d.block_id
where d.plan_id = %(id)s order by d.block_id;

-- name: draft_grids
select d.number, d.name, d.parent_id, grid.id as grid_id, grid.code, area.code as parent
from draft_grid d
left join grid on grid.id = d.grid_id
left join area on area.id = d.parent_id
where d.plan_id = %(id)s order by d.number;

-- name: areas
select id, code from area where level <> 'compound';

-- name: before
-- The plan in force on the day before a day, and the last day from which a plan is published.
select (select id from plan where system_id = %(system)s and status in ('published', 'superseded')
          and valid_from < %(start)s and valid_to >= %(start)s),
       (select max(valid_from) from plan
        where system_id = %(system)s and status in ('published', 'superseded'));

-- name: assigned
select block_id, grid_id from assignment where plan_id = %(plan)s;

-- name: settle_grids
-- Which grid each number of the draft has become.
update draft_grid d set grid_id = a.grid_id
from (select distinct b.number, a.grid_id from draft_block b
      join assignment a on a.plan_id = b.plan_id and a.block_id = b.block_id
      where b.plan_id = %(id)s) a
where d.plan_id = %(id)s and d.number = a.number and d.grid_id is distinct from a.grid_id;

-- name: loosen_grids
-- Grids without blocks are none; those that go on under another code lose the old one first.
update draft_grid set grid_id = null where plan_id = %(id)s;

-- name: empty_draft
delete from draft_block where plan_id = %(id)s;

-- name: copy_lineage
copy lineage (plan_id, from_grid, to_grid, kind, blocks, households) from stdin;

-- name: lineage
select l.kind, l.blocks, l.households,
       f.id as from_id, f.code as from_code, f.name as from_name,
       t.id as to_id, t.code as to_code, t.name as to_name,
       (select number from draft_grid d where d.plan_id = l.plan_id and d.grid_id = t.id) as to_number
from lineage l left join grid f on f.id = l.from_grid left join grid t on t.id = l.to_grid
where l.plan_id = %(id)s order by f.code, t.code;

-- name: grid_names
select id, code, name from grid where system_id = %(system)s;

-- name: to_come
-- The first day of a plan that is published for later, where no other follows it.
select valid_from from plan
where id = %(id)s and status = 'published' and valid_from > %(today)s and valid_to = 'infinity';

-- name: draft_again
-- Today's blocks of a plan as its draft had them; what they were at first is told by its first strokes.
insert into draft_block (plan_id, block_id, number, based)
select a.plan_id, a.block_id, d.number, case when first.block_id is null then d.number else first.was end
from assignment a
join block on block.id = a.block_id and block.valid_to = 'infinity'
join draft_grid d on d.plan_id = a.plan_id and d.grid_id = a.grid_id
left join (select distinct on (block_id) block_id, was from stroke_block
           where plan_id = %(id)s order by block_id, stroke) first on first.block_id = a.block_id
where a.plan_id = %(id)s;

-- name: names_again
-- Grids that the plan renamed have the names again that they had before.
update grid set name = first.was ->> 'name'
from (select distinct on (number) was from stroke_grid
      where plan_id = %(id)s and was is not null order by number, stroke) first
where grid.id = (first.was ->> 'grid_id')::integer and grid.name <> first.was ->> 'name';

-- name: unpublish
update plan set status = 'approved', valid_from = null where id = %(id)s;

-- name: forget_new_grids
-- Grids that are none of the plan before are new ones again.
update draft_grid set grid_id = null
where plan_id = %(id)s and grid_id not in (select grid_id from assignment where plan_id = %(against)s);

-- name: emptied_grids_again
-- Grids that had lost all their blocks go on being what those blocks were in.
update draft_grid d set grid_id = first.grid_id
from (select b.based, min(a.grid_id) as grid_id from draft_block b
      join assignment a on a.plan_id = %(against)s and a.block_id = b.block_id
      where b.plan_id = %(id)s group by b.based having min(a.grid_id) = max(a.grid_id)) first
where d.plan_id = %(id)s and d.number = first.based and d.grid_id is null
  and not exists (select from draft_grid o where o.plan_id = d.plan_id and o.grid_id = first.grid_id);

-- name: goes_on_again
update plan set status = 'published', valid_to = 'infinity'
where system_id = %(system)s and status = 'superseded' and valid_to = %(start)s;

-- name: forget_lineage
delete from lineage where plan_id = %(id)s;

-- name: forget_assignment
delete from assignment where plan_id = %(id)s;

-- name: forget_shapes
delete from grid_shape where plan_id = %(id)s;

-- name: free_codes
-- Codes that were given when the plan was published, and that no grid has: they were never in force.
delete from code_given as given
where kind = 'grid:' || %(system)s
  and given_at = (select max(at) from plan_step where plan_id = %(id)s and status = 'published')
  and not exists (select from grid where system_id = %(system)s and grid.code = given.code);
