-- name: make
insert into proposal (plan_id, version, task, wishes, seed, made_by)
values (%(plan)s, %(version)s, %(task)s, %(wishes)s, %(seed)s, %(made_by)s) returning id;

-- name: find
select p.*, s.across, s.code as system
from proposal p join plan on plan.id = p.plan_id join grid_system s on s.id = plan.system_id
where p.id = %(id)s and (%(plan)s::integer is null or p.plan_id = %(plan)s);

-- name: lock
select id from proposal where id = %(id)s for update;

-- name: page
select id, version, task, status, wishes, seed, made_by, made_at, ended_at, error,
       shown -> 'before' as before, shown -> 'after' as after
from proposal, lateral (select case when %(full)s then figures else figures -> 'discreet' end as shown) as told where plan_id = %(plan)s order by id desc limit %(limit)s;

-- name: beat
-- How far it has come; tells whether to stop.
update proposal set step = %(step)s, done = %(done)s, total = %(total)s, beat_at = clock_timestamp()
where id = %(id)s and status = 'running' returning stop;

-- name: finish
update proposal set status = 'ready', figures = %(figures)s, ended_at = clock_timestamp()
where id = %(id)s and status = 'running' returning id;

-- name: fail
update proposal set status = 'failed', error = %(error)s, ended_at = clock_timestamp()
where id = %(id)s and status = 'running';

-- name: fail_silent
-- Those whose process has given no sign for long.
update proposal set status = 'failed', error = %(error)s, ended_at = clock_timestamp()
where status = 'running' and beat_at < clock_timestamp() - make_interval(secs => %(silent_s)s);

-- name: stop
update proposal set stop = true where id = %(id)s and status = 'running' returning id;

-- name: applied
update proposal set status = 'applied', ended_at = clock_timestamp() where id = %(id)s;

-- name: put_blocks
copy proposal_block (proposal_id, block_id, was, now) from stdin

-- name: put_grid
insert into proposal_grid (proposal_id, number, was, now) values (%(id)s, %(number)s, %(was)s, %(now)s);

-- name: blocks
select block_id, was, now from proposal_block where proposal_id = %(id)s order by block_id;

-- name: grids
select number, was, now from proposal_grid where proposal_id = %(id)s order by number;

-- name: outdated
-- Blocks that are not in the grid any more that they were in when the proposal was made.
select p.block_id from proposal_block p
left join draft_block d on d.plan_id = %(plan)s and d.block_id = p.block_id
where p.proposal_id = %(id)s and (d.block_id is null or d.number is distinct from p.was);

-- name: strange
-- Grids that have come, gone or changed since, or have got blocks that the proposal leaves there.
select g.number from proposal_grid g
left join draft_grid d on d.plan_id = %(plan)s and d.number = g.number
where g.proposal_id = %(id)s
  and ((g.was is null) <> (d.number is null)
       or g.was is not null and d.workers <> (g.was ->> 'workers')::integer
       or g.now is null and exists (
           select from draft_block b where b.plan_id = %(plan)s and b.number = g.number
           and not exists (select from proposal_block p where p.proposal_id = g.proposal_id and p.block_id = b.block_id)));

-- name: grids_of
select number, grid_id, name, parent_id, workers, locked from draft_grid where plan_id = %(plan)s order by number;

-- name: held
select block_id as id, number from draft_block where plan_id = %(plan)s;

-- name: chains
-- Areas with all that they lie in, the smallest first.
with recursive up (area_id, id, parent_id, depth) as (
    select id, id, parent_id, 0 from area where level <> 'compound'
    union all
    select up.area_id, area.id, area.parent_id, depth + 1 from up join area on area.id = up.parent_id
)
select area_id, array_agg(id order by depth) as ids from up group by area_id;

-- name: areas
select id, code, name from area where id = any(%(ids)s);

-- name: in_force
-- The grid of each block in the plan of a system that is in force today.
select a.block_id, a.grid_id
from plan p join grid_system s on s.id = p.system_id and s.code = %(system)s
join assignment a on a.plan_id = p.id
where p.status in ('published', 'superseded') and p.valid_from <= %(day)s and p.valid_to > %(day)s;
