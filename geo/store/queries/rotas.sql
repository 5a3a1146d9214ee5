-- name: add
insert into rota (name, every, unit, valid_from, valid_to)
values (%(name)s, %(every)s, %(unit)s, %(start)s, %(end)s)
on conflict (name) do nothing
returning id;

-- name: add_members
insert into rota_member (rota_id, place, chief_id)
select %(rota)s, place, chief from unnest(%(chiefs)s::int[]) with ordinality as given (chief, place);

-- name: add_stretches
insert into rota_stretch (rota_id, segment_id, side, from_m, to_m)
select %(rota)s, * from unnest(%(segments)s::int[], %(sides)s::text[], %(from_m)s::float8[], %(to_m)s::float8[]);

-- name: list
-- Rotations with their members in order, and whose turn it is on a day.
select rota.id, rota.name, rota.every, rota.unit, rota.valid_from, rota.valid_to,
       (select jsonb_agg(jsonb_build_object('chief', chief.id, 'name', chief.name) order by place)
        from rota_member join chief on chief.id = chief_id where rota_id = rota.id) as members,
       (select coalesce(sum(to_m - from_m), 0) from rota_stretch where rota_id = rota.id)::float8 as metres,
       (select jsonb_build_object('chief', chief.id, 'name', chief.name, 'until', min(duty.valid_to))
        from duty join chief on chief.id = duty.chief_id
        where duty.rota_id = rota.id and duty.valid_from <= %(on)s and duty.valid_to > %(on)s
        group by chief.id, chief.name order by chief.id limit 1) as turn
from rota
where rota.id > %(after)s and (%(rota)s::int is null or rota.id = %(rota)s)
order by rota.id limit %(limit)s;

-- name: calendar
-- The turns of a rotation as its duties tell them.
select chief.id as chief, chief.name, duty.valid_from, duty.valid_to,
       count(*) as duties, sum(to_m - from_m)::float8 as metres
from duty join chief on chief.id = duty.chief_id
where rota_id = %(rota)s
group by chief.id, chief.name, duty.valid_from, duty.valid_to
order by duty.valid_from, chief.id;

-- name: stretches
-- What a rotation is over.
select segment_id as segment, side, from_m, to_m
from rota_stretch where rota_id = %(rota)s order by segment_id, side, from_m;

-- name: roads
-- Where rotations are: their roads, and their box in degrees.
select rota_id as rota, array_agg(distinct road.name) filter (where road.name is not null) as roads,
       st_xmin(st_extent(deg)) as west, st_ymin(st_extent(deg)) as south,
       st_xmax(st_extent(deg)) as east, st_ymax(st_extent(deg)) as north
from rota_stretch
join segment on segment.id = segment_id
left join road on road.id = road_id
cross join lateral st_transform(segment.geom, 4326) as deg
group by rota_id;

-- name: turns_between
-- The turns of all rotations in a time, as their duties tell them.
select duty.rota_id as rota, chief.id as chief, chief.name, duty.valid_from, duty.valid_to,
       sum(to_m - from_m)::float8 as metres
from duty join chief on chief.id = duty.chief_id
where duty.rota_id is not null and duty.valid_from < %(end)s and duty.valid_to > %(start)s
group by duty.rota_id, chief.id, chief.name, duty.valid_from, duty.valid_to
order by duty.rota_id, duty.valid_from, chief.name, chief.id;

-- name: away
-- The days of a time on which these chiefs are on leave, and who answers (null: nobody).
select leave.chief_id as chief, leave.id as leave, day::date as day, answers.id as answers, answers.name as answers_name
from leave
cross join generate_series(greatest(valid_from, %(start)s), least(valid_to, %(end)s) - 1, interval '1 day') as day
left join chief as answers on answers.id = answering(leave.chief_id, day::date)
where leave.chief_id = any(%(chiefs)s) and leave.valid_from < %(end)s and leave.valid_to > %(start)s
order by leave.chief_id, day;

-- name: role
-- The role in which the turns of a rotation are taken.
select role from duty where rota_id = %(rota)s order by valid_from desc limit 1;

-- name: change
update rota set every = %(every)s, unit = %(unit)s, valid_from = %(start)s, valid_to = %(end)s
where id = %(rota)s returning id;

-- name: drop_members
delete from rota_member where rota_id = %(rota)s;

-- name: forget
-- A rotation that never had a turn is gone.
delete from rota where id = %(rota)s and not exists (select from duty where rota_id = rota.id);

-- name: duties
select id from duty where rota_id = %(rota)s and valid_to > %(on)s order by id;

-- name: shorten
update rota set valid_to = greatest(valid_from + 1, least(valid_to, %(on)s)) where id = %(rota)s returning id;
