-- Values that units are coloured by. Points reach their units by integer joins only.

-- name: fresh
create temporary table fresh on commit drop as
with recursive today as (
    select (now() at time zone time_zone)::date as day from setting
), counted as materialized (
    -- Each table of points is read once; everything larger is a sum over blocks.
    select block.id as block_id, block.area_id, block.households,
           coalesce(incidents.all_of, 0) as incidents, coalesce(incidents.open, 0) as incidents_open,
           coalesce(merchants.all_of, 0) as merchants, reach.minutes as reach_minutes,
           -- Farther from every station than a quarter of an hour on foot, or cut off from all.
           case when reach.minutes <= 15 then 0 when reach.unit_id is not null then block.households end as far_households
    from block
    left join reach on reach.layer = 'blocks' and reach.unit_id = block.id
    join today on valid_from <= day and valid_to > day
    left join (select block_id, count(*) as all_of, count(*) filter (where status not in ('closed', 'cancelled')) as open
               from incident group by block_id) as incidents on incidents.block_id = block.id
    left join (select block_id, count(*) as all_of from merchant group by block_id) as merchants on merchants.block_id = block.id
), of_block as materialized (
    select block_id, area_id, key, value
    from counted cross join lateral (values ('incidents', incidents::double precision), ('incidents_open', incidents_open),
                                            ('merchants', merchants), ('households', households),
                                            ('far_households', far_households)) as v (key, value)
), lies_in (area_id, unit_id) as (
    select id, id from area where level <> 'compound'
    union all
    select lies_in.area_id, area.parent_id
    from lies_in join area on area.id = lies_in.unit_id where area.parent_id is not null
), of_area as (
    select key, unit_id, sum(value) as value
    from of_block join lies_in using (area_id) group by key, unit_id
), of_segment as materialized (
    select segment.id as unit_id, coalesce(incidents.all_of, 0) as incidents, coalesce(incidents.open, 0) as incidents_open,
           coalesce(merchants.all_of, 0) as merchants
    from segment
    left join (select segment_id, count(*) as all_of, count(*) filter (where status not in ('closed', 'cancelled')) as open
               from incident group by segment_id) as incidents on incidents.segment_id = segment.id
    left join (select segment_id, count(*) as all_of from merchant group by segment_id) as merchants on merchants.segment_id = segment.id
    where segment.kind in ('road', 'lane')
), of_home as materialized (
    -- Metres of side by the block that the side belongs to (see geo/store/coverage.py).
    select coalesce(block_id, 0) as block_id, sum(side_m) as side_m, sum(paper_m) as paper_m, sum(lived_m) as lived_m
    from coverage_side join segment on segment.id = segment_id and segment.kind in ('road', 'lane')
    left join side_home using (segment_id, side)
    group by 1
), shares (layer, unit_id, side_m, paper_m, lived_m) as (
    select 'segments', segment_id, sum(side_m), sum(paper_m), sum(lived_m)
    from coverage_side join segment on segment.id = segment_id and segment.kind in ('road', 'lane') group by segment_id
    union all
    select 'blocks', block_id, side_m, paper_m, lived_m from of_home join counted using (block_id)
    union all
    select 'grids', grid_id, sum(side_m), sum(paper_m), sum(lived_m)
    from of_home join assignment using (block_id)
    join plan on plan.id = plan_id and plan.status in ('published', 'superseded')
    join today on plan.valid_from <= day and plan.valid_to > day
    group by grid_id
    union all
    select 'areas', unit_id, sum(side_m), sum(paper_m), sum(lived_m)
    from of_home join counted using (block_id) join lies_in using (area_id) group by unit_id
)
select key, 'blocks' as layer, block_id as unit_id, value from of_block where value is not null
union all
select 'reach_minutes', 'blocks', block_id, reach_minutes from counted where reach_minutes is not null
union all
select key, 'grids', assignment.grid_id, sum(value)
from of_block
join assignment using (block_id)
join plan on plan.id = assignment.plan_id and plan.status in ('published', 'superseded')
join today on plan.valid_from <= day and plan.valid_to > day
group by key, assignment.grid_id having sum(value) is not null
union all
select key, 'areas', unit_id, value from of_area where value is not null
union all
-- Where no block says, an area's own number stands.
select 'households', 'areas', id, households from area
where level <> 'compound' and households is not null
  and not exists (select from of_area where key = 'households' and unit_id = area.id and value is not null)
union all
select key, 'segments', unit_id, value
from of_segment cross join lateral (values ('incidents', incidents::double precision), ('incidents_open', incidents_open),
                                           ('merchants', merchants)) as v (key, value)
union all
-- Rounded, for the last bits of a sum depend on the order of what is summed.
select key, layer, unit_id, round(least(100 * metres / side_m, 100)::numeric, 9)::double precision
from shares cross join lateral (values ('duty_share', paper_m), ('lived_share', lived_m)) as v (key, metres)

-- name: add_values
-- Values that were computed elsewhere, of units of a layer.
insert into pg_temp.fresh (key, layer, unit_id, value)
select %(key)s, %(layer)s, * from unnest(%(ids)s::integer[], %(values)s::double precision[])

-- name: revisions
select key, layer, revision from metric

-- name: put_revisions
insert into metric (key, layer, revision)
select * from unnest(%(keys)s::text[], %(layers)s::text[], %(revisions)s::text[])
on conflict (key, layer) do update set revision = excluded.revision, computed_at = now()

-- name: drop_values
delete from metric_value
where not exists (select from pg_temp.fresh
                  where fresh.key = metric_value.key and fresh.layer = metric_value.layer and fresh.unit_id = metric_value.unit_id)

-- name: put_values
insert into metric_value (key, layer, unit_id, value)
select key, layer, unit_id, value from pg_temp.fresh
on conflict (key, layer, unit_id) do update set value = excluded.value
where metric_value.value is distinct from excluded.value

-- name: forget
drop table pg_temp.fresh
