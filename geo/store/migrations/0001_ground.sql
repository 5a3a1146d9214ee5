-- The ground: one district's settings, its areas and its blocks.
-- :SRID is the district's metric CRS; it is filled in when the migration is applied.

create extension if not exists postgis;
create extension if not exists btree_gist;

create table setting (
    one             boolean primary key default true check (one),
    name            text not null,
    code            text not null check (code ~ '^[0-9]{6}$' or code = ''),
    srid            integer not null default :SRID check (srid = :SRID),
    time_zone       text not null default 'Asia/Shanghai',
    link_distance_m double precision not null default 50 check (link_distance_m > 0),
    created_at      timestamptz not null default now()
);
comment on table setting is 'One row: what holds for the whole district. The metric SRID is fixed for the life of the database.';

-- Codes are never reused: every code ever given is kept here, also after its row is gone.
create table code_given (
    kind     text not null,
    code     text not null,
    given_at timestamptz not null default now(),
    primary key (kind, code)
);

create function give_code() returns trigger language plpgsql as $$
declare
    kind text := tg_argv[0];
begin
    if tg_op = 'UPDATE' and new.code is not distinct from old.code then
        return new;
    end if;
    if tg_table_name = 'grid' then
        kind := kind || ':' || (to_jsonb(new) ->> 'system_id');
    end if;
    if new.code is not null then
        begin
            insert into code_given (kind, code) values (kind, new.code);
        exception when unique_violation then
            raise exception 'the % code % has been given before; codes are never reused', tg_table_name, new.code
                using errcode = 'unique_violation';
        end;
    end if;
    return new;
end $$;

create table area (
    id         integer generated always as identity primary key,
    level      text not null check (level in ('district', 'street', 'community', 'compound')),
    code       text,
    name       text not null check (name <> ''),
    parent_id  integer references area,
    households integer check (households >= 0),
    people     integer check (people >= 0),
    workers    integer check (workers >= 0),
    geom       geometry(MultiPolygon, :SRID) not null check (st_isvalid(geom) and not st_isempty(geom)),
    unique (level, code),
    check (level = 'compound' or code is not null)
);
create index on area using gist (geom);
create index on area (parent_id);
create trigger give_code after insert or update of code on area
    for each row when (new.level <> 'compound') execute function give_code('area');

create table block (
    id         integer generated always as identity primary key,
    code       text not null unique,
    area_id    integer not null references area,
    households integer check (households >= 0),
    people     integer check (people >= 0),
    valid_from date not null default '-infinity',
    valid_to   date not null default 'infinity' check (valid_to > valid_from),
    geom       geometry(Polygon, :SRID) not null check (st_isvalid(geom) and not st_isempty(geom))
);
comment on table block is 'The atom. A block taken out of use keeps its row (valid_to), so that "as of" finds it.';
create index on block using gist (geom);
create index on block (area_id);
create trigger give_code after insert or update of code on block
    for each row execute function give_code('block');
