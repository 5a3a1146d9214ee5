-- What work there is in each block, by integer joins; and the rule sets that weigh it.

-- name: blocks
-- Blocks in force on %(day)s, or some, with what lies in them. The households
-- and people of a block are its own; points were linked to it; a side belongs to one block.
select block.id, block.code, block.area_id, coalesce(block.households, 0) as households,
       coalesce(block.people, 0) as people, st_area(block.geom) as area_m2,
       coalesce(frontage.metres, 0) as frontage_m, coalesce(merchants.n, 0) as merchants,
       coalesce(stations.n, 0) as stations, coalesce(protected.n, 0) as protected
from block
left join (select block_id, sum(length_m) as metres
           from side_home join segment on segment.id = segment_id and segment.kind in ('road', 'lane')
           group by block_id) as frontage on frontage.block_id = block.id
left join (select block_id, count(*) as n from merchant group by block_id) as merchants on merchants.block_id = block.id
left join (select block_id, count(*) as n from station group by block_id) as stations on stations.block_id = block.id
-- Protected places are few and linked to nothing: each counts where its inner point is.
left join (select at.id as block_id, count(*) as n
           from protected_place as place,
                lateral (select min(b.id) as id from block b, st_pointonsurface(place.geom) as spot
                         where b.geom && spot and st_intersects(b.geom, spot)
                           and b.valid_from <= %(day)s and b.valid_to > %(day)s) as at
           group by at.id) as protected on protected.block_id = block.id
where {which}
order by block.id

-- name: of_day
block.id in (select blocks_on(%(day)s))

-- name: of_ids
block.id = any(%(ids)s)

-- name: span
-- The times of the first case, and of the last before the day ends.
select min(reported_at), max(reported_at) filter (where (reported_at at time zone time_zone)::date <= %(day)s)
from incident, setting

-- name: cases
-- Cases of a time by block (0: none) and class: how many, how many were handled, in how many hours.
select coalesce(block_id, 0) as block, class, count(*) as n, count(handled_at) as handled,
       coalesce(sum(extract(epoch from handled_at - reported_at) / 3600), 0)::double precision as hours
from incident
where reported_at >= %(since)s and reported_at <= %(until)s and status <> 'cancelled'
group by 1, 2 order by 1, 2

-- name: areas
select id, level, code, name, parent_id, workers from area where level <> 'compound' order by id

-- name: grids
-- Grids of one system on a day: the blocks of each, and its workers (one, where no draft says).
select assignment.block_id, grid.id, grid.code, grid.name, grid.parent_id, coalesce(draft_grid.workers, 1) as workers
from assignment
join plan on plan.id = assignment.plan_id and plan.status in ('published', 'superseded')
         and plan.valid_from <= %(day)s and plan.valid_to > %(day)s
join grid on grid.id = assignment.grid_id
left join draft_grid on draft_grid.plan_id = plan.id and draft_grid.grid_id = grid.id
join grid_system s on s.id = assignment.system_id
where %(system)s::text is null or s.code = %(system)s
order by grid.id, assignment.block_id

-- name: system
select exists (select from grid_system where code = %(system)s)

-- name: rules
select name, version, title, title_en, weights, made_at, made_by from load_rule order by name, version

-- name: lock_rules
lock table load_rule in share row exclusive mode

-- name: put_rule
insert into load_rule (name, version, title, title_en, weights, made_by)
values (%(name)s, %(version)s, %(title)s, %(title_en)s, %(weights)s, %(made_by)s)

-- name: note
insert into change (layer, op) values ('load_rules', 'insert')

-- name: wake_readers
select wake_readers()
