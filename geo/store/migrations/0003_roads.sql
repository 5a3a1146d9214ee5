-- Roads. Ways are the lines as they came in; segments run between junctions; each has two sides.

create table way (
    id          integer generated always as identity primary key,
    external_id text not null unique,
    name        text,
    kind        text not null default 'road' check (kind in ('road', 'lane', 'river', 'rail')),
    class       text,
    width_m     double precision check (width_m > 0),
    level       integer not null default 0,
    geom        geometry(LineString, :SRID) not null check (st_isvalid(geom) and not st_isempty(geom))
);
comment on column way.level is 'Height order at crossings (OSM layer): ways of different levels do not meet where they cross.';
create index on way using gist (geom);

create table road (
    id    integer generated always as identity primary key,
    name  text not null check (name <> ''),
    kind  text not null check (kind in ('road', 'lane', 'river', 'rail')),
    unique (name, kind)
);

create table node (
    id   integer generated always as identity primary key,
    geom geometry(Point, :SRID) not null
);
create index on node using gist (geom);

create table segment (
    id        integer generated always as identity primary key,
    road_id   integer references road,
    seq       integer,
    kind      text not null default 'road' check (kind in ('road', 'lane', 'river', 'rail')),
    class     text not null,
    width_m   double precision not null check (width_m > 0),
    from_node integer not null references node,
    to_node   integer not null references node,
    geom      geometry(LineString, :SRID) not null
              check (st_isvalid(geom) and not st_isempty(geom) and st_length(geom) > 0),
    length_m  double precision not null generated always as (st_length(geom)) stored,
    surface   geometry(Polygon, :SRID) not null check (st_isvalid(surface) and not st_isempty(surface)),
    check ((road_id is null) = (seq is null)),
    unique (road_id, seq) deferrable initially deferred
);
comment on column segment.surface is 'The road polygon: what the map draws.';
create index on segment using gist (geom);
create index on segment using gist (surface);

create table segment_side (
    segment_id integer not null references segment on delete cascade,
    side       text not null check (side in ('L', 'R')),
    frontage   geometry(MultiPolygon, :SRID) not null check (st_isvalid(frontage)),
    primary key (segment_id, side)
);
comment on table segment_side is 'Left and right are seen along the axis. The frontage strip lies between road surface and its depth.';
create index on segment_side using gist (frontage);
