-- Map layers: Web Mercator geometry beside the metric one, a view a layer, values to colour by, and
-- a log of changes from which tiles, exports and live readers know what is new.

-- Where a polygon's name stands: its centroid, or a point inside where the centroid is not.
create function label_point(shape geometry) returns geometry language sql immutable strict parallel safe as $$
    select st_transform(case when st_contains(shape, st_centroid(shape)) then st_centroid(shape)
                             else st_pointonsurface(shape) end, 3857)
$$;

-- A point's place in the order of showing, 0 to 1: at a far zoom those below a share are shown. It is
-- a multiplicative hash of the id, so every part of the ground is thinned alike.
create function rank_of(id bigint) returns double precision language sql immutable strict parallel safe as $$
    select ((id * 2654435761) & 4294967295) / 4294967296.0::double precision
$$;

alter table area
    add tile_geom geometry(MultiPolygon, 3857) generated always as (st_transform(geom, 3857)) stored,
    add label geometry(Point, 3857) generated always as (label_point(geom)) stored;
alter table block
    add tile_geom geometry(Polygon, 3857) generated always as (st_transform(geom, 3857)) stored,
    add label geometry(Point, 3857) generated always as (label_point(geom)) stored;
alter table grid_shape
    add shape_id integer generated always as identity,
    add id integer generated always as (grid_id) stored,
    add tile_geom geometry(MultiPolygon, 3857) generated always as (st_transform(geom, 3857)) stored,
    add label geometry(Point, 3857) generated always as (label_point(geom)) stored;
comment on column grid_shape.id is 'The grid, as a feature on the map; a grid has a shape under every plan.';

-- From which zoom a segment's axis is shown (main roads first), and its surface (water first).
alter table segment
    add from_zoom smallint not null generated always as (case
        when kind = 'river' then 99
        when replace(class, '_link', '') in ('motorway', 'trunk', 'primary') then 9
        when replace(class, '_link', '') = 'secondary' then 11
        when replace(class, '_link', '') = 'tertiary' then 12
        when kind = 'lane' then 14
        else 13 end) stored,
    add surface_from_zoom smallint not null generated always as (case
        when kind = 'river' then 9 when kind = 'rail' then 99 else 14 end) stored,
    add tile_axis geometry(LineString, 3857) generated always as (st_transform(geom, 3857)) stored,
    add tile_geom geometry(Polygon, 3857) generated always as (st_transform(surface, 3857)) stored;
create index segment_far on segment using gist (geom) where from_zoom <= 12;
create index segment_farthest on segment using gist (geom) where from_zoom <= 10;
create index segment_surface_far on segment using gist (surface) where surface_from_zoom <= 13;

alter table segment_side
    add id integer generated always as (segment_id * 2 + (side = 'R')::integer) stored,
    add tile_geom geometry(MultiPolygon, 3857) generated always as (st_transform(frontage, 3857)) stored;

-- Open incidents come before nearly all closed ones.
alter table incident
    add tile_geom geometry(Point, 3857) generated always as (st_transform(geom, 3857)) stored,
    add rank double precision generated always as (
        rank_of(id) * case when status in ('closed', 'cancelled') then 1 else 0.0009765625 end) stored;
alter table merchant
    add tile_geom geometry(Point, 3857) generated always as (st_transform(geom, 3857)) stored,
    add rank double precision generated always as (rank_of(id)) stored;
alter table station
    add tile_geom geometry(Point, 3857) generated always as (st_transform(geom, 3857)) stored;
create index incident_rank_4 on incident using gist (geom) where rank < 0.25;
create index incident_rank_16 on incident using gist (geom) where rank < 0.0625;
create index incident_rank_64 on incident using gist (geom) where rank < 0.015625;
create index incident_rank_256 on incident using gist (geom) where rank < 0.00390625;
create index merchant_rank_4 on merchant using gist (geom) where rank < 0.25;
create index merchant_rank_16 on merchant using gist (geom) where rank < 0.0625;

-- A road's axes joined to one line, which carries its name.
create table road_line (
    id        integer primary key references road on delete cascade,
    kind      text not null,
    class     text not null,
    from_zoom smallint not null,
    length_m  double precision not null,
    geom      geometry(Geometry, :SRID) not null,
    tile_geom geometry(Geometry, 3857) not null generated always as (st_transform(geom, 3857)) stored
);
comment on table road_line is 'Derived from the segments of each road by a trigger.';
create index on road_line using gist (geom);

create function join_roads(roads integer[]) returns void language sql as $$
    delete from road_line where id = any(roads)
        and not exists (select from segment where segment.road_id = road_line.id);
    insert into road_line (id, kind, class, from_zoom, length_m, geom)
    select road_id, min(kind), min(class),
           min(case when kind = 'river' then 11 when from_zoom <= 11 then 13
                    when from_zoom = 12 then 14 else 15 end),
           sum(length_m), st_linemerge(st_collect(geom order by seq))
    from segment where road_id = any(roads) group by road_id
    on conflict (id) do update set kind = excluded.kind, class = excluded.class,
        from_zoom = excluded.from_zoom, length_m = excluded.length_m, geom = excluded.geom
    where (road_line.kind, road_line.class, road_line.from_zoom) is distinct from
          (excluded.kind, excluded.class, excluded.from_zoom)
       or not st_orderingequals(road_line.geom, excluded.geom);
$$;
create function join_changed_roads() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        perform join_roads(array(select distinct road_id from new_rows where road_id is not null));
    elsif tg_op = 'DELETE' then
        perform join_roads(array(select distinct road_id from old_rows where road_id is not null));
    else
        perform join_roads(array(select road_id from new_rows where road_id is not null
                                 union select road_id from old_rows where road_id is not null));
    end if;
    return null;
end $$;
create trigger join_roads_insert after insert on segment referencing new table as new_rows
    for each statement execute function join_changed_roads();
create trigger join_roads_update after update on segment
    referencing old table as old_rows new table as new_rows
    for each statement execute function join_changed_roads();
create trigger join_roads_delete after delete on segment referencing old table as old_rows
    for each statement execute function join_changed_roads();

-- Incidents counted by cells of H3, for the zooms that show this resolution.
create table density (
    id         integer generated always as identity primary key,
    resolution smallint not null check (resolution between 0 and 15),
    cell       text not null unique,
    count      integer not null check (count > 0),
    open       integer not null check (open between 0 and count),
    geom       geometry(Polygon, :SRID) not null,
    tile_geom  geometry(Polygon, 3857) not null generated always as (st_transform(geom, 3857)) stored
);
create index on density using gist (geom);
create index on density (resolution);

-- Shapes for far zooms, simplified together with their neighbours: where an edge is shared it is
-- simplified once. A shape that is not here is drawn as it is.
create table generalised (
    layer     text not null,
    band      smallint not null,
    shape_id  integer not null,
    tile_geom geometry(Geometry, 3857),
    primary key (layer, shape_id, band)
);
comment on column generalised.band is 'The last zoom it is good for.';
comment on column generalised.tile_geom is 'NULL where the shape is too small to be seen.';

-- How many points a layer shows at a zoom: those with rank below share.
create table thinning (
    layer text not null,
    zoom  smallint not null,
    share double precision not null check (share > 0 and share <= 1),
    primary key (layer, zoom)
);

-- Values to colour units by: plain numbers by metric, layer and unit.
create table metric (
    key         text not null,
    layer       text not null,
    revision    text not null,
    computed_at timestamptz not null default now(),
    primary key (key, layer)
);
comment on column metric.revision is 'Of the data that the values were computed from.';
create table metric_value (
    key     text not null,
    layer   text not null,
    unit_id integer not null,
    value   double precision not null,
    primary key (key, layer, unit_id),
    foreign key (key, layer) references metric on delete cascade
);

-- What changed. Sequence numbers are given before transactions commit, so a reader that remembers
-- only the last number would miss those that commit late. A reader remembers a snapshot instead and
-- asks for what was not visible in it: xid tells.
create table change (
    seq        bigint generated always as identity primary key,
    xid        xid8 not null default pg_current_xact_id(),
    at         timestamptz not null default now(),
    layer      text not null,
    op         text not null check (op in ('insert', 'update', 'delete')),
    feature_id bigint,
    west       double precision,
    south      double precision,
    east       double precision,
    north      double precision,
    check (num_nulls(west, south, east, north) in (0, 4))
);
comment on table change is 'One row a changed feature, or one for many (feature_id is NULL) with the box around them, in metres of EPSG:3857; without a box it may be anywhere.';
create index on change (xid);

-- Rows of the log up to this number are gone.
create table change_horizon (
    one boolean primary key default true check (one),
    seq bigint not null
);
insert into change_horizon (seq) values (0);

-- For tables with the columns id and tile_geom; the argument names the layers.
create function note_change() returns trigger language plpgsql as $$
declare
    each_of constant integer := 500; -- more rows than this are one row of the log
    layers text[] := string_to_array(tg_argv[0], ',');
    n bigint;
begin
    if tg_op = 'INSERT' then
        select count(*) into n from new_rows;
        insert into change (layer, op, feature_id, west, south, east, north)
        select layer, 'insert', case when n <= each_of then id end,
               min(st_xmin(tile_geom)), min(st_ymin(tile_geom)), max(st_xmax(tile_geom)), max(st_ymax(tile_geom))
        from new_rows, unnest(layers) as layer
        group by layer, case when n <= each_of then id end;
    elsif tg_op = 'DELETE' then
        select count(*) into n from old_rows;
        insert into change (layer, op, feature_id, west, south, east, north)
        select layer, 'delete', case when n <= each_of then id end,
               min(st_xmin(tile_geom)), min(st_ymin(tile_geom)), max(st_xmax(tile_geom)), max(st_ymax(tile_geom))
        from old_rows, unnest(layers) as layer
        group by layer, case when n <= each_of then id end;
    else
        select count(*) into n from new_rows;
        -- A feature that moved has two rows: where it was and where it is.
        insert into change (layer, op, feature_id, west, south, east, north)
        select layer, 'update', case when n <= each_of then id end,
               min(st_xmin(tile_geom)), min(st_ymin(tile_geom)), max(st_xmax(tile_geom)), max(st_ymax(tile_geom))
        from (select id, tile_geom from old_rows union all select id, tile_geom from new_rows) as touched,
             unnest(layers) as layer
        group by layer, case when n <= each_of then id end,
                 case when n <= each_of then box2d(tile_geom)::text end;
    end if;
    if n > 0 then
        perform pg_notify('luge_change', '');
    end if;
    return null;
end $$;

-- For tables that say something of many features at once.
create function note_everywhere() returns trigger language plpgsql as $$
begin
    insert into change (layer, op) select layer, 'update' from unnest(string_to_array(tg_argv[0], ',')) as layer;
    perform pg_notify('luge_change', '');
    return null;
end $$;

-- A shape that changed is drawn as it is until its neighbourhood is simplified anew.
create function forget_generalised() returns trigger language plpgsql as $$
declare
    gone integer;
begin
    if tg_table_name = 'grid_shape' then gone := old.shape_id; else gone := old.id; end if;
    delete from generalised where layer = any(string_to_array(tg_argv[0], ',')) and shape_id = gone;
    return null;
end $$;

do $$
declare
    t record;
begin
    -- The table, the layers it shows in, and whether its shapes are generalised.
    for t in select * from (values
        ('area', 'areas,compounds', true), ('block', 'blocks', true), ('grid_shape', 'grids', true),
        ('segment', 'roads,segments', false), ('segment_side', 'sides', false),
        ('road_line', 'named_roads', false), ('incident', 'incidents', false),
        ('merchant', 'merchants', false), ('station', 'stations', false),
        ('density', 'density', false)) as v (name, layers, simplified)
    loop
        execute format('create trigger note_insert after insert on %I referencing new table as new_rows
            for each statement execute function note_change(%L)', t.name, t.layers);
        execute format('create trigger note_update after update on %I
            referencing old table as old_rows new table as new_rows
            for each statement execute function note_change(%L)', t.name, t.layers);
        execute format('create trigger note_delete after delete on %I referencing old table as old_rows
            for each statement execute function note_change(%L)', t.name, t.layers);
        execute format('create trigger note_truncate after truncate on %I
            for each statement execute function note_everywhere(%L)', t.name, t.layers);
        if t.simplified then
            execute format('create trigger forget_generalised after update of geom on %I for each row
                when (old.geom is distinct from new.geom) execute function forget_generalised(%L)', t.name, t.layers);
            execute format('create trigger forget_generalised_deleted after delete on %I for each row
                execute function forget_generalised(%L)', t.name, t.layers);
        end if;
    end loop;
    for t in select * from (values
        ('plan', 'grids'), ('grid', 'grids'), ('grid_system', 'grids'),
        ('road', 'roads,segments,named_roads,sides'), ('metric', 'metrics'), ('thinning', 'thinning'), ('setting', 'setting')) as v (name, layers)
    loop
        execute format('create trigger note_everywhere after insert or update or delete or truncate on %I
            for each statement execute function note_everywhere(%L)', t.name, t.layers);
    end loop;
end $$;

-- The views that layers are read from. All have id, geom, tile_geom and from_zoom; some have
-- shape_id (generalised), rank (thinned), label and label_from (named on the map), valid_from and
-- valid_to (what holds on a day), until_zoom (shown at some zooms only).
create view layer_areas as
select id, id as shape_id, level, code, name, parent_id is null as outermost, households, people, workers,
       geom, tile_geom, label,
       case when level = 'community' and parent_id is not null then 12 else 9 end as from_zoom,
       case when level = 'district' then 99
            when level = 'community' and parent_id is not null then 13 else 11 end as label_from
from area where level <> 'compound';

create view layer_compounds as
select id, id as shape_id, code, name, households, people, geom, tile_geom, label,
       13 as from_zoom, 15 as label_from
from area where level = 'compound';

create view layer_blocks as
select block.id, block.id as shape_id, block.code, area.code as area, block.households, block.people,
       block.valid_from, block.valid_to, block.geom, block.tile_geom, block.label,
       13 as from_zoom, 16 as label_from
from block left join area on area.id = block.area_id;

create view layer_grids as
select grid.id, grid_shape.shape_id, grid_system.code as system, grid.code, grid.name, area.code as area,
       plan.name as plan, plan.valid_from, plan.valid_to,
       grid_shape.geom, grid_shape.tile_geom, grid_shape.label, 11 as from_zoom, 13 as label_from
from grid_shape
join plan on plan.id = grid_shape.plan_id
join grid on grid.id = grid_shape.grid_id
join grid_system on grid_system.id = plan.system_id
left join area on area.id = grid.parent_id
where plan.status in ('published', 'superseded');

create view layer_roads as
select segment.id, segment.kind, segment.class, road.name, segment.seq, segment.width_m,
       segment.surface as geom, segment.tile_geom, segment.surface_from_zoom as from_zoom
from segment left join road on road.id = segment.road_id
where segment.kind <> 'rail';

create view layer_segments as
select segment.id, segment.kind, segment.class, road.name, segment.seq, segment.length_m, segment.width_m,
       segment.geom, segment.tile_axis as tile_geom, segment.from_zoom
from segment left join road on road.id = segment.road_id
where segment.kind <> 'river';

create view layer_named_roads as
select road.id, road.name, road_line.kind, road_line.class, road_line.length_m,
       road_line.geom, road_line.tile_geom, road_line.from_zoom
from road_line join road on road.id = road_line.id;

create view layer_sides as
select segment_side.id, segment_side.segment_id as segment, segment_side.side, road.name, segment.kind,
       segment.class, segment.seq, segment.length_m,
       segment_side.frontage as geom, segment_side.tile_geom, 15 as from_zoom
from segment_side
join segment on segment.id = segment_side.segment_id
left join road on road.id = segment.road_id;

create view layer_incidents as
select incident.id, incident.external_id as code, incident.class, incident.subclass, incident.status,
       incident.status not in ('closed', 'cancelled') as open, incident.description, incident.address,
       incident.source, incident.reported_at, incident.due_at, incident.handled_at, incident.closed_at,
       block.code as block, road.name as road, segment.seq, incident.side, incident.chainage_m, incident.offset_m,
       incident.geom, incident.tile_geom, incident.rank, 9 as from_zoom
from incident
left join block on block.id = incident.block_id
left join segment on segment.id = incident.segment_id
left join road on road.id = segment.road_id;

create view layer_merchants as
select merchant.id, merchant.external_id as code, merchant.name, merchant.category, merchant.listed,
       merchant.stars, merchant.credit, merchant.credit_code, merchant.address, merchant.contact, merchant.phone,
       block.code as block, road.name as road, segment.seq, merchant.side, merchant.chainage_m, merchant.offset_m,
       merchant.geom, merchant.tile_geom, merchant.rank, 14 as from_zoom
from merchant
left join block on block.id = merchant.block_id
left join segment on segment.id = merchant.segment_id
left join road on road.id = segment.road_id;

create view layer_stations as
select station.id, station.external_id as code, station.tier, station.name, station.address, station.phone,
       block.code as block, road.name as road, segment.seq, station.side, station.chainage_m, station.offset_m,
       station.geom, station.tile_geom,
       case station.tier when 'other' then 13 when 'community' then 12 else 10 end as from_zoom
from station
left join block on block.id = station.block_id
left join segment on segment.id = station.segment_id
left join road on road.id = segment.road_id;

create view layer_density as
select id, resolution, cell, count, open, geom, tile_geom,
       case resolution when 7 then 9 when 8 then 11 when 9 then 13 else 15 end as from_zoom,
       case resolution when 7 then 10 when 8 then 12 when 9 then 14 else 99 end as until_zoom
from density;

-- What was there before this migration.
select join_roads(array(select id from road));
