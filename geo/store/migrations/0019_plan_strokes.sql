-- What a draft is called, its note and its limits are changed by strokes, too.

alter table stroke drop constraint stroke_what_check,
    add constraint stroke_what_check check (what in ('paint', 'grid', 'plan', 'engine', 'cut', 'join'));

create table stroke_plan (
    plan_id integer not null,
    stroke  integer not null,
    was     jsonb not null check (jsonb_typeof(was) = 'object'),
    now     jsonb not null check (jsonb_typeof(now) = 'object'),
    primary key (plan_id, stroke),
    foreign key (plan_id, stroke) references stroke (plan_id, number) on delete cascade
);
comment on table stroke_plan is 'Name, note and limits of a draft before the stroke, and after it.';
