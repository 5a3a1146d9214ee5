-- Coverage of road sides: on paper (a duty exists) and lived (and it was acted on). Computed by
-- geo/coverage.py, kept here side by side, and made anew where duties and acts changed.

create table side_home (
    segment_id integer not null,
    side       text not null,
    block_id   integer not null,
    primary key (segment_id, side),
    foreign key (segment_id, side) references segment_side (segment_id, side) on delete cascade
);
comment on table side_home is 'The block that the middle of a side lies in: its metres count for whatever that block belongs to.';
comment on column side_home.block_id is '0 where it lies in none.';

create table compound_front (
    compound_id integer not null references area on delete cascade,
    segment_id  integer not null,
    side        text not null,
    chainage_m  double precision not null,
    block_id    integer not null,
    share       double precision not null check (share > 0)
);
comment on table compound_front is 'Places along the outline of a compound that have a road; its households are spread over them evenly.';
comment on column compound_front.segment_id is '0, and side empty, where no road is near the compound.';
create index on compound_front (segment_id);
create index on compound_front (compound_id);

create table coverage_side (
    segment_id integer not null,
    side       text not null,
    side_m     double precision not null,
    paper_m    double precision not null,
    lived_m    double precision not null,
    hollow_m   double precision not null,
    primary key (segment_id, side),
    foreign key (segment_id, side) references segment_side (segment_id, side) on delete cascade
);
comment on column coverage_side.paper_m is 'Metres that somebody has a duty for.';
comment on column coverage_side.lived_m is 'Of these, each weighted by the age of the newest act there.';
comment on column coverage_side.hollow_m is 'Of these, the metres that nobody acted on for 28 days (空壳).';

create table coverage_point (
    kind       text not null check (kind in ('merchant', 'incident', 'household')),
    segment_id integer not null,
    side       text not null,
    block_id   integer not null,
    n          double precision not null,
    paper      double precision not null,
    lived      double precision not null,
    primary key (kind, segment_id, side, block_id)
);
comment on table coverage_point is 'How many points there are on a side, in a block (0 and empty: on none, in none), and how many are covered.';
create index on coverage_point (segment_id);

create table coverage_made (
    one      boolean primary key default true check (one),
    on_day   date not null,
    reckoned date not null,
    revision text not null,
    at       timestamptz not null default clock_timestamp()
);
comment on column coverage_made.reckoned is 'The day that ages are counted to: the same, or the last one with reports where these ended.';

-- Segments whose duties or acts changed since coverage was computed; 0: it may be any.
create table coverage_stale (segment_id integer not null);

create function note_stale() returns trigger language plpgsql as $$
declare
    many constant integer := 20000; -- so many segments or more are noted as any
    touched integer[];
begin
    if tg_op = 'INSERT' then
        select array_agg(distinct segment_id) into touched from new_rows;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct segment_id) into touched from old_rows;
    elsif tg_op = 'UPDATE' then
        select array_agg(distinct segment_id) into touched
        from (select segment_id from old_rows union all select segment_id from new_rows) as both_rows;
    end if;
    if tg_op = 'TRUNCATE' or cardinality(touched) >= many then
        touched := array[0];
    end if;
    insert into coverage_stale select unnest(touched);
    return null;
end $$;

create function note_stale_visits() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' then
        insert into coverage_stale select distinct segment_id from old_rows join merchant on merchant.id = merchant_id where segment_id is not null;
    end if;
    if tg_op <> 'DELETE' then
        insert into coverage_stale select distinct segment_id from new_rows join merchant on merchant.id = merchant_id where segment_id is not null;
    end if;
    return null;
end $$;

do $$
declare
    t record;
begin
    for t in select * from (values ('duty', 'note_stale'), ('pass', 'note_stale'), ('visit', 'note_stale_visits')) as v (name, work)
    loop
        execute format('create trigger stale_insert after insert on %I referencing new table as new_rows
            for each statement execute function %I()', t.name, t.work);
        execute format('create trigger stale_update after update on %I referencing old table as old_rows new table as new_rows
            for each statement execute function %I()', t.name, t.work);
        execute format('create trigger stale_delete after delete on %I referencing old table as old_rows
            for each statement execute function %I()', t.name, t.work);
        execute format('create trigger stale_truncate after truncate on %I for each statement execute function note_stale()', t.name);
    end loop;
    for t in select * from (values ('pass'), ('visit')) as v (name)
    loop
        execute format('create trigger note_everywhere after insert or update or delete or truncate on %I
            for each statement execute function note_everywhere(''acts'')', t.name);
    end loop;
end $$;

-- Both sides of a segment are drawn beside its axis.
create view layer_coverage as
select segment_side.id, c.segment_id as segment, c.side, segment.kind, segment.class, road.name, segment.seq,
       case when c.paper_m < 0.01 * c.side_m then 'none' when c.hollow_m >= 0.5 * c.paper_m then 'hollow'
            when c.paper_m < 0.99 * c.side_m then 'part' else 'lived' end as state,
       c.side_m, c.paper_m, c.lived_m, c.hollow_m,
       segment.geom, segment.tile_axis as tile_geom, segment.from_zoom
from coverage_side c
join segment_side on segment_side.segment_id = c.segment_id and segment_side.side = c.side
join segment on segment.id = c.segment_id
left join road on road.id = segment.road_id;

create trigger note_coverage after delete or truncate on coverage_side
    for each statement execute function note_everywhere('coverage');
create trigger note_coverage after update on segment referencing old table as old_rows new table as new_rows
    for each statement execute function note_change('coverage');
create trigger note_coverage after insert or update or delete or truncate on road
    for each statement execute function note_everywhere('coverage');
