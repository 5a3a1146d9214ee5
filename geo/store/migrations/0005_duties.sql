-- Chiefs and their duties: the time-bound charge of a chief over metres of a segment's side.

create table chief (
    id          integer generated always as identity primary key,
    external_id text not null unique,
    name        text not null check (name <> ''),
    department  text,
    phone       text
);

create table duty (
    id         integer generated always as identity primary key,
    chief_id   integer not null references chief,
    segment_id integer not null,
    side       text not null,
    role       text not null check (role in ('general', 'first', 'second', 'rota')),
    exclusive  boolean not null default true,
    from_m     double precision not null default 0 check (from_m >= 0),
    to_m       double precision not null,
    valid_from date not null,
    valid_to   date not null default 'infinity',
    foreign key (segment_id, side) references segment_side (segment_id, side),
    check (to_m > from_m),
    check (valid_to > valid_from),
    constraint duty_one_holder exclude using gist (
        segment_id with =, side with =, role with =,
        numrange(from_m::numeric, to_m::numeric) with &&,
        daterange(valid_from, valid_to) with &&
    ) where (exclusive)
);
comment on column duty.role is '总路长 general, 一级 first, 二级 second, 轮值 rota.';
comment on column duty.exclusive is 'Only one chief at a time may hold this role on these metres.';
create index on duty (chief_id);
create index on duty (segment_id, side);
