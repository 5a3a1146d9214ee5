-- name: parents
-- The smallest administrative areas: those that have no smaller part.
select a.id, a.code, a.name, a.households, a.people, st_asbinary(a.geom) as geom
from area a
where a.level <> 'compound'
  and not exists (select 1 from area c where c.parent_id = a.id and c.level <> 'compound')
order by a.code;

-- name: compounds
select id, code, households, people, st_asbinary(geom) as geom
from area where level = 'compound' order by id;

-- name: blocks
-- Today's blocks with the code of their area.
select b.id, b.code, b.area_id, a.code as area_code, a.name as area_name, b.households, b.people, st_asbinary(b.geom) as geom
from block b join area a on a.id = b.area_id
where b.valid_to = 'infinity' order by b.id;

-- name: codes_given
select code from code_given where kind = 'block';

-- name: make_stage
create temporary table block_stage (
    code text primary key, area_id integer, households integer, people integer, geom geometry
) on commit drop;

-- name: copy_stage
copy block_stage from stdin;

-- name: overlapped
-- Today's blocks that are not in the stage and lose ground to a staged one.
select b.code, sum(st_area(st_intersection(b.geom, s.geom)))
from block b join block_stage s on b.geom && s.geom and st_intersects(b.geom, s.geom)
where b.valid_to = 'infinity' and not exists (select 1 from block_stage o where o.code = b.code)
group by b.code having sum(st_area(st_intersection(b.geom, s.geom))) > 1 order by b.code;

-- name: retire
-- Blocks that are no longer there keep their row, with an end: "as of" still finds them.
update block b set valid_to = greatest(%(today)s::date, valid_from + 1)
where valid_to = 'infinity' and not exists (select 1 from block_stage s where s.code = b.code);

-- name: update
update block b
set area_id = s.area_id, households = s.households, people = s.people, geom = s.geom
from block_stage s
where s.code = b.code and b.valid_to = 'infinity'
  and ((b.area_id, b.households, b.people) is distinct from (s.area_id, s.households, s.people)
       or not st_orderingequals(b.geom, s.geom));

-- name: add
-- The first blocks of a district hold since ever; later ones from today.
insert into block (code, area_id, households, people, geom, valid_from)
select s.code, s.area_id, s.households, s.people, s.geom,
       case when exists (select 1 from block) then %(today)s::date else '-infinity' end
from block_stage s
where not exists (select 1 from block b where b.code = s.code)
order by s.code;

-- name: drop_stage
drop table block_stage;
