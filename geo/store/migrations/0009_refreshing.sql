-- What is derived from the ground and the points (shapes for far zooms, shares, densities, metrics)
-- remembers the revisions it was made from.

create table refreshed (
    part     text primary key,
    revision text not null,
    at       timestamptz not null default clock_timestamp(),
    seconds  double precision not null
);
comment on column refreshed.revision is 'Of the layers it was made from.';
comment on column refreshed.seconds is 'How long that took; what takes long is made less often.';

-- Not layers of the map, but metrics are made from them.
create trigger note_everywhere after insert or update or delete or truncate on duty
    for each statement execute function note_everywhere('duties');
create trigger note_everywhere after insert or update or delete or truncate on assignment
    for each statement execute function note_everywhere('assignments');
