"""scores.parquet: streamed, typed, the same bytes twice."""

from __future__ import annotations

import io

import pyarrow.parquet
from hand_study import HandSnapshot, study

from community.exporters.parquet import make


def written(made: HandSnapshot, row_group: int = 100_000) -> bytes:
    ((name, parts),) = make(row_group=row_group)(made)
    assert name == "scores.parquet"
    return b"".join(parts)


def test_scores_come_back_with_their_types() -> None:
    made = study()
    table = pyarrow.parquet.read_table(io.BytesIO(written(made)))
    assert table.num_rows == len(made.tables["scores"])
    assert str(table.schema.field("probability").type) == "double"
    assert table.column("raw").null_count == table.num_rows
    assert table.schema.field("coder").metadata == {b"description": b"coder"}


def test_probabilities_have_four_decimals_and_zero_is_a_value() -> None:
    made = HandSnapshot()
    for probability in (0, 1 / 3):
        made.put("scores", post_id="p", code="c", coder="rules", probability=probability, raw=-0.5)
    table = pyarrow.parquet.read_table(io.BytesIO(written(made)))
    assert table.to_pydict()["probability"] == [0.0, 0.3333]
    assert table.to_pydict()["raw"] == [-0.5, -0.5]


def test_row_groups_are_written_as_the_rows_stream_and_hold_the_same() -> None:
    made = study()
    small = pyarrow.parquet.ParquetFile(io.BytesIO(written(made, row_group=3)))
    assert small.num_row_groups > 3
    assert small.read().equals(pyarrow.parquet.read_table(io.BytesIO(written(made))))
    ((_, parts),) = make(row_group=3)(made)
    assert len([part for part in parts if part]) > 3


def test_no_scores_give_an_empty_table() -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(written(HandSnapshot())))
    assert (table.num_rows, table.num_columns) == (0, 5)


def test_two_exports_are_the_same_bytes() -> None:
    assert written(study()) == written(study())


def test_a_lone_surrogate_does_not_end_the_export() -> None:
    made = HandSnapshot()
    made.put("scores", post_id="\ud83d", code="c", coder="rules", probability=0.5)
    assert pyarrow.parquet.read_table(io.BytesIO(written(made))).num_rows == 1
