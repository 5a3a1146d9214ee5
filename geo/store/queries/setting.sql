-- name: exists
select to_regclass('setting') is not null;

-- name: read
select name, code, srid, time_zone, link_distance_m from setting;

-- name: put
insert into setting (name, code, time_zone, link_distance_m)
values (%(name)s, %(code)s, %(time_zone)s, %(link_distance_m)s)
on conflict (one) do update
set name = excluded.name, code = excluded.code,
    time_zone = excluded.time_zone, link_distance_m = excluded.link_distance_m;

-- name: set_patience
-- How long this transaction may wait for its client.
select set_config('idle_in_transaction_session_timeout', %s, true);
