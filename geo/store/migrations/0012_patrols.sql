-- What chiefs do on the ground: patrols, the metres of side that they pass, and visits to shops.
-- Where somebody was is not kept, only what of the sides in their charge was passed.

create table patrol (
    id       bigint generated always as identity primary key,
    key      text not null unique check (length(key) between 1 and 200),
    chief_id integer not null references chief,
    begun_at timestamptz not null,
    ended_at timestamptz check (ended_at >= begun_at)
);
comment on column patrol.key is 'Given by the device that began it, so that what is sent twice is one patrol.';
create index on patrol (chief_id, begun_at);

create table pass (
    id         bigint generated always as identity primary key,
    patrol_id  bigint not null references patrol on delete cascade,
    segment_id integer not null,
    side       text not null,
    from_m     double precision not null check (from_m >= 0),
    to_m       double precision not null,
    at         timestamptz not null,
    foreign key (segment_id, side) references segment_side (segment_id, side),
    check (to_m > from_m),
    unique (patrol_id, segment_id, side, from_m, to_m, at)
);
comment on table pass is 'Metres of a side, by chainage, that a patrol has passed.';
create index on pass (segment_id, side);

create table visit (
    id          bigint generated always as identity primary key,
    key         text not null unique check (length(key) between 1 and 200),
    chief_id    integer not null references chief,
    merchant_id integer not null references merchant,
    at          timestamptz not null,
    good        boolean not null,
    note        text
);
comment on table visit is 'A chief has looked at a shop, its door duty (门前三包) among other things.';
comment on column visit.good is 'Whether everything was in order.';
create index on visit (chief_id, at);
create index on visit (merchant_id, at);
