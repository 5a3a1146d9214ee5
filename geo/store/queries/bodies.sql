-- name: list
-- Bodies by number, with what they are bound to and what is open on their lists.
select body.id, body.kind, body.name, body.valid_from, nullif(body.valid_to, 'infinity') as valid_to,
       (select coalesce(sum(to_m - from_m), 0) from body_stretch where body_id = body.id)::float8 as metres,
       (select array_agg(distinct road.name order by road.name)
        from body_stretch join segment on segment.id = segment_id join road on road.id = road_id
        where body_id = body.id) as roads,
       (select count(*) from body_member where body_id = body.id
        and valid_from <= %(on)s and valid_to > %(on)s) as members,
       (select coalesce(jsonb_object_agg(list, number), '{}') from (
            select list, count(*) as number from body_item
            where body_id = body.id and status in ('open', 'active') group by list) as open) as open
from body
where body.id > %(after)s
  and (%(body)s::int is null or body.id = %(body)s)
  and (%(kind)s::text is null or body.kind = %(kind)s)
  and (%(road)s::text is null or exists (
        select from body_stretch join segment on segment.id = segment_id join road on road.id = road_id
        where body_id = body.id and road.name = %(road)s))
order by body.id limit %(limit)s;

-- name: add
insert into body (kind, name, valid_from) values (%(kind)s, %(name)s, %(start)s)
on conflict (kind, name) do nothing returning id;

-- name: add_stretches
insert into body_stretch (body_id, segment_id, side, from_m, to_m)
select %(body)s, * from unnest(%(segments)s::int[], %(sides)s::text[], %(from_m)s::float8[], %(to_m)s::float8[]);

-- name: stretches
select segment_id as segment, side, from_m, to_m, road.name as road, segment.seq
from body_stretch join segment on segment.id = segment_id left join road on road.id = road_id
where body_id = %(body)s order by road.name, segment.seq, side, from_m;

-- name: members
-- Members on a day; names and phones are for who may see them, organisations and posts for all.
select id, case when %(people)s then name end as name, organisation, post,
       case when %(people)s then phone end as phone, chief_id as chief,
       valid_from, nullif(valid_to, 'infinity') as valid_to
from body_member
where body_id = %(body)s and valid_from <= %(on)s and valid_to > %(on)s
order by array_position(array['head', 'deputy', 'member'], post), id;

-- name: add_member
insert into body_member (body_id, name, organisation, post, phone, chief_id, valid_from)
select body.id, %(name)s, %(organisation)s, %(post)s, %(phone)s, %(chief)s, %(start)s
from body where body.id = %(body)s
returning id;

-- name: drop_member
delete from body_member where id = %(member)s and body_id = %(body)s and valid_from >= %(on)s returning id;

-- name: end_member
update body_member set valid_to = least(valid_to, %(on)s)
where id = %(member)s and body_id = %(body)s returning id;

-- name: turns
-- Whose turn it is in a body, from a day on.
select member_id as member, case when %(people)s then name end as name, organisation,
       body_turn.valid_from, body_turn.valid_to
from body_turn join body_member on body_member.id = member_id
where body_turn.body_id = %(body)s and body_turn.valid_to > %(on)s
order by body_turn.valid_from limit 100;

-- name: cut_turns
delete from body_turn where body_id = %(body)s and valid_from >= %(start)s;

-- name: shorten_turn
update body_turn set valid_to = %(start)s where body_id = %(body)s and valid_to > %(start)s;

-- name: add_turns
insert into body_turn (body_id, member_id, valid_from, valid_to)
select %(body)s, * from unnest(%(members)s::int[], %(starts)s::date[], %(ends)s::date[]);

-- name: known_members
select id from body_member where body_id = %(body)s and id = any(%(members)s);

-- name: items
-- A body's lists, what is open first.
select id, list, title, detail, status, place,
       st_x(st_transform(geom, 4326)) as lon, st_y(st_transform(geom, 4326)) as lat,
       case when %(people)s then contact end as contact, case when %(people)s then phone end as phone,
       version, made_at, changed_at
from body_item
where body_id = %(body)s and (%(item)s::int is null or id = %(item)s)
order by list, array_position(array['open', 'active', 'done', 'dropped'], status), id
limit 1000;

-- name: add_item
insert into body_item (body_id, list, title, detail, place, geom, contact, phone)
select body.id, %(list)s, %(title)s, %(detail)s, %(place)s, %(geom)s::geometry, %(contact)s, %(phone)s
from body where body.id = %(body)s
returning id;

-- name: change_item
update body_item set status = %(status)s, detail = coalesce(%(detail)s, detail),
    version = version + 1, changed_at = now()
where id = %(item)s and body_id = %(body)s and (%(version)s::int is null or version = %(version)s)
returning version;

-- name: version_of_item
select version from body_item where id = %(item)s and body_id = %(body)s;

-- name: called
-- Bodies of a name, of whatever kind.
select id, kind, name from body where name = %(name)s or id::text = %(name)s order by id;

-- name: all_names
select name from body order by name;

-- name: stretches_on
select segment_id, side, from_m, to_m from body_stretch where body_id = %(body)s;

-- name: has_member
select from body_member
where body_id = %(body)s and name = %(name)s and organisation is not distinct from %(organisation)s
  and valid_to = 'infinity';
