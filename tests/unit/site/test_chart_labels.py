"""Names beside the points of a drawing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.site.chart_labels import Label, place_labels

SIZE = 10.0


def _box(label: Label, name: str) -> tuple[float, float, float, float]:
    """What a label covers in a font whose letters are half as wide as they are high."""
    long = len(name) * SIZE / 2
    left = label.x - {"start": 0, "middle": long / 2, "end": long}[label.anchor]
    return left, label.y - 0.75 * SIZE, left + long, label.y + 0.2 * SIZE


def test_a_name_stands_to_the_right_where_there_is_room() -> None:
    [label] = place_labels([(100, 50)], ["Ambre"], SIZE, 300, 100)
    assert label.anchor == "start" and label.x > 100 and abs(label.y - 50) < SIZE


def test_a_name_at_the_right_edge_stands_to_the_left() -> None:
    [label] = place_labels([(295, 50)], ["Ambre"], SIZE, 300, 100)
    assert label.anchor == "end" and label.x < 295


def test_names_of_close_points_do_not_hide_each_other() -> None:
    points = [(100.0, 50.0), (104.0, 51.0), (101.0, 40.0), (160.0, 50.0)]
    names = ["Maison Ambre", "Orphée", "Kōri", "Holm"]
    boxes = [_box(*pair) for pair in zip(place_labels(points, names, SIZE, 400, 120), names, strict=True)]
    for index, one in enumerate(boxes):
        for other in boxes[:index]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, (one, other)


def test_what_stands_above_a_name_covers_no_other_point_or_name() -> None:
    points, above = [(100.0, 90.0), (150.0, 95.0), (250.0, 90.0)], (40.0, 30.0)
    names = ["Ambre", "Holm", "Rue 41"]
    boxes = []
    for label, name in zip(place_labels(points, names, SIZE, 400, 200, above), names, strict=True):
        left, top, right, bottom = _box(label, name)
        start = label.x - {"start": 0, "middle": above[0] / 2, "end": above[0]}[label.anchor]
        boxes.append((min(left, start), top - above[1], max(right, start + above[0]), bottom))
    for index, one in enumerate(boxes):
        assert not any(one[0] < x < one[2] and one[1] < y < one[3] for x, y in points)
        for other in boxes[:index]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1], (one, other)


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 100)), max_size=12), st.text(min_size=1, max_size=10))
def test_every_name_stays_beside_its_own_point(points: list[tuple[float, float]], name: str) -> None:
    labels = place_labels(points, [name] * len(points), SIZE, 300, 100)
    assert len(labels) == len(points)
    for label, (x, y) in zip(labels, points, strict=True):
        assert abs(label.x - x) <= SIZE and abs(label.y - y) <= 2 * SIZE
