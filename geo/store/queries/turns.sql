-- name: take
-- The turn until the end of the transaction, if nobody has it.
select pg_try_advisory_xact_lock(%(turn)s);

-- name: wait
-- The turn until the end of the transaction, when whoever has it is done.
select pg_advisory_xact_lock(%(turn)s);
