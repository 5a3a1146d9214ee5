-- name: count
select count(*) from {source} where {conditions};

-- name: rows
select {columns} from {source} where {conditions} order by id;
