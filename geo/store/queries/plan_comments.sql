-- name: comments
-- Comments on a plan, the oldest first; a place in degrees.
select c.id, c.at, c.made_by, c.body, st_x(spot) as lon, st_y(spot) as lat, c.done
from plan_comment c
left join lateral st_transform(c.geom, 4326) as spot on c.geom is not null
where c.plan_id = %(plan)s and (%(id)s::integer is null or c.id = %(id)s) order by c.id;

-- name: add
insert into plan_comment (plan_id, made_by, body, geom) values (%(plan)s, %(made_by)s, %(body)s, %(geom)s)
returning id;

-- name: settle
update plan_comment set done = %(done)s where plan_id = %(plan)s and id = %(id)s returning id;
