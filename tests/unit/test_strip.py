"""A chief's segments in walking order, each side with what is in charge on it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from geo import strip
from geo.strip import Found


def segment(id_, road, seq, ends=(0.0, 0.0, 1.0, 0.0), kind="road", width=20.0):
    return {"id": id_, "road_id": road, "road": road and f"R{road}", "seq": seq, "kind": kind,
            "width_m": width, "ends": list(ends)}  # fmt: skip


def duty(id_, side, from_m, to_m, role="first"):
    return {"segment": id_, "side": side, "role": role, "from_m": from_m, "to_m": to_m}


ROWS = st.lists(
    st.tuples(st.sampled_from([1, 2, 3, None]), st.tuples(*[st.floats(-500, 500)] * 4)), max_size=15
)


@settings(max_examples=60)
@given(ROWS)
def test_every_segment_is_walked_once_along_its_road(rows):
    segments = [segment(n, road, road and n, ends) for n, (road, ends) in enumerate(rows)]
    roads = strip.in_walking_order(segments)
    assert sorted(s["id"] for road in roads for s in road) == list(range(len(segments)))
    assert len(roads) == len({road or ("alone", n) for n, (road, _) in enumerate(rows)})
    for road in roads:
        assert len({s["road_id"] for s in road}) == 1
        assert [s["seq"] or 0 for s in road] == sorted(s["seq"] or 0 for s in road)


@settings(max_examples=60)
@given(ROWS, st.randoms())
def test_the_order_does_not_depend_on_that_of_the_rows(rows, random):
    segments = [segment(n, road, road and n, ends) for n, (road, ends) in enumerate(rows)]
    shuffled = list(segments)
    random.shuffle(shuffled)
    assert strip.in_walking_order(shuffled) == strip.in_walking_order(segments)


def test_the_nearest_road_comes_next():
    far = segment(1, 1, 1, (900.0, 0.0, 1000.0, 0.0))
    first = segment(2, 2, 1, (0.0, 0.0, 100.0, 0.0))
    # Its far end is near: it is walked to from there.
    near = segment(3, 3, 1, (400.0, 50.0, 110.0, 0.0))
    order = strip.in_walking_order([far, near, first])
    assert [road[0]["id"] for road in order] == [2, 3, 1]


def test_a_side_has_what_lies_in_its_charge():
    charge = [duty(1, "L", 40, 90), duty(1, "L", 0, 50, "second"), duty(1, "R", 20, 30)]
    doors = [
        {"segment": 1, "side": side, "chainage_m": m} for side in "LR" for m in (10.0, 25.0, 95.0)
    ]
    passed = [{"segment": 1, "side": "R", "from_m": 21.0, "to_m": 22.0}]
    (road,) = strip.assemble(Found([segment(1, 1, 1)], charge, doors, passed))
    (told,) = road["segments"]
    left, right = told["sides"]
    assert left["charge"] == [[0, 90]]
    assert left["roles"] == ["first", "second"]
    assert [door["chainage_m"] for door in left["doors"]] == [10, 25]
    assert [door["chainage_m"] for door in right["doors"]] == [25]
    assert right["passed"] == [{"from_m": 21.0, "to_m": 22.0}]
    assert (road["name"], told["narrow"]) == ("R1", False)


def test_sides_of_others_are_not_shown():
    (road,) = strip.assemble(Found([segment(1, 1, 1, width=9.0)], [duty(1, "R", 0, 5)], [], []))
    assert [side["side"] for side in road["segments"][0]["sides"]] == ["R"]
    assert road["segments"][0]["narrow"]
