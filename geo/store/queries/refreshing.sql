-- What is derived for far zooms and colours, and how it is kept up to date.

-- name: ready
-- Whether there is a district here that anything could be derived for.
select to_regclass('refreshed') is not null and to_regclass('setting') is not null

-- name: today
select (now() at time zone time_zone)::date::text, srid from setting

-- name: turn
-- Until the session ends, or gives it back: only one process refreshes.
select pg_try_advisory_lock(%(turn)s)

-- name: wait_for_turn
select pg_advisory_lock(%(turn)s)

-- name: give_back
select pg_advisory_unlock(%(turn)s)

-- name: remembered
-- What each part was made from, and for how many seconds it still rests.
select part, revision, greatest(extract(epoch from at - now()) + least(seconds * %(rest)s, %(longest)s), 0)::double precision
from refreshed

-- name: remember
insert into refreshed (part, revision, at, seconds) values (%(part)s, %(revision)s, clock_timestamp(), %(seconds)s)
on conflict (part) do update set revision = excluded.revision, at = excluded.at, seconds = excluded.seconds

-- name: shapes
-- The shapes of a layer that are in force, to be simplified together; in one order, as the result
-- depends on it.
select shape_id, {apart}::text as apart, from_zoom, st_asbinary(geom) as geom from {view} {in_force}
order by shape_id

-- name: in_force
where valid_from <= %(on)s::date and valid_to > %(on)s::date

-- name: stage_shapes
create temporary table plain (band smallint not null, shape_id integer not null, tile_geom geometry) on commit drop

-- name: copy_shapes
copy pg_temp.plain (band, shape_id, tile_geom) from stdin

-- name: drop_shapes
delete from generalised
where layer = %(layer)s
  and not exists (select from pg_temp.plain where plain.band = generalised.band and plain.shape_id = generalised.shape_id)

-- name: leave_changed
delete from pg_temp.plain using generalised
where generalised.layer = %(layer)s and generalised.band = plain.band and generalised.shape_id = plain.shape_id
  and generalised.tile_geom is not distinct from plain.tile_geom

-- name: hold_shapes
-- A shape that changed since it was read fails here: what was simplified is not what is there.
select count(*)
from (select from {table} where {id} in (select shape_id from pg_temp.plain) for share nowait) as held

-- name: put_shapes
insert into generalised (layer, band, shape_id, tile_geom)
select %(layer)s, band, shape_id, tile_geom from pg_temp.plain
on conflict (layer, shape_id, band) do update set tile_geom = excluded.tile_geom

-- name: note_shapes
-- Around what changed, or everywhere where some of it cannot be seen any more.
insert into change (layer, op, west, south, east, north)
select %(layer)s, 'update',
       case when seen then west end, case when seen then south end,
       case when seen then east end, case when seen then north end
from (select not %(gone)s and bool_and(tile_geom is not null) as seen,
             min(st_xmin(tile_geom)) as west, min(st_ymin(tile_geom)) as south,
             max(st_xmax(tile_geom)) as east, max(st_ymax(tile_geom)) as north from pg_temp.plain) as box

-- name: note_layers
insert into change (layer, op) select layer, 'update' from unnest(%(layers)s::text[]) as layer

-- name: wake_readers
select pg_notify('luge_change', '')

-- name: drop_stage
drop table pg_temp.plain

-- name: ranks
-- Points by the number of these shares that their rank is not below.
select width_bucket(rank, %(shares)s::double precision[]), count(*) from {view} group by 1

-- name: read_shares
select layer, zoom, share from thinning

-- name: drop_shares
delete from thinning

-- name: put_shares
insert into thinning (layer, zoom, share)
select * from unnest(%(layers)s::text[], %(zooms)s::smallint[], %(shares)s::double precision[])

-- name: last_incident
select coalesce(min(id), 0), coalesce(max(id), -1) from incident

-- name: places
-- Of a range of incidents, their places and whether they are open, 17 bytes each.
select string_agg(float8send(st_x(geom)) || float8send(st_y(geom)) || boolsend(status not in ('closed', 'cancelled')), '')
from incident where id >= %(first)s and id < %(last)s

-- name: read_density
select cell, count, open from density

-- name: drop_density
delete from density where cell = any(%(cells)s)

-- name: update_density
update density set count = new.count, open = new.open
from unnest(%(cells)s::text[], %(count)s::integer[], %(open)s::integer[]) as new (cell, count, open)
where density.cell = new.cell

-- name: insert_density
insert into density (resolution, cell, count, open, geom)
select resolution, cell, count, open, geom::geometry
from unnest(%(resolution)s::smallint[], %(cells)s::text[], %(count)s::integer[], %(open)s::integer[], %(geom)s::text[])
  as new (resolution, cell, count, open, geom)
