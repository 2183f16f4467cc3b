"""Articles of PubMed, journals (JATS), Crossref and reference managers. All texts are our own."""

from __future__ import annotations

import json
from typing import Any

import mutated_json
import pytest
from export_pages import built, mutations, page, read, survives
from hypothesis import given, settings
from hypothesis import strategies as st

from community.errors import SourceError
from community.readers import crossref, jats, pubmed, ris
from community.results import claims
from community.types import Mention, RawDocument

PUBMED = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">
<PubmedArticleSet>
<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">31234567</PMID>
<Article PubModel="Print-Electronic"><Journal><ISSN IssnType="Electronic">1234-5678</ISSN>
<JournalIssue CitedMedium="Internet"><Volume>12</Volume><Issue>3</Issue><PubDate><Year>2019</Year><Month>Mar</Month><Day>05</Day></PubDate></JournalIssue>
<Title>Journal of invented medicine</Title><ISOAbbreviation>J Inv Med</ISOAbbreviation></Journal>
<ArticleTitle>Weekly zorglutide in <i>type 2</i> diabetes: the ORBIT-2 trial.</ArticleTitle>
<ELocationID EIdType="doi" ValidYN="Y">10.5555/jim.2019.0042</ELocationID>
<Abstract>
<AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">Treatments are many.</AbstractText>
<AbstractText Label="METHODS" NlmCategory="METHODS">In this trial, 612 adults received zorglutide or placebo for 52 weeks.</AbstractText>
<AbstractText Label="RESULTS" NlmCategory="RESULTS">Serious adverse events occurred in 12 patients (4.8%) on zorglutide. Cells rose to 3 x 10<sup>9</sup>/L. No deaths were reported.</AbstractText>
<CopyrightInformation>All rights are somebody's.</CopyrightInformation></Abstract>
<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>de la Cour</LastName><ForeName>Marie Ann</ForeName><Initials>MA</Initials><AffiliationInfo><Affiliation>Nowhere. someone@mail.example</Affiliation></AffiliationInfo></Author>
<Author ValidYN="Y"><CollectiveName>ORBIT-2 Investigators</CollectiveName></Author></AuthorList>
<Language>eng</Language>
<DataBankList CompleteYN="Y"><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList><AccessionNumber>NCT01234567</AccessionNumber></AccessionNumberList></DataBank>
<DataBank><DataBankName>GenBank</DataBankName><AccessionNumberList><AccessionNumber>AB123456</AccessionNumber></AccessionNumberList></DataBank></DataBankList>
<PublicationTypeList><PublicationType UI="D016449">Randomized Controlled Trial</PublicationType></PublicationTypeList></Article>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>J Inv Med. 2021 Jan;14(1):9</RefSource><PMID Version="1">33333333</PMID></CommentsCorrections>
<CommentsCorrections RefType="Cites"><RefSource>Other</RefSource></CommentsCorrections></CommentsCorrectionsList>
</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="pubmed">31234567</ArticleId><ArticleId IdType="pmc">PMC7654321</ArticleId><ArticleId IdType="doi">10.5555/jim.2019.0042</ArticleId></ArticleIdList>
<ReferenceList><Reference><Citation>Cited</Citation><ArticleIdList><ArticleId IdType="doi">10.1/other</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData></PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>99</PMID><Article><Journal><JournalIssue><PubDate><MedlineDate>2017 Jan-Feb</MedlineDate></PubDate></JournalIssue><Title>Acta</Title></Journal>
<ArticleTitle>[A title in another tongue].</ArticleTitle></Article></MedlineCitation></PubmedArticle>
<PubmedBookArticle><BookDocument><PMID>55</PMID><ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId></ArticleIdList>
<Book><BookTitle>A book of diseases</BookTitle><PubDate><Year>2020</Year></PubDate></Book><ArticleTitle>Chapter on pumps</ArticleTitle>
<AuthorList Type="authors"><Author><LastName>Doe</LastName><Initials>J</Initials></Author></AuthorList><Abstract><AbstractText>Pumps help.</AbstractText></Abstract></BookDocument></PubmedBookArticle>
</PubmedArticleSet>"""

JATS = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Archiving and Interchange DTD v1.2 20190208//EN" "JATS-archivearticle1.dtd">
<article article-type="research-article" xml:lang="en" xmlns:xlink="http://www.w3.org/1999/xlink"><front>
<journal-meta><journal-id journal-id-type="nlm-ta">J Inv Med</journal-id><journal-title-group><journal-title>Journal of invented medicine</journal-title></journal-title-group></journal-meta>
<article-meta><article-id pub-id-type="pmid">31234567</article-id><article-id pub-id-type="pmc">7654321</article-id><article-id pub-id-type="doi">10.5555/JIM.2019.0042</article-id>
<title-group><article-title>Pumps against oedema<xref ref-type="fn" rid="fn1">*</xref></article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Brandt</surname><given-names>Eva Lena</given-names></name><xref ref-type="aff" rid="a1">1</xref></contrib><contrib contrib-type="editor"><name><surname>Boss</surname><given-names>B</given-names></name></contrib></contrib-group>
<pub-date pub-type="epub"><day>2</day><month>2</month><year>2019</year></pub-date><pub-date pub-type="ppub"><year>2020</year></pub-date>
<abstract><sec><title>Results</title><p>Of 100 patients, 20 (20%) had a relapse.<xref ref-type="bibr" rid="r1">1</xref> Trial number ISRCTN12345678.</p></sec></abstract>
<abstract abstract-type="graphical"><p>See the picture.</p></abstract></article-meta></front>
<body><sec sec-type="results"><title>Results</title><p>Fatigue occurred in 31% of patients [<xref ref-type="bibr" rid="r2">2</xref>, <xref ref-type="bibr" rid="r3">3</xref>].</p>
<table-wrap id="t2"><label>Table 2</label><caption><p>Outcomes at 2 years</p></caption><table><thead><tr><th rowspan="2">Outcome</th><th colspan="2">Group</th></tr><tr><th>Pump (n=50)</th><th>Control (n=50)</th></tr></thead>
<tbody><tr><td colspan="3">Harms</td></tr><tr><td>Infection</td><td>12 (24%)</td><td>9 (18%)</td></tr><tr><td>Death</td><td>0</td><td>–</td></tr></tbody></table></table-wrap>
<table-wrap id="t1"><label>Table 1</label><caption><p>Baseline characteristics</p></caption><table><tbody><tr><td>Women</td><td>60%</td></tr></tbody></table></table-wrap></sec></body>
<back><ack><p>We thank all 7 cats.</p></ack><ref-list><ref id="r1"><mixed-citation>Doe J. Relapse in 99% of cases. 2001.</mixed-citation></ref></ref-list></back></article>"""

WORK = {
    "DOI": "10.5555/JIM.2019.0042",
    "type": "journal-article",
    "title": ["Weekly zorglutide in type&nbsp;2 diabetes"],
    "subtitle": ["The ORBIT-2 trial"],
    "container-title": ["Journal of invented medicine"],
    "author": [
        {"given": "Marie Ann", "family": "de la Cour", "sequence": "first", "affiliation": []},
        {"name": "ORBIT-2 Investigators", "sequence": "additional"},
    ],
    "issued": {"date-parts": [[2019, 3, 5]]},
    "published-online": {"date-parts": [[2019, 2]]},
    "abstract": "<jats:title>Abstract</jats:title><jats:sec><jats:title>Results</jats:title><jats:p>No deaths"
    " were reported, and <jats:italic>nausea</jats:italic> occurred in 8&#37; of patients.</jats:p></jats:sec>",
    "clinical-trial-number": [{"clinical-trial-number": "nct01234567", "registry": "10.18810/x"}],
    "updated-by": [{"DOI": "10.5555/jim.2021.1", "type": "retraction", "label": "Retraction"}],
    "reference": [{"key": "r1", "unstructured": "Cited in 99% of cases"}],
    "language": "en",
}
CROSSREF = {"status": "ok", "message-type": "work", "message-version": "1.0.0", "message": WORK}

RIS = """TY  - JOUR
AU  - de la Cour, Marie Ann
AU  - Brandt, E.
TI  - Weekly zorglutide in type 2 diabetes
  and what it does
JO  - J Inv Med
PY  - 2019/03/05/
DO  - https://doi.org/10.5555/jim.2019.0042
AB  - BACKGROUND: Treatments are many. RESULTS: Nausea occurred in 8% of patients. CONCLUSIONS: It is safe.
C2  - PMC7654321
N1  - Registered as NCT01234567
UR  - https://journal.example/42
ER  -

TY  - JOUR
TI  - Another one
ER  -
"""
NBIB = """
PMID- 31234567
OWN - NLM
DP  - 2019 Mar 5
TI  - Weekly zorglutide in type 2 diabetes
      and what it does.
LID - 10.5555/jim.2019.0042 [doi]
AB  - RESULTS: Nausea occurred in 8% of patients.
FAU - de la Cour, Marie Ann
AU  - de la Cour MA
SI  - ClinicalTrials.gov/NCT01234567
TA  - J Inv Med
RIN - J Inv Med. 2021 Jan;14(1):9. PMID: 33333333
PMC - PMC7654321
SO  - J Inv Med. 2019 Mar 5;12(3):1-9.
"""


def mentions(document: RawDocument) -> tuple[Mention, ...]:
    return claims.make()(built(document))


def told(document: RawDocument) -> str:
    return "\n".join(span.of(document.text) for span in document.article)


# ---- PubMed -----------------------------------------------------------------------------------


def test_a_pubmed_article_has_its_labelled_sections_and_its_study() -> None:
    first, second, book = read(pubmed.make(), PUBMED)
    assert first.thread_key == "31234567"
    assert first.title == "Weekly zorglutide in type 2 diabetes: the ORBIT-2 trial."
    assert told(first).startswith("BACKGROUND: Treatments are many.\nMETHODS: In this trial")
    assert "10^9/L" in told(first) and "rights" not in first.text and "mail" not in first.text
    assert first.published_at == "2019-03-05" and first.article_author == "de la Cour MA"
    assert first.study is not None
    assert (first.study.doi, first.study.author, first.study.year) == (
        "10.5555/jim.2019.0042", "de la Cour", 2019)  # fmt: skip
    assert first.study.registrations == ("NCT01234567",)
    assert first.note == "retracted: J Inv Med. 2021 Jan;14(1):9 (PMID 33333333)"
    assert (second.title, second.published_at) == ("A title in another tongue", "2017")
    assert (book.title, told(book)) == ("Chapter on pumps", "Pumps help.")


def test_results_of_a_pubmed_article_carry_its_number_and_doi() -> None:
    first, *_ = read(pubmed.make(), PUBMED)
    found = mentions(first)
    assert {(m.trial, m.registration, m.doi) for m in found} == {
        ("ORBIT-2", "NCT01234567", "10.5555/jim.2019.0042")
    }
    assert {m.value for m in found} >= {4.8}


def test_an_entity_bomb_is_refused_and_a_cut_set_is_read_as_far_as_it_goes() -> None:
    bomb = PUBMED.replace(
        "<!DOCTYPE PubmedArticleSet PUBLIC",
        '<!DOCTYPE PubmedArticleSet [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><!-- PUBLIC',
    )
    with pytest.raises(SourceError, match="entities"):
        list(pubmed.make().read(page(bomb)))
    cut = PUBMED[: PUBMED.index("<PubmedBookArticle>") - 60]
    documents = read(pubmed.make(), cut)
    assert len(documents) == 2 and any("cut" in p for p in documents[-1].problems)


def test_a_set_without_articles_is_told() -> None:
    with pytest.raises(SourceError, match="no article"):
        list(pubmed.make().read(page("<PubmedArticleSet></PubmedArticleSet>")))


def test_articles_that_share_an_id_are_two_documents() -> None:
    one = PUBMED[PUBMED.index("<PubmedArticle>") : PUBMED.index("</PubmedArticle>") + 16]
    found = read(pubmed.make(), f"<PubmedArticleSet>{one}{one}</PubmedArticleSet>")
    assert [d.thread_key for d in found] == ["31234567", "31234567#2"]


# ---- JATS -------------------------------------------------------------------------------------


def test_a_journal_article_is_read_without_its_references() -> None:
    (found,) = read(jats.make(), JATS)
    assert (found.thread_key, found.title, found.lang) == (
        "PMC7654321",
        "Pumps against oedema",
        "en",
    )
    assert "had a relapse. Trial number" in told(found)
    assert "31% of patients." in told(found)
    assert not any(word in found.text for word in ("99%", "cats", "picture", "Boss"))
    assert found.study is not None
    assert (found.study.author, found.study.year, found.study.registrations) == (
        "Brandt", 2019, ("ISRCTN12345678",))  # fmt: skip
    assert found.study.doi == "10.5555/jim.2019.0042"


def test_a_table_becomes_a_line_for_each_figure_and_baseline_reports_nothing() -> None:
    (found,) = read(jats.make(), JATS)
    assert "Harms, Infection in the Pump group (n = 50): 12 (24%)" in told(found)
    assert "Harms, Death in the Pump group (n = 50): 0" in told(found)
    assert "60%" in found.text and "60%" not in told(found)
    assert {(m.endpoint, m.value, m.arm) for m in mentions(found)} >= {
        ("infection", 24.0, "Pump"),
        ("infection", 18.0, "Control"),
    }


@pytest.mark.parametrize(
    ("heading", "cell", "line"),
    [
        ("Nausea, n (%)", "12 (24)", "Nausea in the Pump group: 12 (24%)"),
        (
            "Survival at 2 years, % (95% CI)",
            "84 (79–88)",
            "Survival at 2 years in the Pump group: 84% (95% CI 79–88)",
        ),
        (
            "EDSS change, mean (SD)",
            "-0.5 (1.2)",
            "EDSS change in the Pump group: mean -0.5 (SD 1.2)",
        ),
        ("Days, median (IQR)", "12 (8–15)", "Days in the Pump group: median 12 (IQR 8–15)"),
        ("Cured, %", "71", "Cured in the Pump group: 71%"),
        ("Steps", "7100", "Steps in the Pump group: 7100"),
    ],
)
def test_what_a_heading_says_of_its_figures_is_set_into_each(
    heading: str, cell: str, line: str
) -> None:
    table = (f"<table><thead><tr><th>What</th><th>Pump</th><th>P value</th></tr></thead><tbody><tr><td>{heading}</td>"
             f"<td>{cell}</td><td>0.04</td></tr></tbody></table>")  # fmt: skip
    words = f"<article><front><article-meta/></front><body><sec><table-wrap>{table}</table-wrap></sec></body></article>"
    (found,) = read(jats.make(), words)
    assert told(found) == line


def test_a_page_that_is_html_or_a_feed_is_no_journal_article() -> None:
    for words in ("<html><article><p>News</p></article></html>", "<rss><channel/></rss>",
                  "<article><h1>A page</h1></article>"):  # fmt: skip
        assert jats.make().sniff(page(words)) == 0.0


# ---- Crossref ---------------------------------------------------------------------------------


def test_a_work_of_crossref_has_its_abstract_without_marks() -> None:
    (found,) = read(crossref.make(), json.dumps(CROSSREF))
    assert found.title == "Weekly zorglutide in type 2 diabetes: The ORBIT-2 trial"
    assert told(found) == "Results\nNo deaths were reported, and nausea occurred in 8% of patients."
    assert found.published_at == "2019-02" and found.note == "retracted: 10.5555/jim.2021.1"
    assert found.study is not None
    assert found.study.registrations == ("NCT01234567",) and found.study.author == "de la Cour"
    assert "99%" not in found.text
    assert {(m.endpoint, m.value) for m in mentions(found)} >= {("nausea", 8.0)}


def test_a_search_of_crossref_is_a_document_per_work_also_without_abstract() -> None:
    bare = {
        "DOI": "10.5555/b",
        "title": ["Only a title"],
        "container-title": [],
        "author": "nobody",
    }
    listed = {"message-type": "work-list", "message": {"items": [WORK, bare, {"DOI": "10.5555/c"}]}}
    found = read(crossref.make(), json.dumps(listed))
    assert [d.thread_key for d in found] == ["10.5555/jim.2019.0042", "10.5555/b"]
    assert found[1].article == ()


# ---- RIS and nbib -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", [RIS, RIS.replace("\n", "\r\n"), "\ufeff" + RIS, NBIB])
def test_reference_managers_lists_are_read(text: str) -> None:
    found = read(ris.make(), text)
    first = found[0]
    assert (first.title or "").rstrip(
        "."
    ) == "Weekly zorglutide in type 2 diabetes and what it does"
    assert "RESULTS: Nausea occurred in 8% of patients." in told(first)
    assert first.published_at == "2019-03-05"
    assert first.study is not None and first.study.author == "de la Cour"
    assert first.study.doi == "10.5555/jim.2019.0042"
    assert first.study.registrations == ("NCT01234567",)


def test_nbib_tells_of_a_retraction() -> None:
    (found,) = read(ris.make(), NBIB)
    assert (found.note or "").startswith("retracted: J Inv Med. 2021")


def test_a_list_without_titles_is_told() -> None:
    with pytest.raises(SourceError, match="no reference"):
        list(ris.make().read(page("TY  - JOUR\nER  - \n")))


def test_prose_and_posts_are_no_reference_list() -> None:
    for words in ("I like cats.\n\nTY for asking", "- one\n- two\n", "id,text\n1,TY  - no"):
        assert ris.make().sniff(page(words)) < 0.9


# ---- whatever comes ---------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(mutations(PUBMED.encode()))
def test_a_damaged_pubmed_set_never_breaks_the_reader(data: bytes) -> None:
    survives(pubmed.make(), data)


@settings(max_examples=60, deadline=None)
@given(mutations(JATS.encode()))
def test_a_damaged_journal_article_never_breaks_the_reader(data: bytes) -> None:
    survives(jats.make(), data)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([RIS, NBIB]).flatmap(lambda text: mutations(text.encode())))
def test_a_damaged_reference_list_never_breaks_the_reader(data: bytes) -> None:
    survives(ris.make(), data)


@settings(max_examples=80, deadline=None)
@given(mutated_json.mutated(CROSSREF))
def test_any_values_in_a_work_never_break_the_reader(found: Any) -> None:
    survives(crossref.make(), json.dumps(found).encode())


@pytest.mark.parametrize("charset", ["utf-16", "latin-1"])
def test_other_charsets_are_read(charset: str) -> None:
    text = PUBMED.replace(
        "Treatments are many", "Müller’s treatments" if charset == "utf-16" else "Müllers"
    )
    text = text.replace('version="1.0" ?', f'version="1.0" encoding="{charset}"?')
    first, *_ = read(pubmed.make(), text.encode(charset))
    assert "Müller" in first.text
