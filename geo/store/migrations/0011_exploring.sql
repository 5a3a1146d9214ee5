-- Incidents know the areas and the segment they lie in, and whether they are late, so that they can be
-- filtered and counted by these.

-- Late: not handled by the time it was due. The clock stops when a case is handled, or else closed; a
-- case that is over without a time of its end is not called late.
create or replace view layer_incidents as
select incident.id, incident.external_id as code, incident.class, incident.subclass, incident.status,
       incident.status not in ('closed', 'cancelled') as open, incident.description, incident.address,
       incident.source, incident.reported_at, incident.due_at, incident.handled_at, incident.closed_at,
       block.code as block, road.name as road, segment.seq, incident.side, incident.chainage_m, incident.offset_m,
       incident.geom, incident.tile_geom, incident.rank, 9 as from_zoom,
       area.code as area, street.code as street, incident.segment_id as segment,
       coalesce(incident.due_at < coalesce(incident.handled_at, incident.closed_at,
           case when incident.status not in ('closed', 'cancelled') then now() end), false) as late,
       incident.block_id, area.id as area_id, street.id as street_id, road.id as road_id
from incident
left join block on block.id = incident.block_id
left join segment on segment.id = incident.segment_id
left join road on road.id = segment.road_id
left join area on area.id = block.area_id
left join area as street on street.id = case when area.level = 'street' then area.id else area.parent_id end
                        and street.level = 'street';
