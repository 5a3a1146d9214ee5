-- Drafts of shares: who could have which stretches from a date on, computed, looked at, then applied
-- as duties or discarded.

create table share_draft (
    id         integer generated always as identity primary key,
    role       text not null check (role in ('general', 'first', 'second')),
    valid_from date not null,
    status     text not null default 'running'
               check (status in ('running', 'ready', 'failed', 'applied', 'discarded')),
    wishes     jsonb not null check (jsonb_typeof(wishes) = 'object'),
    seed       integer not null,
    step       text not null default '',
    done       integer not null default 0 check (done >= 0),
    total      integer not null default 0 check (total >= 0),
    stop       boolean not null default false,
    figures    jsonb check (jsonb_typeof(figures) = 'object'),
    error      text,
    made_at    timestamptz not null default now(),
    beat_at    timestamptz not null default now(),
    ended_at   timestamptz,
    check ((status = 'failed') = (error is not null)),
    check (status in ('running', 'failed') or figures is not null),
    check ((status = 'running') = (ended_at is null))
);
comment on column share_draft.wishes is 'What was asked for, as it was asked.';
comment on column share_draft.beat_at is 'When the process that computes it last gave a sign.';
comment on column share_draft.ended_at is 'When it was computed, or failed; later when it was applied or discarded.';

create table share_draft_post (
    draft_id  integer not null references share_draft on delete cascade,
    post      integer not null check (post >= 0),
    chief_id  integer references chief,
    metres    double precision not null,
    doors     double precision not null,
    cases     double precision not null,
    load      double precision not null,
    stretches integer not null,
    pieces    integer not null,
    primary key (draft_id, post),
    unique (draft_id, chief_id)
);
comment on table share_draft_post is 'What each would have: metres of side, shops, cases a week, minutes of work a week. No chief: still to be found.';

create table share_draft_stretch (
    draft_id   integer not null references share_draft on delete cascade,
    segment_id integer not null,
    post       integer not null,
    primary key (draft_id, segment_id),
    foreign key (draft_id, post) references share_draft_post (draft_id, post) on delete cascade
);
comment on column share_draft_stretch.segment_id is 'No reference: a draft does not keep the network from being made anew, and is not applied after that.';

create table share_draft_duty (
    draft_id   integer not null references share_draft on delete cascade,
    duty_id    integer not null,
    chief_id   integer not null,
    segment_id integer not null,
    side       text not null,
    from_m     double precision not null,
    to_m       double precision not null,
    valid_from date not null,
    valid_to   date not null,
    primary key (draft_id, duty_id)
);
comment on table share_draft_duty is 'The duties that a draft was made on: where they have changed since, it is not applied.';
