-- name: side
select segment.id as segment, segment_side.side, road.name as road, segment.seq, segment.kind, segment.class,
       segment.length_m, segment.width_m
from segment_side
join segment on segment.id = segment_side.segment_id
left join road on road.id = segment.road_id
where segment_side.segment_id = %(segment)s and segment_side.side = %(side)s;

-- name: doors
-- What has its place on a side, in walking order.
select merchant.id, external_id as code, name, category, address, chainage_m, offset_m, stars, listed,
       case when %(credit)s then credit end as credit,
       case when %(people)s then contact end as contact, case when %(people)s then phone end as phone,
       st_x(st_transform(geom, 4326)) as lon, st_y(st_transform(geom, 4326)) as lat
from merchant
where segment_id = %(segment)s and side = %(side)s
order by chainage_m, offset_m, merchant.id;

-- name: lanes
-- Lanes that come out on a side, by where they do.
select road.name, array_agg(lane.id order by lane.id) as segments,
       min(st_linelocatepoint(segment.geom, st_closestpoint(lane.geom, segment.geom)) * segment.length_m) as chainage_m
from segment
join segment_side on segment_side.segment_id = segment.id and segment_side.side = %(side)s
join segment lane on lane.kind = 'lane' and lane.id <> segment.id
     and lane.geom && segment_side.frontage and st_intersects(lane.geom, segment_side.frontage)
left join road on road.id = lane.road_id
where segment.id = %(segment)s and lane.road_id is distinct from segment.road_id
group by road.name, case when road.name is null then lane.id end
order by chainage_m, road.name;

-- name: compounds
-- Compounds behind a side, with the metres along which they lie.
select area.id, area.code, area.name, area.households, span.from_m, span.to_m
from segment
join segment_side on segment_side.segment_id = segment.id and segment_side.side = %(side)s
join area on area.level = 'compound' and area.geom && segment_side.frontage
     and st_intersects(area.geom, segment_side.frontage)
cross join lateral (
    select min(at) * segment.length_m as from_m, max(at) * segment.length_m as to_m
    from st_dumppoints(st_intersection(area.geom, segment_side.frontage)) as corner,
         st_linelocatepoint(segment.geom, corner.geom) as at
) as span
where segment.id = %(segment)s and span.to_m > span.from_m
order by span.from_m, area.id;
