-- What has a place: incidents, merchants, stations. Each carries its links: block, and place on a road.
-- When a network is made anew its segments may go before points are linked again: what holds at the
-- end of the transaction is checked there.

create table incident (
    id          bigint generated always as identity primary key,
    external_id text not null unique,
    class       text not null,
    subclass    text,
    description text,
    address     text,
    source      text,
    status      text not null default 'reported'
                check (status in ('reported', 'filed', 'dispatched', 'handling', 'handled', 'closed', 'cancelled')),
    reported_at timestamptz not null,
    due_at      timestamptz,
    handled_at  timestamptz check (handled_at >= reported_at),
    closed_at   timestamptz check (closed_at >= reported_at),
    labels      jsonb not null default '{}' check (jsonb_typeof(labels) = 'object'),
    geom        geometry(Point, :SRID) not null check (not st_isempty(geom)),
    block_id    integer references block,
    segment_id  integer references segment deferrable initially deferred,
    side        text check (side in ('L', 'R')),
    chainage_m  double precision check (chainage_m >= 0),
    offset_m    double precision check (offset_m >= 0)
);
comment on column incident.labels is 'What the source itself says of the place (street, police district …), kept to compare with the links.';
create index on incident using gist (geom);
create index on incident (reported_at);
create index on incident (block_id);
create index on incident (segment_id);

create table incident_step (
    incident_id bigint not null references incident on delete cascade,
    seq         integer not null check (seq > 0),
    step        text not null check (step in (
                    'collect', 'file', 'dispatch', 'handle', 'feedback', 'verify', 'evaluate',
                    'bounce', 'extend', 'shelve', 'supervise', 'appeal', 'rework')),
    at          timestamptz not null,
    actor       text,
    note        text,
    primary key (incident_id, seq)
);

create table merchant (
    id          integer generated always as identity primary key,
    external_id text not null unique,
    name        text not null check (name <> ''),
    category    text,
    credit_code text,
    stars       integer check (stars between 0 and 5),
    credit      double precision check (credit between 0 and 100),
    listed      text check (listed in ('red', 'grey')),
    address     text,
    contact     text,
    phone       text,
    labels      jsonb not null default '{}' check (jsonb_typeof(labels) = 'object'),
    geom        geometry(Point, :SRID) not null check (not st_isempty(geom)),
    block_id    integer references block,
    segment_id  integer references segment deferrable initially deferred,
    side        text check (side in ('L', 'R')),
    chainage_m  double precision check (chainage_m >= 0),
    offset_m    double precision check (offset_m >= 0)
);
create index on merchant using gist (geom);
create index on merchant (block_id);
create index on merchant (segment_id);

create table station (
    id          integer generated always as identity primary key,
    external_id text not null unique,
    name        text not null check (name <> ''),
    tier        text not null check (tier in ('district', 'street', 'community', 'other')),
    address     text,
    phone       text,
    labels      jsonb not null default '{}' check (jsonb_typeof(labels) = 'object'),
    geom        geometry(Point, :SRID) not null check (not st_isempty(geom)),
    block_id    integer references block,
    segment_id  integer references segment deferrable initially deferred,
    side        text check (side in ('L', 'R')),
    chainage_m  double precision check (chainage_m >= 0),
    offset_m    double precision check (offset_m >= 0)
);
create index on station using gist (geom);
create index on station (block_id);
create index on station (segment_id);

alter table incident add constraint road_place_whole check (num_nulls(segment_id, side, chainage_m, offset_m) in (0, 4));
alter table merchant add constraint road_place_whole check (num_nulls(segment_id, side, chainage_m, offset_m) in (0, 4));
alter table station add constraint road_place_whole check (num_nulls(segment_id, side, chainage_m, offset_m) in (0, 4));

create table import_run (
    id          integer generated always as identity primary key,
    kind        text not null,
    file        text not null,
    sha256      text not null,
    crs         text not null,
    at          timestamptz not null default now(),
    rows_read   integer not null,
    inserted    integer not null,
    updated     integer not null,
    unchanged   integer not null,
    rejected    integer not null,
    check (rows_read = inserted + updated + unchanged + rejected)
);
comment on table import_run is 'Where the data came from: one row per imported file.';
