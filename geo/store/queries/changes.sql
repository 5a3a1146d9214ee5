-- name: since
-- Rows of the log that were not there in the snapshot %(snapshot)s (null: none were), whatever the
-- order they committed in; with the snapshot of now, and up to which number and transaction rows
-- are gone.
select pg_current_snapshot()::text, coalesce((select seq from change_horizon), 0),
       coalesce((select xid::text::bigint from change_horizon), 0),
       array_agg(layer) filter (where seq is not null), array_agg(seq), array_agg(xid::text::bigint),
       array_agg(op), array_agg(coalesce(feature_id, -1)),
       array_agg(coalesce(west, '-infinity')), array_agg(coalesce(south, '-infinity')),
       array_agg(coalesce(east, 'infinity')), array_agg(coalesce(north, 'infinity'))
from (select 1) as always
left join (
    select * from change
    where %(snapshot)s::pg_snapshot is null
       or (xid >= pg_snapshot_xmin(%(snapshot)s::pg_snapshot)
           and not pg_visible_in_snapshot(xid, %(snapshot)s::pg_snapshot)
           -- numbers of another server, from which the database was copied
           and xid < pg_snapshot_xmax(pg_current_snapshot()))
    order by seq
) as news on true

-- name: epoch
-- Whose transactions the log is about: the server, its history (a backup put back begins another
-- one), and the database.
select system_identifier::text || ':' || timeline_id || ':' || oid
from pg_control_system(), pg_control_checkpoint(), pg_database
where datname = current_database()

-- name: revision
-- Of one layer: what is gone of the log, and how many rows there are, with the sum of their numbers.
select coalesce((select seq from change_horizon), 0), count(*), coalesce(sum(seq), 0)::bigint
from change where layer = %(layer)s

-- name: revisions
-- The same of every layer; one row without a layer, so that there is always one.
select layer, coalesce((select seq from change_horizon), 0), count(seq), coalesce(sum(seq), 0)::bigint
from (select layer, seq from change union all select null, null) as log group by layer

-- name: shares
select layer, zoom, share from thinning

-- name: prune
-- Keeps the newest rows, once there are twice as many: each time all revisions change. Numbers of
-- transactions under way may still come below the horizon.
with gone as (
    delete from change
    where seq <= (select max(seq) from change) - %(keep)s
      and (select max(seq) - min(seq) from change) > 2 * %(keep)s
      and xid < pg_snapshot_xmin(pg_current_snapshot())
    returning seq, xid::text::bigint as xid
)
insert into change_horizon (seq, xid)
select max(seq), max(xid)::text::xid8 from gone having count(*) > 0
on conflict (one) do update set seq = greatest(change_horizon.seq, excluded.seq),
                                xid = greatest(change_horizon.xid, excluded.xid)

-- name: clock_ms
select (extract(epoch from clock_timestamp()) * 1000)::bigint

-- name: call
select pg_notify('luge_change', %s)

-- name: hush
select setval('change_watch', %s)

-- name: take_number
-- A transaction's number: all that were given before are lower.
select pg_current_xact_id()
