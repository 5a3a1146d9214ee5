-- name: chiefs
select id, external_id, name, phone, department from chief order by id;

-- name: put_chief
insert into chief (external_id, name, department, phone)
values (%(code)s, %(name)s, %(department)s, %(phone)s)
on conflict (external_id) do update
set name = excluded.name, department = coalesce(excluded.department, chief.department),
    phone = coalesce(excluded.phone, chief.phone)
returning id;

-- name: own
-- What a chief holds already on these sides in this role and time.
select segment_id, side, from_m, to_m from duty
where chief_id = %(chief)s and role = %(role)s and segment_id = any(%(segments)s)
  and valid_from < %(end)s and valid_to > %(start)s;

-- name: book
insert into import_run (kind, file, sha256, crs, rows_read, inserted, updated, unchanged, rejected)
values (%(kind)s, %(file)s, %(sha256)s, '', %(read)s, %(inserted)s, %(updated)s, %(unchanged)s, %(rejected)s);
