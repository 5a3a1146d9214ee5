-- name: listed
-- Plans, newest first; of one grid system, or of all.
select plan.id, s.code as system, plan.name,
       case when plan.status = 'superseded' and plan.valid_to > %(today)s then 'published' else plan.status end as status,
       case when plan.status in ('draft', 'submitted', 'approved') then draft.version end as version,
       plan.based_on, plan.valid_from::text, nullif(plan.valid_to, 'infinity')::text as valid_to,
       plan.made_at, coalesce(draft.made_by, '') as made_by, coalesce(draft.note, '') as note,
       (select count(*) from plan_grid where plan_id = plan.id) as grids,
       (select count(*) from plan_block where plan_id = plan.id) as blocks
from plan
join grid_system s on s.id = plan.system_id
left join draft on draft.plan_id = plan.id
where (%(system)s::text is null or s.code = %(system)s) and (%(id)s::integer is null or plan.id = %(id)s)
order by plan.id desc limit %(limit)s;

-- name: wishes
select coalesce((select wishes from draft where plan_id = %(id)s), '{}') as limits;

-- name: system
select id, name, across from grid_system where code = %(system)s;

-- name: in_force
select id from plan
where system_id = %(system)s and status in ('published', 'superseded')
  and valid_from <= %(day)s and valid_to > %(day)s;

-- name: of_system
-- A plan, and the one that it was begun on; of one that is to come, itself.
select status, case when status = 'published' and valid_from > %(day)s then id
                    else (select against from draft where plan_id = plan.id) end
from plan where id = %(id)s and system_id = %(system)s;

-- name: add_plan
insert into plan (system_id, name, based_on) values (%(system)s, %(name)s, %(based_on)s) returning id;

-- name: add_draft
insert into draft (plan_id, made_by, against) values (%(id)s, %(made_by)s, %(against)s);

-- name: grids_of_published
-- The grids of a published plan, by their codes' order.
insert into draft_grid (plan_id, number, grid_id, name, parent_id, workers)
select %(id)s, row_number() over (order by grid.code), grid.id, grid.name, grid.parent_id, coalesce(d.workers, 1)
from grid left join draft_grid d on d.plan_id = %(based_on)s and d.grid_id = grid.id
where grid.id in (select grid_id from assignment where plan_id = %(based_on)s);

-- name: grids_of_draft
insert into draft_grid (plan_id, number, grid_id, name, parent_id, workers, locked)
select %(id)s, number, grid_id, name, parent_id, workers, locked from draft_grid where plan_id = %(based_on)s;

-- name: blocks_of_published
-- Today's blocks, each in the grid that it has there.
insert into draft_block (plan_id, block_id, number, based)
select %(id)s, block.id, g.number, g.number
from block
left join assignment a on a.plan_id = %(based_on)s and a.block_id = block.id
left join draft_grid g on g.plan_id = %(id)s and g.grid_id = a.grid_id
where block.valid_to = 'infinity';

-- name: blocks_of_draft
insert into draft_block (plan_id, block_id, number, based)
select %(id)s, block_id, number, based from draft_block where plan_id = %(based_on)s;

-- name: blocks_of_nothing
insert into draft_block (plan_id, block_id) select %(id)s, id from block where valid_to = 'infinity';

-- name: lock
-- Nobody else changes the plan until this transaction ends.
select from plan where id = %(id)s for update;

-- name: look
-- The plan as it is; who locks it asks afterwards, as he may have waited for somebody's change.
select plan.id, plan.status, plan.system_id, s.code as system, s.across, draft.version, draft.against
from plan join grid_system s on s.id = plan.system_id
left join draft on draft.plan_id = plan.id
where plan.id = %(id)s;

-- name: raise_version
update draft set version = version + 1 where plan_id = %(id)s returning version;

-- name: discard
delete from plan where id = %(id)s;

-- name: add_step
insert into plan_step (plan_id, status, made_by, note) values (%(id)s, %(status)s, %(made_by)s, %(note)s);

-- name: steps
select status, at, made_by, note from plan_step where plan_id = %(id)s order by id;

-- name: held
select block_id as id, number, based from plan_block where plan_id = %(id)s order by block_id;

-- name: members
-- The blocks of some grids of a draft.
select block_id, number from draft_block where plan_id = %(id)s and number = any(%(numbers)s);

-- name: grids
select g.number, g.grid_id, g.code, g.name, area.code as parent, area.name as parent_name, g.workers, g.locked
from plan_grid g left join area on area.id = g.parent_id
where g.plan_id = %(id)s and (%(numbers)s::integer[] is null or g.number = any(%(numbers)s))
order by g.number;

-- name: held_numbers
select block_id, number from plan_block where plan_id = %(id)s;
