-- The result of all migrations; written by `luge db schema`, never by hand.

SET check_function_bodies = false; -- functions come before the tables they read

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;

CREATE EXTENSION IF NOT EXISTS postgis WITH SCHEMA public;

CREATE FUNCTION public.answering(chief integer, day date) RETURNS integer
    LANGUAGE sql STABLE
    AS $$
    with recursive line (chief_id, seen) as (
        select chief, array[chief]
        union all
        select leave.deputy_id, line.seen || leave.deputy_id
        from line
        join leave on leave.chief_id = line.chief_id and leave.valid_from <= day and leave.valid_to > day
        where not leave.deputy_id = any(line.seen)
    )
    select line.chief_id from line
    where not exists (select from leave where leave.chief_id = line.chief_id
                      and leave.valid_from <= day and leave.valid_to > day)
$$;

CREATE FUNCTION public.block_at(p public.geometry) RETURNS integer
    LANGUAGE sql STABLE
    AS $$
    select min(id) from block
    where valid_to = 'infinity' and geom && p and st_intersects(geom, p)
$$;

CREATE FUNCTION public.blocks_on(day date) RETURNS SETOF integer
    LANGUAGE sql STABLE
    AS $$
    select id from block
    where valid_from <= day and valid_to > day and not exists (select from block_lineage where from_block = block.id)
    union all
    select id from block
    where valid_to = 'infinity' and exists (select from block_lineage where to_block = block.id) and valid_from > day
$$;

CREATE FUNCTION public.check_grid_code() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    pattern text;
begin
    select code_pattern into pattern from grid_system where id = new.system_id;
    if new.code !~ pattern then
        raise exception 'the grid code % does not fit the pattern % of its grid system', new.code, pattern
            using errcode = 'check_violation';
    end if;
    return new;
end $$;

CREATE FUNCTION public.forget_generalised() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    gone integer;
begin
    if tg_table_name = 'grid_shape' then gone := old.shape_id; else gone := old.id; end if;
    delete from generalised where layer = any(string_to_array(tg_argv[0], ',')) and shape_id = gone;
    return null;
end $$;

CREATE FUNCTION public.give_code() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    kind text := tg_argv[0];
begin
    if tg_op = 'UPDATE' and new.code is not distinct from old.code then
        return new;
    end if;
    if tg_table_name = 'grid' then
        kind := kind || ':' || (to_jsonb(new) ->> 'system_id');
    end if;
    if new.code is not null then
        begin
            insert into code_given (kind, code) values (kind, new.code);
        exception when unique_violation then
            raise exception 'the % code % has been given before; codes are never reused', tg_table_name, new.code
                using errcode = 'unique_violation';
        end;
    end if;
    return new;
end $$;

CREATE FUNCTION public.join_changed_roads() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'INSERT' then
        perform join_roads(array(select distinct road_id from new_rows where road_id is not null));
    elsif tg_op = 'DELETE' then
        perform join_roads(array(select distinct road_id from old_rows where road_id is not null));
    else
        perform join_roads(array(select road_id from new_rows where road_id is not null
                                 union select road_id from old_rows where road_id is not null));
    end if;
    return null;
end $$;

CREATE FUNCTION public.join_roads(roads integer[]) RETURNS void
    LANGUAGE sql
    AS $$
    delete from road_line where id = any(roads)
        and not exists (select from segment where segment.road_id = road_line.id);
    insert into road_line (id, kind, class, from_zoom, length_m, geom)
    select road_id, min(kind), min(class),
           min(case when kind = 'river' then 11 when from_zoom <= 11 then 13
                    when from_zoom = 12 then 14 else 15 end),
           sum(length_m), st_linemerge(st_collect(geom order by seq))
    from segment where road_id = any(roads) group by road_id
    on conflict (id) do update set kind = excluded.kind, class = excluded.class,
        from_zoom = excluded.from_zoom, length_m = excluded.length_m, geom = excluded.geom
    where (road_line.kind, road_line.class, road_line.from_zoom) is distinct from
          (excluded.kind, excluded.class, excluded.from_zoom)
       or not st_orderingequals(road_line.geom, excluded.geom);
$$;

CREATE FUNCTION public.label_point(shape public.geometry) RETURNS public.geometry
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    select st_transform(case when st_contains(shape, st_centroid(shape)) then st_centroid(shape)
                             else st_pointonsurface(shape) end, 3857)
$$;

CREATE FUNCTION public.lies_on_segment() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    whole double precision;
begin
    select length_m into whole from segment where id = new.segment_id for share;
    if new.from_m >= whole then
        raise exception 'segment % is % m long; a stretch from % m on lies beyond its end',
            new.segment_id, round(whole::numeric, 1), round(new.from_m::numeric, 1)
            using errcode = 'check_violation';
    end if;
    if new.to_m > whole + 0.001 then
        new.to_m := whole;
    end if;
    return new;
end $$;

CREATE FUNCTION public.link_point() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION public.note_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    each_of constant integer := 500; -- more rows than this are one row of the log
    layers text[] := string_to_array(tg_argv[0], ',');
    n bigint;
begin
    if tg_op = 'INSERT' then
        select count(*) into n from new_rows;
        insert into change (layer, op, feature_id, west, south, east, north)
        select layer, 'insert', case when n <= each_of then id end,
               min(st_xmin(tile_geom)), min(st_ymin(tile_geom)), max(st_xmax(tile_geom)), max(st_ymax(tile_geom))
        from new_rows, unnest(layers) as layer
        group by layer, case when n <= each_of then id end;
    elsif tg_op = 'DELETE' then
        select count(*) into n from old_rows;
        insert into change (layer, op, feature_id, west, south, east, north)
        select layer, 'delete', case when n <= each_of then id end,
               min(st_xmin(tile_geom)), min(st_ymin(tile_geom)), max(st_xmax(tile_geom)), max(st_ymax(tile_geom))
        from old_rows, unnest(layers) as layer
        group by layer, case when n <= each_of then id end;
    else
        select count(*) into n from new_rows;
        -- A feature that moved has two rows: where it was and where it is.
        insert into change (layer, op, feature_id, west, south, east, north)
        select layer, 'update', case when n <= each_of then id end,
               min(st_xmin(tile_geom)), min(st_ymin(tile_geom)), max(st_xmax(tile_geom)), max(st_ymax(tile_geom))
        from (select id, tile_geom from old_rows union all select id, tile_geom from new_rows) as touched,
             unnest(layers) as layer
        group by layer, case when n <= each_of then id end,
                 case when n <= each_of then box2d(tile_geom)::text end;
    end if;
    if n > 0 then
        perform wake_readers();
    end if;
    return null;
end $$;

CREATE FUNCTION public.note_everywhere() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into change (layer, op) select layer, 'update' from unnest(string_to_array(tg_argv[0], ',')) as layer;
    perform wake_readers();
    return null;
end $$;

CREATE FUNCTION public.note_stale() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    many constant integer := 20000; -- so many segments or more are noted as any
    touched integer[];
begin
    if tg_op = 'INSERT' then
        select array_agg(distinct segment_id) into touched from new_rows;
    elsif tg_op = 'DELETE' then
        select array_agg(distinct segment_id) into touched from old_rows;
    elsif tg_op = 'UPDATE' then
        select array_agg(distinct segment_id) into touched
        from (select segment_id from old_rows union all select segment_id from new_rows) as both_rows;
    end if;
    if tg_op = 'TRUNCATE' or cardinality(touched) >= many then
        touched := array[0];
    end if;
    insert into coverage_stale select unnest(touched);
    return null;
end $$;

CREATE FUNCTION public.note_stale_visits() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op <> 'INSERT' then
        insert into coverage_stale select distinct segment_id from old_rows join merchant on merchant.id = merchant_id where segment_id is not null;
    end if;
    if tg_op <> 'DELETE' then
        insert into coverage_stale select distinct segment_id from new_rows join merchant on merchant.id = merchant_id where segment_id is not null;
    end if;
    return null;
end $$;

CREATE FUNCTION public.place_on(axis public.geometry, p public.geometry, OUT side text, OUT chainage_m double precision, OUT offset_m double precision) RETURNS record
    LANGUAGE plpgsql IMMUTABLE STRICT
    AS $$
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

CREATE FUNCTION public.rank_of(id bigint) RETURNS double precision
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
    select ((id * 2654435761) & 4294967295) / 4294967296.0::double precision
$$;

CREATE FUNCTION public.refuse_history() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception 'the history of cases is only ever added to' using errcode = 'restrict_violation';
end $$;

CREATE FUNCTION public.road_place_at(p public.geometry, within_m double precision, OUT segment_id integer, OUT side text, OUT chainage_m double precision, OUT offset_m double precision) RETURNS record
    LANGUAGE sql STABLE
    AS $$
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

CREATE FUNCTION public.wake_readers() RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    now_ms double precision := extract(epoch from clock_timestamp()) * 1000;
    until_ms bigint := (select last_value from change_watch);
begin
    -- A time far ahead is of a clock that was put back since.
    if until_ms < now_ms or until_ms > now_ms + 1000 then
        perform pg_notify('luge_change', '');
    end if;
end $$;

CREATE TABLE public.area (
    id integer NOT NULL,
    level text NOT NULL,
    code text,
    name text NOT NULL,
    parent_id integer,
    households integer,
    people integer,
    workers integer,
    geom public.geometry(MultiPolygon,:SRID) NOT NULL,
    tile_geom public.geometry(MultiPolygon,3857) GENERATED ALWAYS AS (public.st_transform(geom, 3857)) STORED,
    label public.geometry(Point,3857) GENERATED ALWAYS AS (public.label_point(geom)) STORED,
    CONSTRAINT area_check CHECK (((level = 'compound'::text) OR (code IS NOT NULL))),
    CONSTRAINT area_geom_check CHECK ((public.st_isvalid(geom) AND (NOT public.st_isempty(geom)))),
    CONSTRAINT area_households_check CHECK ((households >= 0)),
    CONSTRAINT area_level_check CHECK ((level = ANY (ARRAY['district'::text, 'street'::text, 'community'::text, 'compound'::text]))),
    CONSTRAINT area_name_check CHECK ((name <> ''::text)),
    CONSTRAINT area_people_check CHECK ((people >= 0)),
    CONSTRAINT area_workers_check CHECK ((workers >= 0))
);

ALTER TABLE public.area ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.area_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.assignment (
    plan_id integer NOT NULL,
    system_id integer NOT NULL,
    block_id integer NOT NULL,
    grid_id integer NOT NULL
);

CREATE TABLE public.block (
    id integer NOT NULL,
    code text NOT NULL,
    area_id integer NOT NULL,
    households integer,
    people integer,
    valid_from date DEFAULT '-infinity'::date NOT NULL,
    valid_to date DEFAULT 'infinity'::date NOT NULL,
    geom public.geometry(Polygon,:SRID) NOT NULL,
    tile_geom public.geometry(Polygon,3857) GENERATED ALWAYS AS (public.st_transform(geom, 3857)) STORED,
    label public.geometry(Point,3857) GENERATED ALWAYS AS (public.label_point(geom)) STORED,
    CONSTRAINT block_check CHECK ((valid_to >= valid_from)),
    CONSTRAINT block_geom_check CHECK ((public.st_isvalid(geom) AND (NOT public.st_isempty(geom)))),
    CONSTRAINT block_households_check CHECK ((households >= 0)),
    CONSTRAINT block_people_check CHECK ((people >= 0))
);

ALTER TABLE public.block ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.block_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.block_lineage (
    id bigint NOT NULL,
    day date NOT NULL,
    from_block integer NOT NULL,
    to_block integer NOT NULL,
    kind text NOT NULL,
    CONSTRAINT block_lineage_kind_check CHECK ((kind = ANY (ARRAY['cut'::text, 'join'::text])))
);

ALTER TABLE public.block_lineage ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.block_lineage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.body (
    id integer NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    valid_from date NOT NULL,
    valid_to date DEFAULT 'infinity'::date NOT NULL,
    CONSTRAINT body_check CHECK ((valid_to > valid_from)),
    CONSTRAINT body_kind_check CHECK ((kind = ANY (ARRAY['street_council'::text, 'party_branch'::text, 'alliance'::text]))),
    CONSTRAINT body_name_check CHECK ((name <> ''::text))
);

ALTER TABLE public.body ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.body_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.body_item (
    id integer NOT NULL,
    body_id integer NOT NULL,
    list text NOT NULL,
    title text NOT NULL,
    detail text,
    status text DEFAULT 'open'::text NOT NULL,
    place text,
    geom public.geometry(Point,:SRID),
    contact text,
    phone text,
    version integer DEFAULT 1 NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT body_item_geom_check CHECK ((NOT public.st_isempty(geom))),
    CONSTRAINT body_item_list_check CHECK ((list = ANY (ARRAY['need'::text, 'resource'::text, 'project'::text]))),
    CONSTRAINT body_item_status_check CHECK ((status = ANY (ARRAY['open'::text, 'active'::text, 'done'::text, 'dropped'::text]))),
    CONSTRAINT body_item_title_check CHECK ((title <> ''::text)),
    CONSTRAINT body_item_version_check CHECK ((version > 0))
);

ALTER TABLE public.body_item ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.body_item_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.body_member (
    id integer NOT NULL,
    body_id integer NOT NULL,
    name text NOT NULL,
    organisation text,
    post text DEFAULT 'member'::text NOT NULL,
    phone text,
    chief_id integer,
    valid_from date NOT NULL,
    valid_to date DEFAULT 'infinity'::date NOT NULL,
    CONSTRAINT body_member_check CHECK ((valid_to > valid_from)),
    CONSTRAINT body_member_name_check CHECK ((name <> ''::text)),
    CONSTRAINT body_member_post_check CHECK ((post = ANY (ARRAY['head'::text, 'deputy'::text, 'member'::text])))
);

ALTER TABLE public.body_member ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.body_member_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.body_stretch (
    id integer NOT NULL,
    body_id integer NOT NULL,
    segment_id integer NOT NULL,
    side text NOT NULL,
    from_m double precision NOT NULL,
    to_m double precision NOT NULL,
    CONSTRAINT body_stretch_check CHECK ((to_m > from_m)),
    CONSTRAINT body_stretch_from_m_check CHECK ((from_m >= (0)::double precision))
);

ALTER TABLE public.body_stretch ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.body_stretch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.body_turn (
    body_id integer NOT NULL,
    member_id integer NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    CONSTRAINT body_turn_check CHECK ((valid_to > valid_from)),
    CONSTRAINT body_turn_valid_from_check CHECK (isfinite(valid_from)),
    CONSTRAINT body_turn_valid_to_check CHECK (isfinite(valid_to))
);

CREATE TABLE public.case_serial (
    day date NOT NULL,
    last integer NOT NULL,
    CONSTRAINT case_serial_last_check CHECK ((last > 0))
);

CREATE TABLE public.catchment (
    id integer GENERATED ALWAYS AS (((station_id * 100) + minutes)) STORED NOT NULL,
    station_id integer NOT NULL,
    minutes smallint NOT NULL,
    households integer DEFAULT 0 NOT NULL,
    merchants integer DEFAULT 0 NOT NULL,
    geom public.geometry(MultiPolygon,:SRID) NOT NULL,
    tile_geom public.geometry(MultiPolygon,3857) GENERATED ALWAYS AS (public.st_transform(geom, 3857)) STORED NOT NULL,
    CONSTRAINT catchment_geom_check CHECK ((public.st_isvalid(geom) AND (NOT public.st_isempty(geom)))),
    CONSTRAINT catchment_households_check CHECK ((households >= 0)),
    CONSTRAINT catchment_merchants_check CHECK ((merchants >= 0)),
    CONSTRAINT catchment_minutes_check CHECK (((minutes >= 1) AND (minutes <= 99)))
);

CREATE TABLE public.change (
    seq bigint NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    layer text NOT NULL,
    op text NOT NULL,
    feature_id bigint,
    west double precision,
    south double precision,
    east double precision,
    north double precision,
    CONSTRAINT change_check CHECK ((num_nulls(west, south, east, north) = ANY (ARRAY[0, 4]))),
    CONSTRAINT change_op_check CHECK ((op = ANY (ARRAY['insert'::text, 'update'::text, 'delete'::text])))
);

CREATE TABLE public.change_horizon (
    one boolean DEFAULT true NOT NULL,
    seq bigint NOT NULL,
    xid xid8 DEFAULT '0'::xid8 NOT NULL,
    CONSTRAINT change_horizon_one_check CHECK (one)
);

ALTER TABLE public.change ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.change_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE SEQUENCE public.change_watch
    START WITH 0
    INCREMENT BY 1
    MINVALUE 0
    NO MAXVALUE
    CACHE 1;

CREATE TABLE public.chief (
    id integer NOT NULL,
    external_id text NOT NULL,
    name text NOT NULL,
    department text,
    phone text,
    CONSTRAINT chief_name_check CHECK ((name <> ''::text))
);

ALTER TABLE public.chief ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.chief_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.code_given (
    kind text NOT NULL,
    code text NOT NULL,
    given_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.compound_front (
    compound_id integer NOT NULL,
    segment_id integer NOT NULL,
    side text NOT NULL,
    chainage_m double precision NOT NULL,
    block_id integer NOT NULL,
    share double precision NOT NULL,
    CONSTRAINT compound_front_share_check CHECK ((share > (0)::double precision))
);

CREATE TABLE public.coverage_made (
    one boolean DEFAULT true NOT NULL,
    on_day date NOT NULL,
    reckoned date NOT NULL,
    revision text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT coverage_made_one_check CHECK (one)
);

CREATE TABLE public.coverage_point (
    kind text NOT NULL,
    segment_id integer NOT NULL,
    side text NOT NULL,
    block_id integer NOT NULL,
    n double precision NOT NULL,
    paper double precision NOT NULL,
    lived double precision NOT NULL,
    CONSTRAINT coverage_point_kind_check CHECK ((kind = ANY (ARRAY['merchant'::text, 'incident'::text, 'household'::text])))
);

CREATE TABLE public.coverage_side (
    segment_id integer NOT NULL,
    side text NOT NULL,
    side_m double precision NOT NULL,
    paper_m double precision NOT NULL,
    lived_m double precision NOT NULL,
    hollow_m double precision NOT NULL
);

CREATE TABLE public.coverage_stale (
    segment_id integer NOT NULL
);

CREATE TABLE public.density (
    id integer NOT NULL,
    resolution smallint NOT NULL,
    cell text NOT NULL,
    count integer NOT NULL,
    open integer NOT NULL,
    geom public.geometry(Polygon,:SRID) NOT NULL,
    tile_geom public.geometry(Polygon,3857) GENERATED ALWAYS AS (public.st_transform(geom, 3857)) STORED NOT NULL,
    CONSTRAINT density_check CHECK (((open >= 0) AND (open <= count))),
    CONSTRAINT density_count_check CHECK ((count > 0)),
    CONSTRAINT density_resolution_check CHECK (((resolution >= 0) AND (resolution <= 15)))
);

ALTER TABLE public.density ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.density_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.done_request (
    key text NOT NULL,
    asked text NOT NULL,
    answer jsonb,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT done_request_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)))
);

CREATE TABLE public.draft (
    plan_id integer NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    made_by text DEFAULT ''::text NOT NULL,
    against integer,
    note text DEFAULT ''::text NOT NULL,
    wishes jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT draft_version_check CHECK ((version > 0)),
    CONSTRAINT draft_wishes_check CHECK ((jsonb_typeof(wishes) = 'object'::text))
);

CREATE TABLE public.draft_block (
    plan_id integer NOT NULL,
    block_id integer NOT NULL,
    number integer,
    based integer
);

CREATE TABLE public.draft_grid (
    plan_id integer NOT NULL,
    number integer NOT NULL,
    grid_id integer,
    name text NOT NULL,
    parent_id integer,
    workers integer DEFAULT 1 NOT NULL,
    locked boolean DEFAULT false NOT NULL,
    CONSTRAINT draft_grid_name_check CHECK ((name <> ''::text)),
    CONSTRAINT draft_grid_number_check CHECK ((number > 0)),
    CONSTRAINT draft_grid_workers_check CHECK ((workers >= 0))
);

CREATE TABLE public.duty (
    id integer NOT NULL,
    chief_id integer NOT NULL,
    segment_id integer NOT NULL,
    side text NOT NULL,
    role text NOT NULL,
    exclusive boolean DEFAULT true NOT NULL,
    from_m double precision DEFAULT 0 NOT NULL,
    to_m double precision NOT NULL,
    valid_from date NOT NULL,
    valid_to date DEFAULT 'infinity'::date NOT NULL,
    rota_id integer,
    CONSTRAINT duty_check CHECK ((to_m > from_m)),
    CONSTRAINT duty_check1 CHECK ((valid_to > valid_from)),
    CONSTRAINT duty_from_m_check CHECK ((from_m >= (0)::double precision)),
    CONSTRAINT duty_members_share CHECK (((role <> 'member'::text) OR (NOT exclusive))),
    CONSTRAINT duty_role_check CHECK ((role = ANY (ARRAY['general'::text, 'first'::text, 'second'::text, 'rota'::text, 'member'::text])))
);

ALTER TABLE public.duty ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.duty_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.generalised (
    layer text NOT NULL,
    band smallint NOT NULL,
    shape_id integer NOT NULL,
    tile_geom public.geometry(Geometry,3857)
);

CREATE TABLE public.grid (
    id integer NOT NULL,
    system_id integer NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    parent_id integer
);

ALTER TABLE public.grid ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.grid_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.grid_shape (
    plan_id integer NOT NULL,
    grid_id integer NOT NULL,
    geom public.geometry(MultiPolygon,:SRID) NOT NULL,
    shape_id integer NOT NULL,
    id integer GENERATED ALWAYS AS (grid_id) STORED,
    tile_geom public.geometry(MultiPolygon,3857) GENERATED ALWAYS AS (public.st_transform(geom, 3857)) STORED,
    label public.geometry(Point,3857) GENERATED ALWAYS AS (public.label_point(geom)) STORED,
    CONSTRAINT grid_shape_geom_check CHECK ((public.st_isvalid(geom) AND (NOT public.st_isempty(geom))))
);

ALTER TABLE public.grid_shape ALTER COLUMN shape_id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.grid_shape_shape_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.grid_system (
    id integer NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    name_en text NOT NULL,
    code_pattern text DEFAULT '^[0-9]{15}$'::text NOT NULL,
    across boolean DEFAULT false NOT NULL,
    CONSTRAINT grid_system_code_check CHECK ((code ~ '^[a-z][a-z_]*$'::text))
);

ALTER TABLE public.grid_system ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.grid_system_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.import_job (
    id bigint NOT NULL,
    place uuid NOT NULL,
    kind text NOT NULL,
    file text NOT NULL,
    size_bytes bigint NOT NULL,
    status text DEFAULT 'uploaded'::text NOT NULL,
    options jsonb DEFAULT '{}'::jsonb NOT NULL,
    step text DEFAULT ''::text NOT NULL,
    done bigint DEFAULT 0 NOT NULL,
    total bigint DEFAULT 0 NOT NULL,
    stop boolean DEFAULT false NOT NULL,
    backend integer,
    summary jsonb,
    rejects integer DEFAULT 0 NOT NULL,
    error text,
    kept boolean DEFAULT true NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    CONSTRAINT import_job_check CHECK (((status = 'failed'::text) = (error IS NOT NULL))),
    CONSTRAINT import_job_check1 CHECK (((status = ANY (ARRAY['done'::text, 'failed'::text, 'cancelled'::text])) = (ended_at IS NOT NULL))),
    CONSTRAINT import_job_check2 CHECK (((status <> 'done'::text) OR (summary IS NOT NULL))),
    CONSTRAINT import_job_done_check CHECK ((done >= 0)),
    CONSTRAINT import_job_file_check CHECK ((file <> ''::text)),
    CONSTRAINT import_job_options_check CHECK ((jsonb_typeof(options) = 'object'::text)),
    CONSTRAINT import_job_rejects_check CHECK ((rejects >= 0)),
    CONSTRAINT import_job_size_bytes_check CHECK ((size_bytes >= 0)),
    CONSTRAINT import_job_status_check CHECK ((status = ANY (ARRAY['uploaded'::text, 'queued'::text, 'running'::text, 'done'::text, 'failed'::text, 'cancelled'::text]))),
    CONSTRAINT import_job_summary_check CHECK ((jsonb_typeof(summary) = 'object'::text)),
    CONSTRAINT import_job_total_check CHECK ((total >= 0))
);

ALTER TABLE public.import_job ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.import_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.import_run (
    id integer NOT NULL,
    kind text NOT NULL,
    file text NOT NULL,
    sha256 text NOT NULL,
    crs text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    rows_read integer NOT NULL,
    inserted integer NOT NULL,
    updated integer NOT NULL,
    unchanged integer NOT NULL,
    rejected integer NOT NULL,
    CONSTRAINT import_run_check CHECK ((rows_read = (((inserted + updated) + unchanged) + rejected)))
);

ALTER TABLE public.import_run ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.import_run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.incident (
    id bigint NOT NULL,
    external_id text NOT NULL,
    class text NOT NULL,
    subclass text,
    description text,
    address text,
    source text,
    status text DEFAULT 'reported'::text NOT NULL,
    reported_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone,
    handled_at timestamp with time zone,
    closed_at timestamp with time zone,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    geom public.geometry(Point,:SRID) NOT NULL,
    block_id integer,
    segment_id integer,
    side text,
    chainage_m double precision,
    offset_m double precision,
    tile_geom public.geometry(Point,3857) GENERATED ALWAYS AS (public.st_transform(geom, 3857)) STORED,
    rank double precision GENERATED ALWAYS AS ((public.rank_of(id) * (
CASE
    WHEN (status = ANY (ARRAY['closed'::text, 'cancelled'::text])) THEN (1)::numeric
    ELSE 0.0009765625
END)::double precision)) STORED,
    CONSTRAINT incident_chainage_m_check CHECK ((chainage_m >= (0)::double precision)),
    CONSTRAINT incident_check CHECK ((handled_at >= reported_at)),
    CONSTRAINT incident_check1 CHECK ((closed_at >= reported_at)),
    CONSTRAINT incident_geom_check CHECK ((NOT public.st_isempty(geom))),
    CONSTRAINT incident_labels_check CHECK ((jsonb_typeof(labels) = 'object'::text)),
    CONSTRAINT incident_offset_m_check CHECK ((offset_m >= (0)::double precision)),
    CONSTRAINT incident_side_check CHECK ((side = ANY (ARRAY['L'::text, 'R'::text]))),
    CONSTRAINT incident_status_check CHECK ((status = ANY (ARRAY['reported'::text, 'filed'::text, 'dispatched'::text, 'handling'::text, 'handled'::text, 'closed'::text, 'cancelled'::text]))),
    CONSTRAINT road_place_whole CHECK ((num_nulls(segment_id, side, chainage_m, offset_m) = ANY (ARRAY[0, 4])))
);

ALTER TABLE public.incident ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.incident_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.incident_step (
    incident_id bigint NOT NULL,
    seq integer NOT NULL,
    step text NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text,
    note text,
    status text NOT NULL,
    CONSTRAINT incident_step_seq_check CHECK ((seq > 0)),
    CONSTRAINT incident_step_status_check CHECK ((status = ANY (ARRAY['reported'::text, 'filed'::text, 'dispatched'::text, 'handling'::text, 'handled'::text, 'closed'::text, 'cancelled'::text]))),
    CONSTRAINT incident_step_step_check CHECK ((step = ANY (ARRAY['collect'::text, 'file'::text, 'dispatch'::text, 'handle'::text, 'feedback'::text, 'verify'::text, 'evaluate'::text, 'cancel'::text, 'bounce'::text, 'extend'::text, 'shelve'::text, 'supervise'::text, 'appeal'::text, 'rework'::text])))
);

CREATE VIEW public.layer_areas AS
 SELECT area.id,
    area.id AS shape_id,
    area.level,
    area.code,
    area.name,
    (area.parent_id IS NULL) AS outermost,
    area.households,
    area.people,
    area.workers,
    area.geom,
    area.tile_geom,
    area.label,
        CASE
            WHEN ((area.level = 'community'::text) AND (area.parent_id IS NOT NULL)) THEN 12
            ELSE 9
        END AS from_zoom,
        CASE
            WHEN (area.level = 'district'::text) THEN 99
            WHEN ((area.level = 'community'::text) AND (area.parent_id IS NOT NULL)) THEN 13
            ELSE 11
        END AS label_from
   FROM public.area
  WHERE (area.level <> 'compound'::text);

CREATE VIEW public.layer_blocks AS
 SELECT block.id,
    block.id AS shape_id,
    block.code,
    area.code AS area,
    block.households,
    block.people,
    block.valid_from,
    block.valid_to,
    block.geom,
    block.tile_geom,
    block.label,
    13 AS from_zoom,
    16 AS label_from
   FROM (public.block
     LEFT JOIN public.area ON ((area.id = block.area_id)));

CREATE TABLE public.station (
    id integer NOT NULL,
    external_id text NOT NULL,
    name text NOT NULL,
    tier text NOT NULL,
    address text,
    phone text,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    geom public.geometry(Point,:SRID) NOT NULL,
    block_id integer,
    segment_id integer,
    side text,
    chainage_m double precision,
    offset_m double precision,
    tile_geom public.geometry(Point,3857) GENERATED ALWAYS AS (public.st_transform(geom, 3857)) STORED,
    CONSTRAINT road_place_whole CHECK ((num_nulls(segment_id, side, chainage_m, offset_m) = ANY (ARRAY[0, 4]))),
    CONSTRAINT station_chainage_m_check CHECK ((chainage_m >= (0)::double precision)),
    CONSTRAINT station_geom_check CHECK ((NOT public.st_isempty(geom))),
    CONSTRAINT station_labels_check CHECK ((jsonb_typeof(labels) = 'object'::text)),
    CONSTRAINT station_name_check CHECK ((name <> ''::text)),
    CONSTRAINT station_offset_m_check CHECK ((offset_m >= (0)::double precision)),
    CONSTRAINT station_side_check CHECK ((side = ANY (ARRAY['L'::text, 'R'::text]))),
    CONSTRAINT station_tier_check CHECK ((tier = ANY (ARRAY['district'::text, 'street'::text, 'community'::text, 'other'::text])))
);

CREATE VIEW public.layer_catchments AS
 SELECT catchment.id,
    station.external_id AS code,
    station.name,
    station.tier,
    catchment.minutes,
    catchment.households,
    catchment.merchants,
    catchment.geom,
    catchment.tile_geom,
    11 AS from_zoom
   FROM (public.catchment
     JOIN public.station ON ((station.id = catchment.station_id)));

CREATE VIEW public.layer_compounds AS
 SELECT area.id,
    area.id AS shape_id,
    area.code,
    area.name,
    area.households,
    area.people,
    area.geom,
    area.tile_geom,
    area.label,
    13 AS from_zoom,
    15 AS label_from
   FROM public.area
  WHERE (area.level = 'compound'::text);

CREATE TABLE public.road (
    id integer NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    CONSTRAINT road_kind_check CHECK ((kind = ANY (ARRAY['road'::text, 'lane'::text, 'river'::text, 'rail'::text]))),
    CONSTRAINT road_name_check CHECK ((name <> ''::text))
);

CREATE TABLE public.segment (
    id integer NOT NULL,
    road_id integer,
    seq integer,
    kind text DEFAULT 'road'::text NOT NULL,
    class text NOT NULL,
    width_m double precision NOT NULL,
    from_node integer NOT NULL,
    to_node integer NOT NULL,
    geom public.geometry(LineString,:SRID) NOT NULL,
    length_m double precision GENERATED ALWAYS AS (public.st_length(geom)) STORED NOT NULL,
    surface public.geometry(Polygon,:SRID) NOT NULL,
    from_zoom smallint GENERATED ALWAYS AS (
CASE
    WHEN (kind = 'river'::text) THEN 99
    WHEN (replace(class, '_link'::text, ''::text) = ANY (ARRAY['motorway'::text, 'trunk'::text, 'primary'::text])) THEN 9
    WHEN (replace(class, '_link'::text, ''::text) = 'secondary'::text) THEN 11
    WHEN (replace(class, '_link'::text, ''::text) = 'tertiary'::text) THEN 12
    WHEN (kind = 'lane'::text) THEN 14
    ELSE 13
END) STORED NOT NULL,
    surface_from_zoom smallint GENERATED ALWAYS AS (
CASE
    WHEN (kind = 'river'::text) THEN 9
    WHEN (kind = 'rail'::text) THEN 99
    ELSE 14
END) STORED NOT NULL,
    tile_axis public.geometry(LineString,3857) GENERATED ALWAYS AS (public.st_transform(geom, 3857)) STORED,
    tile_geom public.geometry(Polygon,3857) GENERATED ALWAYS AS (public.st_transform(surface, 3857)) STORED,
    CONSTRAINT segment_check CHECK (((road_id IS NULL) = (seq IS NULL))),
    CONSTRAINT segment_geom_check CHECK ((public.st_isvalid(geom) AND (NOT public.st_isempty(geom)) AND (public.st_length(geom) > (0)::double precision))),
    CONSTRAINT segment_kind_check CHECK ((kind = ANY (ARRAY['road'::text, 'lane'::text, 'river'::text, 'rail'::text]))),
    CONSTRAINT segment_surface_check CHECK ((public.st_isvalid(surface) AND (NOT public.st_isempty(surface)))),
    CONSTRAINT segment_width_m_check CHECK ((width_m > (0)::double precision))
);

CREATE TABLE public.segment_side (
    segment_id integer NOT NULL,
    side text NOT NULL,
    frontage public.geometry(MultiPolygon,:SRID) NOT NULL,
    id integer GENERATED ALWAYS AS (((segment_id * 2) + ((side = 'R'::text))::integer)) STORED,
    tile_geom public.geometry(MultiPolygon,3857) GENERATED ALWAYS AS (public.st_transform(frontage, 3857)) STORED,
    CONSTRAINT segment_side_frontage_check CHECK (public.st_isvalid(frontage)),
    CONSTRAINT segment_side_side_check CHECK ((side = ANY (ARRAY['L'::text, 'R'::text])))
);

CREATE VIEW public.layer_coverage AS
 SELECT segment_side.id,
    c.segment_id AS segment,
    c.side,
    segment.kind,
    segment.class,
    road.name,
    segment.seq,
        CASE
            WHEN (c.paper_m < ((0.01)::double precision * c.side_m)) THEN 'none'::text
            WHEN (c.hollow_m >= ((0.5)::double precision * c.paper_m)) THEN 'hollow'::text
            WHEN (c.paper_m < ((0.99)::double precision * c.side_m)) THEN 'part'::text
            ELSE 'lived'::text
        END AS state,
    c.side_m,
    c.paper_m,
    c.lived_m,
    c.hollow_m,
    segment.geom,
    segment.tile_axis AS tile_geom,
    segment.from_zoom
   FROM (((public.coverage_side c
     JOIN public.segment_side ON (((segment_side.segment_id = c.segment_id) AND (segment_side.side = c.side))))
     JOIN public.segment ON ((segment.id = c.segment_id)))
     LEFT JOIN public.road ON ((road.id = segment.road_id)));

CREATE VIEW public.layer_density AS
 SELECT density.id,
    density.resolution,
    density.cell,
    density.count,
    density.open,
    density.geom,
    density.tile_geom,
        CASE density.resolution
            WHEN 7 THEN 9
            WHEN 8 THEN 11
            WHEN 9 THEN 13
            ELSE 15
        END AS from_zoom,
        CASE density.resolution
            WHEN 7 THEN 10
            WHEN 8 THEN 12
            WHEN 9 THEN 14
            ELSE 99
        END AS until_zoom
   FROM public.density;

CREATE TABLE public.plan (
    id integer NOT NULL,
    system_id integer NOT NULL,
    name text NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    valid_from date,
    valid_to date DEFAULT 'infinity'::date NOT NULL,
    based_on integer,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT plan_check CHECK ((valid_to > valid_from)),
    CONSTRAINT plan_check1 CHECK (((status <> ALL (ARRAY['published'::text, 'superseded'::text])) OR (valid_from IS NOT NULL))),
    CONSTRAINT plan_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'approved'::text, 'published'::text, 'superseded'::text])))
);

CREATE VIEW public.layer_grids AS
 SELECT grid.id,
    grid_shape.shape_id,
    grid_system.code AS system,
    grid.code,
    grid.name,
    area.code AS area,
    plan.name AS plan,
    plan.valid_from,
    plan.valid_to,
    grid_shape.geom,
    grid_shape.tile_geom,
    grid_shape.label,
    11 AS from_zoom,
    13 AS label_from
   FROM ((((public.grid_shape
     JOIN public.plan ON ((plan.id = grid_shape.plan_id)))
     JOIN public.grid ON ((grid.id = grid_shape.grid_id)))
     JOIN public.grid_system ON ((grid_system.id = plan.system_id)))
     LEFT JOIN public.area ON ((area.id = grid.parent_id)))
  WHERE (plan.status = ANY (ARRAY['published'::text, 'superseded'::text]));

CREATE VIEW public.layer_incidents AS
 SELECT incident.id,
    incident.external_id AS code,
    incident.class,
    incident.subclass,
    incident.status,
    (incident.status <> ALL (ARRAY['closed'::text, 'cancelled'::text])) AS open,
    incident.description,
    incident.address,
    incident.source,
    incident.reported_at,
    incident.due_at,
    incident.handled_at,
    incident.closed_at,
    block.code AS block,
    road.name AS road,
    segment.seq,
    incident.side,
    incident.chainage_m,
    incident.offset_m,
    incident.geom,
    incident.tile_geom,
    incident.rank,
    9 AS from_zoom,
    area.code AS area,
    street.code AS street,
    incident.segment_id AS segment,
    COALESCE((incident.due_at < COALESCE(incident.handled_at, incident.closed_at,
        CASE
            WHEN (incident.status <> ALL (ARRAY['closed'::text, 'cancelled'::text])) THEN now()
            ELSE NULL::timestamp with time zone
        END)), false) AS late,
    incident.block_id,
    area.id AS area_id,
    street.id AS street_id,
    road.id AS road_id
   FROM (((((public.incident
     LEFT JOIN public.block ON ((block.id = incident.block_id)))
     LEFT JOIN public.segment ON ((segment.id = incident.segment_id)))
     LEFT JOIN public.road ON ((road.id = segment.road_id)))
     LEFT JOIN public.area ON ((area.id = block.area_id)))
     LEFT JOIN public.area street ON (((street.id =
        CASE
            WHEN (area.level = 'street'::text) THEN area.id
            ELSE area.parent_id
        END) AND (street.level = 'street'::text))));

CREATE TABLE public.merchant (
    id integer NOT NULL,
    external_id text NOT NULL,
    name text NOT NULL,
    category text,
    credit_code text,
    stars integer,
    credit double precision,
    listed text,
    address text,
    contact text,
    phone text,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    geom public.geometry(Point,:SRID) NOT NULL,
    block_id integer,
    segment_id integer,
    side text,
    chainage_m double precision,
    offset_m double precision,
    tile_geom public.geometry(Point,3857) GENERATED ALWAYS AS (public.st_transform(geom, 3857)) STORED,
    rank double precision GENERATED ALWAYS AS (public.rank_of((id)::bigint)) STORED,
    CONSTRAINT merchant_chainage_m_check CHECK ((chainage_m >= (0)::double precision)),
    CONSTRAINT merchant_credit_check CHECK (((credit >= (0)::double precision) AND (credit <= (100)::double precision))),
    CONSTRAINT merchant_geom_check CHECK ((NOT public.st_isempty(geom))),
    CONSTRAINT merchant_labels_check CHECK ((jsonb_typeof(labels) = 'object'::text)),
    CONSTRAINT merchant_listed_check CHECK ((listed = ANY (ARRAY['red'::text, 'grey'::text]))),
    CONSTRAINT merchant_name_check CHECK ((name <> ''::text)),
    CONSTRAINT merchant_offset_m_check CHECK ((offset_m >= (0)::double precision)),
    CONSTRAINT merchant_side_check CHECK ((side = ANY (ARRAY['L'::text, 'R'::text]))),
    CONSTRAINT merchant_stars_check CHECK (((stars >= 0) AND (stars <= 5))),
    CONSTRAINT road_place_whole CHECK ((num_nulls(segment_id, side, chainage_m, offset_m) = ANY (ARRAY[0, 4])))
);

CREATE VIEW public.layer_merchants AS
 SELECT merchant.id,
    merchant.external_id AS code,
    merchant.name,
    merchant.category,
    merchant.listed,
    merchant.stars,
    merchant.credit,
    merchant.credit_code,
    merchant.address,
    merchant.contact,
    merchant.phone,
    block.code AS block,
    road.name AS road,
    segment.seq,
    merchant.side,
    merchant.chainage_m,
    merchant.offset_m,
    merchant.geom,
    merchant.tile_geom,
    merchant.rank,
    14 AS from_zoom
   FROM (((public.merchant
     LEFT JOIN public.block ON ((block.id = merchant.block_id)))
     LEFT JOIN public.segment ON ((segment.id = merchant.segment_id)))
     LEFT JOIN public.road ON ((road.id = segment.road_id)));

CREATE TABLE public.road_line (
    id integer NOT NULL,
    kind text NOT NULL,
    class text NOT NULL,
    from_zoom smallint NOT NULL,
    length_m double precision NOT NULL,
    geom public.geometry(Geometry,:SRID) NOT NULL,
    tile_geom public.geometry(Geometry,3857) GENERATED ALWAYS AS (public.st_transform(geom, 3857)) STORED NOT NULL
);

CREATE VIEW public.layer_named_roads AS
 SELECT road.id,
    road.name,
    road_line.kind,
    road_line.class,
    road_line.length_m,
    road_line.geom,
    road_line.tile_geom,
    road_line.from_zoom
   FROM (public.road_line
     JOIN public.road ON ((road.id = road_line.id)));

CREATE VIEW public.layer_roads AS
 SELECT segment.id,
    segment.kind,
    segment.class,
    road.name,
    segment.seq,
    segment.width_m,
    segment.surface AS geom,
    segment.tile_geom,
    segment.surface_from_zoom AS from_zoom
   FROM (public.segment
     LEFT JOIN public.road ON ((road.id = segment.road_id)))
  WHERE (segment.kind <> 'rail'::text);

CREATE VIEW public.layer_segments AS
 SELECT segment.id,
    segment.kind,
    segment.class,
    road.name,
    segment.seq,
    segment.length_m,
    segment.width_m,
    segment.geom,
    segment.tile_axis AS tile_geom,
    segment.from_zoom
   FROM (public.segment
     LEFT JOIN public.road ON ((road.id = segment.road_id)))
  WHERE (segment.kind <> 'river'::text);

CREATE VIEW public.layer_sides AS
 SELECT segment_side.id,
    segment_side.segment_id AS segment,
    segment_side.side,
    road.name,
    segment.kind,
    segment.class,
    segment.seq,
    segment.length_m,
    segment_side.frontage AS geom,
    segment_side.tile_geom,
    15 AS from_zoom
   FROM ((public.segment_side
     JOIN public.segment ON ((segment.id = segment_side.segment_id)))
     LEFT JOIN public.road ON ((road.id = segment.road_id)));

CREATE VIEW public.layer_stations AS
 SELECT station.id,
    station.external_id AS code,
    station.tier,
    station.name,
    station.address,
    station.phone,
    block.code AS block,
    road.name AS road,
    segment.seq,
    station.side,
    station.chainage_m,
    station.offset_m,
    station.geom,
    station.tile_geom,
        CASE station.tier
            WHEN 'other'::text THEN 13
            WHEN 'community'::text THEN 12
            ELSE 10
        END AS from_zoom
   FROM (((public.station
     LEFT JOIN public.block ON ((block.id = station.block_id)))
     LEFT JOIN public.segment ON ((segment.id = station.segment_id)))
     LEFT JOIN public.road ON ((road.id = segment.road_id)));

CREATE TABLE public.leave (
    id integer NOT NULL,
    chief_id integer NOT NULL,
    deputy_id integer,
    valid_from date NOT NULL,
    valid_to date DEFAULT 'infinity'::date NOT NULL,
    reason text,
    CONSTRAINT leave_check CHECK ((deputy_id <> chief_id)),
    CONSTRAINT leave_check1 CHECK ((valid_to > valid_from))
);

ALTER TABLE public.leave ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.leave_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.lineage (
    plan_id integer NOT NULL,
    from_grid integer,
    to_grid integer,
    kind text NOT NULL,
    blocks integer DEFAULT 0 NOT NULL,
    households integer DEFAULT 0 NOT NULL,
    CONSTRAINT lineage_blocks_check CHECK ((blocks >= 0)),
    CONSTRAINT lineage_check CHECK (((from_grid IS NOT NULL) OR (to_grid IS NOT NULL))),
    CONSTRAINT lineage_households_check CHECK ((households >= 0)),
    CONSTRAINT lineage_kind_check CHECK ((kind = ANY (ARRAY['kept'::text, 'split'::text, 'merged'::text, 'moved'::text, 'ended'::text, 'new'::text])))
);

CREATE TABLE public.load_rule (
    id integer NOT NULL,
    name text NOT NULL,
    version integer NOT NULL,
    title text NOT NULL,
    title_en text NOT NULL,
    weights jsonb NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    made_by text DEFAULT ''::text NOT NULL,
    CONSTRAINT load_rule_name_check CHECK ((name ~ '^[a-z][a-z_]*$'::text)),
    CONSTRAINT load_rule_title_check CHECK ((title <> ''::text)),
    CONSTRAINT load_rule_title_en_check CHECK ((title_en <> ''::text)),
    CONSTRAINT load_rule_version_check CHECK ((version > 0)),
    CONSTRAINT load_rule_weights_check CHECK ((jsonb_typeof(weights) = 'object'::text))
);

ALTER TABLE public.load_rule ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.load_rule_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.merchant ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.merchant_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.metric (
    key text NOT NULL,
    layer text NOT NULL,
    revision text NOT NULL,
    computed_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.metric_value (
    key text NOT NULL,
    layer text NOT NULL,
    unit_id integer NOT NULL,
    value double precision NOT NULL
);

CREATE TABLE public.node (
    id integer NOT NULL,
    geom public.geometry(Point,:SRID) NOT NULL
);

ALTER TABLE public.node ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.node_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.pass (
    id bigint NOT NULL,
    patrol_id bigint NOT NULL,
    segment_id integer NOT NULL,
    side text NOT NULL,
    from_m double precision NOT NULL,
    to_m double precision NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT pass_check CHECK ((to_m > from_m)),
    CONSTRAINT pass_from_m_check CHECK ((from_m >= (0)::double precision))
);

ALTER TABLE public.pass ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.pass_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.patrol (
    id bigint NOT NULL,
    key text NOT NULL,
    chief_id integer NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT patrol_check CHECK ((ended_at >= begun_at)),
    CONSTRAINT patrol_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)))
);

ALTER TABLE public.patrol ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.patrol_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW public.plan_grid AS
 SELECT d.plan_id,
    d.number,
    d.grid_id,
    grid.code,
    d.name,
    d.parent_id,
    d.workers,
    d.locked
   FROM ((public.draft_grid d
     JOIN public.plan ON (((plan.id = d.plan_id) AND (plan.status <> ALL (ARRAY['published'::text, 'superseded'::text])))))
     LEFT JOIN public.grid ON ((grid.id = d.grid_id)))
UNION ALL
 SELECT s.plan_id,
    (COALESCE((d.number)::bigint, row_number() OVER (PARTITION BY s.plan_id ORDER BY grid.code)))::integer AS number,
    grid.id AS grid_id,
    grid.code,
    grid.name,
    grid.parent_id,
    COALESCE(d.workers, 1) AS workers,
    true AS locked
   FROM ((public.grid_shape s
     JOIN public.grid ON ((grid.id = s.grid_id)))
     LEFT JOIN public.draft_grid d ON (((d.plan_id = s.plan_id) AND (d.grid_id = s.grid_id))));

CREATE TABLE public.setting (
    one boolean DEFAULT true NOT NULL,
    name text NOT NULL,
    code text NOT NULL,
    srid integer DEFAULT :SRID NOT NULL,
    time_zone text DEFAULT 'Asia/Shanghai'::text NOT NULL,
    link_distance_m double precision DEFAULT 50 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT setting_code_check CHECK (((code ~ '^[0-9]{6}$'::text) OR (code = ''::text))),
    CONSTRAINT setting_link_distance_m_check CHECK ((link_distance_m > (0)::double precision)),
    CONSTRAINT setting_one_check CHECK (one),
    CONSTRAINT setting_srid_check CHECK ((srid = :SRID))
);

CREATE VIEW public.plan_block AS
 SELECT draft_block.plan_id,
    draft_block.block_id,
    draft_block.number,
    draft_block.based
   FROM public.draft_block
UNION ALL
 SELECT a.plan_id,
    a.block_id,
    g.number,
    NULL::integer AS based
   FROM (((((public.assignment a
     JOIN public.plan_grid g ON (((g.plan_id = a.plan_id) AND (g.grid_id = a.grid_id))))
     JOIN public.plan ON ((plan.id = a.plan_id)))
     CROSS JOIN public.setting)
     CROSS JOIN LATERAL ( SELECT ((now() AT TIME ZONE setting.time_zone))::date AS today) now)
     JOIN public.block ON (((block.id = a.block_id) AND (block.valid_from <=
        CASE
            WHEN (plan.valid_to > now.today) THEN now.today
            ELSE (plan.valid_to - 1)
        END) AND (block.valid_to >
        CASE
            WHEN (plan.valid_to > now.today) THEN now.today
            ELSE (plan.valid_to - 1)
        END))));

CREATE TABLE public.plan_comment (
    id integer NOT NULL,
    plan_id integer NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    made_by text DEFAULT ''::text NOT NULL,
    body text NOT NULL,
    geom public.geometry(Point,:SRID),
    done boolean DEFAULT false NOT NULL,
    CONSTRAINT plan_comment_body_check CHECK (((length(body) >= 1) AND (length(body) <= 2000)))
);

ALTER TABLE public.plan_comment ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.plan_comment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.plan ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.plan_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.plan_step (
    id bigint NOT NULL,
    plan_id integer NOT NULL,
    status text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    made_by text DEFAULT ''::text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT plan_step_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'approved'::text, 'published'::text, 'superseded'::text])))
);

ALTER TABLE public.plan_step ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.plan_step_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.proposal (
    id integer NOT NULL,
    plan_id integer NOT NULL,
    version integer NOT NULL,
    task text NOT NULL,
    status text DEFAULT 'running'::text NOT NULL,
    wishes jsonb NOT NULL,
    seed integer NOT NULL,
    made_by text DEFAULT ''::text NOT NULL,
    step text DEFAULT ''::text NOT NULL,
    done integer DEFAULT 0 NOT NULL,
    total integer DEFAULT 0 NOT NULL,
    stop boolean DEFAULT false NOT NULL,
    figures jsonb,
    error text,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    beat_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT proposal_check CHECK (((status = 'failed'::text) = (error IS NOT NULL))),
    CONSTRAINT proposal_check1 CHECK (((status = ANY (ARRAY['running'::text, 'failed'::text])) OR (figures IS NOT NULL))),
    CONSTRAINT proposal_check2 CHECK (((status = 'running'::text) = (ended_at IS NULL))),
    CONSTRAINT proposal_done_check CHECK ((done >= 0)),
    CONSTRAINT proposal_figures_check CHECK ((jsonb_typeof(figures) = 'object'::text)),
    CONSTRAINT proposal_status_check CHECK ((status = ANY (ARRAY['running'::text, 'ready'::text, 'failed'::text, 'applied'::text]))),
    CONSTRAINT proposal_task_check CHECK ((task = ANY (ARRAY['rebalance'::text, 'redraw'::text, 'split'::text, 'merge'::text, 'add'::text, 'drop'::text, 'unite'::text]))),
    CONSTRAINT proposal_total_check CHECK ((total >= 0)),
    CONSTRAINT proposal_version_check CHECK ((version > 0)),
    CONSTRAINT proposal_wishes_check CHECK ((jsonb_typeof(wishes) = 'object'::text))
);

CREATE TABLE public.proposal_block (
    proposal_id integer NOT NULL,
    block_id integer NOT NULL,
    was integer,
    now integer
);

CREATE TABLE public.proposal_grid (
    proposal_id integer NOT NULL,
    number integer NOT NULL,
    was jsonb,
    now jsonb,
    CONSTRAINT proposal_grid_now_check CHECK ((jsonb_typeof(now) = 'object'::text)),
    CONSTRAINT proposal_grid_was_check CHECK ((jsonb_typeof(was) = 'object'::text))
);

ALTER TABLE public.proposal ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.proposal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.protected_place (
    id integer NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    geom public.geometry(MultiPolygon,:SRID) NOT NULL,
    CONSTRAINT protected_place_geom_check CHECK ((public.st_isvalid(geom) AND (NOT public.st_isempty(geom)))),
    CONSTRAINT protected_place_kind_check CHECK ((kind = ANY (ARRAY['school'::text, 'hospital'::text, 'market'::text, 'estate'::text, 'heritage'::text, 'other'::text]))),
    CONSTRAINT protected_place_name_check CHECK ((name <> ''::text))
);

ALTER TABLE public.protected_place ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.protected_place_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.reach (
    layer text NOT NULL,
    unit_id integer NOT NULL,
    station_id integer,
    metres double precision,
    minutes double precision,
    offset_m double precision,
    CONSTRAINT reach_check CHECK ((num_nulls(station_id, metres, minutes) = ANY (ARRAY[0, 3]))),
    CONSTRAINT reach_layer_check CHECK ((layer = ANY (ARRAY['blocks'::text, 'compounds'::text, 'merchants'::text]))),
    CONSTRAINT reach_metres_check CHECK ((metres >= (0)::double precision)),
    CONSTRAINT reach_minutes_check CHECK ((minutes >= (0)::double precision)),
    CONSTRAINT reach_offset_m_check CHECK ((offset_m >= (0)::double precision))
);

CREATE TABLE public.refreshed (
    part text NOT NULL,
    revision text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    seconds double precision NOT NULL
);

CREATE TABLE public.request_key (
    key text NOT NULL,
    asked text NOT NULL,
    incident_id bigint,
    at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT request_key_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)))
);

ALTER TABLE public.road ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.road_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.rota (
    id integer NOT NULL,
    name text NOT NULL,
    every integer NOT NULL,
    unit text NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    CONSTRAINT rota_check CHECK ((valid_to > valid_from)),
    CONSTRAINT rota_every_check CHECK (((every >= 1) AND (every <= 366))),
    CONSTRAINT rota_name_check CHECK ((name <> ''::text)),
    CONSTRAINT rota_unit_check CHECK ((unit = ANY (ARRAY['day'::text, 'week'::text, 'month'::text]))),
    CONSTRAINT rota_valid_from_check CHECK (isfinite(valid_from)),
    CONSTRAINT rota_valid_to_check CHECK (isfinite(valid_to))
);

ALTER TABLE public.rota ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.rota_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.rota_member (
    rota_id integer NOT NULL,
    place integer NOT NULL,
    chief_id integer NOT NULL,
    CONSTRAINT rota_member_place_check CHECK ((place > 0))
);

CREATE TABLE public.rota_stretch (
    id integer NOT NULL,
    rota_id integer NOT NULL,
    segment_id integer NOT NULL,
    side text NOT NULL,
    from_m double precision NOT NULL,
    to_m double precision NOT NULL,
    CONSTRAINT rota_stretch_check CHECK ((to_m > from_m)),
    CONSTRAINT rota_stretch_from_m_check CHECK ((from_m >= (0)::double precision))
);

ALTER TABLE public.rota_stretch ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.rota_stretch_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.segment_edit (
    id integer NOT NULL,
    op text NOT NULL,
    kind text NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    actor text,
    spot public.geometry(Point,:SRID),
    before public.geometry(LineString,:SRID),
    after public.geometry(LineString,:SRID),
    CONSTRAINT segment_edit_check CHECK (((op = 'redraw'::text) = (spot IS NULL))),
    CONSTRAINT segment_edit_check1 CHECK (((op = 'redraw'::text) = ((before IS NOT NULL) AND (after IS NOT NULL)))),
    CONSTRAINT segment_edit_kind_check CHECK ((kind = ANY (ARRAY['road'::text, 'lane'::text, 'river'::text, 'rail'::text]))),
    CONSTRAINT segment_edit_op_check CHECK ((op = ANY (ARRAY['split'::text, 'join'::text, 'redraw'::text])))
);

ALTER TABLE public.segment_edit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.segment_edit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE public.segment ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.segment_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.share_draft (
    id integer NOT NULL,
    role text NOT NULL,
    valid_from date NOT NULL,
    status text DEFAULT 'running'::text NOT NULL,
    wishes jsonb NOT NULL,
    seed integer NOT NULL,
    step text DEFAULT ''::text NOT NULL,
    done integer DEFAULT 0 NOT NULL,
    total integer DEFAULT 0 NOT NULL,
    stop boolean DEFAULT false NOT NULL,
    figures jsonb,
    error text,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    beat_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT share_draft_check CHECK (((status = 'failed'::text) = (error IS NOT NULL))),
    CONSTRAINT share_draft_check1 CHECK (((status = ANY (ARRAY['running'::text, 'failed'::text])) OR (figures IS NOT NULL))),
    CONSTRAINT share_draft_check2 CHECK (((status = 'running'::text) = (ended_at IS NULL))),
    CONSTRAINT share_draft_done_check CHECK ((done >= 0)),
    CONSTRAINT share_draft_figures_check CHECK ((jsonb_typeof(figures) = 'object'::text)),
    CONSTRAINT share_draft_role_check CHECK ((role = ANY (ARRAY['general'::text, 'first'::text, 'second'::text]))),
    CONSTRAINT share_draft_status_check CHECK ((status = ANY (ARRAY['running'::text, 'ready'::text, 'failed'::text, 'applied'::text, 'discarded'::text]))),
    CONSTRAINT share_draft_total_check CHECK ((total >= 0)),
    CONSTRAINT share_draft_wishes_check CHECK ((jsonb_typeof(wishes) = 'object'::text))
);

CREATE TABLE public.share_draft_duty (
    draft_id integer NOT NULL,
    duty_id integer NOT NULL,
    chief_id integer NOT NULL,
    segment_id integer NOT NULL,
    side text NOT NULL,
    from_m double precision NOT NULL,
    to_m double precision NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL
);

ALTER TABLE public.share_draft ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.share_draft_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.share_draft_post (
    draft_id integer NOT NULL,
    post integer NOT NULL,
    chief_id integer,
    metres double precision NOT NULL,
    doors double precision NOT NULL,
    cases double precision NOT NULL,
    load double precision NOT NULL,
    stretches integer NOT NULL,
    pieces integer NOT NULL,
    CONSTRAINT share_draft_post_post_check CHECK ((post >= 0))
);

CREATE TABLE public.share_draft_stretch (
    draft_id integer NOT NULL,
    segment_id integer NOT NULL,
    post integer NOT NULL
);

CREATE TABLE public.side_home (
    segment_id integer NOT NULL,
    side text NOT NULL,
    block_id integer NOT NULL
);

ALTER TABLE public.station ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.station_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.stroke (
    plan_id integer NOT NULL,
    number integer NOT NULL,
    what text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    made_by text DEFAULT ''::text NOT NULL,
    undone boolean DEFAULT false NOT NULL,
    dropped boolean DEFAULT false NOT NULL,
    version integer NOT NULL,
    CONSTRAINT stroke_check CHECK ((undone OR (NOT dropped))),
    CONSTRAINT stroke_number_check CHECK ((number > 0)),
    CONSTRAINT stroke_version_check CHECK ((version > 0)),
    CONSTRAINT stroke_what_check CHECK ((what = ANY (ARRAY['paint'::text, 'grid'::text, 'plan'::text, 'engine'::text, 'cut'::text, 'join'::text])))
);

CREATE TABLE public.stroke_block (
    plan_id integer NOT NULL,
    stroke integer NOT NULL,
    block_id integer NOT NULL,
    was integer,
    now integer
);

CREATE TABLE public.stroke_grid (
    plan_id integer NOT NULL,
    stroke integer NOT NULL,
    number integer NOT NULL,
    was jsonb,
    now jsonb,
    CONSTRAINT stroke_grid_now_check CHECK ((jsonb_typeof(now) = 'object'::text)),
    CONSTRAINT stroke_grid_was_check CHECK ((jsonb_typeof(was) = 'object'::text))
);

CREATE TABLE public.stroke_plan (
    plan_id integer NOT NULL,
    stroke integer NOT NULL,
    was jsonb NOT NULL,
    now jsonb NOT NULL,
    CONSTRAINT stroke_plan_now_check CHECK ((jsonb_typeof(now) = 'object'::text)),
    CONSTRAINT stroke_plan_was_check CHECK ((jsonb_typeof(was) = 'object'::text))
);

CREATE TABLE public.thinning (
    layer text NOT NULL,
    zoom smallint NOT NULL,
    share double precision NOT NULL,
    CONSTRAINT thinning_share_check CHECK (((share > (0)::double precision) AND (share <= (1)::double precision)))
);

CREATE TABLE public.visit (
    id bigint NOT NULL,
    key text NOT NULL,
    chief_id integer NOT NULL,
    merchant_id integer NOT NULL,
    at timestamp with time zone NOT NULL,
    good boolean NOT NULL,
    note text,
    CONSTRAINT visit_key_check CHECK (((length(key) >= 1) AND (length(key) <= 200)))
);

ALTER TABLE public.visit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.visit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.way (
    id integer NOT NULL,
    external_id text NOT NULL,
    name text,
    kind text DEFAULT 'road'::text NOT NULL,
    class text,
    width_m double precision,
    level integer DEFAULT 0 NOT NULL,
    geom public.geometry(LineString,:SRID) NOT NULL,
    CONSTRAINT way_geom_check CHECK ((public.st_isvalid(geom) AND (NOT public.st_isempty(geom)))),
    CONSTRAINT way_kind_check CHECK ((kind = ANY (ARRAY['road'::text, 'lane'::text, 'river'::text, 'rail'::text]))),
    CONSTRAINT way_width_m_check CHECK ((width_m > (0)::double precision))
);

ALTER TABLE public.way ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.way_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY public.area
    ADD CONSTRAINT area_level_code_key UNIQUE (level, code);

ALTER TABLE ONLY public.area
    ADD CONSTRAINT area_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_pkey PRIMARY KEY (plan_id, block_id);

ALTER TABLE ONLY public.block
    ADD CONSTRAINT block_code_key UNIQUE (code);

ALTER TABLE ONLY public.block_lineage
    ADD CONSTRAINT block_lineage_from_block_to_block_key UNIQUE (from_block, to_block);

ALTER TABLE ONLY public.block_lineage
    ADD CONSTRAINT block_lineage_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.block
    ADD CONSTRAINT block_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.body_item
    ADD CONSTRAINT body_item_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.body
    ADD CONSTRAINT body_kind_name_key UNIQUE (kind, name);

ALTER TABLE ONLY public.body_member
    ADD CONSTRAINT body_member_id_body_id_key UNIQUE (id, body_id);

ALTER TABLE ONLY public.body_member
    ADD CONSTRAINT body_member_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.body_member
    ADD CONSTRAINT body_one_head EXCLUDE USING gist (body_id WITH =, daterange(valid_from, valid_to) WITH &&) WHERE ((post = 'head'::text));

ALTER TABLE ONLY public.body
    ADD CONSTRAINT body_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.body_stretch
    ADD CONSTRAINT body_stretch_once EXCLUDE USING gist (body_id WITH =, segment_id WITH =, side WITH =, numrange((from_m)::numeric, (to_m)::numeric) WITH &&);

ALTER TABLE ONLY public.body_stretch
    ADD CONSTRAINT body_stretch_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.body_turn
    ADD CONSTRAINT body_turn_one_at_a_time EXCLUDE USING gist (body_id WITH =, daterange(valid_from, valid_to) WITH &&);

ALTER TABLE ONLY public.body_turn
    ADD CONSTRAINT body_turn_pkey PRIMARY KEY (body_id, valid_from);

ALTER TABLE ONLY public.case_serial
    ADD CONSTRAINT case_serial_pkey PRIMARY KEY (day);

ALTER TABLE ONLY public.catchment
    ADD CONSTRAINT catchment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.change_horizon
    ADD CONSTRAINT change_horizon_pkey PRIMARY KEY (one);

ALTER TABLE ONLY public.change
    ADD CONSTRAINT change_pkey PRIMARY KEY (seq);

ALTER TABLE ONLY public.chief
    ADD CONSTRAINT chief_external_id_key UNIQUE (external_id);

ALTER TABLE ONLY public.chief
    ADD CONSTRAINT chief_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.code_given
    ADD CONSTRAINT code_given_pkey PRIMARY KEY (kind, code);

ALTER TABLE ONLY public.coverage_made
    ADD CONSTRAINT coverage_made_pkey PRIMARY KEY (one);

ALTER TABLE ONLY public.coverage_point
    ADD CONSTRAINT coverage_point_pkey PRIMARY KEY (kind, segment_id, side, block_id);

ALTER TABLE ONLY public.coverage_side
    ADD CONSTRAINT coverage_side_pkey PRIMARY KEY (segment_id, side);

ALTER TABLE ONLY public.density
    ADD CONSTRAINT density_cell_key UNIQUE (cell);

ALTER TABLE ONLY public.density
    ADD CONSTRAINT density_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.done_request
    ADD CONSTRAINT done_request_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.draft_block
    ADD CONSTRAINT draft_block_pkey PRIMARY KEY (plan_id, block_id);

ALTER TABLE ONLY public.draft_grid
    ADD CONSTRAINT draft_grid_pkey PRIMARY KEY (plan_id, number);

ALTER TABLE ONLY public.draft_grid
    ADD CONSTRAINT draft_grid_plan_id_grid_id_key UNIQUE (plan_id, grid_id);

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT draft_pkey PRIMARY KEY (plan_id);

ALTER TABLE ONLY public.duty
    ADD CONSTRAINT duty_one_holder EXCLUDE USING gist (segment_id WITH =, side WITH =, role WITH =, numrange((from_m)::numeric, (to_m)::numeric) WITH &&, daterange(valid_from, valid_to) WITH &&) WHERE (exclusive);

ALTER TABLE ONLY public.duty
    ADD CONSTRAINT duty_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.generalised
    ADD CONSTRAINT generalised_pkey PRIMARY KEY (layer, shape_id, band);

ALTER TABLE ONLY public.grid
    ADD CONSTRAINT grid_id_system_id_key UNIQUE (id, system_id);

ALTER TABLE ONLY public.grid
    ADD CONSTRAINT grid_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.grid_shape
    ADD CONSTRAINT grid_shape_pkey PRIMARY KEY (plan_id, grid_id);

ALTER TABLE ONLY public.grid_system
    ADD CONSTRAINT grid_system_code_key UNIQUE (code);

ALTER TABLE ONLY public.grid
    ADD CONSTRAINT grid_system_id_code_key UNIQUE (system_id, code);

ALTER TABLE ONLY public.grid_system
    ADD CONSTRAINT grid_system_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.import_job
    ADD CONSTRAINT import_job_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.import_job
    ADD CONSTRAINT import_job_place_key UNIQUE (place);

ALTER TABLE ONLY public.import_run
    ADD CONSTRAINT import_run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.incident
    ADD CONSTRAINT incident_external_id_key UNIQUE (external_id);

ALTER TABLE ONLY public.incident
    ADD CONSTRAINT incident_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.incident_step
    ADD CONSTRAINT incident_step_pkey PRIMARY KEY (incident_id, seq);

ALTER TABLE ONLY public.leave
    ADD CONSTRAINT leave_one_at_a_time EXCLUDE USING gist (chief_id WITH =, daterange(valid_from, valid_to) WITH &&);

ALTER TABLE ONLY public.leave
    ADD CONSTRAINT leave_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.lineage
    ADD CONSTRAINT lineage_plan_id_from_grid_to_grid_key UNIQUE NULLS NOT DISTINCT (plan_id, from_grid, to_grid);

ALTER TABLE ONLY public.load_rule
    ADD CONSTRAINT load_rule_name_version_key UNIQUE (name, version);

ALTER TABLE ONLY public.load_rule
    ADD CONSTRAINT load_rule_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.merchant
    ADD CONSTRAINT merchant_external_id_key UNIQUE (external_id);

ALTER TABLE ONLY public.merchant
    ADD CONSTRAINT merchant_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.metric
    ADD CONSTRAINT metric_pkey PRIMARY KEY (key, layer);

ALTER TABLE ONLY public.metric_value
    ADD CONSTRAINT metric_value_pkey PRIMARY KEY (key, layer, unit_id);

ALTER TABLE ONLY public.node
    ADD CONSTRAINT node_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.pass
    ADD CONSTRAINT pass_patrol_id_segment_id_side_from_m_to_m_at_key UNIQUE (patrol_id, segment_id, side, from_m, to_m, at);

ALTER TABLE ONLY public.pass
    ADD CONSTRAINT pass_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.patrol
    ADD CONSTRAINT patrol_key_key UNIQUE (key);

ALTER TABLE ONLY public.patrol
    ADD CONSTRAINT patrol_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.plan_comment
    ADD CONSTRAINT plan_comment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_id_system_id_key UNIQUE (id, system_id);

ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_one_in_force EXCLUDE USING gist (system_id WITH =, daterange(valid_from, valid_to) WITH &&) WHERE ((status = ANY (ARRAY['published'::text, 'superseded'::text])));

ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.plan_step
    ADD CONSTRAINT plan_step_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.proposal_block
    ADD CONSTRAINT proposal_block_pkey PRIMARY KEY (proposal_id, block_id);

ALTER TABLE ONLY public.proposal_grid
    ADD CONSTRAINT proposal_grid_pkey PRIMARY KEY (proposal_id, number);

ALTER TABLE ONLY public.proposal
    ADD CONSTRAINT proposal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.protected_place
    ADD CONSTRAINT protected_place_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.reach
    ADD CONSTRAINT reach_pkey PRIMARY KEY (layer, unit_id);

ALTER TABLE ONLY public.refreshed
    ADD CONSTRAINT refreshed_pkey PRIMARY KEY (part);

ALTER TABLE ONLY public.request_key
    ADD CONSTRAINT request_key_pkey PRIMARY KEY (key);

ALTER TABLE ONLY public.road_line
    ADD CONSTRAINT road_line_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.road
    ADD CONSTRAINT road_name_kind_key UNIQUE (name, kind);

ALTER TABLE ONLY public.road
    ADD CONSTRAINT road_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.rota_member
    ADD CONSTRAINT rota_member_pkey PRIMARY KEY (rota_id, place);

ALTER TABLE ONLY public.rota
    ADD CONSTRAINT rota_name_key UNIQUE (name);

ALTER TABLE ONLY public.rota
    ADD CONSTRAINT rota_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.rota_stretch
    ADD CONSTRAINT rota_stretch_once EXCLUDE USING gist (rota_id WITH =, segment_id WITH =, side WITH =, numrange((from_m)::numeric, (to_m)::numeric) WITH &&);

ALTER TABLE ONLY public.rota_stretch
    ADD CONSTRAINT rota_stretch_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.segment_edit
    ADD CONSTRAINT segment_edit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.segment
    ADD CONSTRAINT segment_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.segment
    ADD CONSTRAINT segment_road_id_seq_key UNIQUE (road_id, seq) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.segment_side
    ADD CONSTRAINT segment_side_pkey PRIMARY KEY (segment_id, side);

ALTER TABLE ONLY public.setting
    ADD CONSTRAINT setting_pkey PRIMARY KEY (one);

ALTER TABLE ONLY public.share_draft_duty
    ADD CONSTRAINT share_draft_duty_pkey PRIMARY KEY (draft_id, duty_id);

ALTER TABLE ONLY public.share_draft
    ADD CONSTRAINT share_draft_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.share_draft_post
    ADD CONSTRAINT share_draft_post_draft_id_chief_id_key UNIQUE (draft_id, chief_id);

ALTER TABLE ONLY public.share_draft_post
    ADD CONSTRAINT share_draft_post_pkey PRIMARY KEY (draft_id, post);

ALTER TABLE ONLY public.share_draft_stretch
    ADD CONSTRAINT share_draft_stretch_pkey PRIMARY KEY (draft_id, segment_id);

ALTER TABLE ONLY public.side_home
    ADD CONSTRAINT side_home_pkey PRIMARY KEY (segment_id, side);

ALTER TABLE ONLY public.station
    ADD CONSTRAINT station_external_id_key UNIQUE (external_id);

ALTER TABLE ONLY public.station
    ADD CONSTRAINT station_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.stroke_block
    ADD CONSTRAINT stroke_block_pkey PRIMARY KEY (plan_id, stroke, block_id);

ALTER TABLE ONLY public.stroke_grid
    ADD CONSTRAINT stroke_grid_pkey PRIMARY KEY (plan_id, stroke, number);

ALTER TABLE ONLY public.stroke
    ADD CONSTRAINT stroke_pkey PRIMARY KEY (plan_id, number);

ALTER TABLE ONLY public.stroke_plan
    ADD CONSTRAINT stroke_plan_pkey PRIMARY KEY (plan_id, stroke);

ALTER TABLE ONLY public.thinning
    ADD CONSTRAINT thinning_pkey PRIMARY KEY (layer, zoom);

ALTER TABLE ONLY public.visit
    ADD CONSTRAINT visit_key_key UNIQUE (key);

ALTER TABLE ONLY public.visit
    ADD CONSTRAINT visit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.way
    ADD CONSTRAINT way_external_id_key UNIQUE (external_id);

ALTER TABLE ONLY public.way
    ADD CONSTRAINT way_pkey PRIMARY KEY (id);

CREATE INDEX area_geom_idx ON public.area USING gist (geom);

CREATE INDEX area_parent_id_idx ON public.area USING btree (parent_id);

CREATE INDEX assignment_block_id_idx ON public.assignment USING btree (block_id);

CREATE INDEX assignment_grid_id_idx ON public.assignment USING btree (grid_id);

CREATE INDEX block_area_id_idx ON public.block USING btree (area_id);

CREATE INDEX block_geom_idx ON public.block USING gist (geom);

CREATE INDEX body_item_body_id_list_idx ON public.body_item USING btree (body_id, list);

CREATE INDEX body_member_body_id_idx ON public.body_member USING btree (body_id);

CREATE INDEX body_stretch_segment_id_side_idx ON public.body_stretch USING btree (segment_id, side);

CREATE INDEX catchment_geom_idx ON public.catchment USING gist (geom);

CREATE INDEX catchment_station_id_idx ON public.catchment USING btree (station_id);

CREATE INDEX change_xid_idx ON public.change USING btree (xid);

CREATE INDEX compound_front_compound_id_idx ON public.compound_front USING btree (compound_id);

CREATE INDEX compound_front_segment_id_idx ON public.compound_front USING btree (segment_id);

CREATE INDEX coverage_point_segment_id_idx ON public.coverage_point USING btree (segment_id);

CREATE INDEX density_geom_idx ON public.density USING gist (geom);

CREATE INDEX density_resolution_idx ON public.density USING btree (resolution);

CREATE INDEX draft_block_block_id_idx ON public.draft_block USING btree (block_id);

CREATE INDEX draft_block_plan_id_number_idx ON public.draft_block USING btree (plan_id, number);

CREATE INDEX duty_chief_id_idx ON public.duty USING btree (chief_id);

CREATE INDEX duty_rota_id_idx ON public.duty USING btree (rota_id);

CREATE INDEX duty_segment_id_side_idx ON public.duty USING btree (segment_id, side);

CREATE INDEX grid_parent_id_idx ON public.grid USING btree (parent_id);

CREATE INDEX grid_shape_geom_idx ON public.grid_shape USING gist (geom);

CREATE INDEX import_job_id_idx ON public.import_job USING btree (id) WHERE (status = ANY (ARRAY['queued'::text, 'running'::text]));

CREATE INDEX import_job_made_at_idx ON public.import_job USING btree (made_at) WHERE kept;

CREATE INDEX incident_block_id_idx ON public.incident USING btree (block_id);

CREATE INDEX incident_geom_idx ON public.incident USING gist (geom);

CREATE INDEX incident_newest ON public.incident USING btree (reported_at DESC, id DESC);

CREATE INDEX incident_rank_16 ON public.incident USING gist (geom) WHERE (rank < (0.0625)::double precision);

CREATE INDEX incident_rank_256 ON public.incident USING gist (geom) WHERE (rank < (0.00390625)::double precision);

CREATE INDEX incident_rank_4 ON public.incident USING gist (geom) WHERE (rank < (0.25)::double precision);

CREATE INDEX incident_rank_64 ON public.incident USING gist (geom) WHERE (rank < (0.015625)::double precision);

CREATE INDEX incident_segment_id_idx ON public.incident USING btree (segment_id);

CREATE INDEX leave_deputy_id_idx ON public.leave USING btree (deputy_id);

CREATE INDEX merchant_block_id_idx ON public.merchant USING btree (block_id);

CREATE INDEX merchant_geom_idx ON public.merchant USING gist (geom);

CREATE INDEX merchant_rank_16 ON public.merchant USING gist (geom) WHERE (rank < (0.0625)::double precision);

CREATE INDEX merchant_rank_4 ON public.merchant USING gist (geom) WHERE (rank < (0.25)::double precision);

CREATE INDEX merchant_segment_id_idx ON public.merchant USING btree (segment_id);

CREATE INDEX node_geom_idx ON public.node USING gist (geom);

CREATE INDEX pass_segment_id_side_idx ON public.pass USING btree (segment_id, side);

CREATE INDEX patrol_chief_id_begun_at_idx ON public.patrol USING btree (chief_id, begun_at);

CREATE INDEX plan_comment_plan_id_id_idx ON public.plan_comment USING btree (plan_id, id);

CREATE INDEX plan_step_plan_id_id_idx ON public.plan_step USING btree (plan_id, id);

CREATE INDEX proposal_plan_id_id_idx ON public.proposal USING btree (plan_id, id);

CREATE INDEX protected_place_geom_idx ON public.protected_place USING gist (geom);

CREATE INDEX reach_station_id_idx ON public.reach USING btree (station_id);

CREATE INDEX road_line_geom_idx ON public.road_line USING gist (geom);

CREATE INDEX rota_stretch_segment_id_side_idx ON public.rota_stretch USING btree (segment_id, side);

CREATE INDEX segment_far ON public.segment USING gist (geom) WHERE (from_zoom <= 12);

CREATE INDEX segment_farthest ON public.segment USING gist (geom) WHERE (from_zoom <= 10);

CREATE INDEX segment_geom_idx ON public.segment USING gist (geom);

CREATE INDEX segment_side_frontage_idx ON public.segment_side USING gist (frontage);

CREATE INDEX segment_surface_far ON public.segment USING gist (surface) WHERE (surface_from_zoom <= 13);

CREATE INDEX segment_surface_idx ON public.segment USING gist (surface);

CREATE INDEX station_block_id_idx ON public.station USING btree (block_id);

CREATE INDEX station_geom_idx ON public.station USING gist (geom);

CREATE INDEX station_segment_id_idx ON public.station USING btree (segment_id);

CREATE INDEX visit_chief_id_at_idx ON public.visit USING btree (chief_id, at);

CREATE INDEX visit_merchant_id_at_idx ON public.visit USING btree (merchant_id, at);

CREATE INDEX way_geom_idx ON public.way USING gist (geom);

CREATE TRIGGER check_grid_code BEFORE INSERT OR UPDATE OF code, system_id ON public.grid FOR EACH ROW EXECUTE FUNCTION public.check_grid_code();

CREATE TRIGGER forget_generalised AFTER UPDATE OF geom ON public.area FOR EACH ROW WHEN ((old.geom IS DISTINCT FROM new.geom)) EXECUTE FUNCTION public.forget_generalised('areas,compounds');

CREATE TRIGGER forget_generalised AFTER UPDATE OF geom ON public.block FOR EACH ROW WHEN ((old.geom IS DISTINCT FROM new.geom)) EXECUTE FUNCTION public.forget_generalised('blocks');

CREATE TRIGGER forget_generalised AFTER UPDATE OF geom ON public.grid_shape FOR EACH ROW WHEN ((old.geom IS DISTINCT FROM new.geom)) EXECUTE FUNCTION public.forget_generalised('grids');

CREATE TRIGGER forget_generalised_deleted AFTER DELETE ON public.area FOR EACH ROW EXECUTE FUNCTION public.forget_generalised('areas,compounds');

CREATE TRIGGER forget_generalised_deleted AFTER DELETE ON public.block FOR EACH ROW EXECUTE FUNCTION public.forget_generalised('blocks');

CREATE TRIGGER forget_generalised_deleted AFTER DELETE ON public.grid_shape FOR EACH ROW EXECUTE FUNCTION public.forget_generalised('grids');

CREATE TRIGGER give_code AFTER INSERT OR UPDATE OF code ON public.area FOR EACH ROW WHEN ((new.level <> 'compound'::text)) EXECUTE FUNCTION public.give_code('area');

CREATE TRIGGER give_code AFTER INSERT OR UPDATE OF code ON public.block FOR EACH ROW EXECUTE FUNCTION public.give_code('block');

CREATE TRIGGER give_code AFTER INSERT OR UPDATE OF code ON public.grid FOR EACH ROW EXECUTE FUNCTION public.give_code('grid');

CREATE TRIGGER join_roads_delete AFTER DELETE ON public.segment REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.join_changed_roads();

CREATE TRIGGER join_roads_insert AFTER INSERT ON public.segment REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.join_changed_roads();

CREATE TRIGGER join_roads_update AFTER UPDATE ON public.segment REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.join_changed_roads();

CREATE TRIGGER lies_on_segment BEFORE INSERT OR UPDATE OF segment_id, from_m, to_m ON public.body_stretch FOR EACH ROW EXECUTE FUNCTION public.lies_on_segment();

CREATE TRIGGER lies_on_segment BEFORE INSERT OR UPDATE OF segment_id, from_m, to_m ON public.duty FOR EACH ROW EXECUTE FUNCTION public.lies_on_segment();

CREATE TRIGGER lies_on_segment BEFORE INSERT OR UPDATE OF segment_id, from_m, to_m ON public.rota_stretch FOR EACH ROW EXECUTE FUNCTION public.lies_on_segment();

CREATE TRIGGER link_point BEFORE INSERT OR UPDATE OF geom ON public.incident FOR EACH ROW WHEN ((current_setting('luge.linked'::text, true) IS DISTINCT FROM 'yes'::text)) EXECUTE FUNCTION public.link_point();

CREATE TRIGGER link_point BEFORE INSERT OR UPDATE OF geom ON public.merchant FOR EACH ROW WHEN ((current_setting('luge.linked'::text, true) IS DISTINCT FROM 'yes'::text)) EXECUTE FUNCTION public.link_point();

CREATE TRIGGER link_point BEFORE INSERT OR UPDATE OF geom ON public.station FOR EACH ROW WHEN ((current_setting('luge.linked'::text, true) IS DISTINCT FROM 'yes'::text)) EXECUTE FUNCTION public.link_point();

CREATE TRIGGER never_emptied BEFORE TRUNCATE ON public.incident_step FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_history();

CREATE TRIGGER note_coverage AFTER DELETE OR TRUNCATE ON public.coverage_side FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('coverage');

CREATE TRIGGER note_coverage AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.road FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('coverage');

CREATE TRIGGER note_coverage AFTER UPDATE ON public.segment REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('coverage');

CREATE TRIGGER note_delete AFTER DELETE ON public.area REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('areas,compounds');

CREATE TRIGGER note_delete AFTER DELETE ON public.block REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('blocks');

CREATE TRIGGER note_delete AFTER DELETE ON public.catchment REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('catchments');

CREATE TRIGGER note_delete AFTER DELETE ON public.density REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('density');

CREATE TRIGGER note_delete AFTER DELETE ON public.grid_shape REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('grids');

CREATE TRIGGER note_delete AFTER DELETE ON public.incident REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('incidents');

CREATE TRIGGER note_delete AFTER DELETE ON public.merchant REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('merchants');

CREATE TRIGGER note_delete AFTER DELETE ON public.road_line REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('named_roads');

CREATE TRIGGER note_delete AFTER DELETE ON public.segment REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('roads,segments');

CREATE TRIGGER note_delete AFTER DELETE ON public.segment_side REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('sides');

CREATE TRIGGER note_delete AFTER DELETE ON public.station REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('stations');

CREATE TRIGGER note_everywhere AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.assignment FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('assignments');

CREATE TRIGGER note_everywhere AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.duty FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('duties');

CREATE TRIGGER note_everywhere AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.grid FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('grids');

CREATE TRIGGER note_everywhere AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.grid_system FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('grids');

CREATE TRIGGER note_everywhere AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.metric FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('metrics');

CREATE TRIGGER note_everywhere AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.pass FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('acts');

CREATE TRIGGER note_everywhere AFTER TRUNCATE ON public.plan FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('grids');

CREATE TRIGGER note_everywhere AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.road FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('roads,segments,named_roads,sides');

CREATE TRIGGER note_everywhere AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.setting FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('setting');

CREATE TRIGGER note_everywhere AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.thinning FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('thinning');

CREATE TRIGGER note_everywhere AFTER INSERT OR DELETE OR UPDATE OR TRUNCATE ON public.visit FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('acts');

CREATE TRIGGER note_insert AFTER INSERT ON public.area REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('areas,compounds');

CREATE TRIGGER note_insert AFTER INSERT ON public.block REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('blocks');

CREATE TRIGGER note_insert AFTER INSERT ON public.catchment REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('catchments');

CREATE TRIGGER note_insert AFTER INSERT ON public.density REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('density');

CREATE TRIGGER note_insert AFTER INSERT ON public.grid_shape REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('grids');

CREATE TRIGGER note_insert AFTER INSERT ON public.incident REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('incidents');

CREATE TRIGGER note_insert AFTER INSERT ON public.merchant REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('merchants');

CREATE TRIGGER note_insert AFTER INSERT ON public.road_line REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('named_roads');

CREATE TRIGGER note_insert AFTER INSERT ON public.segment REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('roads,segments');

CREATE TRIGGER note_insert AFTER INSERT ON public.segment_side REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('sides');

CREATE TRIGGER note_insert AFTER INSERT ON public.station REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('stations');

CREATE TRIGGER note_published AFTER INSERT ON public.plan FOR EACH ROW WHEN ((new.status = ANY (ARRAY['published'::text, 'superseded'::text]))) EXECUTE FUNCTION public.note_everywhere('grids');

CREATE TRIGGER note_published_changed AFTER UPDATE ON public.plan FOR EACH ROW WHEN (((old.status = ANY (ARRAY['published'::text, 'superseded'::text])) OR (new.status = ANY (ARRAY['published'::text, 'superseded'::text])))) EXECUTE FUNCTION public.note_everywhere('grids');

CREATE TRIGGER note_published_deleted AFTER DELETE ON public.plan FOR EACH ROW WHEN ((old.status = ANY (ARRAY['published'::text, 'superseded'::text]))) EXECUTE FUNCTION public.note_everywhere('grids');

CREATE TRIGGER note_truncate AFTER TRUNCATE ON public.area FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('areas,compounds');

CREATE TRIGGER note_truncate AFTER TRUNCATE ON public.block FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('blocks');

CREATE TRIGGER note_truncate AFTER TRUNCATE ON public.catchment FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('catchments');

CREATE TRIGGER note_truncate AFTER TRUNCATE ON public.density FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('density');

CREATE TRIGGER note_truncate AFTER TRUNCATE ON public.grid_shape FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('grids');

CREATE TRIGGER note_truncate AFTER TRUNCATE ON public.incident FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('incidents');

CREATE TRIGGER note_truncate AFTER TRUNCATE ON public.merchant FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('merchants');

CREATE TRIGGER note_truncate AFTER TRUNCATE ON public.road_line FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('named_roads');

CREATE TRIGGER note_truncate AFTER TRUNCATE ON public.segment FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('roads,segments');

CREATE TRIGGER note_truncate AFTER TRUNCATE ON public.segment_side FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('sides');

CREATE TRIGGER note_truncate AFTER TRUNCATE ON public.station FOR EACH STATEMENT EXECUTE FUNCTION public.note_everywhere('stations');

CREATE TRIGGER note_update AFTER UPDATE ON public.area REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('areas,compounds');

CREATE TRIGGER note_update AFTER UPDATE ON public.block REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('blocks');

CREATE TRIGGER note_update AFTER UPDATE ON public.catchment REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('catchments');

CREATE TRIGGER note_update AFTER UPDATE ON public.density REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('density');

CREATE TRIGGER note_update AFTER UPDATE ON public.grid_shape REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('grids');

CREATE TRIGGER note_update AFTER UPDATE ON public.incident REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('incidents');

CREATE TRIGGER note_update AFTER UPDATE ON public.merchant REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('merchants');

CREATE TRIGGER note_update AFTER UPDATE ON public.road_line REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('named_roads');

CREATE TRIGGER note_update AFTER UPDATE ON public.segment REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('roads,segments');

CREATE TRIGGER note_update AFTER UPDATE ON public.segment_side REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('sides');

CREATE TRIGGER note_update AFTER UPDATE ON public.station REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_change('stations');

CREATE TRIGGER only_added BEFORE DELETE OR UPDATE ON public.incident_step FOR EACH ROW EXECUTE FUNCTION public.refuse_history();

CREATE TRIGGER stale_delete AFTER DELETE ON public.duty REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale();

CREATE TRIGGER stale_delete AFTER DELETE ON public.pass REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale();

CREATE TRIGGER stale_delete AFTER DELETE ON public.visit REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_visits();

CREATE TRIGGER stale_insert AFTER INSERT ON public.duty REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale();

CREATE TRIGGER stale_insert AFTER INSERT ON public.pass REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale();

CREATE TRIGGER stale_insert AFTER INSERT ON public.visit REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_visits();

CREATE TRIGGER stale_truncate AFTER TRUNCATE ON public.duty FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale();

CREATE TRIGGER stale_truncate AFTER TRUNCATE ON public.pass FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale();

CREATE TRIGGER stale_truncate AFTER TRUNCATE ON public.visit FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale();

CREATE TRIGGER stale_update AFTER UPDATE ON public.duty REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale();

CREATE TRIGGER stale_update AFTER UPDATE ON public.pass REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale();

CREATE TRIGGER stale_update AFTER UPDATE ON public.visit REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION public.note_stale_visits();

ALTER TABLE ONLY public.area
    ADD CONSTRAINT area_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.area(id);

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_block_id_fkey FOREIGN KEY (block_id) REFERENCES public.block(id);

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_grid_id_system_id_fkey FOREIGN KEY (grid_id, system_id) REFERENCES public.grid(id, system_id);

ALTER TABLE ONLY public.assignment
    ADD CONSTRAINT assignment_plan_id_system_id_fkey FOREIGN KEY (plan_id, system_id) REFERENCES public.plan(id, system_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.block
    ADD CONSTRAINT block_area_id_fkey FOREIGN KEY (area_id) REFERENCES public.area(id);

ALTER TABLE ONLY public.block_lineage
    ADD CONSTRAINT block_lineage_from_block_fkey FOREIGN KEY (from_block) REFERENCES public.block(id);

ALTER TABLE ONLY public.block_lineage
    ADD CONSTRAINT block_lineage_to_block_fkey FOREIGN KEY (to_block) REFERENCES public.block(id);

ALTER TABLE ONLY public.body_item
    ADD CONSTRAINT body_item_body_id_fkey FOREIGN KEY (body_id) REFERENCES public.body(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.body_member
    ADD CONSTRAINT body_member_body_id_fkey FOREIGN KEY (body_id) REFERENCES public.body(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.body_member
    ADD CONSTRAINT body_member_chief_id_fkey FOREIGN KEY (chief_id) REFERENCES public.chief(id);

ALTER TABLE ONLY public.body_stretch
    ADD CONSTRAINT body_stretch_body_id_fkey FOREIGN KEY (body_id) REFERENCES public.body(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.body_stretch
    ADD CONSTRAINT body_stretch_segment_id_side_fkey FOREIGN KEY (segment_id, side) REFERENCES public.segment_side(segment_id, side);

ALTER TABLE ONLY public.body_turn
    ADD CONSTRAINT body_turn_member_id_body_id_fkey FOREIGN KEY (member_id, body_id) REFERENCES public.body_member(id, body_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.catchment
    ADD CONSTRAINT catchment_station_id_fkey FOREIGN KEY (station_id) REFERENCES public.station(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.compound_front
    ADD CONSTRAINT compound_front_compound_id_fkey FOREIGN KEY (compound_id) REFERENCES public.area(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.coverage_side
    ADD CONSTRAINT coverage_side_segment_id_side_fkey FOREIGN KEY (segment_id, side) REFERENCES public.segment_side(segment_id, side) ON DELETE CASCADE;

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT draft_against_fkey FOREIGN KEY (against) REFERENCES public.plan(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.draft_block
    ADD CONSTRAINT draft_block_block_id_fkey FOREIGN KEY (block_id) REFERENCES public.block(id);

ALTER TABLE ONLY public.draft_block
    ADD CONSTRAINT draft_block_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.draft(plan_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.draft_block
    ADD CONSTRAINT draft_block_plan_id_number_fkey FOREIGN KEY (plan_id, number) REFERENCES public.draft_grid(plan_id, number) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.draft_grid
    ADD CONSTRAINT draft_grid_grid_id_fkey FOREIGN KEY (grid_id) REFERENCES public.grid(id);

ALTER TABLE ONLY public.draft_grid
    ADD CONSTRAINT draft_grid_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.area(id);

ALTER TABLE ONLY public.draft_grid
    ADD CONSTRAINT draft_grid_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.draft(plan_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.draft
    ADD CONSTRAINT draft_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plan(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.duty
    ADD CONSTRAINT duty_chief_id_fkey FOREIGN KEY (chief_id) REFERENCES public.chief(id);

ALTER TABLE ONLY public.duty
    ADD CONSTRAINT duty_rota_id_fkey FOREIGN KEY (rota_id) REFERENCES public.rota(id);

ALTER TABLE ONLY public.duty
    ADD CONSTRAINT duty_segment_id_side_fkey FOREIGN KEY (segment_id, side) REFERENCES public.segment_side(segment_id, side);

ALTER TABLE ONLY public.grid
    ADD CONSTRAINT grid_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES public.area(id);

ALTER TABLE ONLY public.grid_shape
    ADD CONSTRAINT grid_shape_grid_id_fkey FOREIGN KEY (grid_id) REFERENCES public.grid(id);

ALTER TABLE ONLY public.grid_shape
    ADD CONSTRAINT grid_shape_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plan(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.grid
    ADD CONSTRAINT grid_system_id_fkey FOREIGN KEY (system_id) REFERENCES public.grid_system(id);

ALTER TABLE ONLY public.incident
    ADD CONSTRAINT incident_block_id_fkey FOREIGN KEY (block_id) REFERENCES public.block(id);

ALTER TABLE ONLY public.incident
    ADD CONSTRAINT incident_segment_id_fkey FOREIGN KEY (segment_id) REFERENCES public.segment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.incident_step
    ADD CONSTRAINT incident_step_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES public.incident(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.leave
    ADD CONSTRAINT leave_chief_id_fkey FOREIGN KEY (chief_id) REFERENCES public.chief(id);

ALTER TABLE ONLY public.leave
    ADD CONSTRAINT leave_deputy_id_fkey FOREIGN KEY (deputy_id) REFERENCES public.chief(id);

ALTER TABLE ONLY public.lineage
    ADD CONSTRAINT lineage_from_grid_fkey FOREIGN KEY (from_grid) REFERENCES public.grid(id);

ALTER TABLE ONLY public.lineage
    ADD CONSTRAINT lineage_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plan(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.lineage
    ADD CONSTRAINT lineage_to_grid_fkey FOREIGN KEY (to_grid) REFERENCES public.grid(id);

ALTER TABLE ONLY public.merchant
    ADD CONSTRAINT merchant_block_id_fkey FOREIGN KEY (block_id) REFERENCES public.block(id);

ALTER TABLE ONLY public.merchant
    ADD CONSTRAINT merchant_segment_id_fkey FOREIGN KEY (segment_id) REFERENCES public.segment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.metric_value
    ADD CONSTRAINT metric_value_key_layer_fkey FOREIGN KEY (key, layer) REFERENCES public.metric(key, layer) ON DELETE CASCADE;

ALTER TABLE ONLY public.pass
    ADD CONSTRAINT pass_patrol_id_fkey FOREIGN KEY (patrol_id) REFERENCES public.patrol(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.pass
    ADD CONSTRAINT pass_segment_id_side_fkey FOREIGN KEY (segment_id, side) REFERENCES public.segment_side(segment_id, side);

ALTER TABLE ONLY public.patrol
    ADD CONSTRAINT patrol_chief_id_fkey FOREIGN KEY (chief_id) REFERENCES public.chief(id);

ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_based_on_fkey FOREIGN KEY (based_on) REFERENCES public.plan(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.plan_comment
    ADD CONSTRAINT plan_comment_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plan(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.plan_step
    ADD CONSTRAINT plan_step_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.plan(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.plan
    ADD CONSTRAINT plan_system_id_fkey FOREIGN KEY (system_id) REFERENCES public.grid_system(id);

ALTER TABLE ONLY public.proposal_block
    ADD CONSTRAINT proposal_block_block_id_fkey FOREIGN KEY (block_id) REFERENCES public.block(id);

ALTER TABLE ONLY public.proposal_block
    ADD CONSTRAINT proposal_block_proposal_id_fkey FOREIGN KEY (proposal_id) REFERENCES public.proposal(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.proposal_grid
    ADD CONSTRAINT proposal_grid_proposal_id_fkey FOREIGN KEY (proposal_id) REFERENCES public.proposal(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.proposal
    ADD CONSTRAINT proposal_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.draft(plan_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reach
    ADD CONSTRAINT reach_station_id_fkey FOREIGN KEY (station_id) REFERENCES public.station(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.request_key
    ADD CONSTRAINT request_key_incident_id_fkey FOREIGN KEY (incident_id) REFERENCES public.incident(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.road_line
    ADD CONSTRAINT road_line_id_fkey FOREIGN KEY (id) REFERENCES public.road(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.rota_member
    ADD CONSTRAINT rota_member_chief_id_fkey FOREIGN KEY (chief_id) REFERENCES public.chief(id);

ALTER TABLE ONLY public.rota_member
    ADD CONSTRAINT rota_member_rota_id_fkey FOREIGN KEY (rota_id) REFERENCES public.rota(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.rota_stretch
    ADD CONSTRAINT rota_stretch_rota_id_fkey FOREIGN KEY (rota_id) REFERENCES public.rota(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.rota_stretch
    ADD CONSTRAINT rota_stretch_segment_id_side_fkey FOREIGN KEY (segment_id, side) REFERENCES public.segment_side(segment_id, side);

ALTER TABLE ONLY public.segment
    ADD CONSTRAINT segment_from_node_fkey FOREIGN KEY (from_node) REFERENCES public.node(id);

ALTER TABLE ONLY public.segment
    ADD CONSTRAINT segment_road_id_fkey FOREIGN KEY (road_id) REFERENCES public.road(id);

ALTER TABLE ONLY public.segment_side
    ADD CONSTRAINT segment_side_segment_id_fkey FOREIGN KEY (segment_id) REFERENCES public.segment(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.segment
    ADD CONSTRAINT segment_to_node_fkey FOREIGN KEY (to_node) REFERENCES public.node(id);

ALTER TABLE ONLY public.share_draft_duty
    ADD CONSTRAINT share_draft_duty_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES public.share_draft(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.share_draft_post
    ADD CONSTRAINT share_draft_post_chief_id_fkey FOREIGN KEY (chief_id) REFERENCES public.chief(id);

ALTER TABLE ONLY public.share_draft_post
    ADD CONSTRAINT share_draft_post_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES public.share_draft(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.share_draft_stretch
    ADD CONSTRAINT share_draft_stretch_draft_id_fkey FOREIGN KEY (draft_id) REFERENCES public.share_draft(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.share_draft_stretch
    ADD CONSTRAINT share_draft_stretch_draft_id_post_fkey FOREIGN KEY (draft_id, post) REFERENCES public.share_draft_post(draft_id, post) ON DELETE CASCADE;

ALTER TABLE ONLY public.side_home
    ADD CONSTRAINT side_home_segment_id_side_fkey FOREIGN KEY (segment_id, side) REFERENCES public.segment_side(segment_id, side) ON DELETE CASCADE;

ALTER TABLE ONLY public.station
    ADD CONSTRAINT station_block_id_fkey FOREIGN KEY (block_id) REFERENCES public.block(id);

ALTER TABLE ONLY public.station
    ADD CONSTRAINT station_segment_id_fkey FOREIGN KEY (segment_id) REFERENCES public.segment(id) DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE ONLY public.stroke_block
    ADD CONSTRAINT stroke_block_block_id_fkey FOREIGN KEY (block_id) REFERENCES public.block(id);

ALTER TABLE ONLY public.stroke_block
    ADD CONSTRAINT stroke_block_plan_id_stroke_fkey FOREIGN KEY (plan_id, stroke) REFERENCES public.stroke(plan_id, number) ON DELETE CASCADE;

ALTER TABLE ONLY public.stroke_grid
    ADD CONSTRAINT stroke_grid_plan_id_stroke_fkey FOREIGN KEY (plan_id, stroke) REFERENCES public.stroke(plan_id, number) ON DELETE CASCADE;

ALTER TABLE ONLY public.stroke
    ADD CONSTRAINT stroke_plan_id_fkey FOREIGN KEY (plan_id) REFERENCES public.draft(plan_id) ON DELETE CASCADE;

ALTER TABLE ONLY public.stroke_plan
    ADD CONSTRAINT stroke_plan_plan_id_stroke_fkey FOREIGN KEY (plan_id, stroke) REFERENCES public.stroke(plan_id, number) ON DELETE CASCADE;

ALTER TABLE ONLY public.visit
    ADD CONSTRAINT visit_chief_id_fkey FOREIGN KEY (chief_id) REFERENCES public.chief(id);

ALTER TABLE ONLY public.visit
    ADD CONSTRAINT visit_merchant_id_fkey FOREIGN KEY (merchant_id) REFERENCES public.merchant(id);
