-- name: areas_of_blocks
-- Today's blocks with the code of their area of one level, or of their own area where none is above.
with recursive up as (
    select id as area_id, id, level, code, parent_id from area
    union all
    select up.area_id, a.id, a.level, a.code, a.parent_id from up join area a on a.id = up.parent_id
)
select b.id, b.code, coalesce(up.code, own.code)
from block b
join area own on own.id = b.area_id
left join up on up.area_id = b.area_id and up.level = %(level)s
where b.valid_to = 'infinity'
order by b.id;
