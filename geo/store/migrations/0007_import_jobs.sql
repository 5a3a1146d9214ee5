-- Files that come over HTTP: each is a job, from its upload to its summary.

create table import_job (
    id         bigint generated always as identity primary key,
    place      uuid not null unique,
    kind       text not null,
    file       text not null check (file <> ''),
    size_bytes bigint not null check (size_bytes >= 0),
    status     text not null default 'uploaded'
               check (status in ('uploaded', 'queued', 'running', 'done', 'failed', 'cancelled')),
    options    jsonb not null default '{}' check (jsonb_typeof(options) = 'object'),
    step       text not null default '',
    done       bigint not null default 0 check (done >= 0),
    total      bigint not null default 0 check (total >= 0),
    stop       boolean not null default false,
    backend    integer,
    summary    jsonb check (jsonb_typeof(summary) = 'object'),
    rejects    integer not null default 0 check (rejects >= 0),
    error      text,
    kept       boolean not null default true,
    made_at    timestamptz not null default now(),
    started_at timestamptz,
    ended_at   timestamptz,
    check ((status = 'failed') = (error is not null)),
    check ((status in ('done', 'failed', 'cancelled')) = (ended_at is not null)),
    check (status <> 'done' or summary is not null)
);
comment on table import_job is 'Uploaded files and what became of them. While a job runs, its worker holds an advisory lock on its id.';
comment on column import_job.place is 'Name of the folder that keeps the file and its rejected rows.';
comment on column import_job.stop is 'Someone asked the worker to stop.';
comment on column import_job.backend is 'Process of the server that does the import, so that it can be interrupted.';
comment on column import_job.kept is 'The uploaded file is still there.';
create index on import_job (id) where status in ('queued', 'running');
create index on import_job (made_at) where kept;
