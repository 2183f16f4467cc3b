"""Annotation tools: tasks out as they want them, blind, and what people say there back in."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import community
from community import codebook, plugins
from community.errors import CommunityError, SourceError, UsageError
from community.importing import Importing, import_codings
from community.interchange import tasks
from community.interchange.tasks import Known
from tests.hand_study import HandSnapshot, study

BOOK = codebook.default()
TEXT = "🎉 The tablets gave me stomach ulcers, and ulcers again."


def files(name: str, snapshot: HandSnapshot | None = None, **options: Any) -> dict[str, bytes]:
    made = plugins.make("exporters", name, **options)(snapshot or study())
    return {path.partition("/")[2]: b"".join(chunks) for path, chunks in made}


def spoken() -> list[dict[str, Any]]:
    return [row for row in study().dicts("posts") if row["text"]]


def test_a_task_of_label_studio_is_a_post_and_says_nothing_that_a_machine_judged() -> None:
    made = json.loads(files("label_studio")["tasks.json"])
    assert [task["data"]["post_id"] for task in made] == [row["post_id"] for row in spoken()]
    assert {key for task in made for key in task} == {"data"}
    assert {key for task in made for key in task["data"]} == {
        "post_id", "thread_id", "text", "context", "title", "author", "posted_at",
    }  # fmt: skip
    assert made[1]["data"]["context"] == made[0]["data"]["text"]
    assert files("label_studio") == files("label_studio")


def test_the_interface_asks_for_every_code_and_names_what_the_tasks_hold() -> None:
    view = etree.fromstring(files("label_studio")["config.xml"])
    named = tasks.labels(BOOK)
    assert [label.get("value") for label in view.iter("Label")] == named["evidence"]
    for choices in view.iter("Choices"):
        found = [choice.get("value") for choice in choices]
        assert found == named[choices.get("name", "")]
    data = json.loads(files("label_studio")["tasks.json"])[0]["data"]
    used = {node.get("value", "")[1:] for node in view.iter("Text", "Header")}
    assert used <= data.keys()


def test_predictions_stand_at_their_words_under_the_name_of_their_coder() -> None:
    made = json.loads(files("label_studio", target="predicted")["tasks.json"])
    marked = 0
    view = etree.fromstring(files("label_studio")["config.xml"])
    controls = {node.get("name") for node in view.iter("Labels", "Choices")}
    for task in made:
        for prediction in task["predictions"]:
            assert prediction["model_version"] in ("rules", "vader")
            for result in prediction["result"]:
                assert result["from_name"] in controls
                value = result["value"]
                if "labels" in value:
                    marked += 1
                    assert task["data"]["text"][value["start"] : value["end"]] == value["text"]
    assert marked == sum(
        row["evidence"] is not None and not row["abstained"] for row in study().dicts("codings")
    )


def test_potatos_configuration_names_its_file_and_asks_for_every_code() -> None:
    made = files("potato")
    config = json.loads(made["config.yaml"])
    items = [json.loads(line) for line in made["posts.jsonl"].decode().split("\n") if line]
    assert config["data_files"] == ["posts.jsonl"]
    keys = config["item_properties"]
    assert [item[keys["id_key"]] for item in items] == [row["post_id"] for row in spoken()]
    shown = [field["key"] for field in config["instance_display"]["fields"]]
    assert {*keys.values(), *shown} <= items[0].keys()
    asked = {
        s["name"]: [label["name"] for label in s["labels"]] for s in config["annotation_schemes"]
    }
    assert asked == tasks.labels(BOOK)


@pytest.mark.parametrize("name", ["label_studio", "potato"])
def test_a_study_for_sharing_gives_no_tasks(name: str) -> None:
    snapshot = study()
    snapshot.meta["options"] = {"profile": "for-sharing"}
    with pytest.raises(UsageError, match="words of posts"):
        files(name, snapshot)


# ---- and back ---------------------------------------------------------------------------------


def label_studio(result: list[dict[str, Any]], **more: Any) -> str:
    annotation = {"completed_by": {"email": "Anna", "id": 3}, "result": result} | more
    return json.dumps([{"id": 1, "data": {"post_id": "p1"}, "annotations": [annotation]}])


def potato(labels: Any, spans: Any) -> str:
    told = {"user_id": "Anna", "instance_id_to_label_to_value": {"p1": labels}}
    return json.dumps(told | {"instance_id_to_span_to_value": {"p1": spans}})


def rows(text: str) -> list[tuple[Any, ...]]:
    found = list(tasks.read(text, "x.json"))
    taken = tasks.take(found, [Known("p1", "t", TEXT, 100)], BOOK)
    assert set(taken.seen) == {("human:Anna", "p1")}
    return [(r.layer, r.code, r.polarity, r.whose, r.start, r.end) for r in taken.rows]


EXPECTED = [
    ("topic", "safety", None, None, 102 + TEXT.index("stomach") - 2, 102 + TEXT.index(",") - 2),
    ("stance", "treatment-experience", "bad", "self", 102, 102 + len("The tablets")),
    ("sentiment", "negative", None, None, None, None),
]


@pytest.mark.parametrize("utf16", [False, True])
def test_annotations_of_label_studio_come_back_however_it_counts(utf16: bool) -> None:
    shift = int(utf16)  # the emoji is two units
    first, last = TEXT.index("stomach") + shift, TEXT.index(",") + shift

    def marked(start: int, end: int, words: str, label: str) -> dict[str, Any]:
        value = {"start": start, "end": end, "text": words, "labels": [label]}
        return {"type": "labels", "from_name": "evidence", "value": value}

    stance = "treatment-experience: bad (self)"
    told = label_studio(
        [
            marked(first, last, "stomach ulcers", "safety"),
            marked(2 + shift, 13 + shift, "The tablets", stance),
            {"type": "choices", "from_name": "topics", "value": {"choices": ["safety"]}},
            {"type": "choices", "from_name": "sentiment", "value": {"choices": ["negative"]}},
        ]
    )
    assert rows(told) == EXPECTED
    assert not list(tasks.read(label_studio([], was_cancelled=True), "x"))


def test_both_shapes_of_potatos_annotations_come_back() -> None:
    start = TEXT.index("stomach")
    spans = [
        {"start": start, "end": TEXT.index(","), "text": "stomach ulcers"},
        {"start": 2, "end": 13, "text": "The tablets"},
    ]
    names = ["safety", "treatment-experience: bad (self)"]
    pairs = potato(
        [[{"schema": "sentiment", "name": "negative"}, "negative"],
         [{"schema": "topics", "name": "safety"}, True],
         [{"schema": "topics", "name": "care"}, False]],
        [[span | {"schema": "evidence", "name": name}, "true"]
         for span, name in zip(spans, names, strict=True)],
    )  # fmt: skip
    by_schema = potato(
        {"sentiment": {"labels": {"negative": True}}, "topics": {"safety": "true", "care": False}},
        {"evidence": [span | {"label": name} for span, name in zip(spans, names, strict=True)]},
    )
    assert rows(pairs) == EXPECTED
    assert rows(by_schema) == EXPECTED


def test_what_potato_writes_has_no_words_and_counts_code_points() -> None:
    """As Potato 2.12.1 wrote it when a browser marked words after an emoji."""
    start, label = TEXT.index("stomach"), "treatment-experience: bad (self)"
    span = {"schema": "evidence", "name": label, "title": label, "start": start}
    span |= {"end": start + 14, "id": f"evidence_{label}_{start}", "target_field": "text"}
    told = potato([[{"schema": "topics", "name": "safety"}, "safety"]], [[span, 1]])
    assert rows(told) == [
        ("stance", "treatment-experience", "bad", "self", 100 + start, 114 + start),
        ("topic", "safety", None, None, None, None),
    ]


def test_words_that_occur_twice_are_those_nearest_to_where_they_were_marked() -> None:
    second = TEXT.rindex("ulcers")
    value = {"start": second + 3, "end": second + 9, "text": "ulcers", "labels": ["safety"]}
    ((_, _, _, _, start, _),) = rows(label_studio([{"type": "labels", "value": value}]))
    assert start == 100 + second


def test_what_belongs_nowhere_is_counted() -> None:
    value = {"start": 0, "end": 4, "text": "none", "labels": ["safety"]}
    other = {"start": 0, "end": 1, "labels": ["Own idea"]}
    told = label_studio([{"value": value}, {"value": other}])
    taken = tasks.take(tasks.read(told, "x"), [Known("p1", "t", TEXT, 0)], BOOK)
    assert (taken.lost["human:Anna"], taken.unknown["Own idea"]) == (1, 1)
    assert tasks.take(tasks.read(told, "x"), [], BOOK).foreign == 1


VALUE = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["data", "post_id", "annotations", "result", "value", "labels", "choices", "start",
                 "end", "text", "schema", "name", "completed_by", "p1", "user_id",
                 "instance_id_to_label_to_value", "instance_id_to_span_to_value"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)  # fmt: skip


@given(VALUE)
def test_annotations_of_any_shape_are_read_or_refused(told: Any) -> None:
    with suppress(CommunityError):
        found = list(tasks.read(json.dumps(told), "x"))
        tasks.take(found, [Known("p1", "t", TEXT, 0)], BOOK)


def test_a_study_goes_out_to_label_studio_and_its_annotations_come_back(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_bytes(b"a key for tests, not for people")
    options = community.Options(key=key)
    page = tmp_path / "board.jsonl"
    page.write_text(
        json.dumps({"id": "1", "text": TEXT, "author": "Ann"})
        + "\n"
        + json.dumps({"id": "2", "text": "Thank you.", "author": "Ben", "parent_id": "1"})
    )
    kept = tmp_path / "study"
    community.analyze([page], study=kept, options=options)
    made = community.export(kept, tmp_path / "out", formats=["label-studio"], options=options)
    (path,) = [path for path in made if path.name == "tasks.json"]
    told = json.loads(path.read_text(encoding="utf-8"))
    start = TEXT.index("stomach")
    value = {"start": start, "end": start + 14, "text": "stomach ulcers", "labels": ["safety"]}
    for task in told:
        result = [{"type": "labels", "value": value}] if "stomach" in task["data"]["text"] else []
        task["annotations"] = [{"completed_by": 7, "result": result}]
    back = tmp_path / "annotated.json"
    back.write_text(json.dumps(told), encoding="utf-8")
    out = tmp_path / "seven.csv"
    taken = import_codings(back, kept, out=out, options=Importing(study=options))
    assert taken.people() == {"human:7": (1, 2)}
    evaluated = community.evaluate(out, kept)
    assert evaluated.matched.posts == 2
    assert not evaluated.matched.lost
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")
    with pytest.raises(SourceError, match="neither tasks of Label Studio"):
        import_codings(wrong, kept, options=Importing(study=options))
    with pytest.raises(UsageError, match=r"no user_state.json"):
        import_codings(tmp_path, kept, options=Importing(study=options))
