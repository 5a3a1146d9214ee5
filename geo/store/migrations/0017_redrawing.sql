-- Redrawing: drafts of plans painted block by block, with every stroke kept; what became of a plan and
-- of its grids; blocks cut and joined; what work weighs; places that no border may cut.

alter table plan drop constraint plan_based_on_fkey,
    add constraint plan_based_on_fkey foreign key (based_on) references plan on delete set null;

-- A plan that is not in force yet is on no map: none is drawn anew for it.
drop trigger note_everywhere on plan;
create trigger note_everywhere after truncate on plan for each statement execute function note_everywhere('grids');
create trigger note_published after insert on plan for each row
    when (new.status in ('published', 'superseded')) execute function note_everywhere('grids');
create trigger note_published_changed after update on plan for each row
    when (old.status in ('published', 'superseded') or new.status in ('published', 'superseded'))
    execute function note_everywhere('grids');
create trigger note_published_deleted after delete on plan for each row
    when (old.status in ('published', 'superseded')) execute function note_everywhere('grids');

-- What a draft is changes with every stroke; the plan's own row, which maps depend on, does not.
create table draft (
    plan_id integer primary key references plan on delete cascade,
    version integer not null default 1 check (version > 0),
    made_by text not null default '',
    against integer references plan on delete set null,
    note    text not null default '',
    wishes  jsonb not null default '{}' check (jsonb_typeof(wishes) = 'object')
);
comment on column draft.version is 'Rises with every change, so that who has an older one is told.';
comment on column draft.against is 'The plan in force when it was begun: it is published only while that one still is.';
comment on column draft.wishes is 'Limits that its rules hold: size, load, and what the engine was asked.';

-- Grids of a draft go by a number; those that are new get their codes when the plan is published.
create table draft_grid (
    plan_id   integer not null references draft on delete cascade,
    number    integer not null check (number > 0),
    grid_id   integer references grid,
    name      text not null check (name <> ''),
    parent_id integer references area,
    workers   integer not null default 1 check (workers >= 0),
    locked    boolean not null default false,
    primary key (plan_id, number),
    unique (plan_id, grid_id)
);
comment on column draft_grid.grid_id is 'The grid that it goes on being; none: a new one.';

create table draft_block (
    plan_id  integer not null references draft on delete cascade,
    block_id integer not null references block,
    number   integer,
    based    integer,
    primary key (plan_id, block_id),
    foreign key (plan_id, number) references draft_grid (plan_id, number) deferrable initially deferred
);
comment on column draft_block.number is 'None: not yet in any grid.';
comment on column draft_block.based is 'The number that it had when the draft was begun.';
create index on draft_block (block_id);
create index on draft_block (plan_id, number);

-- Drafts and published plans alike: their grids by number, and which block is in which.
create view plan_grid as
select d.plan_id, d.number, d.grid_id, grid.code, d.name, d.parent_id, d.workers, d.locked
from draft_grid d
join plan on plan.id = d.plan_id and plan.status not in ('published', 'superseded')
left join grid on grid.id = d.grid_id
union all
select s.plan_id, coalesce(d.number, row_number() over (partition by s.plan_id order by grid.code))::integer,
       grid.id, grid.code, grid.name, grid.parent_id, coalesce(d.workers, 1), true
from grid_shape s
join grid on grid.id = s.grid_id
left join draft_grid d on d.plan_id = s.plan_id and d.grid_id = s.grid_id;

create view plan_block as
select plan_id, block_id, number, based from draft_block
union all
select a.plan_id, a.block_id, g.number, null
from assignment a
join plan_grid g on g.plan_id = a.plan_id and g.grid_id = a.grid_id
join plan on plan.id = a.plan_id
cross join setting
cross join lateral (select (now() at time zone setting.time_zone)::date as today) now
join block on block.id = a.block_id
 and block.valid_from <= case when plan.valid_to > today then today else plan.valid_to - 1 end
 and block.valid_to > case when plan.valid_to > today then today else plan.valid_to - 1 end;
comment on view plan_block is 'Of a published plan the blocks that there are today, or were on its last day.';

create table stroke (
    plan_id  integer not null references draft on delete cascade,
    number   integer not null check (number > 0),
    what     text not null check (what in ('paint', 'grid', 'engine', 'cut', 'join')),
    at       timestamptz not null default now(),
    made_by  text not null default '',
    undone   boolean not null default false,
    dropped  boolean not null default false check (undone or not dropped),
    version  integer not null check (version > 0),
    primary key (plan_id, number)
);
comment on column stroke.dropped is 'Undone for good: another stroke was made in its place.';
comment on column stroke.version is 'The version of the draft that it was last done or undone in.';
create table stroke_block (
    plan_id  integer not null,
    stroke   integer not null,
    block_id integer not null references block,
    was      integer,
    now      integer,
    primary key (plan_id, stroke, block_id),
    foreign key (plan_id, stroke) references stroke (plan_id, number) on delete cascade
);
comment on table stroke_block is 'The number of the grid that a block was in before the stroke, and is in after it.';

create table stroke_grid (
    plan_id integer not null,
    stroke  integer not null,
    number  integer not null,
    was     jsonb check (jsonb_typeof(was) = 'object'),
    now     jsonb check (jsonb_typeof(now) = 'object'),
    primary key (plan_id, stroke, number),
    foreign key (plan_id, stroke) references stroke (plan_id, number) on delete cascade
);
comment on table stroke_grid is 'A grid of the draft before the stroke, and after it; none: it was not there.';

-- What became of a plan; only ever added to.
create table plan_step (
    id      bigint generated always as identity primary key,
    plan_id integer not null references plan on delete cascade,
    status  text not null check (status in ('draft', 'submitted', 'approved', 'published', 'superseded')),
    at      timestamptz not null default now(),
    made_by text not null default '',
    note    text not null default ''
);
create index on plan_step (plan_id, id);

create table plan_comment (
    id      integer generated always as identity primary key,
    plan_id integer not null references plan on delete cascade,
    at      timestamptz not null default now(),
    made_by text not null default '',
    body    text not null check (length(body) between 1 and 2000),
    geom    geometry(Point, :SRID),
    done    boolean not null default false
);
create index on plan_comment (plan_id, id);

-- How the grids of one plan became those of the next: a row for each pair that shares blocks, and one
-- for each grid that ended or began without any.
create table lineage (
    plan_id    integer not null references plan on delete cascade,
    from_grid  integer references grid,
    to_grid    integer references grid,
    kind       text not null check (kind in ('kept', 'split', 'merged', 'moved', 'ended', 'new')),
    blocks     integer not null default 0 check (blocks >= 0),
    households integer not null default 0 check (households >= 0),
    check (from_grid is not null or to_grid is not null),
    unique nulls not distinct (plan_id, from_grid, to_grid)
);
comment on column lineage.plan_id is 'The plan that came after.';

-- A block that is cut again on the day it began never held for a day.
alter table block drop constraint block_check, add constraint block_check check (valid_to >= valid_from);

-- Blocks that were cut or joined: the old ones ended on the day, the new ones began.
create table block_lineage (
    id         bigint generated always as identity primary key,
    day        date not null,
    from_block integer not null references block,
    to_block   integer not null references block,
    kind       text not null check (kind in ('cut', 'join')),
    unique (from_block, to_block)
);

-- Points are linked to the blocks of today. So whoever asks for blocks of another day gets those that
-- were cut or joined since as they are divided today.
create function blocks_on(day date) returns setof integer language sql stable as $$
    select id from block
    where valid_from <= day and valid_to > day and not exists (select from block_lineage where from_block = block.id)
    union all
    select id from block
    where valid_to = 'infinity' and exists (select from block_lineage where to_block = block.id) and valid_from > day
$$;

-- What work weighs: rule sets with a name, each change a new version; never altered.
create table load_rule (
    id      integer generated always as identity primary key,
    name    text not null check (name ~ '^[a-z][a-z_]*$'),
    version integer not null check (version > 0),
    title   text not null check (title <> ''),
    title_en text not null check (title_en <> ''),
    weights jsonb not null check (jsonb_typeof(weights) = 'object'),
    made_at timestamptz not null default now(),
    made_by text not null default '',
    unique (name, version)
);

create table protected_place (
    id   integer generated always as identity primary key,
    kind text not null check (kind in ('school', 'hospital', 'market', 'estate', 'heritage', 'other')),
    name text not null check (name <> ''),
    geom geometry(MultiPolygon, :SRID) not null check (st_isvalid(geom) and not st_isempty(geom))
);
comment on table protected_place is 'Places whose blocks stay in one grid.';
create index on protected_place using gist (geom);
