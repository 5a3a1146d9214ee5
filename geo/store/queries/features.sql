-- name: page
-- Features of a layer in order, one more than asked for, so that it is known whether more follow.
select {columns} from {source} where {condition} order by {order} limit {limit}

-- name: count
-- How many features there are, whatever the page.
select count(*) from {source} where {condition}

-- name: one
-- One feature.
select {columns} from {source} where id = {id} order by {newest} limit 1

-- name: extent
-- The box of a layer in the district's CRS; nulls where it is empty.
select st_xmin(box), st_ymin(box), st_xmax(box), st_ymax(box)
from (select st_extent(geom) as box from {source}) as found

-- name: times
-- The first and the last time of a layer.
select min({column}), max({column}) from {source}
