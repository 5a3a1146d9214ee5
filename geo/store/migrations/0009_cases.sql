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
