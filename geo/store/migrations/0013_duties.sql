-- Duties in full: members of departments, leave and deputies, rotations, bodies bound to a stretch;
-- and the edits of the network, which last when it is made anew from its ways.

alter table duty
    drop constraint duty_role_check,
    add constraint duty_role_check check (role in ('general', 'first', 'second', 'rota', 'member')),
    add constraint duty_members_share check (role <> 'member' or not exclusive);
comment on column duty.role is '总路长 general, 一级 first, 二级 second, 轮值 rota, 成员单位 member.';

-- A stretch lies on its segment. Whoever writes one waits for an edit of the segment under way.
create function lies_on_segment() returns trigger language plpgsql as $$
declare
    whole double precision;
begin
    select length_m into whole from segment where id = new.segment_id for share;
    if new.from_m >= whole then
        raise exception 'segment % is % m long; a stretch from % m on lies beyond its end',
            new.segment_id, round(whole::numeric, 1), round(new.from_m::numeric, 1)
            using errcode = 'check_violation';
    end if;
    if new.to_m > whole + 0.001 then
        new.to_m := whole;
    end if;
    return new;
end $$;
create trigger lies_on_segment before insert or update of segment_id, from_m, to_m on duty
    for each row execute function lies_on_segment();

-- Leave: who answers in the meantime is the deputy, or the deputy's deputy.
create table leave (
    id         integer generated always as identity primary key,
    chief_id   integer not null references chief,
    deputy_id  integer references chief check (deputy_id <> chief_id),
    valid_from date not null,
    valid_to   date not null default 'infinity' check (valid_to > valid_from),
    reason     text,
    constraint leave_one_at_a_time exclude using gist (
        chief_id with =, daterange(valid_from, valid_to) with &&)
);
comment on column leave.deputy_id is 'Without one, nobody answers for the chief''s metres in that time.';
create index on leave (deputy_id);

-- Who answers for a chief on a day: himself, a deputy who is there, or nobody (null).
create function answering(chief integer, day date) returns integer language sql stable as $$
    with recursive line (chief_id, seen) as (
        select chief, array[chief]
        union all
        select leave.deputy_id, line.seen || leave.deputy_id
        from line
        join leave on leave.chief_id = line.chief_id and leave.valid_from <= day and leave.valid_to > day
        where not leave.deputy_id = any(line.seen)
    )
    select line.chief_id from line
    where not exists (select from leave where leave.chief_id = line.chief_id
                      and leave.valid_from <= day and leave.valid_to > day)
$$;

-- Rotations: chiefs take turns on stretches; every turn is a duty of its time.
create table rota (
    id         integer generated always as identity primary key,
    name       text not null unique check (name <> ''),
    every      integer not null check (every between 1 and 366),
    unit       text not null check (unit in ('day', 'week', 'month')),
    valid_from date not null check (isfinite(valid_from)),
    valid_to   date not null check (isfinite(valid_to)),
    check (valid_to > valid_from)
);
comment on column rota.every is 'A turn lasts so many days, weeks or months.';
create table rota_member (
    rota_id  integer not null references rota on delete cascade,
    place    integer not null check (place > 0),
    chief_id integer not null references chief,
    primary key (rota_id, place)
);
create table rota_stretch (
    id         integer generated always as identity primary key,
    rota_id    integer not null references rota on delete cascade,
    segment_id integer not null,
    side       text not null,
    from_m     double precision not null check (from_m >= 0),
    to_m       double precision not null,
    foreign key (segment_id, side) references segment_side (segment_id, side),
    check (to_m > from_m),
    constraint rota_stretch_once exclude using gist (
        rota_id with =, segment_id with =, side with =, numrange(from_m::numeric, to_m::numeric) with &&)
);
create index on rota_stretch (segment_id, side);
create trigger lies_on_segment before insert or update of segment_id, from_m, to_m on rota_stretch
    for each row execute function lies_on_segment();
alter table duty add rota_id integer references rota;
comment on column duty.rota_id is 'The rotation that made it.';
create index on duty (rota_id);

-- Bodies bound to a stretch: 街事会 street_council, 道路党组织 party_branch, 党建联盟 alliance.
create table body (
    id         integer generated always as identity primary key,
    kind       text not null check (kind in ('street_council', 'party_branch', 'alliance')),
    name       text not null check (name <> ''),
    valid_from date not null,
    valid_to   date not null default 'infinity' check (valid_to > valid_from),
    unique (kind, name)
);
create table body_stretch (
    id         integer generated always as identity primary key,
    body_id    integer not null references body on delete cascade,
    segment_id integer not null,
    side       text not null,
    from_m     double precision not null check (from_m >= 0),
    to_m       double precision not null,
    foreign key (segment_id, side) references segment_side (segment_id, side),
    check (to_m > from_m),
    constraint body_stretch_once exclude using gist (
        body_id with =, segment_id with =, side with =, numrange(from_m::numeric, to_m::numeric) with &&)
);
create index on body_stretch (segment_id, side);
create trigger lies_on_segment before insert or update of segment_id, from_m, to_m on body_stretch
    for each row execute function lies_on_segment();
create table body_member (
    id           integer generated always as identity primary key,
    body_id      integer not null references body on delete cascade,
    name         text not null check (name <> ''),
    organisation text,
    post         text not null default 'member' check (post in ('head', 'deputy', 'member')),
    phone        text,
    chief_id     integer references chief,
    valid_from   date not null,
    valid_to     date not null default 'infinity' check (valid_to > valid_from),
    unique (id, body_id),
    constraint body_one_head exclude using gist (
        body_id with =, daterange(valid_from, valid_to) with &&) where (post = 'head')
);
create index on body_member (body_id);
comment on column body_member.chief_id is 'The member is this chief, too.';
create table body_turn (
    body_id    integer not null,
    member_id  integer not null,
    valid_from date not null check (isfinite(valid_from)),
    valid_to   date not null check (isfinite(valid_to)),
    primary key (body_id, valid_from),
    foreign key (member_id, body_id) references body_member (id, body_id) on delete cascade,
    check (valid_to > valid_from),
    constraint body_turn_one_at_a_time exclude using gist (
        body_id with =, daterange(valid_from, valid_to) with &&)
);
comment on table body_turn is 'Which member has the turn (轮值) in a body.';

-- The three lists of a body: 需求 need, 资源 resource, 项目 project.
create table body_item (
    id         integer generated always as identity primary key,
    body_id    integer not null references body on delete cascade,
    list       text not null check (list in ('need', 'resource', 'project')),
    title      text not null check (title <> ''),
    detail     text,
    status     text not null default 'open' check (status in ('open', 'active', 'done', 'dropped')),
    place      text,
    geom       geometry(Point, :SRID) check (not st_isempty(geom)),
    contact    text,
    phone      text,
    version    integer not null default 1 check (version > 0),
    made_at    timestamptz not null default now(),
    changed_at timestamptz not null default now()
);
comment on column body_item.status is 'open: offered or asked for; active: matched or under way; done; dropped.';
comment on column body_item.place is 'In words; geom is the spot, where one is known.';
create index on body_item (body_id, list);

-- Edits of the network by hand. They are told by their ground, not by ids, so that they can be done
-- again on a network made anew from its ways.
create table segment_edit (
    id     integer generated always as identity primary key,
    op     text not null check (op in ('split', 'join', 'redraw')),
    kind   text not null check (kind in ('road', 'lane', 'river', 'rail')),
    at     timestamptz not null default clock_timestamp(),
    actor  text,
    spot   geometry(Point, :SRID),
    before geometry(LineString, :SRID),
    after  geometry(LineString, :SRID),
    check ((op = 'redraw') = (spot is null)),
    check ((op = 'redraw') = (before is not null and after is not null))
);
comment on column segment_edit.spot is 'Where an axis was split, or two were joined.';

-- A write that is sent again with the same key is done once, and answered as the first time.
create table done_request (
    key    text primary key check (length(key) between 1 and 200),
    asked  text not null,
    answer jsonb,
    at     timestamptz not null default now()
);
comment on column done_request.asked is 'A digest of the request, to tell a repetition from another one under the same key.';
