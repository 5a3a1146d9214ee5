-- Grid systems, grids, and plans: a plan says which grid each block belongs to, for a time.

create table grid_system (
    id           integer generated always as identity primary key,
    code         text not null unique check (code ~ '^[a-z][a-z_]*$'),
    name         text not null,
    name_en      text not null,
    -- Every code of this system's grids matches this pattern (cities use 15, 16 and 20 digits).
    code_pattern text not null default '^[0-9]{15}$',
    across       boolean not null default false
);
comment on column grid_system.across is 'Grids of this system may cross communities and streets.';

create table grid (
    id        integer generated always as identity primary key,
    system_id integer not null references grid_system,
    code      text not null,
    name      text not null,
    parent_id integer references area,
    unique (system_id, code),
    unique (id, system_id)
);
create index on grid (parent_id);
create trigger give_code after insert or update of code on grid
    for each row execute function give_code('grid');

create function check_grid_code() returns trigger language plpgsql as $$
declare
    pattern text;
begin
    select code_pattern into pattern from grid_system where id = new.system_id;
    if new.code !~ pattern then
        raise exception 'the grid code % does not fit the pattern % of its grid system', new.code, pattern
            using errcode = 'check_violation';
    end if;
    return new;
end $$;
create trigger check_grid_code before insert or update of code, system_id on grid
    for each row execute function check_grid_code();

create table plan (
    id         integer generated always as identity primary key,
    system_id  integer not null references grid_system,
    name       text not null,
    status     text not null default 'draft'
               check (status in ('draft', 'submitted', 'approved', 'published', 'superseded')),
    valid_from date,
    valid_to   date not null default 'infinity',
    based_on   integer references plan,
    made_at    timestamptz not null default now(),
    unique (id, system_id),
    check (valid_to > valid_from),
    check (status not in ('published', 'superseded') or valid_from is not null),
    constraint plan_one_in_force exclude using gist
        (system_id with =, daterange(valid_from, valid_to) with &&)
        where (status in ('published', 'superseded'))
);

create table assignment (
    plan_id   integer not null,
    system_id integer not null,
    block_id  integer not null references block,
    grid_id   integer not null,
    primary key (plan_id, block_id),
    foreign key (plan_id, system_id) references plan (id, system_id) on delete cascade,
    foreign key (grid_id, system_id) references grid (id, system_id)
);
create index on assignment (grid_id);
create index on assignment (block_id);

create table grid_shape (
    plan_id integer not null references plan on delete cascade,
    grid_id integer not null references grid,
    geom    geometry(MultiPolygon, :SRID) not null check (st_isvalid(geom) and not st_isempty(geom)),
    primary key (plan_id, grid_id)
);
comment on table grid_shape is 'The union of a grid''s blocks under a plan; derived, refreshed when a plan is written.';
create index on grid_shape using gist (geom);
