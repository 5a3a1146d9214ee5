-- name: locate
-- Everything that is known of one place. Points are in the district's CRS.
with here as (
    select n, st_setsrid(st_makepoint(x, y), :SRID) as geom
    from unnest(%(x)s::float8[], %(y)s::float8[]) with ordinality as p (x, y, n)
),
placed as (
    select here.n, here.geom, b.id as block_id, b.code as block_code, b.area_id,
           b.households, b.people, road.*
    from here
    left join lateral (
        select * from block
        where valid_from <= %(as_of)s and valid_to > %(as_of)s
          and block.geom && here.geom and st_intersects(block.geom, here.geom)
        order by id limit 1
    ) b on true
    left join lateral road_place_at(here.geom, %(within_m)s) road on true
)
select p.n,
       case when p.block_id is not null then jsonb_build_object(
           'id', p.block_id, 'code', p.block_code, 'households', p.households, 'people', p.people)
       end as block,
       (with recursive up as (
            select a.* from area a where a.id = p.area_id
            union all
            select a.* from area a join up on a.id = up.parent_id)
        select jsonb_object_agg(level, jsonb_build_object('id', id, 'code', code, 'name', name))
        from up) as areas,
       (select jsonb_build_object('id', c.id, 'code', c.code, 'name', c.name)
        from area c where c.level = 'compound' and st_intersects(c.geom, p.geom)
        order by c.id limit 1) as compound,
       (select coalesce(jsonb_agg(jsonb_build_object(
                   'system', s.code, 'system_name', s.name, 'system_name_en', s.name_en,
                   'id', g.id, 'code', g.code, 'name', g.name, 'plan', plan.name) order by s.id), '[]')
        from assignment a
        join plan on plan.id = a.plan_id and plan.status in ('published', 'superseded')
                 and plan.valid_from <= %(as_of)s and plan.valid_to > %(as_of)s
        join grid g on g.id = a.grid_id
        join grid_system s on s.id = a.system_id
        where a.block_id = p.block_id) as grids,
       (select jsonb_build_object(
                   'segment_id', seg.id, 'road_id', r.id, 'name', r.name, 'kind', seg.kind, 'class', seg.class,
                   'seq', seg.seq, 'length_m', seg.length_m,
                   'side', p.side, 'chainage_m', p.chainage_m, 'offset_m', p.offset_m,
                   'chiefs', (
                       select coalesce(jsonb_agg(jsonb_build_object(
                                  'role', d.role, 'name', ch.name, 'department', ch.department,
                                  'answers', (select name from chief where id = answering(ch.id, %(as_of)s)))
                                  order by array_position(array['general', 'first', 'second', 'rota', 'member'], d.role),
                                           ch.name), '[]')
                       from duty d join chief ch on ch.id = d.chief_id
                       where d.segment_id = seg.id and d.side = p.side
                         and p.chainage_m between d.from_m and d.to_m
                         and d.valid_from <= %(as_of)s and d.valid_to > %(as_of)s))
        from segment seg left join road r on r.id = seg.road_id
        where seg.id = p.segment_id) as road,
       -- On foot from the block; where no way leads from it to any, the nearest as the crow flies.
       (select jsonb_build_object('id', st.id, 'name', st.name, 'tier', st.tier, 'metres', walk.metres,
                                  'minutes', walk.minutes, 'distance_m', st_distance(st.geom, p.geom))
        from station st
        left join reach walk on walk.layer = 'blocks' and walk.unit_id = p.block_id and walk.station_id = st.id
        where st.id = coalesce(
            (select station_id from reach where layer = 'blocks' and unit_id = p.block_id),
            (select id from station order by station.geom <-> p.geom, id limit 1))) as station
from placed p
order by p.n;

-- name: district
-- The district at a glance: its settings, its box in degrees, how much of what, and its grid systems.
select s.name, s.code, s.srid, s.time_zone,
       (select array[st_xmin(b), st_ymin(b), st_xmax(b), st_ymax(b)]
        from (select st_extent(st_transform(geom, 4326)) as b from area where level <> 'compound') as e
       ) as bounds,
       jsonb_build_object(
           'area', (select count(*) from area where level <> 'compound'),
           'compound', (select count(*) from area where level = 'compound'),
           'block', (select count(*) from block where valid_to = 'infinity'),
           'road', (select count(*) from road),
           'segment', (select count(*) from segment),
           'incident', (select count(*) from incident),
           'merchant', (select count(*) from merchant),
           'station', (select count(*) from station),
           'chief', (select count(*) from chief)) as counts,
       (select coalesce(jsonb_agg(jsonb_build_object(
                   'code', g.code, 'name', g.name, 'name_en', g.name_en,
                   'plan', (select jsonb_build_object('id', p.id, 'name', p.name, 'valid_from', p.valid_from)
                            from plan p
                            where p.system_id = g.id and p.status in ('published', 'superseded')
                              and p.valid_from <= %(today)s and p.valid_to > %(today)s)) order by g.id), '[]')
        from grid_system g) as systems
from setting s;

-- name: areas
-- The administrative areas, each after its parent, with what is known of them.
select a.id, a.level, a.code, a.name, a.parent_id, a.households, a.people, a.workers,
       st_area(a.geom) as area_m2,
       array[st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box)] as bbox
from area a, lateral (select box2d(st_transform(a.geom, 4326)) as box) as e
where a.level <> 'compound'
order by a.code;

-- name: chiefs
-- Who has a duty on a day, with the metres of side and up to three of the roads.
select chief.external_id as code, chief.name, chief.department,
       sum(least(duty.to_m, segment.length_m) - duty.from_m) as metres,
       (array_agg(distinct road.name order by road.name) filter (where road.name is not null))[1:3] as roads
from duty
join chief on chief.id = duty.chief_id
join segment on segment.id = duty.segment_id and duty.from_m < segment.length_m
left join road on road.id = segment.road_id
where duty.valid_from <= %(on)s::date and duty.valid_to > %(on)s::date
group by chief.id
order by chief.name, chief.external_id

-- name: search
-- Names and codes that hold the text, the closest matches first, the larger things before the smaller.
with found as (
    select case level when 'compound' then 3 else 1 end as rank, 'area' as kind, a.id::bigint, a.code, a.name, a.level as detail, a.geom
    from area a where a.name ilike %(like)s or a.code ilike %(starts)s
    union all
    select 2, 'grid', g.id, g.code, g.name, s.name, shape.geom
    from grid g
    join grid_system s on s.id = g.system_id
    join grid_shape shape on shape.grid_id = g.id
    join plan p on p.id = shape.plan_id and p.status in ('published', 'superseded')
               and p.valid_from <= %(on)s and p.valid_to > %(on)s
    where g.name ilike %(like)s or g.code ilike %(starts)s
    union all
    select 4, 'road', r.id, null, r.name, r.kind, st_collect(seg.geom)
    from road r join segment seg on seg.road_id = r.id
    where r.name ilike %(like)s group by r.id
    union all
    select 5, 'station', s.id, s.external_id, s.name, s.tier, s.geom
    from station s where s.name ilike %(like)s or s.external_id ilike %(starts)s
    union all
    select 6, 'block', b.id, b.code, b.code, null, b.geom
    from block b where b.valid_from <= %(on)s and b.valid_to > %(on)s and b.code ilike %(starts)s
    union all
    select 7, 'merchant', m.id, m.external_id, m.name, m.category, m.geom
    from merchant m where m.name ilike %(like)s or m.external_id ilike %(starts)s
    union all
    select 8, 'incident', i.id, i.external_id, i.class, i.address, i.geom
    from incident i where i.external_id ilike %(starts)s
    union all
    select 9, 'merchant', m.id, m.external_id, m.name, m.address, m.geom
    from merchant m where %(address)s and m.address ilike %(like)s
    union all
    -- Of many incidents at one door the newest.
    (select 10, 'incident', i.id, i.external_id, i.class, i.address, i.geom
     from incident i where %(address)s and i.address ilike %(like)s
     order by i.reported_at desc, i.id limit %(limit)s)
), best as (
    select * from found
    order by (lower(name) = lower(%(text)s) or lower(code) = lower(%(text)s)) desc,
             (name ilike %(starts)s or coalesce(code ilike %(starts)s, false)
              or (rank in (9, 10) and detail ilike %(starts)s)) desc, rank, code, name, id
    limit %(limit)s
)
select kind, id, code, name, detail, st_x(c) as lon, st_y(c) as lat,
       array[st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box)] as bbox
from best, lateral (select st_transform(geom, 4326) as deg) as d,
     lateral (select st_pointonsurface(deg) as c, box2d(deg) as box) as e;
