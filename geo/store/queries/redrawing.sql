-- name: listed
-- Plans, newest first; of one grid system, or of all.
select plan.id, s.code as system, plan.name,
       case when plan.status = 'superseded' and plan.valid_to > %(today)s then 'published' else plan.status end as status,
       case when plan.status in ('draft', 'submitted', 'approved') then draft.version end as version,
       plan.based_on, plan.valid_from::text, nullif(plan.valid_to, 'infinity')::text as valid_to,
       plan.made_at, coalesce(draft.made_by, '') as made_by, coalesce(draft.note, '') as note,
       case when plan.status in ('published', 'superseded')
            then (select count(distinct grid_id) from assignment where plan_id = plan.id)
            else (select count(*) from draft_grid where plan_id = plan.id) end as grids,
       case when plan.status in ('published', 'superseded')
            then (select count(*) from assignment join block on block.id = block_id
                  where plan_id = plan.id and block.valid_from <= held.day and block.valid_to > held.day)
            else (select count(*) from draft_block where plan_id = plan.id) end as blocks
from plan
join grid_system s on s.id = plan.system_id
left join draft on draft.plan_id = plan.id,
lateral (select case when plan.valid_to > %(today)s then %(today)s::date else plan.valid_to - 1 end as day) held
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
select status, (select against from draft where plan_id = plan.id) from plan
where id = %(id)s and system_id = %(system)s;

-- name: add_plan
insert into plan (system_id, name, based_on) values (%(system)s, %(name)s, %(based_on)s) returning id;

-- name: add_draft
insert into draft (plan_id, made_by, against) values (%(id)s, %(made_by)s, %(against)s);

-- name: grids_of_published
-- The grids of a published plan, by their codes' order.
insert into draft_grid (plan_id, number, grid_id, name, parent_id)
select %(id)s, row_number() over (order by grid.code), grid.id, grid.name, grid.parent_id
from grid where id in (select grid_id from assignment where plan_id = %(based_on)s);

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
-- The plan, which nobody else changes until this transaction ends.
select plan.id, plan.status, plan.system_id, s.code as system, s.across, draft.version, draft.against
from plan join grid_system s on s.id = plan.system_id
left join draft on draft.plan_id = plan.id
where plan.id = %(id)s for update of plan;

-- name: raise_version
update draft set version = version + 1 where plan_id = %(id)s returning version;

-- name: change_plan
update plan set name = %(name)s where id = %(id)s and name <> %(name)s;

-- name: change_draft
update draft set note = coalesce(%(note)s, note), wishes = coalesce(%(wishes)s, wishes) where plan_id = %(id)s;

-- name: discard
delete from plan where id = %(id)s;

-- name: add_step
insert into plan_step (plan_id, status, made_by, note) values (%(id)s, %(status)s, %(made_by)s, %(note)s);

-- name: steps
select status, at, made_by, note from plan_step where plan_id = %(id)s order by id;

-- name: held
-- Each block's grid by number; in a draft, or in a published plan on its last day until today.
select block_id as id, number, based from draft_block where plan_id = %(id)s
union all
select a.block_id, n.number, null
from assignment a
join (select grid.id, coalesce(d.number, row_number() over (order by grid.code)) as number
      from grid left join draft_grid d on d.plan_id = %(id)s and d.grid_id = grid.id
      where grid.id in (select grid_id from assignment where plan_id = %(id)s)) n on n.id = a.grid_id
join plan on plan.id = a.plan_id
join block on block.id = a.block_id
 and block.valid_from <= case when plan.valid_to > %(today)s then %(today)s::date else plan.valid_to - 1 end
 and block.valid_to > case when plan.valid_to > %(today)s then %(today)s::date else plan.valid_to - 1 end
where a.plan_id = %(id)s
order by id;

-- name: grids
-- The grids of a draft or of a published plan.
select d.number, d.grid_id, grid.code, d.name, area.code as parent, area.name as parent_name, d.workers, d.locked
from draft_grid d
join plan on plan.id = d.plan_id and plan.status not in ('published', 'superseded')
left join grid on grid.id = d.grid_id
left join area on area.id = d.parent_id
where d.plan_id = %(id)s and (%(numbers)s::integer[] is null or d.number = any(%(numbers)s))
union all
select coalesce(d.number, row_number() over (order by grid.code))::integer, grid.id, grid.code, grid.name,
       area.code, area.name, coalesce(d.workers, 1), true
from grid
left join draft_grid d on d.plan_id = %(id)s and d.grid_id = grid.id
left join area on area.id = grid.parent_id
where grid.id in (select grid_id from assignment where plan_id = %(id)s)
order by number;

-- name: figures
-- What blocks of a plan hold, by number (0: in none).
with held as materialized (
    select block_id, coalesce(number, 0) as number from draft_block
    where plan_id = %(id)s and (%(numbers)s::integer[] is null or number = any(%(numbers)s))
    union all
    select a.block_id, n.number
    from assignment a
    join (select grid.id, coalesce(d.number, row_number() over (order by grid.code)) as number
          from grid left join draft_grid d on d.plan_id = %(id)s and d.grid_id = grid.id
          where grid.id in (select grid_id from assignment where plan_id = %(id)s)) n on n.id = a.grid_id
    where a.plan_id = %(id)s
)
select held.number::integer, count(*) as blocks, coalesce(sum(block.households), 0) as households,
       coalesce(sum(block.people), 0) as people, sum(m.n)::bigint as merchants, sum(i.n)::bigint as incidents,
       coalesce(sum(f.metres), 0) as frontage_m, sum(st_area(block.geom)) as area_m2
from held
join plan on plan.id = %(id)s
join block on block.id = held.block_id
 and (plan.status not in ('published', 'superseded')
      or block.valid_from <= case when plan.valid_to > %(today)s then %(today)s::date else plan.valid_to - 1 end
     and block.valid_to > case when plan.valid_to > %(today)s then %(today)s::date else plan.valid_to - 1 end)
cross join lateral (select count(*) as n from merchant where merchant.block_id = block.id) m
cross join lateral (select count(*) as n from incident where incident.block_id = block.id) i
left join (select side_home.block_id, sum(segment.length_m) as metres
           from side_home join segment on segment.id = segment_id group by side_home.block_id) f on f.block_id = block.id
group by held.number order by held.number;

-- name: rule
select name, version from load_rule order by id desc limit 1;
