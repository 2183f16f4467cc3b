"""Mail: boxes in every dialect, conversations, and what of a letter its sender wrote."""

from __future__ import annotations

import base64
import quopri

import pytest
from export_pages import built, mutations, page, read, survives, words
from hypothesis import given, settings
from hypothesis import strategies as st

from community.errors import SourceError
from community.mail import cuts, fields, stamps
from community.mail.conversations import Conversations, subject
from community.readers import mbox
from community.records import people
from community.types import RawDocument

RULE = "_" * 47
FOOTER = (
    f"{RULE}\nwalkers mailing list\nwalkers@lists.example\nhttps://lists.example/listinfo/walkers\n"
)


def letter(
    number: int, body: str, *, answers: str = "", subject: str = "Walking", **more: str
) -> str:
    told = {
        "From": "Ann Lee <ann@mail.example>",
        "Date": f"Mon, {number % 28 + 1} Jun 2009 12:00:00 +0200",
        "Subject": subject,
        "Message-ID": f"<{number}@mail.example>",
    }
    if answers:
        told |= {"In-Reply-To": answers.split()[-1], "References": answers}
    told |= {key.replace("_", "-"): value for key, value in more.items()}
    head = "".join(f"{key}: {value}\n" for key, value in told.items() if value)
    return f"From ann@mail.example  Mon Jun  1 12:00:00 2009\n{head}\n{body}\n\n"


def documents(*letters: str | bytes) -> list[RawDocument]:
    return read(mbox.make(), b"".join(x.encode() if isinstance(x, str) else x for x in letters))


def own(document: RawDocument) -> list[str]:
    """What each sender says in their own words."""
    thread = built(document)
    return ["\n".join(span.of(document.text) for span in post.own) for post in thread.posts]


def test_letters_that_name_each_other_are_a_conversation() -> None:
    first, second = documents(
        letter(1, "I walked a mile."),
        letter(2, "Another matter.", subject="Sleep"),
        letter(3, "So did I.", answers="<1@mail.example>", subject="Re: Walking"),
        letter(4, "When?", answers="<1@mail.example> <3@mail.example>", subject="AW: Re: Walking"),
    )
    assert (first.title, words(first)) == ("Walking", ["I walked a mile.", "So did I.", "When?"])
    thread = built(first)
    assert [post.depth for post in thread.posts] == [0, 1, 2]
    assert first.posts[0].posted_at == "2009-06-02T12:00:00+02:00"
    assert first.posts[0].author == "Ann Lee"
    assert words(second) == ["Another matter."]


def test_ids_and_authors_hold_no_address() -> None:
    (found,) = documents(
        letter(1, "a", From="ann@mail.example"),
        letter(2, "b", answers="<1@mail.example>", From="<bo@mail.example>"),
        letter(3, "c", answers="<1@mail.example>", From="ann at mail.example"),
    )
    fields_told = (
        repr([(p.native_id, p.parent_native_id, p.author) for p in found.posts]) + found.thread_key
    )
    assert "mail.example" not in fields_told
    names = [p.author or "" for p in found.posts]
    assert all(name.startswith("sender-") for name in names)
    assert names[0] == names[2] != names[1]


def test_a_letter_whose_predecessor_is_elsewhere_is_a_gap() -> None:
    (found,) = documents(
        letter(1, "One."),
        letter(3, "Three.", answers="<1@mail.example> <2@elsewhere.example>"),
    )
    assert built(found).posts[1].gap
    assert not found.complete


def test_where_no_ids_are_named_the_subject_tells() -> None:
    found = documents(
        letter(1, "Hello all", subject="[walkers] Stairs"),
        letter(2, "Two at a time", subject="Re: [walkers] Stairs"),
        letter(3, "Answer without a letter", subject="Re: [walkers] Ladders"),
        letter(4, "And another", subject="Re: Ladders"),
        letter(5, "No relation", subject="Stairs and ladders"),
        letter(6, "Years later", subject="Re: Stairs", Date="Mon, 1 Jun 2015 12:00:00 +0000"),
    )
    assert [words(d)[0] for d in found] == [
        "Hello all",
        "Answer without a letter",
        "No relation",
        "Years later",
    ]
    assert [p.depth for p in built(found[0]).posts] == [0, 1]
    assert [p.gap for p in built(found[1]).posts] == [True, True]


def test_a_box_that_begins_with_the_newest_is_put_in_order() -> None:
    (found,) = documents(
        letter(3, "third", answers="<1@mail.example> <2@mail.example>"),
        letter(2, "second", answers="<1@mail.example>"),
        letter(1, "first"),
    )
    assert words(found) == ["first", "second", "third"]
    (by_name,) = documents(
        letter(2, "second", subject="Re: Stairs"), letter(1, "first", subject="Stairs")
    )
    assert [p.depth for p in built(by_name).posts] == [0, 1]


def test_keys_survive_letters_that_come_later() -> None:
    one = letter(1, "a")
    more = letter(2, "b", answers="<1@mail.example>")
    assert documents(one)[0].thread_key == documents(one, more)[0].thread_key != ""


def test_a_letter_that_came_twice_is_read_once() -> None:
    (found,) = documents(letter(1, "a"), letter(1, "a"), letter(2, "", answers="<1@mail.example>"))
    assert words(found) == ["a"]
    assert len(found.problems) == 2


def test_lines_that_begin_with_from_stay_in_their_letter() -> None:
    (found,) = documents(
        letter(
            1,
            "First line\n\nFrom then on it went well at 12:30.\n\n>From here too.\n\nFrom x Mon 2009\nno header",
        )
    )
    assert words(found) == [
        "First line\n\nFrom then on it went well at 12:30.\n\nFrom here too.\n\nFrom x Mon 2009\nno header"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "From ann at mail.example  Mon Jun  1 12:00:00 2009",
        "From - Mon Jun 01 12:00:00 2009",
        "From 1234567@xxx Mon Jun 01 12:00:00 +0000 2009",
        "From ann@mail.example Mon, 1 Jun 2009 12:00:00 +0200",
        "From MAILER-DAEMON Mon Jun  1 12:00 2009",
    ],
)
def test_every_dialect_of_box_is_known(line: str) -> None:
    box = (letter(1, "a") + letter(2, "b")).replace(
        "From ann@mail.example  Mon Jun  1 12:00:00 2009", line
    )
    crlf = box.replace("\n", "\r\n")
    for data in (box, crlf):
        (found,) = [d for d in read(mbox.make(), data) if "a" in words(d)]
        assert found.posts[0].author == "Ann Lee"


def test_a_single_letter_is_a_document() -> None:
    data = letter(1, "Only this.", MIME_Version="1.0").partition("\n")[2]
    (found,) = read(mbox.make(), data)
    assert (found.thread_key, words(found)) == ("", ["Only this."])


def test_words_and_names_are_decoded() -> None:
    packed = base64.encodebytes("Grüße — 歩く".encode()).decode()
    (found,) = documents(
        letter(1, packed, subject="=?utf-8?b?R3LDvMOfZQ==?= =?iso-8859-1?q?_an_=FCberall?=",
               From='=?UTF-8?Q?J=C3=BCrgen?= "M." <j@mail.example>',
               Content_Type='text/plain; charset="utf-8"', Content_Transfer_Encoding="base64"),
    )  # fmt: skip
    assert (found.title, found.posts[0].author) == ("Grüße an überall", 'Jürgen "M.')
    assert words(found) == ["Grüße — 歩く"]


@pytest.mark.parametrize(
    ("label", "real"),
    [("iso-8859-1", "cp1252"), ("utf-8", "cp1252"), ("", "utf-8"), ("x-unknown", "utf-8"),
     ("koi8-r", "koi8-r"), ("punycode", "utf-8"), ("us-ascii", "cp1252")],
)  # fmt: skip
def test_a_wrong_charset_costs_no_word(label: str, real: str) -> None:
    body = "шаги" if real == "koi8-r" else "Größe “so” – naïve"
    head = letter(1, "BODY", Content_Type=f"text/plain; charset={label}" if label else "text/plain")
    (found,) = documents(head.encode().replace(b"BODY", body.encode(real)))
    assert words(found) == [body]


def test_plain_words_are_taken_before_html_and_attachments_never() -> None:
    parts = (
        "preamble\n--B\nContent-Type: multipart/alternative; boundary=C\n\n"
        "--C\nContent-Type: text/plain\n\nplain words\n--C\nContent-Type: text/html\n\n<p>html words</p>\n--C--\n"
        "--B\nContent-Type: text/plain\nContent-Disposition: attachment; filename=x.txt\n\nattached\n"
        "--B\nContent-Type: image/png; name=a.png\nContent-Transfer-Encoding: base64\n\nAAAA\n"
        "--B\nContent-Type: text/plain\n\nmore plain\n--B--\nepilogue"
    )
    (found,) = documents(letter(1, parts, Content_Type='multipart/mixed; boundary="B"'))
    assert words(found) == ["plain words\n\nmore plain"]


def test_html_alone_is_read_with_its_quotations() -> None:
    body = (
        "<html><style>p {}</style><body><p>I <b>agree</b>.</p><div class='gmail_quote'><div class='gmail_attr'>"
        "On Mon, 1 Jun 2009 at 12:00, Ann Lee &lt;<a href='mailto:ann@mail.example'>ann@mail.example</a>&gt; wrote:<br></div>"
        "<blockquote class='gmail_quote'><div>I walked a mile today</div><div>and back</div></blockquote></div></body></html>"
    )
    packed = quopri.encodestring(body.encode()).decode()
    (found,) = documents(
        letter(1, "I walked a mile today\nand back"),
        letter(2, packed, answers="<1@mail.example>", Content_Type="text/html", Content_Transfer_Encoding="quoted-printable"),
    )  # fmt: skip
    assert own(found)[1] == "I agree."
    assert built(found).posts[1].quotes[0].of == built(found).posts[0].id


def test_paragraphs_that_flow_are_put_together() -> None:
    body = "A line that \nflows on \nand ends.\n> quoted \n> words\n other\n-- \nsig"
    (found,) = documents(letter(1, body, Content_Type="text/plain; format=flowed"))
    assert words(found) == ["A line that flows on and ends.\n> quoted words\nother"]


def test_quoted_lines_and_a_wrapped_attribution_are_not_the_senders_words() -> None:
    (found,) = documents(
        letter(1, "I walked a mile in the rain on Sunday."),
        letter(2, "On Tue, Jun 2, 2009 at 12:00 PM, Ann Lee\n<ann@mail.example> wrote:\n> I walked a mile in the rain on Sunday.\n\nBrave!",
               answers="<1@mail.example>"),
    )  # fmt: skip
    assert own(found)[1] == "Brave!"


ORIGINAL = "\n\n-----Original Message-----\nFrom: Ann Lee [mailto:ann@mail.example]\nSent: Tuesday, June 2, 2009 12:00 PM\nTo: walkers\nSubject: Walking\n\n"
PASTED = "I walked a mile in the rain on Sunday, then two miles on Monday, and after that I slept for ten hours without waking once at all. It was worth every step, and I mean to do it again next week if the weather holds."


@pytest.mark.parametrize(
    "header",
    [
        ORIGINAL,
        ORIGINAL.replace("-----Original Message-----\n", "_" * 32 + "\n"),
        ORIGINAL.replace("-----Original Message-----\n", ""),
        "\n\n-----Ursprüngliche Nachricht-----\nVon: Ann Lee\nGesendet: Dienstag, 2. Juni 2009 12:00\nAn: alle\nBetreff: Walking\n\n",
        "\n\n---------- Forwarded message ----------\nFrom: Ann Lee <ann@mail.example>\nDate: Tue, Jun 2, 2009 at 12:00 PM\nSubject: Walking\nTo: all\n\n",
    ],
    ids=["outlook", "rule", "bare", "german", "forward"],
)
def test_a_letter_pasted_below_is_a_quotation(header: str) -> None:
    (found,) = documents(
        letter(1, PASTED), letter(2, "Brave!" + header + PASTED, answers="<1@mail.example>")
    )
    assert own(found)[1] == "Brave!"
    thread = built(found)
    assert thread.posts[1].quotes[0].of == thread.posts[0].id


@pytest.mark.parametrize(
    "tail",
    [
        f"\n-- \nAnn Lee\nSomewhere\n{FOOTER}",
        f"\n{FOOTER}",
        f"\n{FOOTER}{FOOTER}",
        "\n--\nAnn",
        "\nSent from my phone",
        "\n--~--~---------~--~----~------------~-------~--~----~\nTo unsubscribe write to x@lists.example\n-~----------~----~",
        "\n-- \nYou received this message because you are subscribed to the group.\nhttps://groups.example",
        "\n-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: <https://lists.example/a.htm>\n",
        "\n-----BEGIN PGP SIGNATURE-----\n\niQEc\n-----END PGP SIGNATURE-----",
    ],
)
def test_what_lists_and_programs_add_is_cut(tail: str) -> None:
    (found,) = documents(letter(1, "I walked a mile.\n" + tail))
    assert words(found) == ["I walked a mile."]


@pytest.mark.parametrize(
    "body",
    [
        "Before\n\n-----\n\nAfter the line I went on for quite a while.",
        "Drug: X\nDose: two\nStart: 3 May 2009\n\nThat is my plan.",
        "From: my own notes\n\nNothing helped.",
        "1. one\n--\n" + "\n".join(f"line {n}" for n in range(30)),
    ],
)
def test_what_only_looks_like_furniture_stays(body: str) -> None:
    (found,) = documents(letter(1, body))
    assert words(found) == [body]
    assert own(found) == [body]


@pytest.mark.parametrize(
    ("told", "iso"),
    [
        ("Mon, 1 Jun 2009 12:00:00 -0500", "2009-06-01T12:00:00-05:00"),
        ("Mon, 01 Jun 2009 12:00 EST", "2009-06-01T12:00:00-05:00"),
        ("1 Jun 09 12:00:00 GMT", "2009-06-01T12:00:00+00:00"),
        ("Mon, 1 Jun 2009 12:00:00 +0200 (MESZ)", "2009-06-01T12:00:00+02:00"),
        ("Mon, 1 Jun 2009 12:00:00 MESZ", "2009-06-01T12:00:00+02:00"),
        ("Mon, 1 Jun 2009 12:00:00 -0000", "2009-06-01T12:00:00+00:00"),
        ("Mon, 1 Jun 2009 12:00:00 +9900", "2009-06-01T12:00:00"),
        ("Mon, 1 Jun 2009 12:00:00 +020000", "2009-06-01T12:00:00"),
        ("Mon, 1 Jun 2009 12:00:00 XYZ", "2009-06-01T12:00:00"),
        ("Mon Jun  1 12:00:00 2009", "2009-06-01T12:00:00"),
        ("2009-06-01T12:00:00Z", "2009-06-01T12:00:00+00:00"),
        ("Mon, 31 Jun 2009 12:00:00 +0000", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_odd_zones_are_understood_or_left_out(told: str, iso: str | None) -> None:
    when = stamps.when(told)
    assert (when.iso if when else None) == iso


def test_a_letter_without_a_date_has_the_one_of_its_box() -> None:
    (found,) = documents(letter(1, "a", Date=""))
    assert found.posts[0].posted_at == "2009-06-01T12:00:00"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Ann Lee <ann@mail.example>", "Ann Lee"),
        ('"Lee, Ann" <ann@mail.example>', "Lee, Ann"),
        ("ann@mail.example (Ann Lee)", "Ann Lee"),
        ("ann at mail.example (Ann Lee)", "Ann Lee"),
        ('"Ann Lee via walkers" <walkers@lists.example>', "Ann Lee"),
        ('"ann@mail.example" <ann@mail.example>', people.name("ann@mail.example")),
        ("", None),
    ],
)
def test_senders_are_names(value: str, name: str | None) -> None:
    assert fields.author(value) == name


def test_subjects_lose_the_marks_of_answers_and_lists() -> None:
    assert subject("Re: [walkers] AW: Fwd: Stairs") == ("Stairs", True)
    assert subject("[walkers] Stairs (was: Ladders)") == ("Stairs (was: Ladders)", False)
    assert subject("Re[2]: Stairs") == ("Stairs", True)
    assert subject("Reading and rest") == ("Reading and rest", False)
    assert subject("Re:") == ("Re:", True)


def test_a_hundred_thousand_levels_of_parts_and_answers_are_no_matter() -> None:
    same = "--B\nContent-Type: multipart/mixed; boundary=B\n\n" * 20_000
    deeper = "".join(
        f"--B{n}\nContent-Type: multipart/mixed; boundary=B{n + 1}\n\n" for n in range(100_000)
    )
    chain = " ".join(f"<{n}@x.example>" for n in range(20_000))
    first, second = documents(
        letter(1, same + "end", Content_Type="multipart/mixed; boundary=B"),
        letter(2, deeper + "end", Content_Type="multipart/mixed; boundary=B0"),
        letter(3, "<div>" * 100_000 + "deep", Content_Type="text/html"),
        letter(4, "long chain", References=chain, subject="Other"),
        letter(5, ">" * 100_000 + " quoted\nown", subject="Third"),
    )
    assert words(first) == ["long chain"]
    assert own(second) == ["own"]


def test_lines_of_rules_and_dashes_without_end_take_linear_time() -> None:
    for line in (
        "-- ",
        "_" * 30,
        "--",
        "From: a",
        " " * 150 + "-",
        "-" * 190 + "x",
        "wrote:",
        "> ",
    ):
        cuts.letter((line + "\n") * 40_000)
        cuts.letter((line + "\nSubject: b\n\n") * 10_000)


def test_conversations_join_when_a_letter_names_both() -> None:
    known = Conversations()
    one = known.add("a", [], "Stairs", None)
    two = known.add("b", [], "Ladders", None)
    assert known.key(one.member) != known.key(two.member)
    known.add("c", ["a", "b"], "Both", None)
    assert known.key(one.member) == known.key(two.member) == "a"


@pytest.mark.parametrize(
    "data",
    [
        "Dear all,\nFrom: me\nto you",
        "Title: A walk\nDate: 2009\n\nText",
        "From Monday on, at 12:30\nwe walk",
        "<rss/>",
        "",
    ],
)
def test_other_text_is_no_mail(data: str) -> None:
    assert mbox.make().sniff(page(data)) == 0


def test_a_box_without_words_is_said_to_have_none() -> None:
    with pytest.raises(SourceError, match="no letter with words"):
        documents(letter(1, ""))


VALID = (
    letter(1, "I walked.\n\n-- \nAnn\n" + FOOTER, subject="=?utf-8?q?Gr=C3=BC=C3=9Fe?=")
    + letter(2, "On Mon, Ann wrote:\n> I walked.\n\nMe too" + ORIGINAL + "x", answers="<1@mail.example>")
    + letter(3, "--B\nContent-Type: text/html; charset=utf-8\n\n<p>Hi <blockquote>q</blockquote></p>\n--B--",
             answers="<1@mail.example> <2@mail.example>", Content_Type="multipart/alternative; boundary=B")
    + letter(4, "flows \non", subject="Re: Walking", Content_Type="text/plain; format=flowed; delsp=yes")
).encode()  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_mutated_boxes_are_read_or_refused(data: st.DataObject) -> None:
    survives(mbox.make(), data.draw(mutations(VALID)))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_as_a_letter_are_read_or_refused(tail: bytes) -> None:
    survives(mbox.make(), b"From: a <a@x.example>\nMessage-ID: <1@x>\nSubject: x\n" + tail)
