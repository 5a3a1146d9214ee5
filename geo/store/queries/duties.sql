-- name: put_chief
insert into chief (external_id, name, department, phone)
values (%(external_id)s, %(name)s, %(department)s, %(phone)s)
on conflict (external_id) do update
set name = excluded.name, department = excluded.department, phone = excluded.phone;

-- name: put_duties
-- A duty over a road (or its part within one street) becomes one duty per side of each segment.
-- A segment belongs to the street that holds its middle. Metres already held in that role stay held.
insert into duty (chief_id, segment_id, side, role, from_m, to_m, valid_from)
select c.id, seg.id, side.side, given.role, 0, seg.length_m, given.start
from unnest(%(chiefs)s::text[], %(roads)s::text[], %(streets)s::text[], %(sides)s::text[],
            %(roles)s::text[], %(starts)s::date[]) with ordinality
     as given (chief, road, street, sides, role, start, n)
join chief c on c.external_id = given.chief
join road r on r.name = given.road
join segment seg on seg.road_id = r.id
join segment_side side on side.segment_id = seg.id and given.sides like '%%' || side.side || '%%'
where given.street is null or exists (
    select 1 from area a where a.code = given.street and a.level = 'street'
      and st_intersects(a.geom, st_lineinterpolatepoint(seg.geom, 0.5)))
order by given.n, seg.id, side.side
on conflict do nothing;
