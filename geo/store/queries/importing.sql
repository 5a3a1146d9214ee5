-- name: extent
-- The ground of the district: the union of its outermost areas.
select st_asbinary(st_union(geom)) from area where level <> 'compound' and parent_id is null;

-- name: make_stage
create temporary table stage on commit drop as select {columns} from {table} with no data;

-- name: copy_stage
copy stage ({columns}) from stdin;

-- name: copy_stage_binary
copy stage ({columns}) from stdin (format binary);

-- name: types_of_stage
-- The type of each of the stage's columns, without its modifiers.
select attname::text, format_type(atttypid, null) from pg_attribute
where attrelid = 'pg_temp.stage'::regclass and attnum > 0 order by attnum;

-- name: merge
-- Puts the staged rows into the table. Counts what is new and what differs; equal rows are not touched.
with merged as (
    insert into {table} as t ({columns}) select {columns} from stage
    on conflict ({key}) do update set {assignments}
    where ({current}) is distinct from ({incoming})
    returning (xmax = 0) as fresh
)
select count(*) filter (where fresh), count(*) filter (where not fresh) from merged;

-- name: empty_stage
truncate pg_temp.stage;

-- name: drop_stage
drop table stage;

-- name: parents_by_code
-- An area's parent by the code the file gives.
update area a set parent_id = p.id
from unnest(%(codes)s::text[], %(levels)s::text[], %(parents)s::text[]) as given (code, level, parent)
join area p on p.code = given.parent and p.level <> 'compound'
where a.code = given.code and a.level = given.level and a.parent_id is distinct from p.id;

-- name: parents_by_place
-- Every area without a parent lies in the smallest larger area that holds a point of its inside.
with larger (level, rank) as (values ('district', 1), ('street', 2), ('community', 3), ('compound', 4))
update area a set parent_id = found.parent
from (
    select child.id, (
        select p.id from area p join larger pl on pl.level = p.level
        where pl.rank < cl.rank and p.geom && child.geom
          and st_intersects(p.geom, st_pointonsurface(child.geom))
        order by pl.rank desc, p.id limit 1) as parent
    from area child join larger cl on cl.level = child.level
    where child.parent_id is null and child.level <> 'district'
) as found
where a.id = found.id and found.parent is not null;

-- name: area_of_blocks
-- The smallest area of each staged block: by the code given, else by a point of its inside.
select s.code, coalesce(
    (select a.id from area a where a.code = s.area and a.level <> 'compound' order by a.id limit 1),
    (select a.id from area a
     where a.level <> 'compound' and a.geom && s.geom and st_intersects(a.geom, st_pointonsurface(s.geom))
     order by st_area(a.geom), a.id limit 1))
from unnest(%(codes)s::text[], %(areas)s::text[], %(shapes)s::geometry[]) as s (code, area, geom);

-- name: book
insert into import_run (kind, file, sha256, crs, rows_read, inserted, updated, unchanged, rejected)
values (%(kind)s, %(file)s, %(sha256)s, %(crs)s, %(read)s, %(inserted)s, %(updated)s, %(unchanged)s, %(rejected)s);
