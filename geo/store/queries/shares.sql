-- name: stretches
-- Roads and lanes of %(area)s (null: everywhere) that somebody has in the role on %(day)s; or all of them.
select segment.id, from_node, to_node, length_m, road.name as road,
       st_x(middle) as x, st_y(middle) as y
from segment
left join road on road.id = road_id
cross join lateral st_lineinterpolatepoint(segment.geom, 0.5) as middle
where segment.kind in ('road', 'lane')
  and (%(area)s::text is null
       or exists (select from area where code = %(area)s and st_intersects(area.geom, middle)))
  and (%(everywhere)s
       or exists (select from duty where segment_id = segment.id and role = %(role)s and exclusive
                  and valid_from <= %(day)s and valid_to > %(day)s))
order by segment.id

-- name: duties
-- Duties in the role on the stretches %(segments)s that hold on %(day)s or begin later, in order.
select duty.id, chief_id, segment_id, side, from_m, least(to_m, length_m) as to_m,
       case when valid_from = '-infinity' then '0001-01-01' else valid_from end as valid_from,
       case when valid_to > '9999-12-31' then '9999-12-31' else valid_to end as valid_to
from duty join segment on segment.id = segment_id
where segment_id = any(%(segments)s) and role = %(role)s and exclusive
  and valid_to > %(day)s and from_m < length_m
order by duty.id

-- name: shops
-- Places of shops along the sides of %(segments)s.
select segment_id, side, chainage_m from merchant where segment_id = any(%(segments)s)

-- name: cases
-- Places of cases reported from %(since)s on along the sides of %(segments)s.
select segment_id, side, chainage_m from incident
where segment_id = any(%(segments)s) and reported_at >= %(since)s and reported_at <= %(until)s

-- name: span
-- The times of the first and the last case.
select min(reported_at), max(reported_at) from incident

-- name: chiefs
select id, external_id as code, name, department from chief order by external_id

-- name: roads
-- Names of the roads among %(segments)s.
select distinct name from road join segment on road_id = road.id where segment.id = any(%(segments)s) order by name
