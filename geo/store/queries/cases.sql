-- name: claim_key
-- Nothing where the key was given before; waits for a request under way with the same key.
insert into request_key (key, asked) values (%(key)s, %(asked)s) on conflict (key) do nothing returning key

-- name: read_key
select asked, incident.external_id
from request_key join incident on incident.id = request_key.incident_id where key = %(key)s

-- name: fill_key
update request_key set incident_id = %(id)s where key = %(key)s

-- name: outside_m
-- How far from the district's ground a place lies; null where no ground is known.
select min(st_distance(geom, st_setsrid(st_makepoint(%(x)s, %(y)s), %(srid)s)))
from area where parent_id is null and level <> 'compound'

-- name: next_serial
-- The day and the next serial number on it; two that file at once get different ones.
insert into case_serial (day, last) values ((now() at time zone %(time_zone)s)::date, 1)
on conflict (day) do update set last = case_serial.last + 1
returning day, last

-- name: is_taken
select exists (select from incident where external_id = %(code)s)

-- name: file
insert into incident (external_id, class, subclass, description, address, source, reported_at, geom)
values (%(code)s, %(class)s, %(subclass)s, %(description)s, %(address)s, %(source)s, now(),
        st_setsrid(st_makepoint(%(x)s, %(y)s), %(srid)s))
returning id

-- name: near
-- Open cases of the same class nearby and not long ago, nearest first.
select other.external_id as code, other.subclass, other.status, other.reported_at,
       round(st_distance(other.geom, mine.geom)::numeric, 1)::float8 as distance_m
from incident mine
join incident other on other.class = mine.class and other.id <> mine.id
     and st_dwithin(other.geom, mine.geom, %(within_m)s)
     and other.status <> all(%(ended)s)
     and other.reported_at between mine.reported_at - make_interval(hours => %(hours)s)
                               and mine.reported_at + make_interval(hours => %(hours)s)
where mine.id = %(id)s
order by distance_m, other.id
limit 10

-- name: lock
-- The state of a case, which nobody else can change until the transaction ends.
select incident.id, incident.status,
       coalesce((select max(seq) from incident_step where incident_id = incident.id), 0)
from incident where external_id = %(code)s
for no key update

-- name: add_step
insert into incident_step (incident_id, seq, step, at, actor, note, status)
values (%(id)s, %(seq)s, %(step)s, clock_timestamp(), %(actor)s, %(note)s, %(status)s)

-- name: set_status
update incident
set status = %(status)s,
    handled_at = case when %(status)s = 'handled' then greatest(now(), reported_at)
                      when %(status)s in ('closed', 'cancelled') then handled_at end,
    closed_at = case when %(status)s = 'closed' then coalesce(closed_at, greatest(now(), reported_at)) end
where id = %(id)s

-- name: steps
select seq, step, status, at, case when %(people)s then actor end as actor, note
from incident_step where incident_id = %(id)s order by seq

-- name: list
-- Cases, newest first, behind the one that was reported at a time and has an id.
select source.id, {columns},
       round(st_x(place)::numeric, 7)::float8 as lon, round(st_y(place)::numeric, 7)::float8 as lat,
       coalesce((select max(step.seq) from incident_step step where incident_id = source.id), 0) as version
from {source}, st_transform(source.geom, 4326) as place
where {conditions}
order by source.reported_at desc, source.id desc
limit %(limit)s

-- name: blocks_of_area
source.block in (
    with recursive down as (
        select id from area where code = %(area)s
        union all
        select area.id from area join down on area.parent_id = down.id)
    select code from block where area_id in (select id from down))
