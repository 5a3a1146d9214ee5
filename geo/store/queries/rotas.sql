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

-- name: duties
select id from duty where rota_id = %(rota)s and valid_to > %(on)s order by id;

-- name: shorten
update rota set valid_to = greatest(valid_from + 1, least(valid_to, %(on)s)) where id = %(rota)s returning id;
