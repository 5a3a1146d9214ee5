-- name: make
insert into import_job (place, kind, file, size_bytes)
values (%(place)s, %(kind)s, %(file)s, %(size_bytes)s)
returning id;

-- name: find
select * from import_job where id = %(id)s;

-- name: page
-- Newest first; the cursor is the last id of the page before.
select * from import_job
where %(after)s::bigint is null or id < %(after)s
order by id desc limit %(limit)s;

-- name: kept_bytes
select coalesce(sum(size_bytes), 0)::bigint from import_job where kept;

-- name: queue
-- Into the queue, once more after a dry run or a failure; not while it waits or runs.
update import_job
set status = 'queued', kind = %(kind)s, options = %(options)s, step = '', done = 0, total = 0,
    stop = false, backend = null, summary = null, rejects = 0, error = null,
    started_at = null, ended_at = null
where id = %(id)s and kept and status not in ('queued', 'running')
returning id;

-- name: take
-- The job that has waited longest. The lock on its id is taken before anybody sees it run.
with next as materialized (
    select id from import_job where status = 'queued' order by id limit 1 for update skip locked
)
update import_job j set status = 'running', started_at = now(), step = 'starting'
from next where j.id = next.id and pg_try_advisory_lock(%(lock)s, next.id::integer)
returning j.*;

-- name: begin
update import_job set backend = %(backend)s where id = %(id)s;

-- name: step
-- What is being done now; tells whether to stop.
update import_job set step = %(step)s, done = %(done)s, total = %(total)s
where id = %(id)s and status = 'running'
returning stop;

-- name: finish
-- In the transaction of the import itself: both are there or neither. Nothing where it was to stop.
update import_job
set status = 'done', summary = %(summary)s, rejects = %(rejects)s, ended_at = clock_timestamp(),
    backend = null, done = total, kept = %(kept)s
where id = %(id)s and status = 'running' and not stop
returning id;

-- name: fail
-- A job that was to stop did not fail.
update import_job
set status = case when stop then 'cancelled' else 'failed' end,
    error = case when stop then null else %(error)s end, backend = null, ended_at = now()
where id = %(id)s and status = 'running';

-- name: release
select pg_advisory_unlock(%(lock)s, %(id)s::integer);

-- name: fail_orphans
-- Jobs that run, with nobody holding their lock: the process that ran them is gone.
with running as materialized (
    select id from import_job where status = 'running' order by id for update skip locked
)
update import_job j
set status = case when stop then 'cancelled' else 'failed' end,
    error = case when stop then null else %(error)s end, backend = null, ended_at = now()
from running where j.id = running.id and pg_try_advisory_xact_lock(%(lock)s, running.id::integer)
returning j.id;

-- name: stop
-- Out of the queue; or the worker is told, and what its connection does now is interrupted.
update import_job
set stop = true,
    status = case when status = 'queued' then 'cancelled' else status end,
    ended_at = case when status = 'queued' then now() end
where id = %(id)s and status in ('queued', 'running')
returning status, pg_cancel_backend(backend);

-- name: forget
delete from import_job where id = %(id)s and status not in ('queued', 'running') returning place;

-- name: expire
-- Files are not kept for ever, whether they were imported or not.
update import_job set kept = false
where kept and made_at < now() - %(days)s * interval '1 day' and status not in ('queued', 'running');
