-- What chiefs did, written in bulk.

-- name: duties
-- Whoever goes there in person: general chiefs (总路长) do not.
select chief_id, road.name as road, seq, segment_id, side, length_m
from duty join segment on segment.id = segment_id join road on road.id = road_id
where role <> 'general' order by chief_id, road.name, seq, side

-- name: shops
select id as merchant_id, segment_id, side from merchant where segment_id is not null order by id

-- name: put_patrols
insert into patrol (key, chief_id, begun_at, ended_at)
select * from unnest(%(key)s::text[], %(chief_id)s::integer[], %(begun_at)s::timestamptz[], %(ended_at)s::timestamptz[])

-- name: put_passes
insert into pass (patrol_id, segment_id, side, from_m, to_m, at)
select patrol.id, given.segment_id, given.side, given.from_m, given.to_m, given.at
from unnest(%(key)s::text[], %(segment_id)s::integer[], %(side)s::text[], %(from_m)s::float8[], %(to_m)s::float8[],
            %(at)s::timestamptz[]) as given (key, segment_id, side, from_m, to_m, at)
join patrol using (key)

-- name: put_visits
insert into visit (key, chief_id, merchant_id, at, good)
select * from unnest(%(key)s::text[], %(chief_id)s::integer[], %(merchant_id)s::integer[], %(at)s::timestamptz[],
                     %(good)s::boolean[])
