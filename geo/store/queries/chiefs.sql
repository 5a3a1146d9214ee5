-- name: list
-- Chiefs by number, with what they hold on a day and who stands in for them.
select chief.id, chief.external_id as code, chief.name, chief.department,
       case when %(people)s then chief.phone end as phone,
       coalesce(held.roles, '{}') as roles, coalesce(held.metres, 0)::float8 as metres,
       leave.id as leave, nullif(leave.valid_to, 'infinity') as back_on,
       answers.id as answers, answers.name as answers_name
from chief
left join lateral (
    select array_agg(distinct role order by role) as roles, sum(least(to_m, length_m) - from_m) as metres
    from duty join segment on segment.id = duty.segment_id
    where duty.chief_id = chief.id and valid_from <= %(on)s and valid_to > %(on)s
) as held on true
left join leave on leave.chief_id = chief.id and leave.valid_from <= %(on)s and leave.valid_to > %(on)s
left join chief as answers on answers.id = answering(chief.id, %(on)s)
where chief.id > %(after)s
  and (%(chief)s::int is null or chief.id = %(chief)s)
  and (%(like)s::text is null or concat_ws(' ', chief.external_id, chief.name, chief.department) ilike %(like)s)
order by chief.id
limit %(limit)s;

-- name: add
insert into chief (external_id, name, department, phone)
values (%(code)s, %(name)s, %(department)s, %(phone)s)
on conflict (external_id) do nothing
returning id;

-- name: change
update chief set name = coalesce(%(name)s, name), department = coalesce(%(department)s, department),
    phone = coalesce(%(phone)s, phone)
where id = %(chief)s
returning id;

-- name: take_leave
insert into leave (chief_id, deputy_id, valid_from, valid_to, reason)
values (%(chief)s, %(deputy)s, %(start)s, %(end)s, %(reason)s)
returning id;

-- name: leaves
-- Who is on leave on a day or later, and who stands in.
select leave.id, chief.id as chief, chief.name, deputy.id as deputy, deputy.name as deputy_name,
       leave.valid_from, nullif(leave.valid_to, 'infinity') as valid_to,
       case when %(people)s then leave.reason end as reason
from leave
join chief on chief.id = leave.chief_id
left join chief as deputy on deputy.id = leave.deputy_id
where leave.valid_to > %(on)s
order by leave.valid_from, leave.id
limit 500;

-- name: forget_leave
delete from leave where id = %(leave)s and valid_from >= %(on)s returning id;

-- name: end_leave
update leave set valid_to = least(valid_to, %(on)s) where id = %(leave)s returning id;

-- name: called
-- Who goes by a number or a name.
select id, external_id, name, department, phone from chief
where external_id = %(text)s or name = %(text)s order by id;

-- name: all_names
select distinct name from chief;
