-- name: put_chief
insert into chief (external_id, name, department, phone)
values (%(external_id)s, %(name)s, %(department)s, %(phone)s)
on conflict (external_id) do update
set name = excluded.name, department = excluded.department, phone = excluded.phone;

-- name: put_duties
-- A duty over a road (or its part within one street) becomes one duty per side of each segment.
-- A segment belongs to the street that holds its middle. Metres already held in that role stay held.
insert into duty (chief_id, segment_id, side, role, from_m, to_m, valid_from)
select c.id, seg.id, side.side, given.role, 0, seg.length_m, given.start
from unnest(%(chiefs)s::text[], %(roads)s::text[], %(streets)s::text[], %(sides)s::text[],
            %(roles)s::text[], %(starts)s::date[]) with ordinality
     as given (chief, road, street, sides, role, start, n)
join chief c on c.external_id = given.chief
join road r on r.name = given.road
join segment seg on seg.road_id = r.id
join segment_side side on side.segment_id = seg.id and given.sides like '%%' || side.side || '%%'
where given.street is null or exists (
    select 1 from area a where a.code = given.street and a.level = 'street'
      and st_intersects(a.geom, st_lineinterpolatepoint(seg.geom, 0.5)))
order by given.n, seg.id, side.side
on conflict do nothing;

-- name: chief
select id, name from chief where id = %(chief)s;

-- name: holders
-- Whose exclusive duties of a role lie on some of these metres in some of this time.
select chief.name, road.name as road, segment.seq, duty.segment_id as segment, duty.side,
       greatest(duty.from_m, given.from_m) as from_m, least(duty.to_m, given.to_m) as to_m,
       nullif(duty.valid_from, '-infinity') as valid_from, nullif(duty.valid_to, 'infinity') as valid_to, duty.chief_id
from unnest(%(segments)s::int[], %(sides)s::text[], %(from_m)s::float8[], %(to_m)s::float8[])
     as given (segment_id, side, from_m, to_m)
join duty on duty.segment_id = given.segment_id and duty.side = given.side and duty.role = %(role)s
     and duty.exclusive and duty.from_m < given.to_m and duty.to_m > given.from_m
     and duty.valid_from < %(end)s and duty.valid_to > %(start)s
join chief on chief.id = duty.chief_id
join segment on segment.id = duty.segment_id
left join road on road.id = segment.road_id
order by road.name, segment.seq, duty.side, duty.from_m
limit 20;

-- name: missing_sides
-- The first of these sides that is not there, or whose segment ends before the stretch begins.
select given.segment_id, given.side, given.from_m, segment.length_m
from unnest(%(segments)s::int[], %(sides)s::text[], %(from_m)s::float8[], %(to_m)s::float8[])
     as given (segment_id, side, from_m, to_m)
left join segment_side on segment_side.segment_id = given.segment_id and segment_side.side = given.side
left join segment on segment.id = segment_side.segment_id
where segment.id is null or given.from_m >= segment.length_m
limit 1;

-- name: assign
insert into duty (chief_id, segment_id, side, role, exclusive, from_m, to_m, valid_from, valid_to, rota_id)
select %(chief)s, segment_id, side, %(role)s, %(exclusive)s, from_m, to_m, %(start)s, %(end)s, %(rota)s
from unnest(%(segments)s::int[], %(sides)s::text[], %(from_m)s::float8[], %(to_m)s::float8[])
     as given (segment_id, side, from_m, to_m)
returning id;

-- name: lock
-- The duties of these numbers, which nobody else changes until the transaction ends.
select id from duty where id = any(%(ids)s) order by id for update;

-- name: drop_not_begun
delete from duty where id = any(%(ids)s) and valid_from >= %(on)s;

-- name: end_on
update duty set valid_to = %(on)s where id = any(%(ids)s) and valid_from < %(on)s and valid_to > %(on)s;

-- name: to_hand_over
-- What a chief holds on a day or later, of a role and on a road where these are named.
select duty.id
from duty
join segment on segment.id = duty.segment_id
left join road on road.id = segment.road_id
where duty.chief_id = %(giver)s and duty.valid_to > %(on)s
  and (%(role)s::text is null or duty.role = %(role)s)
  and (%(road)s::text is null or road.name = %(road)s)
  and (%(rota)s::int is null or duty.rota_id = %(rota)s)
order by duty.id for update of duty;

-- name: give_rest
-- What is left of running duties from a day on begins anew under the taker.
insert into duty (chief_id, segment_id, side, role, exclusive, from_m, to_m, valid_from, valid_to, rota_id)
select %(taker)s, segment_id, side, role, exclusive, from_m, to_m, %(on)s, until, rota_id
from pg_temp.running;

-- name: set_running_aside
-- Of these duties those that run on the day, as they are.
create temporary table running on commit drop as
select segment_id, side, role, exclusive, from_m, to_m, rota_id, valid_to as until
from duty where id = any(%(ids)s) and valid_from < %(on)s;

-- name: forget_running
drop table pg_temp.running;

-- name: give_coming
-- What has not begun on the day is the taker's.
update duty set chief_id = %(taker)s where id = any(%(ids)s) and valid_from >= %(on)s;

-- name: count
select count(*), coalesce(sum(to_m - from_m), 0) from duty where id = any(%(ids)s);

-- name: list
-- Duties in force on a day, along the roads; who answers is a deputy while the chief is on leave.
select duty.id, duty.role, duty.exclusive,
       duty.chief_id as chief, chief.name, chief.department,
       case when %(people)s then chief.phone end as phone,
       answers.id as answers, answers.name as answers_name,
       case when %(people)s then answers.phone end as answers_phone,
       segment.kind, road.name as road, segment.seq, duty.segment_id as segment, duty.side,
       duty.from_m, duty.to_m, least(duty.to_m, segment.length_m) - duty.from_m as metres,
       nullif(duty.valid_from, '-infinity') as valid_from, nullif(duty.valid_to, 'infinity') as valid_to,
       rota.name as rota
from duty
join chief on chief.id = duty.chief_id
join segment on segment.id = duty.segment_id
left join road on road.id = segment.road_id
left join rota on rota.id = duty.rota_id
left join chief as answers on answers.id = answering(duty.chief_id, %(on)s)
where duty.valid_from <= %(on)s and duty.valid_to > %(on)s
  and (%(chief)s::int is null or duty.chief_id = %(chief)s or answers.id = %(chief)s)
  and (%(road)s::text is null or road.name = %(road)s)
  and (%(segment)s::int is null or duty.segment_id = %(segment)s)
  and (%(side)s::text is null or duty.side = %(side)s)
  and (%(role)s::text is null or duty.role = %(role)s)
  and duty.id > %(after)s
order by duty.id
limit %(limit)s;

-- name: vacancies
-- Metres of sides that nobody has on a day (in a role where one is named), along the roads. A duty
-- whose chief is on leave without a deputy leaves its metres to nobody: then away says so.
with chiefs as (
    select id, answering(id, %(on)s) is not null as there from chief
), side as (
    select segment_side.segment_id, segment_side.side, segment.length_m, segment.kind, segment.seq, road.name as road
    from segment_side
    join segment on segment.id = segment_side.segment_id
    left join road on road.id = segment.road_id
    where segment.kind = any(%(kinds)s)
      and (%(road)s::text is null or road.name = %(road)s)
), held as (
    select duty.segment_id, duty.side,
           range_agg(numrange(from_m::numeric, to_m::numeric)) filter (where there) as there,
           range_agg(numrange(from_m::numeric, to_m::numeric)) as all_of
    from duty join chiefs on chiefs.id = duty.chief_id
    where valid_from <= %(on)s and valid_to > %(on)s and (%(role)s::text is null or role = %(role)s)
    group by duty.segment_id, duty.side
), gap as (
    select side.*, part.gap, part.away
    from side
    left join held using (segment_id, side)
    cross join lateral (
        select unnest(nummultirange(numrange(0, length_m::numeric)) - coalesce(held.all_of, '{}')) as gap, false as away
        union all
        select unnest((coalesce(held.all_of, '{}') - coalesce(held.there, '{}'))
                      * nummultirange(numrange(0, length_m::numeric))), true
    ) as part
)
select kind, road, seq, segment_id as segment, side, lower(gap)::float8 as from_m, upper(gap)::float8 as to_m,
       (upper(gap) - lower(gap))::float8 as metres, away, count(*) over () as stretches,
       sum((upper(gap) - lower(gap))::float8) over () as all_metres
from gap
where upper(gap) - lower(gap) >= %(least_m)s
order by road nulls last, kind, seq, segment_id, side, from_m
limit %(limit)s;
