-- name: settle
-- Rows are written as text the same way on every server.
select set_config('timezone', 'UTC', true), set_config('datestyle', 'ISO, YMD', true),
       set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true),
       set_config('intervalstyle', 'postgres', true);

-- name: columns
-- Every table's own columns in their order: table, column, type. What is computed from others is not one.
select c.relname::text, a.attname::text, format_type(a.atttypid, null)
from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
order by c.relname, a.attnum;

-- name: references
-- Which table refers to which.
select conrelid::regclass::text, confrelid::regclass::text from pg_constraint
where contype = 'f' and connamespace = 'public'::regnamespace and conrelid <> confrelid;

-- name: identities
-- Columns that number themselves: table, column.
select c.relname::text, a.attname::text
from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attidentity <> '';

-- name: newest_migration
select max(number) from migration;

-- name: rows
-- All rows of a table.
select {columns} from {table};

-- name: digest
-- How many rows a table has, and a number that tells two sets of rows apart, whatever their order.
select count(*),
       coalesce(sum(('x' || left(md5(row({columns})::text), 15))::bit(60)::bigint), 0)::text
from {table};

-- name: fill
copy {table} ({columns}) from stdin;

-- name: make_codes
create temporary table code_stage (like code_given) on commit drop;

-- name: put_codes
-- Tables that were filled have given their codes already, but not when.
insert into code_given select * from code_stage
on conflict (kind, code) do update set given_at = excluded.given_at;

-- name: forget_setting
delete from setting;

-- name: go_on
-- New rows are numbered after the ones that were brought.
select setval(pg_get_serial_sequence({name}, {identity}), (select max({column}) from {table}))
where exists (select from {table});

-- name: analyze
analyze {table};
