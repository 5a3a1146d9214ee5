-- A district made ready for the proof of roads, and what is asked of it.

-- name: clear
truncate duty, rota, rota_member, rota_stretch, patrol, pass, visit, leave, body, body_member, body_stretch, body_turn, body_item cascade;

-- name: clear_chiefs
delete from chief;

-- name: bring_up
-- The cases' year ends yesterday.
update incident set reported_at = reported_at + late, handled_at = handled_at + late,
    closed_at = closed_at + late, due_at = due_at + late
from (select (%(today)s::date - 1 - max((reported_at at time zone %(zone)s)::date)) * interval '1 day' as late
      from incident) as shift
where late <> interval '0';

-- name: roads
-- Named roads and lanes with the middle of their ground.
select road.name, st_x(c) as x, st_y(c) as y
from (select road_id, st_centroid(st_collect(geom)) as c from segment where kind in ('road', 'lane') group by road_id) as ground
join road on road.id = road_id
where (select count(*) from road as other where other.name = road.name) = 1
order by road.name;

-- name: charge
-- What each chief has to walk, along the roads.
select chief.external_id as chief, chief.name,
       st_asbinary(st_linesubstring(segment.geom, from_m / length_m, least(1, to_m / length_m))) as geom,
       duty.side, segment.width_m
from duty join chief on chief.id = chief_id join segment on segment.id = segment_id
where kind in ('road', 'lane') and to_m - from_m > 1
order by chief.name, road_id, duty.side, seq, from_m;
