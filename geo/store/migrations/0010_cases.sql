-- Cases: their history, which is only ever added to; numbers of cases; what a repeated request got.

-- Every step says which state it led to, so that the history tells by itself what the case went through.
alter table incident_step
    drop constraint incident_step_step_check,
    add constraint incident_step_step_check check (step in (
        'collect', 'file', 'dispatch', 'handle', 'feedback', 'verify', 'evaluate', 'cancel',
        'bounce', 'extend', 'shelve', 'supervise', 'appeal', 'rework')),
    add status text not null
        check (status in ('reported', 'filed', 'dispatched', 'handling', 'handled', 'closed', 'cancelled'));
comment on column incident_step.status is 'The state of the case after the step.';

create function refuse_history() returns trigger language plpgsql as $$
begin
    raise exception 'the history of cases is only ever added to' using errcode = 'restrict_violation';
end $$;
create trigger only_added before update or delete on incident_step
    for each row execute function refuse_history();
create trigger never_emptied before truncate on incident_step
    for each statement execute function refuse_history();

-- The last serial number given on a day, in the district's time zone.
create table case_serial (
    day  date primary key,
    last integer not null check (last > 0)
);

-- A request that is sent again with the same key is done once: what it was, and what it made.
create table request_key (
    key         text primary key check (length(key) between 1 and 200),
    asked       text not null,
    incident_id bigint references incident deferrable initially deferred,
    at          timestamptz not null default now()
);
comment on column request_key.asked is 'A digest of the request, to tell a repetition from another one under the same key.';

-- Lists of cases, newest first.
create index incident_newest on incident (reported_at desc, id desc);
drop index incident_reported_at_idx;

-- Up to which transaction rows of the log are gone.
alter table change_horizon add xid xid8 not null default '0';

-- NOTIFY takes a lock that all writers share until their commit is on disk. While every process that
-- listens looks by itself, writers need not call: until the time (ms since 1970) that this says. A
-- sequence, because it is seen at once and blocks nobody; it is set by geo/store/watching.py.
create sequence change_watch minvalue 0 start 0;

create function wake_readers() returns void language plpgsql as $$
declare
    now_ms double precision := extract(epoch from clock_timestamp()) * 1000;
    until_ms bigint := (select last_value from change_watch);
begin
    -- A time far ahead is of a clock that was put back since.
    if until_ms < now_ms or until_ms > now_ms + 1000 then
        perform pg_notify('luge_change', '');
    end if;
end $$;

-- As they were, but for the call.
-- For tables with the columns id and tile_geom; the argument names the layers.
create or replace function note_change() returns trigger language plpgsql as $$
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
        perform wake_readers();
    end if;
    return null;
end $$;

-- For tables that say something of many features at once.
create or replace function note_everywhere() returns trigger language plpgsql as $$
begin
    insert into change (layer, op) select layer, 'update' from unnest(string_to_array(tg_argv[0], ',')) as layer;
    perform wake_readers();
    return null;
end $$;
