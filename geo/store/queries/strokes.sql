-- name: strangers
-- Blocks named that are not in the draft.
select id from unnest(%(blocks)s::integer[]) as id
where not exists (select from draft_block where plan_id = %(id)s and block_id = id) limit 1;

-- name: numbers
select number, locked from draft_grid where plan_id = %(id)s;

-- name: left
-- The grids that blocks would leave.
select distinct d.number
from draft_block d
join unnest(%(blocks)s::integer[], %(numbers)s::integer[]) as w (block, number) on w.block = d.block_id
where d.plan_id = %(id)s and d.number is distinct from w.number and d.number is not null;

-- name: differing
-- Whether any block would change.
select from draft_block d
join unnest(%(blocks)s::integer[], %(numbers)s::integer[]) as w (block, number) on w.block = d.block_id
where d.plan_id = %(id)s and d.number is distinct from w.number limit 1;

-- name: drop_undone
-- What was undone is not done again once another stroke is made.
update stroke set dropped = true where plan_id = %(id)s and undone and not dropped;

-- name: add
insert into stroke (plan_id, number, what, made_by, version)
values (%(id)s, (select coalesce(max(number), 0) + 1 from stroke where plan_id = %(id)s),
        %(what)s, %(made_by)s, %(version)s)
returning number;

-- name: move
-- Writes down what changes, and changes it.
with moved as (
    insert into stroke_block (plan_id, stroke, block_id, was, now)
    select %(id)s, %(stroke)s, d.block_id, d.number, w.number
    from draft_block d
    join unnest(%(blocks)s::integer[], %(numbers)s::integer[]) as w (block, number) on w.block = d.block_id
    where d.plan_id = %(id)s and d.number is distinct from w.number
    returning block_id, was, now
), painted as (
    update draft_block d set number = moved.now from moved
    where d.plan_id = %(id)s and d.block_id = moved.block_id
)
select block_id, was, now from moved order by block_id;

-- name: next_number
select greatest((select max(number) from draft_grid where plan_id = %(id)s),
                (select max(number) from stroke_grid where plan_id = %(id)s),
                (select max(based) from draft_block where plan_id = %(id)s), 0) + 1;

-- name: grid
select jsonb_build_object('grid_id', grid_id, 'name', name, 'parent_id', parent_id, 'workers', workers, 'locked', locked)
from draft_grid where plan_id = %(id)s and number = %(number)s;

-- name: note_grid
insert into stroke_grid (plan_id, stroke, number, was, now)
values (%(id)s, %(stroke)s, %(number)s, %(was)s, %(now)s);

-- name: put_grid
insert into draft_grid (plan_id, number, grid_id, name, parent_id, workers, locked)
select %(id)s, %(number)s, grid_id, name, parent_id, workers, locked
from jsonb_to_record(%(grid)s) as g (grid_id integer, name text, parent_id integer, workers integer, locked boolean)
on conflict (plan_id, number) do update
set grid_id = excluded.grid_id, name = excluded.name, parent_id = excluded.parent_id,
    workers = excluded.workers, locked = excluded.locked;

-- name: drop_grid
delete from draft_grid where plan_id = %(id)s and number = %(number)s;

-- name: plan
select jsonb_build_object('name', plan.name, 'note', note, 'limits', wishes)
from plan join draft on draft.plan_id = plan.id where plan.id = %(id)s;

-- name: note_plan
insert into stroke_plan (plan_id, stroke, was, now) values (%(id)s, %(stroke)s, %(was)s, %(now)s);

-- name: plan_of
select was, now from stroke_plan where plan_id = %(id)s and stroke = %(stroke)s;

-- name: name_plan
update plan set name = %(name)s where id = %(id)s and name <> %(name)s;

-- name: put_plan
update draft set note = %(note)s, wishes = %(limits)s where plan_id = %(id)s;

-- name: in_use
select count(*) from draft_block where plan_id = %(id)s and number = %(number)s;

-- name: area
select id, name from area where code = %(code)s and level <> 'compound';

-- name: to_undo
-- The newest stroke that stands; cuts and joins are of the ground, and are not undone.
select number, what from stroke
where plan_id = %(id)s and not undone and what not in ('cut', 'join') order by number desc limit 1;

-- name: to_redo
-- The first of those undone.
select number, what from stroke
where plan_id = %(id)s and undone and not dropped order by number limit 1;

-- name: mark
update stroke set undone = %(undone)s, version = %(version)s where plan_id = %(id)s and number = %(stroke)s;

-- name: turn
-- Gives the blocks of a stroke the number before it, or after it.
update draft_block d set number = case when %(undone)s then s.was else s.now end
from stroke_block s
where s.plan_id = %(id)s and s.stroke = %(stroke)s and d.plan_id = s.plan_id and d.block_id = s.block_id
returning d.block_id, case when %(undone)s then s.now else s.was end, d.number;

-- name: grids_of
select number, was, now from stroke_grid where plan_id = %(id)s and stroke = %(stroke)s;

-- name: since
-- Strokes done or undone after a version.
select number, what, at, made_by, undone,
       array(select block_id from stroke_block b where b.plan_id = stroke.plan_id and b.stroke = stroke.number
             order by block_id) as blocks
from stroke where plan_id = %(id)s and version > %(version)s order by version, number;
