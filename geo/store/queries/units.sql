-- One unit of a layer with its figures, its people and its neighbours. The queries in_… and near_…
-- are conditions that are filled into the others, one for each layer.

-- name: head
-- What is declared of the unit, its size in metres, and where it lies in degrees.
select {columns}, st_x(spot) as lon, st_y(spot) as lat,
       array[st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box)] as bbox,
       case when st_dimension(geom) = 2 then st_area(geom) end as area_m2,
       case when st_dimension(geom) = 1 then st_length(geom) end as length_m
from {source},
     lateral (select st_transform(geom, 4326) as degrees) as d,
     lateral (select st_pointonsurface(degrees) as spot, box2d(degrees) as box) as e
where id = %(id)s {valid}

-- name: in_areas
-- Points p in the area; of blocks that lie in it or in an area below it.
p.block_id in (
    with recursive down (id) as (
        select %(id)s::integer
        union all
        select area.id from area join down on area.parent_id = down.id where area.level <> 'compound')
    select block.id from block join down on down.id = block.area_id)

-- name: in_compounds
st_intersects(p.geom, (select geom from area where id = %(id)s))

-- name: in_blocks
p.block_id = %(id)s

-- name: in_grids
p.block_id in (
    select block_id from assignment
    join plan on plan.id = assignment.plan_id and plan.status in ('published', 'superseded')
             and plan.valid_from <= %(on)s::date and plan.valid_to > %(on)s::date
    where assignment.grid_id = %(id)s)

-- name: in_segments
p.segment_id = %(id)s

-- name: in_named_roads
p.segment_id in (select id from segment where road_id = %(id)s)

-- name: in_stations
st_dwithin(p.geom, (select geom from station where id = %(id)s), %(near_m)s)

-- name: in_merchants
st_dwithin(p.geom, (select geom from merchant where id = %(id)s), %(near_m)s)

-- name: until
-- The moment that periods are counted back from: now, or the newest report where that is older.
select least(now(), coalesce(max(reported_at), now())) from incident

-- name: incidents
-- Counts, most frequent classes, months and open cases of the incidents of the unit.
with mine as materialized (
    select id, code, class, status, address, reported_at, due_at, p.open, late, geom
    from (select *, segment as segment_id from layer_incidents) as p where {members}
), month as (
    select generate_series(date_trunc('month', %(until)s at time zone %(zone)s) - interval '23 months',
                           date_trunc('month', %(until)s at time zone %(zone)s), interval '1 month') as at
), monthly as (
    select date_trunc('month', reported_at at time zone %(zone)s) as at, count(*) as n from mine group by 1
), class as (
    select class, count(*) as n from mine where reported_at > %(until)s - interval '365 days'
    group by class order by n desc, class limit 5
), waiting as (
    select * from mine where open order by due_at nulls last, reported_at, id limit %(most_cases)s
)
select (select jsonb_build_object(
               'all', count(*),
               'days_30', count(*) filter (where reported_at > %(until)s - interval '30 days'),
               'days_365', count(*) filter (where reported_at > %(until)s - interval '365 days'),
               'open', count(*) filter (where open),
               'late', count(*) filter (where open and late)) from mine) as counts,
       (select coalesce(jsonb_agg(jsonb_build_object('class', class, 'count', n) order by n desc, class), '[]')
        from class) as classes,
       (select jsonb_agg(jsonb_build_object('month', to_char(month.at, 'YYYY-MM'), 'count', coalesce(n, 0))
                         order by month.at)
        from month left join monthly on monthly.at = month.at) as trend,
       (select coalesce(jsonb_agg(jsonb_build_object(
                   'id', id, 'code', code, 'class', class, 'status', status, 'address', address,
                   'reported_at', reported_at, 'due_at', due_at, 'late', late,
                   'lon', st_x(degrees), 'lat', st_y(degrees)) order by due_at nulls last, reported_at, id), '[]')
        from waiting, lateral (select st_transform(geom, 4326) as degrees) as d) as cases

-- name: merchants
-- Along the frontage: one side after the other, each from the start of the road to its end.
select p.id, p.external_id as code, p.name, p.category, p.listed, p.side, segment.seq, p.chainage_m,
       st_x(degrees) as lon, st_y(degrees) as lat
from merchant p
left join segment on segment.id = p.segment_id,
     lateral (select st_transform(p.geom, 4326) as degrees) as d
where {members}
order by p.side nulls last, segment.seq, p.chainage_m, p.name, p.id
limit %(most)s

-- name: merchants_count
select count(*) from merchant p where {members}

-- name: sides_areas
-- Sides s that count as the unit's own, with the metres of duty asked for.
s.frontage && (select geom from area where id = %(id)s)
and st_intersects((select geom from area where id = %(id)s), st_pointonsurface(s.frontage))

-- name: sides_blocks
s.frontage && (select geom from block where id = %(id)s)
and st_intersects((select geom from block where id = %(id)s), st_pointonsurface(s.frontage))

-- name: sides_grids
(s.frontage && (select geom from layer_grids where id = %(id)s and valid_from <= %(on)s::date and valid_to > %(on)s::date)
 and st_intersects((select geom from layer_grids where id = %(id)s and valid_from <= %(on)s::date and valid_to > %(on)s::date),
                   st_pointonsurface(s.frontage)))

-- name: sides_segments
s.segment_id = %(id)s

-- name: sides_named_roads
s.segment_id in (select id from segment where road_id = %(id)s)

-- name: sides_stations
(s.segment_id, s.side) = (select segment_id, side from station where id = %(id)s)
and (select chainage_m from station where id = %(id)s) between duty.from_m and duty.to_m

-- name: sides_merchants
(s.segment_id, s.side) = (select segment_id, side from merchant where id = %(id)s)
and (select chainage_m from merchant where id = %(id)s) between duty.from_m and duty.to_m

-- name: chiefs
-- Who has a duty today, in what role, over how many metres of side.
select duty.role, chief.name, chief.department, case when %(people)s then chief.phone end as phone,
       sum(least(duty.to_m, segment.length_m) - duty.from_m) as metres,
       array_agg(distinct duty.side order by duty.side) as sides
from duty
join segment_side s on s.segment_id = duty.segment_id and s.side = duty.side
join segment on segment.id = duty.segment_id and duty.from_m < segment.length_m
join chief on chief.id = duty.chief_id
where duty.valid_from <= %(on)s::date and duty.valid_to > %(on)s::date and {sides}
group by duty.role, chief.id
order by array_position(array['general', 'first', 'second', 'rota'], duty.role), metres desc, chief.name
limit %(most)s

-- name: area_of_areas
select parent_id from area where id = %(id)s

-- name: area_of_compounds
select parent_id from area where id = %(id)s

-- name: area_of_blocks
select area_id from block where id = %(id)s

-- name: area_of_grids
select parent_id from grid where id = %(id)s

-- name: area_of_segments
select area_id from block where id = (
    select block_at(st_lineinterpolatepoint(geom, 0.5)) from segment where id = %(id)s)

-- name: area_of_named_roads
select null::integer

-- name: area_of_stations
select area_id from block where id = (select block_id from station where id = %(id)s)

-- name: area_of_merchants
select area_id from block where id = (select block_id from merchant where id = %(id)s)

-- name: block_of_blocks
select %(id)s::integer

-- name: block_of_stations
select block_id from station where id = %(id)s

-- name: block_of_merchants
select block_id from merchant where id = %(id)s

-- name: segment_of_segments
select %(id)s::integer

-- name: segment_of_stations
select segment_id from station where id = %(id)s

-- name: segment_of_merchants
select segment_id from merchant where id = %(id)s

-- name: nothing
select null::integer

-- name: parents
-- What the unit lies in: areas from the largest down, then block, grids of the day, road, segment.
with recursive up (id, depth) as (
    select ({area}), 0
    union all
    select area.parent_id, depth + 1 from area join up on up.id = area.id where area.parent_id is not null
), block_in as (select ({block}) as id), segment_in as (select ({segment}) as id)
select found.*, figures.* from (
    select 1 as rank, -depth as at, 'areas' as layer, area.id, area.code, area.name, area.level as detail
    from up join area on area.id = up.id
    union all
    select 2, 0, 'blocks', block.id, block.code, block.code, null
    from block join block_in on block_in.id = block.id where %(layer)s <> 'blocks'
    union all
    select 3, s.id, 'grids', grid.id, grid.code, grid.name, s.code
    from assignment
    join block_in on block_in.id = assignment.block_id
    join plan on plan.id = assignment.plan_id and plan.status in ('published', 'superseded')
             and plan.valid_from <= %(on)s::date and plan.valid_to > %(on)s::date
    join grid on grid.id = assignment.grid_id
    join grid_system s on s.id = assignment.system_id
    union all
    select 4, 0, 'named_roads', road.id, null, road.name, road.kind
    from segment join segment_in on segment_in.id = segment.id join road on road.id = segment.road_id
    union all
    select 5, 0, 'segments', segment.id, null, coalesce(road.name, ''), segment.seq::text
    from segment join segment_in on segment_in.id = segment.id left join road on road.id = segment.road_id
    where %(layer)s <> 'segments'
) as found,
lateral (select max(value) filter (where key = 'households') as households,
                max(value) filter (where key = 'incidents') as incidents,
                max(value) filter (where key = 'incidents_open') as open
         from metric_value
         where metric_value.layer = found.layer and metric_value.unit_id = found.id
           and key in ('households', 'incidents', 'incidents_open')) as figures
order by rank, at, code

-- name: beside_areas
-- Neighbours n of the unit: they share a border line with it.
select n.id, n.code, n.name, n.geom from area n
join area u on u.id = %(id)s and n.level = u.level and n.id <> u.id and n.geom && u.geom
where st_intersects(n.geom, u.geom) and st_dimension(st_intersection(n.geom, u.geom)) > 0

-- name: beside_blocks
select n.id, n.code, n.code as name, n.geom from layer_blocks n
join layer_blocks u on u.id = %(id)s and n.id <> u.id and n.geom && u.geom
where n.valid_from <= %(on)s::date and n.valid_to > %(on)s::date
  and st_intersects(n.geom, u.geom) and st_dimension(st_intersection(n.geom, u.geom)) > 0

-- name: beside_grids
select n.id, n.code, n.name, n.geom from layer_grids n
join layer_grids u on u.id = %(id)s and u.valid_from <= %(on)s::date and u.valid_to > %(on)s::date
                  and n.system = u.system and n.id <> u.id and n.geom && u.geom
where n.valid_from <= %(on)s::date and n.valid_to > %(on)s::date
  and st_intersects(n.geom, u.geom) and st_dimension(st_intersection(n.geom, u.geom)) > 0

-- name: beside_segments
-- Of a segment: the others of the same road.
select n.id, null::text as code, n.seq::text as name, n.geom from segment n
join segment u on u.id = %(id)s and n.road_id = u.road_id and n.id <> u.id

-- name: neighbours
-- Neighbours with the number of incidents of each (the metric); the unit itself is the row that is `own`.
select found.*, metric_value.value, st_x(spot) as lon, st_y(spot) as lat
from (select id, code, name, geom, false as own from ({beside}) as n
      union all
      select %(id)s, null, null, null, true) as unit (id, code, name, geom, own),
     lateral (select unit.id, unit.code, unit.name, unit.own,
                     st_transform(st_pointonsurface(unit.geom), 4326) as spot) as s,
     lateral (select s.id, s.code, s.name, s.own) as found
left join metric_value on metric_value.key = 'incidents' and metric_value.layer = %(layer)s
                      and metric_value.unit_id = found.id
order by own desc, value desc nulls last, found.id
limit %(most)s

-- name: stations
-- The nearest service stations, by the straight distance in metres from the unit (0 inside of it).
select s.id, s.external_id as code, s.name, s.tier, st_distance(s.geom, u.geom) as distance_m,
       st_x(degrees) as lon, st_y(degrees) as lat
from (select geom from {view} as unit where id = %(id)s {valid} limit 1) as u,
     lateral (select * from station order by station.geom <-> u.geom limit 4) as s,
     lateral (select st_transform(s.geom, 4326) as degrees) as d
where %(layer)s <> 'stations' or s.id <> %(id)s
order by distance_m, s.id
limit 3

-- name: grid_people
-- Households and people of a grid: the sums over its blocks.
select sum(households)::integer as households, sum(people)::integer as people
from (select id as block_id, households, people from block
      where valid_from <= %(on)s::date and valid_to > %(on)s::date) as p where {members}

-- name: peers_areas
-- Units that the load of the unit is held against: areas of its level, grids of its system.
select id from area where level = (select level from area where id = %(id)s)

-- name: peers_grids
select n.id from layer_grids n
join layer_grids u on u.id = %(id)s and u.system = n.system and u.valid_from <= %(on)s::date and u.valid_to > %(on)s::date
where n.valid_from <= %(on)s::date and n.valid_to > %(on)s::date

-- name: load
-- Minutes of work a week in the unit, for each worker, and that in times the mean of its peers.
select load.value, each.value as per_worker, each.value / nullif(peer.mean, 0) as times_mean,
       substring(metric.revision from 'rule:([a-z_]+[.][0-9]+)') as rule,
       (select coalesce(jsonb_object_agg(substr(key, 6), value), jsonb_build_object()) from metric_value
        where starts_with(key, 'part_') and layer = %(layer)s and unit_id = %(id)s) as parts
from metric_value load
join metric on metric.key = load.key and metric.layer = load.layer
left join metric_value each on each.key = 'load_per_worker' and each.layer = load.layer and each.unit_id = load.unit_id,
     lateral (select avg(value) as mean from metric_value
              where key = 'load_per_worker' and layer = %(layer)s and unit_id in ({peers})) as peer
where load.key = 'load' and load.layer = %(layer)s and load.unit_id = %(id)s
