-- Values of metrics, filled in for one layer from its declaration.

-- name: computed
-- Of which data the values are, and when they were computed; no row where they never were.
select revision, computed_at from metric where key = %(metric)s and layer = %(layer)s

-- name: units
-- Units of the layer that have a value.
select source.*, {value} as value
from {view} as source join {values} as metric_value on metric_value.unit_id = source.id
where metric_value.key = %(metric)s and metric_value.layer = %(layer)s {conditions}

-- name: kept
metric_value

-- name: summed
-- What grids of another day than today have: the sums of what their blocks have.
(select key, 'grids' as layer, grid_id as unit_id, sum(value) as value
 from metric_value join assignment on block_id = unit_id
 join plan on plan.id = plan_id and plan.status in ('published', 'superseded')
  and plan.valid_from <= %(on)s::date and plan.valid_to > %(on)s::date
 where layer = 'blocks' and key = %(metric)s group by key, grid_id)

-- name: values
select id, value from ({units}) as unit order by id

-- name: ranked
-- The first units in order of value, of those that may be seen, with their boxes in degrees.
select id {columns}, value, array[st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box)] as bbox
from (select * from ({units}) as unit where value is not null order by {order} limit %(limit)s) as unit,
     lateral (select box2d(st_transform(geom, 4326)) as box) as e
order by {order}
