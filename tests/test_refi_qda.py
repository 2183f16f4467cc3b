"""REFI-QDA out: valid, at the same characters for every tool, the same bytes, and never shared."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from community import codebook, plugins
from community.contracts import Exporter
from community.errors import StoreError, UsageError
from community.interchange import codes
from community.interchange.bundles import bundles
from community.interchange.codes import Known, Label
from community.interchange.endings import TARGETS, Positions
from community.interchange.layout import laid_out
from community.interchange.readings import Places, Reading
from tests.hand_study import HandSnapshot, study

NS = {"q": "urn:QDA-XML:project:1.0"}
XSD = Path(__file__).parent / "refi" / "Project.xsd"
SCHEMA = etree.XMLSchema(etree.parse(XSD))


def archive(snapshot: HandSnapshot, target: str = "plain") -> zipfile.ZipFile:
    exporter: Exporter = plugins.make("exporters", "refi_qda", target=target)
    ((name, chunks),) = exporter(snapshot)
    assert name.endswith(".qdpx")
    return zipfile.ZipFile(io.BytesIO(b"".join(chunks)))


def project(packed: zipfile.ZipFile) -> etree._Element:
    return etree.fromstring(packed.read("project.qde"))


def text_of(packed: zipfile.ZipFile, source: etree._Element) -> str:
    path = source.get("plainTextPath", "").removeprefix("internal://")
    return packed.read(f"sources/{path}").decode("utf-8")


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_a_project_is_valid_by_the_published_schema(target: str) -> None:
    SCHEMA.assertValid(project(archive(study(), target)))


def test_a_study_without_posts_or_codings_is_valid_too() -> None:
    SCHEMA.assertValid(project(archive(HandSnapshot())))


def test_a_codebook_is_valid_and_holds_every_code_with_what_it_means() -> None:
    ((name, chunks),) = plugins.make("exporters", "qdc")(study())
    root = etree.fromstring(b"".join(chunks))
    told = XSD.read_text(encoding="utf-8").replace(":project:", ":codebook:")
    told = re.sub(
        r'(<xsd:element name=")Project(" type=")ProjectType', r"\1CodeBook\2File", told, count=1
    )
    file = (
        '<xsd:complexType name="File"><xsd:sequence><xsd:element name="Codes" type="CodesType"/>'
        '<xsd:element name="Sets" type="SetsType" minOccurs="0"/></xsd:sequence>'
        '<xsd:attribute name="origin" type="xsd:string"/></xsd:complexType></xsd:schema>'
    )
    schema = etree.fromstring(told.replace("</xsd:schema>", file).encode())
    etree.XMLSchema(schema).assertValid(root)
    assert name == "codebook.qdc"
    names = [node.get("name") for node in root.iter("{*}Code")]
    assert len(names) == len(set(names))
    assert {code.code for code in codebook.default().codes} <= set(names)
    assert {"treatment-experience: bad (close)", "neurologist-distrust: trust"} <= set(names)
    assert all(len(node) for node in root.iter("{*}Code") if node.get("name") == "safety")


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_codings_stand_at_the_same_characters_however_lines_end(target: str) -> None:
    snapshot, packed = study(), archive(study(), target)
    root = project(packed)
    ends = TARGETS[target]
    names = {node.get("guid"): node.get("name") for node in root.iter("{*}Code")}
    found = set()
    for source in root.findall(".//q:TextSource", NS):
        text = text_of(packed, source)
        assert ("\r\n" in text) == (ends.newline == "\r\n")
        text = text.replace("\r\n", "\n") if ends.counted == 1 else text
        for selection in source.findall("q:PlainTextSelection", NS):
            start, end = (int(selection.get(f"{e}Position", "")) for e in ("start", "end"))
            for code in selection.iterfind("q:Coding/q:CodeRef", NS):
                words = text[start:end].replace("\r\n", "\n")
                found.add((names[code.get("targetGUID")], words))
    wanted = {
        (codes.name_of(Label(r["layer"], r["code"], r["polarity"], r["whose"])), r["evidence"])
        for r in snapshot.dicts("codings")
        if r["evidence"] and not r["abstained"]
    }
    assert wanted <= found
    assert ("negative", snapshot.dicts("posts")[1]["text"]) in found  # VADER gives no evidence
    links = {words for name, words in found if name and name.startswith("supports: ALPHA, ")}
    assert links == {"62% with no activity after five years"}


def test_abstentions_are_no_codings() -> None:
    snapshot = study()
    given_ = [row for row in snapshot.dicts("codings") if not row["abstained"]]
    codings = project(archive(snapshot)).findall(".//q:Coding", NS)
    assert len(codings) == len(given_) + len(snapshot.dicts("links"))


def test_every_coder_is_a_user_and_a_program_says_its_version() -> None:
    snapshot = study()
    snapshot.meta |= {"community": "9.9", "packages": {"vaderSentiment": "3.3.2"}}
    first = snapshot.dicts("posts")[0]["post_id"]
    human = {"layer": "topic", "code": "safety", "coder": "human:anna", "abstained": False}
    at = next(i for i, r in enumerate(snapshot.dicts("codings")) if r["post_id"] != first)
    snapshot.put("codings", coding_id="c-human", post_id=first, **human)
    rows = snapshot.tables["codings"]
    rows.insert(at, rows.pop())
    users = project(archive(snapshot)).findall(".//q:User", NS)
    assert [user.get("name") for user in users] == [
        "anna",
        "machine: rules (community 9.9)",
        "machine: vader (community 9.9, vaderSentiment 3.3.2)",
    ]
    renewed = study()
    renewed.meta["community"] = "10.0"
    later = project(archive(renewed)).findall(".//q:User", NS)
    assert {user.get("guid") for user in later}.isdisjoint(user.get("guid") for user in users)


def test_guids_are_the_same_in_every_export_and_unique_in_one() -> None:
    first, again = (archive(study()).read("project.qde") for _ in range(2))
    assert first == again
    guids = [node.get("guid", "") for node in etree.fromstring(first).iter() if node.get("guid")]
    assert len(guids) == len(set(guids))
    assert {UUID(guid).version for guid in guids} == {5}


def test_two_exports_are_the_same_bytes() -> None:
    def packed() -> bytes:
        ((_, chunks),) = plugins.make("exporters", "refi_qda")(study())
        return b"".join(chunks)

    assert packed() == packed()


def test_posts_are_cases_with_what_is_known_of_them() -> None:
    root = project(archive(study()))
    guids = {node.get("guid") for node in root.iter("{*}PlainTextSelection")}
    cases = root.findall(".//q:Case", NS)
    spoken = [row for row in study().dicts("posts") if row["text"]]
    assert len(cases) == len(spoken)
    assert all(case.find("q:SelectionRef", NS).get("targetGUID") in guids for case in cases)
    told = [value.text for value in cases[0].iterfind(".//q:TextValue", NS)]
    assert told == ["member-aa11", "patient", "2024-01-20T17:41:09+01:00"]


def test_what_no_tool_reads_is_replaced_one_for_one() -> None:
    packed = archive(study())
    texts = [text_of(packed, s) for s in project(packed).findall(".//q:TextSource", NS)]
    (hostile,) = [text for text in texts if "surrogate" in text]
    assert "lone \ufffd surrogate, NUL \ufffd and  a bare return" in hostile
    assert "\r" not in hostile
    assert any("<script>alert('posts are text')</script>" in text for text in texts)


def test_a_study_for_sharing_is_refused_and_its_codebook_is_not() -> None:
    snapshot = study()
    snapshot.meta["options"] = {"profile": "for-sharing"}
    with pytest.raises(UsageError, match="words of posts"):
        archive(snapshot)
    assert list(plugins.make("exporters", "qdc")(snapshot))


def test_an_unknown_tool_is_answered_with_those_that_exist() -> None:
    with pytest.raises(UsageError, match="maxqda"):
        plugins.make("exporters", "refi_qda", target="nvivo")


def test_rows_that_stand_apart_from_their_document_are_not_passed_over() -> None:
    snapshot = study()
    snapshot.put("codings", coding_id="x", post_id="nobody", layer="topic", code="care",
                 coder="rules", abstained=False)  # fmt: skip
    with pytest.raises(StoreError, match="codings"):
        list(bundles(snapshot))


def test_names_of_codes_lead_back_to_their_labels() -> None:
    book = codebook.default()
    known = Known(book)
    for node in (node for top in codes.tree(book) for node in top.walk() if node.label):
        assert known.label(node.guid.lower(), "") == node.label
        assert known.label("", node.name.upper()) == node.label
    assert known.label("", "no such code") is None


def test_a_code_that_the_codebook_lacks_is_added_and_says_so() -> None:
    (topic, *_) = codes.tree(codebook.default(), [Label("topic", "diet", None, None)])
    (node,) = [node for node in topic.walk() if node.name == "diet"]
    assert "not in its codebook" in node.about


def test_every_place_of_a_post_leads_back_to_its_document() -> None:
    for bundle in bundles(study()):
        laid = laid_out(bundle)
        texts = {post["post_id"]: post["text"] for post in bundle.posts}
        for place in laid.places:
            whole = (place.start, place.start + place.length)
            span = laid.inside(place, *whole)
            assert span == (place.at, place.at + place.length)
            assert list(laid.posts_at(*span)) == [(place, *whole)]
            assert laid.text[slice(*span)].isascii() == texts[place.post_id].isascii()
        everything = [place for place, _, _ in laid.posts_at(0, len(laid.text))]
        assert everything == list(laid.places)


@given(
    st.text(st.sampled_from("a\n🎉é "), max_size=40),
    st.booleans(),
    st.integers(1, 2),
    st.data(),
)
def test_positions_read_back_to_the_places_they_were_written_for(
    text: str, inclusive: bool, breaks: int, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    positions = Positions(text, breaks)
    places = Places(text, Reading(breaks=breaks, inclusive=inclusive))
    first, last = positions.of(start), positions.of(end) - inclusive
    assert places.of(first, last)[0] == start
    assert places.of(first, last)[1] == end or (inclusive and text[end - 1 : end] == "\n")


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_another_packages_reader_finds_the_same_words(target: str, tmp_path: Path) -> None:
    other = pytest.importorskip("pyrefiqda", reason="pyrefiqda is not installed (extra dev)")
    ((name, chunks),) = plugins.make("exporters", "refi_qda", target=target)(study())
    (tmp_path / name).write_bytes(b"".join(chunks))
    read = other.RefiProject.load(tmp_path / name, extract_dir=str(tmp_path / "x"))
    count = 0
    for source in read.sources.text_source:
        path = other.RefiProject.resolve_source_path(source.plain_text_path, tmp_path / "x")
        text = path.read_bytes().decode("utf-8")
        text = text.replace("\r\n", "\n") if TARGETS[target].counted == 1 else text
        for selection in source.plain_text_selection:
            words = " ".join(text[selection.start_position : selection.end_position].split())
            count += bool(selection.coding)
            assert selection.name.startswith("post ") or words.startswith(selection.name[:20])
    assert count == len(study().dicts("links")) + sum(
        not row["abstained"] for row in study().dicts("codings")
    )
