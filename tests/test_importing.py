"""Codings taken back in: from projects that tools changed, and from annotation tools."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

import community
from community import codebook, importing
from community.errors import CommunityError, PluginError, SourceError, UsageError
from community.importing import Importing, import_codings
from community.interchange import codes, qde
from community.interchange.codes import Label
from community.interchange.passages import found
from community.interchange.readings import Alignment, unbroken

BOOK = codebook.default()
QDE = "urn:QDA-XML:project:1.0"
NS = {"q": QDE}
WORDS = [
    ("1", None, "🎉🧠 Ten years after my transplant and not one relapse.\nI would do it again."),
    ("2", "1", "The tablets gave me stomach ulcers 😢 and my liver tests went mad."),
    ("3", "2", "My neurologist laughed at me when I asked. I no longer trust him."),
    ("4", "1", "Thank you for the warm welcome."),
]


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> community.Options:
    key = tmp_path_factory.mktemp("key") / "key"
    key.write_bytes(b"a key for tests, not for people")
    return community.Options(key=key)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, options: community.Options) -> Path:
    folder = tmp_path_factory.mktemp("made")
    rows = [
        {"id": i, "thread_id": "t", "parent_id": p, "author": f"Author{i}", "text": text,
         "timestamp": f"2024-01-0{i}T10:00:00Z", "title": "Ten years on"}
        for i, p, text in WORDS
    ]  # fmt: skip
    source = folder / "board.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    community.analyze([source], study=folder / "study", options=options)
    return folder / "study"


def posts(study: Path, options: community.Options) -> dict[str, dict[str, Any]]:
    from community.interchange.bundles import values

    with community.api.opened(study, options=options) as snapshot:
        return {row["native_id"]: row for row in values(snapshot, "posts")}


Change = Callable[[etree._Element, dict[str, bytes]], None]


def changed(
    study: Path, out: Path, options: community.Options, change: Change, target: str = "qdpx"
) -> Path:
    """A project of the study, changed as a tool would."""
    folder = out / "exported"
    made = community.export(study, folder, formats=[target], options=options)
    (path,) = [path for path in made if path.suffix == ".qdpx"]
    packed = zipfile.ZipFile(path)
    files = {name: packed.read(name) for name in packed.namelist() if name != "project.qde"}
    root = etree.fromstring(packed.read("project.qde"))
    change(root, files)
    target_path = out / "changed.qdpx"
    with zipfile.ZipFile(target_path, "w") as again:
        again.writestr("project.qde", etree.tostring(root, encoding="utf-8"))
        for name, data in files.items():
            again.writestr(name, data)
    return target_path


def add_user(root: etree._Element, name: str) -> str:
    guid = f"00000000-0000-4000-8000-{len(name):012d}"
    etree.SubElement(root.find("q:Users", NS), f"{{{QDE}}}User", guid=guid, name=name)
    return guid


def code(
    root: etree._Element, files: dict[str, bytes], label: Label, words: str, user: str, **how: Any
) -> None:
    """Codes the words as a tool that counts in its own way."""
    (source,) = root.findall(".//q:TextSource", NS)
    text = files[f"sources/{source.get('guid')}.txt"].decode("utf-8")
    if how.get("breaks") == 1:
        text = text.replace("\r\n", "\n")
    start = text.index(words)
    size = len(words)
    if how.get("utf16"):
        start = len(text[:start].encode("utf-16-le")) // 2
        size = len(words.encode("utf-16-le")) // 2
    end = start + size - bool(how.get("inclusive"))
    told = {"startPosition": str(start), "endPosition": str(end), "creatingUser": user}
    guid = f"00000000-0000-4000-9000-{start:012d}"
    selection = etree.SubElement(source, f"{{{QDE}}}PlainTextSelection", guid=guid, **told)
    coding = etree.SubElement(selection, f"{{{QDE}}}Coding", guid=guid, creatingUser=user)
    target = how.get("guid") or codes.guid_of(label)
    etree.SubElement(coding, f"{{{QDE}}}CodeRef", targetGUID=target)


def _anna(root: etree._Element, files: dict[str, bytes]) -> None:
    user = add_user(root, "Anna")
    code(root, files, Label("topic", "safety"), "stomach ulcers 😢", user)
    label = Label("stance", "treatment-experience", "bad", "self")
    code(root, files, label, "liver tests went mad", user)


def test_a_persons_codings_come_back_at_their_characters(
    study: Path, options: community.Options, tmp_path: Path
) -> None:
    path = changed(study, tmp_path, options, _anna)
    out = tmp_path / "anna.csv"
    taken = import_codings(path, study, out=out, options=Importing(study=options))
    second = posts(study, options)["2"]
    assert [(row.code, row.polarity, row.whose, row.coder) for row in taken.rows] == [
        ("safety", None, None, "human:Anna"),
        ("treatment-experience", "bad", "self", "human:Anna"),
    ]
    for row, words in zip(taken.rows, ("stomach ulcers 😢", "liver tests went mad"), strict=True):
        assert row.post_id == second["post_id"]
        assert row.start is not None
        assert row.end is not None
        assert second["text"][row.start - second["start"] : row.end - second["start"]] == words
    assert taken.people() == {"human:Anna": (2, 4)}
    assert not taken.drift
    assert not taken.removed
    assert sum(taken.stayed.values()) > 4
    assert out.read_text().startswith("post_id,thread_id,layer,code")


def test_the_label_file_is_what_agreement_and_evaluate_read(
    study: Path, options: community.Options, tmp_path: Path
) -> None:
    path = changed(study, tmp_path, options, _anna)
    out = tmp_path / "anna.csv"
    import_codings(path, study, out=out, options=Importing(study=options))
    made = community.agreement([out, study / "exports" / "codings.csv"], study=study)
    assert "human:Anna" in made.coders
    assert {figure.layer for figure in made.figures} >= {"topic", "stance"}
    assert not made.matched.unknown
    assert not made.matched.lost
    evaluated = community.evaluate(out, study)
    assert evaluated.gold_coder == "human:Anna"
    assert evaluated.matched.posts == 4


WAYS: list[tuple[str, str, dict[str, Any]]] = [
    ("qdpx", "code points, a line's end counts 1", {}),
    ("qdpx-maxqda", "a line's end counts 2", {}),
    ("qdpx-atlas", "a line's end counts 1", {"breaks": 1}),
]


@pytest.mark.parametrize(("target", "reading", "how"), WAYS)
def test_each_tools_way_to_count_is_told_by_the_codings_that_were_ours(
    study: Path,
    options: community.Options,
    tmp_path: Path,
    target: str,
    reading: str,
    how: dict[str, Any],
) -> None:
    def change(root: etree._Element, files: dict[str, bytes]) -> None:
        code(root, files, Label("topic", "care"), "laughed at me", add_user(root, "Ben"), **how)
        root.set("origin", "Some tool 1.0")  # tools write their own name

    path = changed(study, tmp_path, options, change, target)
    taken = import_codings(path, study, options=Importing(study=options))
    (row,) = taken.rows
    third = posts(study, options)["3"]
    assert third["text"][row.start - third["start"] : row.end - third["start"]] == "laughed at me"
    assert any(reading in note for note in taken.notes)
    assert not taken.drift


def _recount(utf16: bool, inclusive: bool) -> Change:
    """What a tool writes that counts UTF-16 units, or names the last character."""

    def change(root: etree._Element, files: dict[str, bytes]) -> None:
        for source in root.findall(".//q:TextSource", NS):
            text = files[f"sources/{source.get('guid')}.txt"].decode("utf-8")
            for selection in source.findall("q:PlainTextSelection", NS):
                for name in ("startPosition", "endPosition"):
                    place = int(selection.get(name, ""))
                    units = len(text[:place].encode("utf-16-le")) // 2 if utf16 else place
                    last = inclusive and name == "endPosition"
                    selection.set(name, str(units - last))
        user = add_user(root, "Cleo")
        label, how = Label("topic", "care"), {"utf16": utf16, "inclusive": inclusive}
        code(root, files, label, "laughed at me", user, **how)

    return change


@pytest.mark.parametrize(("utf16", "inclusive"), [(True, False), (False, True), (True, True)])
def test_utf16_units_and_last_characters_are_understood(
    study: Path, options: community.Options, tmp_path: Path, utf16: bool, inclusive: bool
) -> None:
    path = changed(study, tmp_path, options, _recount(utf16, inclusive))
    (row,) = import_codings(path, study, options=Importing(study=options)).rows
    third = posts(study, options)["3"]
    assert third["text"][row.start - third["start"] : row.end - third["start"]] == "laughed at me"


def test_a_line_put_in_by_a_tool_moves_nothing(
    study: Path, options: community.Options, tmp_path: Path
) -> None:
    def change(root: etree._Element, files: dict[str, bytes]) -> None:
        _anna(root, files)
        added = "Read by Anna in 2024 🎉\n"
        for name in files:
            files[name] = added.encode() + files[name]
        for selection in root.iter(f"{{{QDE}}}PlainTextSelection"):
            for name in ("startPosition", "endPosition"):
                selection.set(name, str(int(selection.get(name, "")) + len(added)))

    path = changed(study, tmp_path, options, change)
    taken = import_codings(path, study, options=Importing(study=options))
    second = posts(study, options)["2"]
    starts = [second["start"] + second["text"].index(w) for w in ("stomach", "liver tests")]
    assert [row.start for row in taken.rows] == starts
    assert not taken.lost
    assert not taken.drift


def test_drift_of_the_machines_own_codings_is_told(
    study: Path, options: community.Options, tmp_path: Path
) -> None:
    def change(root: etree._Element, files: dict[str, bytes]) -> None:
        _anna(root, files)
        for number, selection in enumerate(root.iter(f"{{{QDE}}}PlainTextSelection")):
            if number % 2 and selection.find("q:Coding", NS) is not None:
                for name in ("startPosition", "endPosition"):
                    selection.set(name, str(int(selection.get(name, "")) + 3))

    path = changed(study, tmp_path, options, change)
    taken = import_codings(path, study, options=Importing(study=options))
    assert taken.drift[3] > 0


def test_what_stands_of_the_machines_codings_is_theirs_who_went_through_them(
    study: Path, options: community.Options, tmp_path: Path
) -> None:
    gone: list[str] = []

    def change(root: etree._Element, files: dict[str, bytes]) -> None:
        codes_ = {node.get("guid"): node.get("name") for node in root.iter(f"{{{QDE}}}Code")}
        users = {node.get("guid"): node.get("name") for node in root.iter(f"{{{QDE}}}User")}
        for selection in list(root.iter(f"{{{QDE}}}PlainTextSelection")):
            coding = selection.find("q:Coding", NS)
            if coding is None or "model:" not in users[coding.get("creatingUser")]:
                continue
            name = codes_[coding.find("q:CodeRef", NS).get("targetGUID")]
            if name == "safety":
                gone.append(name)
                selection.getparent().remove(selection)

    path = changed(study, tmp_path, options, change)
    with pytest.raises(UsageError, match="no coding by a person"):
        import_codings(path, study, options=Importing(study=options))
    how = Importing(study=options, revised_by="Dora")
    taken = import_codings(path, study, options=how)
    assert {row.coder for row in taken.rows} == {"human:Dora"}
    assert "safety" not in {row.code for row in taken.rows}
    assert gone
    assert sum(taken.removed.values()) == len(gone)


def test_a_tool_that_gives_codes_and_sources_new_guids_is_read_by_their_names(
    study: Path, options: community.Options, tmp_path: Path
) -> None:
    def change(root: etree._Element, files: dict[str, bytes]) -> None:
        guid = "12345678-1234-4234-8234-123456789012"
        for node in root.iter(f"{{{QDE}}}Code"):
            if node.get("name") == "care":
                node.set("guid", guid)
        user = add_user(root, "Emil")
        code(root, files, Label("topic", "care"), "laughed at me", user, guid=guid)
        own = "12345678-1234-4234-8234-123456789013"
        book = root.find(".//q:Codes", NS)
        told = {"name": "Own idea", "isCodable": "true", "guid": own}
        etree.SubElement(book, f"{{{QDE}}}Code", told)
        for source in root.iter(f"{{{QDE}}}TextSource"):
            old, new = source.get("guid"), "12345678-1234-4234-8234-123456789014"
            source.set("name", f"{source.get('name')}.txt")
            source.set("plainTextPath", f"internal://{new}.TXT")
            files[f"Sources/{new}.txt"] = files[f"sources/{old}.txt"]
        code(root, files, Label("topic", "care"), "warm welcome", user, guid=own)
        for source in root.iter(f"{{{QDE}}}TextSource"):
            source.set("guid", "12345678-1234-4234-8234-123456789014")

    path = changed(study, tmp_path, options, change)
    taken = import_codings(path, study, options=Importing(study=options))
    assert [row.code for row in taken.rows] == ["care"]
    assert taken.unknown == {"Own idea": 1}


def test_where_a_tool_drops_our_users_our_codings_are_not_taken_for_a_persons(
    study: Path, options: community.Options, tmp_path: Path
) -> None:
    def change(root: etree._Element, files: dict[str, bytes]) -> None:
        users = root.find("q:Users", NS)
        for user in list(users):
            users.remove(user)
        user = add_user(root, "Hal")
        for found_ in root.iter(f"{{{QDE}}}PlainTextSelection", f"{{{QDE}}}Coding"):
            found_.set("creatingUser", user)
        code(root, files, Label("topic", "media"), "warm welcome", user)

    path = changed(study, tmp_path, options, change)
    taken = import_codings(path, study, options=Importing(study=options))
    assert [(row.coder, row.code) for row in taken.rows] == [("human:Hal", "media")]
    assert not taken.removed
    assert any("no user of the file is a program" in note for note in taken.notes)


def test_two_sentiments_on_one_post_are_mixed(
    study: Path, options: community.Options, tmp_path: Path
) -> None:
    def change(root: etree._Element, files: dict[str, bytes]) -> None:
        user = add_user(root, "Finn")
        code(root, files, Label("sentiment", "positive"), "not one relapse", user)
        code(root, files, Label("sentiment", "negative"), "Ten years after my", user)

    path, out = changed(study, tmp_path, options, change), tmp_path / "finn.csv"
    taken = import_codings(path, study, out=out, options=Importing(study=options))
    assert {row.code for row in taken.rows} == {"mixed"}
    assert community.evaluate(out, study).matched.posts == 4


def test_a_selection_over_several_posts_is_one_coding_in_each(
    study: Path, options: community.Options, tmp_path: Path
) -> None:
    def change(root: etree._Element, files: dict[str, bytes]) -> None:
        (data,) = files.values()
        text = data.decode()
        both = text[text.index("🎉🧠 Ten") : text.index("went mad.") + len("went mad.")]
        code(root, files, Label("topic", "efficacy"), both, add_user(root, "Gus"))
        code(root, files, Label("topic", "efficacy"), "Ten years on", add_user(root, "Gus"))

    path = changed(study, tmp_path, options, change)
    taken = import_codings(path, study, options=Importing(study=options))
    known = posts(study, options)
    assert [row.post_id for row in taken.rows] == [known["1"]["post_id"], known["2"]["post_id"]]
    assert [row.start for row in taken.rows] == [None, None]  # the posts as a whole
    assert taken.outside == 1  # the title


# ---- what is hostile --------------------------------------------------------------------------


def packed(tmp_path: Path, told: str | bytes, name: str = "project.qde") -> Path:
    path = tmp_path / "hostile.qdpx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, told)
    return path


LAUGHS = (
    '<!DOCTYPE Project [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (f'{LAUGHS}<Project xmlns="{QDE}" name="&c;"/>', "document type"),
        ('<!DOCTYPE Project SYSTEM "file:///etc/passwd"><Project name="x"/>', "document type"),
        ("<CodeBook/>", "no REFI-QDA project"),
        ("<Project", "not readable as XML"),
        ("<Project>" + "<Code guid='1'>" * 5000, "not readable as XML"),
        ("", "not readable as XML"),
        (
            '<Project><Sources><TextSource guid="1"><PlainTextSelection startPosition="x"/>'
            "</TextSource></Sources></Project>",
            "no number",
        ),
    ],
)
def test_hostile_xml_is_refused_and_says_why(
    study: Path, options: community.Options, tmp_path: Path, told: str, reason: str
) -> None:
    with pytest.raises(SourceError, match=reason):
        import_codings(packed(tmp_path, told), study, options=Importing(study=options))


def test_a_bomb_and_an_archive_without_a_project_are_refused(
    study: Path, options: community.Options, tmp_path: Path
) -> None:
    bomb = b"<!--" + b" " * 9_000_000 + b"-->"
    with pytest.raises(SourceError, match=r"bomb|not readable"):
        import_codings(packed(tmp_path, bomb), study, options=Importing(study=options))
    crowd = "".join(f'<User guid="{number}"/>' for number in range(qde.MOST_NAMED + 1))
    hostile = packed(tmp_path, f"<Project>{crowd}</Project>")
    with pytest.raises(SourceError, match="users or codes"):
        import_codings(hostile, study, options=Importing(study=options))
    nothing = packed(tmp_path, "words", "notes.txt")
    with pytest.raises(SourceError, match=r"no project \(.qde\)"):
        import_codings(nothing, study, options=Importing(study=options))


def test_a_source_outside_the_archive_is_not_opened(
    study: Path, options: community.Options, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("Thank you for the warm welcome.")

    def change(root: etree._Element, files: dict[str, bytes]) -> None:
        _anna(root, files)
        for source in root.iter(f"{{{QDE}}}TextSource"):
            source.set("plainTextPath", f"absolute://{secret}")

    path = changed(study, tmp_path, options, change)
    with pytest.raises(UsageError, match="nothing in it belongs"):
        import_codings(path, study, options=Importing(study=options))


@given(st.binary(max_size=200), st.integers(0, 400))
def test_any_damage_to_a_projects_xml_is_an_error_of_ours_or_read(data: bytes, at: int) -> None:
    whole = (
        f'<Project xmlns="{QDE}" name="x"><Users><User guid="1" name="a"/></Users><Sources>'
        '<TextSource guid="2" name="s"><PlainTextContent>words</PlainTextContent>'
        '<PlainTextSelection guid="3" startPosition="0" endPosition="2"><Coding guid="4">'
        '<CodeRef targetGUID="5"/></Coding></PlainTextSelection></TextSource></Sources></Project>'
    ).encode()
    with suppress(CommunityError):
        qde.parse(io.BytesIO(whole[:at] + data + whole[at + len(data) :]), "x")


def test_a_study_of_others_and_a_study_for_sharing_take_nothing(
    study: Path, options: community.Options, tmp_path: Path
) -> None:
    path = changed(study, tmp_path, options, _anna)
    shared = Importing(study=replace(options, sharing=True))
    with pytest.raises(UsageError, match="for sharing"):
        import_codings(path, study, options=shared)
    page = tmp_path / "other.jsonl"
    page.write_text('{"id": "1", "text": "Other words."}\n')
    community.analyze([page], study=tmp_path / "other", options=options)
    with pytest.raises(UsageError, match="nothing in it belongs"):
        import_codings(path, tmp_path / "other", options=Importing(study=options))
    with pytest.raises(UsageError, match="cannot be read"):
        import_codings(tmp_path / "none.qdpx", study)


# ---- texts that tools changed -----------------------------------------------------------------


@given(st.lists(st.text("ab c🎉", max_size=8), min_size=1, max_size=8), st.data())
def test_lines_taken_out_or_put_in_leave_the_others_where_they_were(
    lines: list[str], data: st.DataObject
) -> None:
    ours = "".join(f"{number} {line}\n" for number, line in enumerate(lines))
    put = data.draw(st.integers(0, len(lines)))
    theirs = [f"{number} {line}\n" for number, line in enumerate(lines)]
    theirs[put:put] = ["something new\n"]
    changed_ = "".join(theirs)
    alignment = Alignment(changed_, ours)
    for line in theirs:
        if line == "something new\n":
            continue
        at = changed_.index(line)
        span = alignment.of(at, at + len(line))
        assert span is not None
        assert ours[slice(*span)] == line


def test_line_endings_of_all_kinds_are_one() -> None:
    assert unbroken("\ufeffa\r\nb\rc\n") == "a\nb\nc\n"


@given(st.text("ab🎉 ", min_size=1, max_size=30), st.data())
def test_marked_words_are_found_whichever_way_they_were_counted(
    text: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    words = text[start:end]
    units = [len(text[:place].encode("utf-16-le")) // 2 for place in (start, end)]
    for first, last in ((start, end), units):
        got = found(text, first, last, words)
        assert got is not None or not words.strip()
        if got:
            assert text[slice(*got)] == words or not words.strip()
    assert found(text, start, end, None) == (start, end)
    assert found(text, start, end, "not there") is None


def test_an_unknown_format_is_answered_with_those_that_exist(
    study: Path, options: community.Options
) -> None:
    with pytest.raises(PluginError, match="qdpx-maxqda"):
        community.export(study, formats=["maxqda"], options=options)


def test_the_command_writes_a_label_file_and_says_what_it_read(
    study: Path, options: community.Options, tmp_path: Path
) -> None:
    from typer.testing import CliRunner

    from community.cli import app

    path, out = changed(study, tmp_path, options, _anna), tmp_path / "anna.csv"
    args = ["import", str(path), str(study), "--out", str(out), "--key", str(options.key)]
    made = CliRunner().invoke(app, args)
    assert made.exit_code == 0, made.output
    assert "human:Anna: 2 codings, 4 posts read" in made.output
    assert re.search(r"marked passages as written, 0 gone", made.output)
    told = json.loads(CliRunner().invoke(app, [*args, "--json"]).stdout)
    assert told["people"] == {"human:Anna": {"codings": 2, "posts": 4}}
    assert importing.__doc__
