-- name: since
-- Rows of the log that may be new to a reader who saw all of transactions before %(floor)s; with the
-- number up to which rows are gone, and the first transaction that may still commit.
select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as floor,
       coalesce((select seq from change_horizon), 0) as horizon,
       array_agg(seq) filter (where seq is not null) as seq, array_agg(layer) as layer,
       array_agg(coalesce(west, '-infinity')) as west, array_agg(coalesce(south, '-infinity')) as south,
       array_agg(coalesce(east, 'infinity')) as east, array_agg(coalesce(north, 'infinity')) as north,
       array_agg(xid::text::bigint) as xid
from (select 1) as always
left join (select * from change where xid >= %(floor)s::text::xid8) as news on true

-- name: revision
-- Of one layer: what is gone of the log, and how many rows there are, with the sum of their numbers.
select coalesce((select seq from change_horizon), 0), count(*), coalesce(sum(seq), 0)::bigint
from change where layer = %(layer)s

-- name: shares
select layer, zoom, share from thinning

-- name: prune
-- Keeps the newest rows. Numbers of transactions under way may still come below the horizon.
with gone as (
    delete from change
    where seq <= (select max(seq) from change) - %(keep)s
      and xid < pg_snapshot_xmin(pg_current_snapshot())
    returning seq
)
insert into change_horizon (seq) select max(seq) from gone having count(*) > 0
on conflict (one) do update set seq = greatest(change_horizon.seq, excluded.seq)
