-- name: system
select id, name, code_pattern, across from grid_system where code = %(code)s;

-- name: put_system
insert into grid_system (code, name, name_en, code_pattern, across)
values (%(code)s, %(name)s, %(name_en)s, %(pattern)s, %(across)s)
on conflict (code) do update
set name = excluded.name, name_en = excluded.name_en,
    code_pattern = excluded.code_pattern, across = excluded.across
returning id;

-- name: misfits
-- Codes already given that a new pattern would not allow.
select g.code from grid g join grid_system s on s.id = g.system_id
where s.code = %(code)s and g.code !~ %(pattern)s order by g.code limit 3;

-- name: drop_plan_of_same_day
-- A plan published for the same day is replaced: nobody can have worked by it yet.
delete from plan where system_id = %(system)s and status = 'published' and valid_from = %(start)s;

-- name: close_plan
-- The plan in force ends where the new one begins.
update plan set valid_to = %(start)s, status = 'superseded'
where system_id = %(system)s and status = 'published' and valid_from < %(start)s and valid_to > %(start)s;

-- name: add_plan
insert into plan (system_id, name, status, valid_from, valid_to)
values (%(system)s, %(name)s, 'published', %(start)s,
        coalesce((select min(valid_from) from plan
                  where system_id = %(system)s and status in ('published', 'superseded')
                    and valid_from > %(start)s), 'infinity'))
returning id;

-- name: put_in_force
-- A draft that is published.
update plan set status = 'published', valid_from = %(start)s,
    valid_to = coalesce((select min(valid_from) from plan later
                         where system_id = %(system)s and status in ('published', 'superseded')
                           and valid_from > %(start)s), 'infinity')
where id = %(id)s returning id;

-- name: codes_given
select code from code_given where kind = 'grid:' || %(system)s;

-- name: put_grid
insert into grid (system_id, code, name, parent_id)
values (%(system)s, %(code)s, %(name)s, %(parent)s)
on conflict (system_id, code) do update set name = excluded.name, parent_id = excluded.parent_id
returning id;

-- name: copy_assignments
copy assignment (plan_id, system_id, block_id, grid_id) from stdin;

-- name: analyze_assignments
-- Who reads the plan in the next minutes is not to wait for autovacuum.
analyze assignment;

-- name: assignment
select a.block_id, g.code, g.name
from plan p join assignment a on a.plan_id = p.id join grid g on g.id = a.grid_id
where p.system_id = %(system)s and p.status in ('published', 'superseded')
  and p.valid_from <= %(day)s and p.valid_to > %(day)s;

-- name: shape_grids
insert into grid_shape (plan_id, grid_id, geom)
select a.plan_id, a.grid_id, st_multi(st_union(b.geom))
from assignment a join block b on b.id = a.block_id
where a.plan_id = %(plan)s
group by a.plan_id, a.grid_id;

-- name: drop_unused_grids
-- Grids that no plan uses any more; their codes stay given.
delete from grid g
where g.system_id = %(system)s and not exists (select 1 from assignment a where a.grid_id = g.id)
  and not exists (select 1 from draft_grid d where d.grid_id = g.id)
  and not exists (select 1 from lineage l where g.id in (l.from_grid, l.to_grid));
