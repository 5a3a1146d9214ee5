-- name: claim
-- Nothing where the key was given before; waits for a request under way with the same key.
insert into done_request (key, asked) values (%(key)s, %(asked)s) on conflict (key) do nothing returning key;

-- name: read
select asked, answer from done_request where key = %(key)s;

-- name: answer
update done_request set answer = %(answer)s where key = %(key)s;
