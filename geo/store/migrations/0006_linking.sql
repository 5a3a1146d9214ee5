-- Linking: any writer's point finds its block and its place on a road.
-- The arithmetic is the same, operation by operation, as in geo/locate.py: both give the same answer.

-- The block of a point: the one that covers it; on a shared edge the lowest id.
create function block_at(p geometry) returns integer language sql stable as $$
    select min(id) from block
    where valid_to = 'infinity' and geom && p and st_intersects(geom, p)
$$;

-- Places on a segment: nearest point of each edge, the first of the nearest edges, the side from the
-- direction there (at a bend the mean of both directions, which is right for sharp bends too).
create function place_on(axis geometry, p geometry,
                         out side text, out chainage_m double precision, out offset_m double precision)
language plpgsql immutable strict as $$
declare
    n integer := st_npoints(axis);
    px double precision := st_x(p);
    py double precision := st_y(p);
    x1 double precision; y1 double precision; x2 double precision; y2 double precision;
    dx double precision; dy double precision; len double precision; t double precision;
    ex double precision; ey double precision; d double precision;
    prev_ux double precision; prev_uy double precision; prev_len double precision := 0;
    ux double precision; uy double precision;
    run double precision := 0;
    best double precision := 'infinity';
    best_ux double precision; best_uy double precision; best_ex double precision; best_ey double precision;
    at_end boolean := false;
    cross_product double precision;
begin
    x1 := st_x(st_pointn(axis, 1));
    y1 := st_y(st_pointn(axis, 1));
    for i in 2 .. n loop
        x2 := st_x(st_pointn(axis, i));
        y2 := st_y(st_pointn(axis, i));
        dx := x2 - x1;
        dy := y2 - y1;
        len := sqrt(dx * dx + dy * dy);
        if len > 0 then
            ux := dx / len;
            uy := dy / len;
            -- The nearest point was the end of the edge before: this edge shares in the direction.
            if at_end then
                best_ux := best_ux + ux;
                best_uy := best_uy + uy;
                at_end := false;
            end if;
            t := (px - x1) * ux + (py - y1) * uy;
            t := least(greatest(t, 0), len);
            ex := px - (x1 + t * ux);
            ey := py - (y1 + t * uy);
            d := sqrt(ex * ex + ey * ey);
            if d < best then
                best := d;
                chainage_m := run + t;
                best_ux := ux;
                best_uy := uy;
                best_ex := ex;
                best_ey := ey;
                if t = 0 and prev_len > 0 then
                    best_ux := prev_ux + ux;
                    best_uy := prev_uy + uy;
                end if;
                at_end := t = len;
            end if;
            prev_ux := ux;
            prev_uy := uy;
            prev_len := len;
            run := run + len;
        end if;
        x1 := x2;
        y1 := y2;
    end loop;
    cross_product := best_ux * best_ey - best_uy * best_ex;
    side := case when cross_product >= 0 then 'L' else 'R' end;
    offset_m := best;
end $$;

-- The road place of a point: the nearest segment within the distance; among segments whose distance
-- differs by less than a micrometre the lowest id. Rivers and rails are no road place.
create function road_place_at(p geometry, within_m double precision,
                              out segment_id integer, out side text,
                              out chainage_m double precision, out offset_m double precision)
language sql stable as $$
    with near as (
        select s.id, s.geom, st_distance(s.geom, p) as d
        from segment s
        where s.kind in ('road', 'lane') and st_dwithin(s.geom, p, within_m + 1e-6)
    ), winner as (
        -- One that is a micrometre too far may still tie with the nearest.
        select id, geom from near
        where (select min(d) from near) <= within_m and d <= (select min(d) from near) + 1e-6
        order by id limit 1
    )
    select w.id, place.side, place.chainage_m, place.offset_m
    from winner w, place_on(w.geom, p) as place
$$;

create function link_point() returns trigger language plpgsql as $$
declare
    place record;
begin
    new.block_id := block_at(new.geom);
    select * into place from road_place_at(new.geom, (select link_distance_m from setting));
    new.segment_id := place.segment_id;
    new.side := place.side;
    new.chainage_m := place.chainage_m;
    new.offset_m := place.offset_m;
    return new;
end $$;

-- Bulk writers that bring the links with them set luge.linked to 'yes' for their transaction.
create trigger link_point before insert or update of geom on incident
    for each row when (current_setting('luge.linked', true) is distinct from 'yes')
    execute function link_point();
create trigger link_point before insert or update of geom on merchant
    for each row when (current_setting('luge.linked', true) is distinct from 'yes')
    execute function link_point();
create trigger link_point before insert or update of geom on station
    for each row when (current_setting('luge.linked', true) is distinct from 'yes')
    execute function link_point();
