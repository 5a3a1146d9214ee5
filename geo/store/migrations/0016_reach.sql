-- Reach on foot: how far blocks, compounds and shops are from the nearest station, and the ground
-- that each station reaches. Derived by geo/store/catchments.py.

create table reach (
    layer      text not null check (layer in ('blocks', 'compounds', 'merchants')),
    unit_id    integer not null,
    station_id integer references station on delete cascade,
    metres     double precision check (metres >= 0),
    minutes    double precision check (minutes >= 0),
    offset_m   double precision check (offset_m >= 0),
    primary key (layer, unit_id),
    check (num_nulls(station_id, metres, minutes) in (0, 3))
);
comment on table reach is 'The nearest station of each unit along the walking network; without one where none can be got to.';
comment on column reach.offset_m is 'From the unit to the road it was put on; NULL where none is near.';
create index on reach (station_id);

create table catchment (
    id         integer generated always as (station_id * 100 + minutes) stored primary key,
    station_id integer not null references station on delete cascade,
    minutes    smallint not null check (minutes between 1 and 99),
    households integer not null default 0 check (households >= 0),
    merchants  integer not null default 0 check (merchants >= 0),
    geom       geometry(MultiPolygon, :SRID) not null check (st_isvalid(geom) and not st_isempty(geom)),
    tile_geom  geometry(MultiPolygon, 3857) not null generated always as (st_transform(geom, 3857)) stored
);
comment on table catchment is 'The ground that can be reached from a station on foot in so many minutes (an isochrone), and what is there.';
create index on catchment using gist (geom);
create index on catchment (station_id);

create trigger note_insert after insert on catchment referencing new table as new_rows
    for each statement execute function note_change('catchments');
create trigger note_update after update on catchment
    referencing old table as old_rows new table as new_rows
    for each statement execute function note_change('catchments');
create trigger note_delete after delete on catchment referencing old table as old_rows
    for each statement execute function note_change('catchments');
create trigger note_truncate after truncate on catchment
    for each statement execute function note_everywhere('catchments');

-- Those of the longest time come first, and are drawn below.
create view layer_catchments as
select catchment.id, station.external_id as code, station.name, station.tier, catchment.minutes,
       catchment.households, catchment.merchants, catchment.geom, catchment.tile_geom, 11 as from_zoom
from catchment join station on station.id = catchment.station_id;
