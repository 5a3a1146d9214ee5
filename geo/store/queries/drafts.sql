-- name: make
insert into share_draft (role, valid_from, wishes, seed)
values (%(role)s, %(day)s, %(wishes)s, %(seed)s) returning id;

-- name: find
select * from share_draft where id = %(id)s;

-- name: lock
select * from share_draft where id = %(id)s for update;

-- name: page
select id, role, valid_from, status, wishes, seed, made_at, ended_at, error,
       figures -> 'before' as before, figures -> 'after' as after, figures -> 'changed' as changed
from share_draft order by id desc limit %(limit)s;

-- name: beat
-- How far it has come; tells whether to stop.
update share_draft set step = %(step)s, done = %(done)s, total = %(total)s, beat_at = clock_timestamp()
where id = %(id)s and status = 'running' returning stop;

-- name: finish
update share_draft set status = 'ready', figures = %(figures)s, ended_at = clock_timestamp()
where id = %(id)s and status = 'running' returning id;

-- name: fail
update share_draft set status = 'failed', error = %(error)s, ended_at = clock_timestamp()
where id = %(id)s and status = 'running';

-- name: fail_silent
-- Those whose process has given no sign for long.
update share_draft set status = 'failed', error = %(error)s, ended_at = clock_timestamp()
where status = 'running' and beat_at < clock_timestamp() - make_interval(secs => %(silent_s)s);

-- name: stop
update share_draft set stop = true where id = %(id)s and status = 'running' returning id;

-- name: discard
update share_draft set status = 'discarded', ended_at = clock_timestamp() where id = %(id)s;

-- name: put_posts
copy share_draft_post (draft_id, post, chief_id, metres, doors, cases, load, stretches, pieces) from stdin

-- name: put_stretches
copy share_draft_stretch (draft_id, segment_id, post) from stdin

-- name: still
-- Duties stay as they are until the end of this transaction.
lock table duty in share mode;

-- name: put_duties
-- The duties that the draft is made on, as they stand.
insert into share_draft_duty
select %(id)s, id, chief_id, segment_id, side, from_m, to_m, valid_from, valid_to from duty
where id = any(%(duties)s);

-- name: posts
select post, chief_id, external_id as code, name, department, metres, doors, cases, load, stretches, pieces
from share_draft_post left join chief on chief.id = chief_id
where draft_id = %(id)s order by post;

-- name: fill
update share_draft_post set chief_id = (select id from chief where external_id = %(chief)s)
where draft_id = %(id)s and post = %(post)s and chief_id is null returning post;

-- name: taken
select post from share_draft_post join chief on chief.id = chief_id
where draft_id = %(id)s and external_id = %(chief)s;

-- name: chief
select id from chief where external_id = %(chief)s;

-- name: map
-- Stretches with who has most of them (chief ids) and the post that would, in degrees.
with metres as (
    select segment_id, chief_id, sum(to_m - from_m) as metres
    from share_draft_duty where draft_id = %(id)s group by segment_id, chief_id
), main as (
    select distinct on (segment_id) segment_id, chief_id
    from metres order by segment_id, metres desc, chief_id
)
select segment_id as id, post, road.name as road, length_m, main.chief_id as chief,
       st_asgeojson(st_transform(geom, 4326), 6)::jsonb as geometry
from share_draft_stretch s
join segment on segment.id = segment_id
left join main using (segment_id)
left join road on road.id = road_id
where draft_id = %(id)s order by segment_id;

-- name: hold
-- Nobody else writes duties until this is over.
lock table duty in share row exclusive mode;

-- name: missing
-- Stretches of the draft that the network has no more.
select segment_id from share_draft_stretch s
where draft_id = %(id)s
  and (select count(*) from segment_side where segment_id = s.segment_id) < 2;

-- name: differing
-- Where duties are not those that the draft was made on: segments, with their roads.
with today as (
    select id, chief_id, segment_id, side, from_m, to_m, valid_from, valid_to from duty
    where role = %(role)s and exclusive and valid_to > %(day)s
      and segment_id in (select segment_id from share_draft_stretch where draft_id = %(id)s)
), noted as (
    select duty_id, chief_id, segment_id, side, from_m, to_m, valid_from, valid_to
    from share_draft_duty where draft_id = %(id)s
), apart as (
    (table today except table noted) union all (table noted except table today)
)
select distinct coalesce(road.name, 'segment ' || segment_id) from apart
left join segment on segment.id = segment_id
left join road on road.id = road_id
order by 1;

-- name: metres
-- Metres of side of the draft's stretches that somebody has in the role on its day.
select coalesce(sum(least(to_m, length_m) - from_m), 0)::double precision
from duty join segment on segment.id = segment_id
where role = %(role)s and exclusive and valid_from <= %(day)s and valid_to > %(day)s and from_m < length_m
  and segment_id in (select segment_id from share_draft_stretch where draft_id = %(id)s);

-- name: apply
-- Old duties end on the day and new ones begin. Who keeps a whole side for good keeps his duty as it is.
with given as (
    select s.segment_id, side.side, segment.length_m, post.chief_id
    from share_draft_stretch s
    join share_draft_post post on post.draft_id = s.draft_id and post.post = s.post
    join segment on segment.id = s.segment_id
    join segment_side side on side.segment_id = s.segment_id
    where s.draft_id = %(id)s
), held as (
    select duty.id, duty.segment_id, duty.side, duty.valid_from,
           duty.chief_id = given.chief_id and from_m = 0 and to_m >= length_m and valid_to = 'infinity' as stays
    from duty join given on given.segment_id = duty.segment_id and given.side = duty.side
    where role = %(role)s and exclusive and valid_to > %(day)s
), gone as (
    delete from duty using held
    where duty.id = held.id and not stays and held.valid_from >= %(day)s
), ended as (
    update duty set valid_to = %(day)s from held
    where duty.id = held.id and not stays and held.valid_from < %(day)s
)
select array_agg(given.segment_id), array_agg(given.side), array_agg(given.chief_id), array_agg(given.length_m),
       (select count(*) from held where not stays), (select count(*) from held where stays)
from given
where not exists (select from held where held.segment_id = given.segment_id and held.side = given.side and stays);

-- name: begin
insert into duty (chief_id, segment_id, side, role, from_m, to_m, valid_from)
select chief, segment, side, %(role)s, 0, length_m, %(day)s
from unnest(%(chiefs)s::integer[], %(segments)s::integer[], %(sides)s::text[], %(lengths)s::float8[])
     as given (chief, segment, side, length_m);

-- name: applied
update share_draft set status = 'applied', ended_at = clock_timestamp() where id = %(id)s;
