"""What the columns of a table are taken for: by their names, by their content, by hand."""

from __future__ import annotations

import csv
import io
import json
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import community
from community import config
from community.errors import CommunityError, SourceError, StudyError, UsageError
from community.tabular import maps, names
from community.types import Page

SAID = (
    "I have walked a little every day since then.",
    "So have I, though never very far from home.",
    "My knee would not let me, I am sorry to say.",
    "Then you should ask them about a brace, really.",
    "They gave me one and it is in the cupboard now.",
    "Mine too, next to all of the other good ideas.",
)
PEOPLE = ("ann", "bob", "ann", "cy", "bob", "ann")
DAYS = ("13.02.2021", "14.02.2021", "14.02.2021", "15.02.2021", "16.02.2021", "17.02.2021")


def page(rows: list[dict[str, object]], key: str = "posts.csv", *, header: bool = True) -> Page:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    if header:
        writer.writeheader()
    writer.writerows(rows)
    data = out.getvalue().encode()
    return Page(key=key, head=data[: 64 * 1024], size=len(data), open=partial(BytesIO, data))


def table(**columns: str) -> list[dict[str, object]]:
    """Six rows under the names given for what they hold."""
    held: dict[str, tuple[object, ...]] = {
        "id": tuple(f"k{n}07" for n in range(6)),
        "thread_id": ("v9a1", "v9a1", "v9a1", "v9b2", "v9b2", "v9b2"),
        "parent_id": ("", "k007", "k107", "", "k307", "k407"),
        "author": PEOPLE,
        "author_id": ("771", "772", "771", "773", "772", "771"),
        "timestamp": DAYS,
        "text": SAID,
        "title": ("Walks",) * 3 + ("Braces",) * 3,
        "url": tuple(f"https://x.example/{n}" for n in range(6)),
        "likes": (3, 0, 1, 0, 7, 2),
        "email": tuple(f"a{n}@b.example" for n in range(6)),
    }
    return [{name: held[role][n] for role, name in columns.items()} for n in range(6)]


HEADERS = [
    {"id": "Comment ID", "author": "Name", "author_id": "Profile ID", "timestamp": "Date",
     "likes": "Likes", "text": "Comment", "parent_id": "Reply To"},
    {"thread_id": "Post ID", "id": "Comment ID", "parent_id": "Parent Comment ID",
     "author": "Author Name", "text": "Comment Text", "timestamp": "Comment Date"},
    {"id": "lfd. Nr.", "author": "Nutzername", "timestamp": "Beitragsdatum",
     "text": "Kommentartext", "parent_id": "Antwort auf", "email": "E-Mail"},
    {"id": "Identifiant", "author": "Auteur du commentaire", "timestamp": "Date de publication",
     "text": "Commentaire", "title": "Titre"},
    {"author": "Nom d'utilisateur", "text": "Contenu du message", "parent_id": "En réponse à",
     "id": "Numéro", "timestamp": "Horodatage"},
    {"author": "Usuario", "timestamp": "Fecha del comentario", "text": "Texto del comentario",
     "parent_id": "Respuesta a", "id": "ID del comentario"},
    {"author": "Autore", "timestamp": "Data e ora", "text": "Testo del commento",
     "parent_id": "In risposta a", "id": "id", "title": "Titolo"},
    {"author": "Gebruikersnaam", "timestamp": "Geplaatst op", "text": "Reactie", "id": "nr",
     "parent_id": "Antwoord op"},
    {"author": "Autor", "timestamp": "Data", "text": "Conteúdo da mensagem",
     "parent_id": "Em resposta a", "id": "Número", "title": "Assunto"},
    {"id": "ResponseId", "text": "Q1_comment", "timestamp": "RecordedDate", "likes": "Q2_score"},
    {"id": "postNumber", "author": "userName", "author_id": "userId", "timestamp": "createdAt",
     "text": "postBody", "parent_id": "inReplyTo", "thread_id": "topicId", "url": "permalink"},
]  # fmt: skip


@pytest.mark.parametrize("columns", HEADERS, ids=lambda h: "-".join(h.values())[:40])
def test_columns_are_known_by_their_names_in_many_languages(columns: dict[str, str]) -> None:
    found = maps.explain(page(table(**columns)), {}).columns.roles()
    wanted = {r: name for r, name in columns.items() if r not in ("likes", "email")}
    if "id" not in wanted or wanted["id"] == "ResponseId":
        wanted.pop("id", None)
        found.pop("id", None)
    assert found == wanted


def test_without_a_header_the_contents_tell() -> None:
    rows = table(id="a", author="b", timestamp="c", text="d", parent_id="e", likes="f")
    found = maps.explain(page(rows, header=False), {})
    assert found.headless
    assert found.columns.roles() == {
        "text": "column 4",
        "id": "column 1",
        "parent_id": "column 5",
        "author": "column 2",
        "timestamp": "column 3",
    }


def test_ratings_are_no_pointers_and_counts_are_no_ids() -> None:
    found = maps.explain(page(table(id="id", likes="useful", text="text")), {}).columns
    assert found.roles() == {"text": "text", "id": "id"}


def test_what_is_found_is_told_with_masked_cells_and_a_reason() -> None:
    told = maps.explain(page(table(id="Nr", text="Kommentar", timestamp="Datum")), {})
    assert told.shapes["Nr"] == ("x907",) or told.shapes["Nr"][0] == "x999"
    assert not any(word in repr(told.shapes) for word in ("walked", "13"))
    assert all(told.columns.why.values())
    slashed = [row | {"Datum": str(row["Datum"]).replace(".", "/")} for row in table(
        text="Kommentar", timestamp="Datum")]  # fmt: skip
    assert maps.explain(page(slashed), {}).dates == "day first: 13/02/2021"


def test_a_map_is_read_from_words_and_what_is_wrong_with_it_is_said() -> None:
    assert maps.parse("text=What, if any, went well?,author=Who") == {
        "text": "What, if any, went well?",
        "author": "Who",
    }
    for wrong in ("text", "words=Comment", ""):
        with pytest.raises(UsageError, match="roles are"):
            maps.parse(wrong)
    with pytest.raises(SourceError, match="no column 'Nothing' for 'text'; columns: a, b"):
        maps.explain(page(table(id="a", text="b")), {"text": "Nothing"})
    with pytest.raises(SourceError, match="dates"):
        maps.explain(page(table(id="a", text="b")), {"dates": "ymd"})


def test_what_a_pattern_says_comes_before_what_is_said_of_all_tables() -> None:
    told = maps.told({"text": "A", "author": "N", "survey/*.csv": {"text": "B"}})
    assert maps.given(told, "other.csv") == {"text": "A", "author": "N"}
    assert maps.given(told, "survey/one.csv") == {"text": "B", "author": "N"}
    assert maps.given(told, "survey/one.csv/in.csv") == {"text": "B", "author": "N"}


@given(st.text(max_size=60))
def test_any_name_of_a_column_is_read(name: str) -> None:
    found = names.of(name)
    assert all(0 < strength <= 1 for strength in found.strengths.values())


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=4), min_size=2, max_size=6))
def test_any_cells_are_explained_or_refused(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    data = out.getvalue().encode("utf-8", "replace")
    made = Page(key="t.csv", head=data, size=len(data), open=partial(BytesIO, data))
    try:
        found = maps.explain(made, {})
    except CommunityError:
        return
    assert set(found.columns.roles().values()) <= set(found.header)


# ---- in a study --------------------------------------------------------------------------------


@pytest.fixture
def options(tmp_path: Path) -> community.Options:
    key = tmp_path / "key"
    key.write_bytes(b"a key for tests, not for people")
    return community.Options(key=key)


def survey(tmp_path: Path) -> Path:
    path = tmp_path / "survey.csv"
    rows = [{"Best": said, "Worst": f"Nothing to say, {n}"} for n, said in enumerate(SAID)]
    path.write_bytes(page(rows).open().read())
    return path


def texts(folder: Path) -> list[str]:
    with open(folder / "posts.csv", encoding="utf-8", newline="") as stream:
        return [row["text"] for row in csv.DictReader(stream)]


def test_a_map_is_remembered_by_the_study_and_a_changed_one_reads_again(
    tmp_path: Path, options: community.Options
) -> None:
    path, study = survey(tmp_path), tmp_path / "study"
    from dataclasses import replace

    said = replace(options, columns={"text": "Worst"})
    community.analyze([path], study=study, out=tmp_path / "out", options=said)
    assert texts(tmp_path / "out")[0].startswith("Nothing to say")
    assert config.load(study).columns == {"survey.csv": {"text": "Worst"}}
    again = community.analyze([path], study=study, out=tmp_path / "out", options=options)
    assert again.run.counts["analysed"] == 0
    said = replace(options, columns={"text": "Best"})
    changed = community.analyze([path], study=study, out=tmp_path / "out", options=said)
    assert changed.run.counts["analysed"] == 1
    assert SAID[0] in texts(tmp_path / "out")


def test_a_study_s_map_that_means_nothing_is_told(tmp_path: Path) -> None:
    for wrong in (
        '[columns]\nwords = "A"\n',
        "[columns]\ntext = 3\n",
        '[columns]\n"*" = {a = "b"}\n',
    ):
        (tmp_path / "study.toml").write_text(wrong)
        with pytest.raises(StudyError, match=r"\[columns\]"):
            config.load(tmp_path)


def test_the_command_shows_a_map_that_study_toml_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import tomllib

    from community import cli

    path = survey(tmp_path)
    monkeypatch.setattr("sys.argv", ["community", "columns", str(path), "--map", "text=Best"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    line = tomllib.loads(shown.splitlines()[-1])
    assert line == {"survey.csv": {"text": "Best"}}
    assert "as you said" in shown
    assert "walked" not in shown
    monkeypatch.setattr("sys.argv", ["community", "columns", str(path), "--json"])
    with pytest.raises(SystemExit):
        cli.main()
    assert json.loads(capsys.readouterr().out)[0]["header"] == ["Best", "Worst"]
    (tmp_path / "note.txt").write_text("just a note")
    monkeypatch.setattr("sys.argv", ["community", "columns", str(tmp_path / "note.txt")])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
