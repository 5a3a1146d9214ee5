-- Patrols begun, walked and ended; visits to shops.

-- name: chief
select id, name, department from chief where external_id = %(chief)s

-- name: begin
-- Nothing where the key was given before; waits for a request under way with the same key.
insert into patrol (key, chief_id, begun_at) values (%(key)s, %(chief_id)s, %(at)s)
on conflict (key) do nothing returning key

-- name: begun
-- Whether the patrol with this key is the same.
select chief_id = %(chief_id)s and begun_at = %(at)s from patrol where key = %(key)s

-- name: clock
-- Seconds since 1970, by the clock of the database.
select extract(epoch from clock_timestamp())::float8

-- name: lock
-- A patrol that nobody else can write to until the transaction ends, and its day in the district.
select id, chief_id, extract(epoch from begun_at)::float8, (begun_at at time zone %(time_zone)s)::date
from patrol where key = %(key)s
for no key update

-- name: charge
-- What a chief has in charge on a day, as deputy too and not on leave; one row for each duty, within its
-- segment. The one place that says what a chief's own ground is.
select duty.segment_id as segment, duty.side, duty.role, duty.from_m, least(duty.to_m, length_m) as to_m
from duty join segment on segment.id = duty.segment_id
where valid_from <= %(day)s and valid_to > %(day)s and from_m < length_m
  and chief_id in (
      select id from chief
      where (id = %(chief_id)s
             or id in (select chief_id from leave where valid_from <= %(day)s and valid_to > %(day)s))
        and answering(id, %(day)s::date) = %(chief_id)s)
order by segment_id, side, from_m, role

-- name: own
select id, kind, from_node, to_node, width_m, st_asbinary(geom)
from segment where id = any(%(segments)s) order by id

-- name: passes
select segment_id, side, from_m, to_m, extract(epoch from at)::float8
from pass where patrol_id = %(id)s order by segment_id, side, from_m

-- name: drop_passes
delete from pass where patrol_id = %(id)s

-- name: put_passes
insert into pass (patrol_id, segment_id, side, from_m, to_m, at)
select %(id)s, segment, side, from_m, to_m, to_timestamp(at)
from unnest(%(segment)s::int[], %(side)s::text[], %(from_m)s::float8[], %(to_m)s::float8[], %(at)s::float8[])
     as given (segment, side, from_m, to_m, at)

-- name: end
-- Whoever says it last, and in whatever order: the latest time holds.
update patrol set ended_at = greatest(ended_at, begun_at, %(at)s) where key = %(key)s returning ended_at

-- name: merchant
select id from merchant where external_id = %(merchant)s

-- name: visit
insert into visit (key, chief_id, merchant_id, at, good, note)
values (%(key)s, %(chief_id)s, %(merchant_id)s, %(at)s, %(good)s, %(note)s)
on conflict (key) do nothing returning key

-- name: visited
-- Whether the visit with this key is the same.
select chief_id = %(chief_id)s and merchant_id = %(merchant_id)s and at = %(at)s and good = %(good)s
       and note is not distinct from %(note)s
from visit where key = %(key)s
