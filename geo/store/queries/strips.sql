-- What a chief has in charge and what is there, side by side.

-- name: chiefs
-- Chiefs with something in charge on a day, their own or as deputies.
select chief.external_id as code, name, department, count(distinct segment_id) as segments
from duty
join (select id, answering(id, %(day)s::date) as who from chief) as held on held.id = duty.chief_id
join chief on chief.id = held.who
where valid_from <= %(day)s and valid_to > %(day)s
group by chief.id order by chief.external_id

-- name: chief
select id, external_id as code, name, department from chief where external_id = %(chief)s

-- name: segments
-- With their axis in degrees, and the names of other roads that they meet at their start and end.
select segment.id, road_id, road.name as road, segment.kind, segment.class, seq, length_m, width_m,
       array[from_node, to_node] as nodes,
       (st_asgeojson(st_transform(segment.geom, 4326), 7)::json -> 'coordinates') as line,
       array[st_x(st_startpoint(geom)), st_y(st_startpoint(geom)), st_x(st_endpoint(geom)), st_y(st_endpoint(geom))]
           as ends,
       at_start.names as meets_first, at_end.names as meets_last
from segment
left join road on road.id = road_id
left join lateral (
    select array_agg(distinct name order by name) as names
    from segment other join road cross_road on cross_road.id = other.road_id
    where other.geom && st_expand(st_startpoint(segment.geom), 0.01)
      and segment.from_node in (other.from_node, other.to_node) and other.road_id is distinct from segment.road_id
) as at_start on true
left join lateral (
    select array_agg(distinct name order by name) as names
    from segment other join road cross_road on cross_road.id = other.road_id
    where other.geom && st_expand(st_endpoint(segment.geom), 0.01)
      and segment.to_node in (other.from_node, other.to_node) and other.road_id is distinct from segment.road_id
) as at_end on true
where segment.id = any(%(segments)s)
order by segment.id

-- name: doors
-- Shops, with the last visit by anybody and whether the next is due; and compounds, by where they
-- border the frontage (their gates are not known).
select segment_id as segment, side, 'merchant' as kind, external_id as code, merchant.name, category, listed,
       chainage_m, round(st_x(place)::numeric, 6)::float8 as lon, round(st_y(place)::numeric, 6)::float8 as lat,
       last.at as visited_at, last.good,
       coalesce(last.at < now() - make_interval(days => case when listed = 'grey' or not last.good
                                                        then %(again_days)s else %(due_days)s end), true) as due
from merchant
cross join lateral st_transform(merchant.geom, 4326) as place
left join lateral (select at, good from visit where merchant_id = merchant.id order by at desc limit 1) as last on true
where segment_id = any(%(segments)s)
union all
select segment_side.segment_id, segment_side.side, 'compound', null, area.name, null, null,
       st_linelocatepoint(segment.geom, st_centroid(st_intersection(area.geom, frontage))) * length_m,
       null, null, null, null, false
from segment_side
join segment on segment.id = segment_id
join area on area.level = 'compound' and st_intersects(area.geom, frontage)
where segment_id = any(%(segments)s) and not st_isempty(frontage)
order by segment, side, chainage_m, code

-- name: cases
-- Open ones, the late first, then those due soonest.
select segment, side, chainage_m, code, class, subclass, status, description, address, late, reported_at, due_at,
       round(st_x(place)::numeric, 7)::float8 as lon, round(st_y(place)::numeric, 7)::float8 as lat
from layer_incidents cross join lateral st_transform(geom, 4326) as place
where segment = any(%(segments)s) and open
order by late desc, due_at nulls last, reported_at, code

-- name: passes
-- Metres that a chief has passed lately.
select segment_id, side, from_m, to_m, extract(epoch from at)::float8
from pass join patrol on patrol.id = patrol_id
where chief_id = %(chief_id)s and segment_id = any(%(segments)s) and at > now() - make_interval(days => %(days)s)
order by pass.id

-- name: last_patrol
select key, begun_at, ended_at,
       coalesce((select sum(to_m - from_m) from pass where patrol_id = patrol.id), 0) as metres
from patrol where chief_id = %(chief_id)s order by begun_at desc, id desc limit 1

-- name: clock
select now() as at, (now() at time zone %(time_zone)s)::date as day
