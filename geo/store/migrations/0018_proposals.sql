-- Proposals of the engine for drafts of plans: asked for, computed, looked at, applied as one stroke.

create table proposal (
    id       integer generated always as identity primary key,
    plan_id  integer not null references draft on delete cascade,
    version  integer not null check (version > 0),
    task     text not null check (task in ('rebalance', 'redraw', 'split', 'merge', 'add', 'drop', 'unite')),
    status   text not null default 'running' check (status in ('running', 'ready', 'failed', 'applied')),
    wishes   jsonb not null check (jsonb_typeof(wishes) = 'object'),
    seed     integer not null,
    made_by  text not null default '',
    step     text not null default '',
    done     integer not null default 0 check (done >= 0),
    total    integer not null default 0 check (total >= 0),
    stop     boolean not null default false,
    figures  jsonb check (jsonb_typeof(figures) = 'object'),
    error    text,
    made_at  timestamptz not null default now(),
    beat_at  timestamptz not null default now(),
    ended_at timestamptz,
    check ((status = 'failed') = (error is not null)),
    check (status in ('running', 'failed') or figures is not null),
    check ((status = 'running') = (ended_at is null))
);
comment on column proposal.version is 'The version of the draft that it is made on.';
comment on column proposal.wishes is 'What was asked for, as it was asked.';
comment on column proposal.beat_at is 'When the process that computes it last gave a sign.';
create index on proposal (plan_id, id);

create table proposal_block (
    proposal_id integer not null references proposal on delete cascade,
    block_id    integer not null references block,
    was         integer,
    now         integer,
    primary key (proposal_id, block_id)
);
comment on table proposal_block is 'The blocks that would change hands: the numbers of their grids.';

create table proposal_grid (
    proposal_id integer not null references proposal on delete cascade,
    number      integer not null,
    was         jsonb check (jsonb_typeof(was) = 'object'),
    now         jsonb check (jsonb_typeof(now) = 'object'),
    primary key (proposal_id, number)
);
comment on table proposal_grid is 'Grids that would come, go or have other workers; none: not there.';
