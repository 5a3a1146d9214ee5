-- name: assignment
-- Blocks of a plan by code, each with its grid's code, or number, and name.
select block.code, coalesce(g.code, g.number::text), g.name
from plan_block p
join block on block.id = p.block_id
left join plan_grid g on g.plan_id = p.plan_id and g.number = p.number
where p.plan_id = %(plan)s order by block.code;

-- name: blocks
select block.code, block.id from draft_block d join block on block.id = d.block_id where d.plan_id = %(plan)s;
