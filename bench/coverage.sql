-- What bench/coverage.py computes, in plain SQL: range aggregates, cuts, joins by hash.
with sides as materialized (
    select id as segment_id, side, length_m from segment, unnest(array['L', 'R']) as side
), paper as materialized (
    select segment_id, side, lower(r)::float8 as a, upper(r)::float8 as b
    from (select segment_id, side, unnest(range_agg(numrange(from_m::numeric, least(to_m, length_m)::numeric))) as r
          from duty join segment on segment.id = segment_id
          where valid_from <= %(day)s and valid_to > %(day)s and from_m < length_m
          group by segment_id, side) as merged
), acts as materialized (
    select segment_id, side, from_m, to_m, power(0.5, greatest(d, 0) / 14.0) as w
    from (select segment_id, side, from_m, to_m, %(day)s::date - (at at time zone 'Asia/Shanghai')::date as d from pass
          union all
          select segment_id, side, chainage_m - 25, chainage_m + 25,
                 %(day)s::date - (handled_at at time zone 'Asia/Shanghai')::date
          from incident where segment_id is not null and handled_at is not null and status <> 'cancelled') as done
    where d <= 140
), ends as (
    select segment_id, side, a as at from paper union select segment_id, side, b from paper
    union select segment_id, side, from_m from acts union select segment_id, side, to_m from acts
), pieces as materialized (
    select segment_id, side, at as a, lead(at) over (partition by segment_id, side order by at) as b from ends
), weighed as (
    select p.segment_id, p.side, p.b - p.a as long, coalesce(max(w), 0) as w
    from pieces p
    join paper on paper.segment_id = p.segment_id and paper.side = p.side and paper.a <= p.a and paper.b >= p.b
    left join acts on acts.segment_id = p.segment_id and acts.side = p.side and from_m <= p.a and to_m >= p.b
    group by p.segment_id, p.side, p.a, p.b
), metres as (
    select segment_id, side, sum(long) as paper_m, sum(long * w) as lived_m,
           sum(long) filter (where w <= 0.25) as hollow_m
    from weighed group by segment_id, side
), shops as (
    select m.segment_id, m.side, count(*) as n, count(paper.a) as held
    from merchant m
    left join paper on paper.segment_id = m.segment_id and paper.side = m.side and chainage_m between a and b
    where m.segment_id is not null group by 1, 2
), cases as (
    select m.segment_id, m.side, count(*) as n, count(paper.a) as held
    from incident m
    left join paper on paper.segment_id = m.segment_id and paper.side = m.side and chainage_m between a and b
    where m.segment_id is not null and status <> 'cancelled' group by 1, 2
), kept as materialized (
    select segment_id, side, length_m, paper_m, lived_m, hollow_m, shops.held as shops, cases.held as cases
    from sides left join metres using (segment_id, side) left join shops using (segment_id, side)
    left join cases using (segment_id, side)
)
select count(*), sum(length_m), sum(paper_m), sum(lived_m), sum(shops), sum(cases) from kept
