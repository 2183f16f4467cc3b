"""`community evaluate` and `community agreement` over a real study, from the command line on."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import community
from community.errors import CodebookError, StudyError, UsageError
from community.learned.files import digest
from community.tables import TABLES

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "corpus" / "pages"
GOLD = ROOT / "corpus" / "gold" / "codings.csv"
CHROMIUM = Path("/usr/bin/chromium")
Rows = list[dict[str, Any]]
CODER = f"model:codes@{digest('codes')}"
OURS = community.Measuring(coder=CODER)


def cli(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "community", *map(str, words)]
    env = dict(os.environ) | {"COLUMNS": "140"}
    return subprocess.run(command, cwd=cwd, capture_output=True, env=env, timeout=120)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("measured")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        community.analyze([PAGES], study=folder / "study")
    return folder / "study"


@pytest.fixture(autouse=True)
def home(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(study.parent / "config"))


def table(study: Path, name: str) -> Rows:
    with community.opened(study, options=community.Options(identities="keep")) as snapshot:
        names = TABLES[name].names()
        return [dict(zip(names, row, strict=True)) for row in snapshot.rows(name)]


def figure(made: Any, layer: str, code: str, measure: str, coders: str = "") -> Any:
    (found,) = (
        f
        for f in made.figures
        if (f.layer, f.code, f.measure) == (layer, code, measure) and f.coders in (coders, "")
    )
    return found


def written(path: Path, rows: Rows) -> Path:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def own(study: Path, coder: str = CODER) -> Rows:
    """The study's own codings of one coder as a person's file would hold them, a row a passage."""
    kept = ("post_id", "layer", "code", "polarity", "whose")
    rows = [r for r in table(study, "codings") if r["coder"] == coder and not r["abstained"]]
    passages: dict[str, Rows] = {}
    for span in table(study, "evidence"):
        told = {"evidence_start": span["start"], "evidence_end": span["end"]}
        passages.setdefault(span["coding_id"], []).append(told)
    return [
        {name: row[name] for name in kept} | passage
        for row in rows
        for passage in passages.get(row["coding_id"], [{}])
    ]


# ---- against the corpus's gold ----------------------------------------------------------------


def test_the_table_of_gold_is_what_the_gold_says(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import gold_codings

    made = gold_codings.codings(table(study, "documents"), table(study, "posts"))
    told = "run python benchmarks/gold_codings.py"
    assert made == GOLD.read_text(encoding="utf-8"), told


def test_figures_are_those_counted_by_hand(study: Path) -> None:
    made = community.evaluate(GOLD, study, options=OURS)
    with GOLD.open(encoding="utf-8") as stream:
        gold = list(csv.DictReader(stream))
    posts = {row["post_id"] for row in gold}
    assert made.matched.posts == len(posts) == 182
    assert made.matched.unknown == ()
    assert made.matched.lost == 0, "every word of evidence stands in its post"
    code = "neurologist-distrust"
    wanted = {row["post_id"] for row in gold if row["code"] == code}
    rows = [r for r in table(study, "codings") if r["code"] == code and r["coder"] == CODER]
    given = {row["post_id"] for row in rows if not row["abstained"]} & posts
    unsure = {row["post_id"] for row in rows if row["abstained"]} & posts - given
    wanted_and_told = wanted - unsure
    assert figure(made, "stance", code, "support").estimate == len(wanted)
    assert figure(made, "stance", code, "given").estimate == len(given)
    right = len(wanted & given)
    precision = figure(made, "stance", code, "precision")
    assert precision.estimate == pytest.approx(right / len(given))
    assert precision.n == len(given)
    assert precision.low < precision.estimate <= precision.high
    f1 = figure(made, "stance", code, "f1")
    assert f1.estimate == pytest.approx(2 * right / (len(given) + len(wanted_and_told)))
    polarity = figure(made, "stance", code, "polarity_accuracy")
    assert polarity.n == right
    assert polarity.unit == "posts with the code in both"


def test_every_code_of_every_layer_has_its_figures(study: Path) -> None:
    made = community.evaluate(GOLD, study, options=OURS)
    measured = {(f.layer, f.code) for f in made.figures if f.measure == "f1"}
    from community.codebook import default

    for code in default().codes:
        assert (code.layer, code.code) in measured
    for measure in ("accuracy", "kappa", "kappa_weighted", "coverage"):
        assert figure(made, "sentiment", "", measure).n == 182
    assert figure(made, "role", "", "accuracy").estimate > 0.5
    assert sum(cell.posts for cell in made.confusion if cell.layer == "sentiment") == 182
    assert {bin.code for bin in made.calibration} >= {"safety", "positive"}
    assert made.orders["sentiment"] == "negative < mixed = neutral < positive"


def test_widening_the_band_only_ever_loses_posts(study: Path) -> None:
    made = community.evaluate(GOLD, study, options=OURS)
    curves: dict[tuple[str, str], list[float]] = {}
    for row in made.coverage:
        curves.setdefault((row.layer, row.code), []).append(row.coverage)
        assert row.low is None or row.low <= row.accuracy <= row.high
    assert ("sentiment", "") in curves
    assert ("topic", "") in curves
    assert all(curve == sorted(curve, reverse=True) for curve in curves.values())


def test_two_runs_say_the_same_bytes(study: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        community.evaluate(GOLD, study, out=tmp_path / name)
    made = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert made == [
        "calibration.csv", "confusion.csv", "coverage.csv", "evaluation-coverage.svg",
        "evaluation-f1.svg", "evaluation-reliability.svg", "evaluation.csv", "evaluation.html",
    ]  # fmt: skip
    for name in made:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


# ---- a coder against itself, and less ---------------------------------------------------------


def test_a_coder_measured_against_itself_is_right_everywhere(study: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "same.csv", own(study))
    made = community.evaluate(path, study, options=OURS)
    for one in made.figures:
        if one.measure in ("precision", "recall", "f1", "kappa", "evidence_token_f1"):
            assert one.estimate in (1.0, None), one
    assert figure(made, "stance", "progression-concern", "polarity_accuracy").estimate == 1


def test_abstentions_are_counted_and_not_dropped(study: Path) -> None:
    made = community.evaluate(GOLD, study, options=OURS)
    rows = [r for r in table(study, "codings") if r["abstained"] and r["coder"] == CODER]
    assert rows, "the study must have abstentions for this test to say something"
    code = rows[0]["code"]
    coverage = figure(made, rows[0]["layer"], code, "coverage")
    unsure = {r["post_id"] for r in rows if r["code"] == code}
    sure = {r["post_id"] for r in table(study, "codings")
            if r["code"] == code and r["coder"] == CODER and not r["abstained"]}  # fmt: skip
    assert coverage.n == 182
    assert coverage.estimate == pytest.approx(1 - len(unsure - sure) / 182)
    layer = rows[0]["layer"]
    assert figure(made, layer, code, "f1").n == 182 - len(unsure - sure)
    assert figure(made, layer, code, "f1_if_abstained_is_no").n == 182


def test_abstentions_of_the_reference_are_counted_too(study: Path, tmp_path: Path) -> None:
    posts = list(dict.fromkeys(r["post_id"] for r in own(study) if r["code"] == "safety"))
    rows = [{"post_id": p, "code": "safety", "abstained": "true"} for p in posts[:3]]
    rows += [{"post_id": p, "code": "safety", "abstained": ""} for p in posts[3:]]
    made = community.evaluate(written(tmp_path / "g.csv", rows), study)
    assert figure(made, "topic", "safety", "gold_abstained").estimate == 3
    assert figure(made, "topic", "safety", "support").n == len(posts) - 3


def test_posts_without_a_code_are_negatives_by_row_or_by_list(study: Path, tmp_path: Path) -> None:
    posts = [row["post_id"] for row in table(study, "posts") if row["status"] == "present"]
    coded = [{"post_id": posts[0], "layer": "stance", "code": "progression-concern"}]
    rows = [*coded, *({"post_id": post_id, "code": ""} for post_id in posts[1:40])]
    by_row = community.evaluate(written(tmp_path / "rows.csv", rows), study)
    listed = tmp_path / "posts.txt"
    listed.write_text("\n".join(posts[:40]), encoding="utf-8")
    options = community.Measuring(posts=listed)
    by_list = community.evaluate(written(tmp_path / "few.csv", coded), study, options=options)
    assert by_row.matched.posts == by_list.matched.posts == 40
    assert by_row.figures == by_list.figures
    assert figure(by_row, "stance", "progression-concern", "support").n == 40
    assert not [f for f in by_row.figures if f.layer != "stance"], "only what was looked for"


def test_codes_that_were_not_looked_for_can_be_left_out(study: Path) -> None:
    options = community.Measuring(codes=("safety", "sentiment"))
    made = community.evaluate(GOLD, study, options=options)
    assert {f.code for f in made.figures if f.layer == "topic"} == {"safety"}
    assert {f.layer for f in made.figures} == {"topic", "sentiment"}


def test_vader_can_be_measured_by_name_and_has_no_calibration(study: Path) -> None:
    made = community.evaluate(GOLD, study, options=community.Measuring(coder="vader"))
    assert made.coders == {"sentiment": "vader"}
    assert figure(made, "sentiment", "", "kappa").estimate is not None
    assert {f.layer for f in made.figures} == {"sentiment", "role"}


def test_the_labelled_shape_and_native_ids_are_understood(study: Path, tmp_path: Path) -> None:
    posts = [p for p in table(study, "posts") if p["native_id"] and p["status"] == "present"]
    counts = [p["native_id"] for p in posts]
    posts = [p for p in posts if counts.count(p["native_id"]) == 1][:30]
    evidence = {"code": "progression-concern", "polarity": "worried", "evidence": [[0, 12]]}
    lines = [
        {"post_id": p["native_id"], "role": "patient", "sentiment": "negative", "topics": [],
         "stances": [evidence] if n % 3 == 0 else []}
        for n, p in enumerate(posts)
    ]  # fmt: skip
    lines.append({"post_id": "nowhere", "sentiment": "neutral"})
    path = tmp_path / "labels.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    made = community.evaluate(path, study)
    assert made.matched.posts == 30
    assert made.matched.unknown == ("nowhere",)
    assert figure(made, "stance", "progression-concern", "support").estimate == 10
    assert figure(made, "role", "", "accuracy").n == 30


# ---- errors -----------------------------------------------------------------------------------


def test_unknown_posts_are_listed_and_not_fatal(study: Path, tmp_path: Path) -> None:
    rows = [*own(study)[:50], {"post_id": "gone-1", "code": "safety"}]
    path = written(tmp_path / "gold.csv", rows)
    told = cli("evaluate", path, study, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert b"1 post of gold.csv not in the study, or there twice: gone-1" in told.stderr


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ("post_id,code\nx,safety\n", 2, b"give post_id as posts.csv of this study has it"),
        ("post_id,code\nx,saftey\n", 3, b"did you mean safety?"),
        ("a,b\n1,2\n", 1, b"no column post_id"),
        ("post_id,code\nx,caf\xe9\n", 1, b"is not UTF-8"),
    ],
)
def test_errors_are_one_line_with_advice(
    study: Path, tmp_path: Path, text: str, code: int, told: bytes
) -> None:
    path = tmp_path / "gold.csv"
    path.write_bytes(text.encode("latin-1"))
    done = cli("evaluate", path, study, cwd=tmp_path)
    assert done.returncode == code
    assert told in done.stderr
    assert done.stderr.count(b"\n") == 1
    assert done.stdout == b""


def test_a_missing_file_a_missing_study_and_an_unknown_coder_are_told(
    study: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        community.evaluate(tmp_path / "none.csv", study)
    with pytest.raises(StudyError, match="not a study"):
        community.evaluate(GOLD, tmp_path)
    with pytest.raises(UsageError, match=r"model:.*vader"):
        community.evaluate(GOLD, study, options=community.Measuring(coder="nobody"))
    with pytest.raises(UsageError, match="human:writer-a"):
        community.evaluate(GOLD, study, options=community.Measuring(gold_coder="nobody"))
    with pytest.raises(UsageError, match="no code or layer"):
        community.evaluate(GOLD, study, options=community.Measuring(codes=("nothing",)))


def test_two_coders_of_the_same_posts_are_no_reference(study: Path, tmp_path: Path) -> None:
    rows = own(study)[:40]
    both = [row | {"coder": name} for name in ("a", "b") for row in rows]
    path = written(tmp_path / "both.csv", both)
    with pytest.raises(UsageError, match="--gold-coder"):
        community.evaluate(path, study)
    assert community.evaluate(path, study, options=community.Measuring(gold_coder="b")).figures


def test_a_codebook_of_the_study_outside_it_needs_leave(tmp_path: Path) -> None:
    book = ROOT / "corpus" / "codebook.toml"
    options = community.Options(codebook=book)
    page = PAGES / "closed_group.jsonl"
    community.analyze([page], study=tmp_path / "s", options=options)
    path = written(tmp_path / "gold.csv", own(tmp_path / "s"))
    with pytest.raises(StudyError):
        community.evaluate(path, tmp_path / "s")
    for given in (community.Measuring(allow_outside=True), community.Measuring(codebook=book)):
        assert community.evaluate(path, tmp_path / "s", options=given).figures


# ---- agreement --------------------------------------------------------------------------------


def test_coders_who_say_the_same_agree_fully(study: Path, tmp_path: Path) -> None:
    rows = own(study)
    one, other = (written(tmp_path / f"{name}.csv", rows) for name in ("anna", "ben"))
    made = community.agreement([one, other], study=study)
    assert made.coders == ("anna.csv", "ben.csv")
    for found in made.figures:
        if found.measure != "given":
            assert found.estimate in (1.0, None), found
    assert figure(made, "topic", "", "alpha_masi").estimate == 1


def test_the_order_of_the_files_changes_no_figure(study: Path, tmp_path: Path) -> None:
    rows = own(study)
    one = written(tmp_path / "anna.csv", rows)
    other = written(tmp_path / "ben.csv", rows[::2])
    there, back = (
        community.agreement(files, study=study) for files in ([one, other], [other, one])
    )
    names = {(f.layer, f.code, f.measure): f.estimate for f in there.figures}
    assert {(f.layer, f.code, f.measure): f.estimate for f in back.figures} == pytest.approx(
        names, nan_ok=True
    )
    assert any(value is not None and value < 1 for value in names.values())


def test_three_coders_have_one_alpha_and_three_kappas(study: Path, tmp_path: Path) -> None:
    rows = own(study)
    files = [written(tmp_path / f"{n}.csv", rows[n:]) for n in range(3)]
    made = community.agreement(files, study=study)
    kappas = [f for f in made.figures if (f.code, f.measure) == ("safety", "kappa")]
    assert [f.coders for f in kappas] == ["0.csv x 1.csv", "0.csv x 2.csv", "1.csv x 2.csv"]
    alphas = [f for f in made.figures if (f.code, f.measure) == ("safety", "alpha_nominal")]
    assert len(alphas) == 1


def test_without_a_study_posts_are_taken_as_independent_unless_threads_are_told(
    study: Path, tmp_path: Path
) -> None:
    rows = own(study)
    thread = {p["post_id"]: p["thread_id"] for p in table(study, "posts")}
    one, other = (written(tmp_path / f"{name}.csv", rows) for name in ("anna", "ben"))
    alone = community.agreement([one, other])
    assert not alone.threads_known
    assert len(alone.notes) == 2
    named = [row | {"thread_id": thread[row["post_id"]]} for row in rows]
    told = community.agreement([written(tmp_path / "named.csv", named), other])
    assert told.threads_known
    assert told.matched.threads == len(set(thread.values()))


def test_one_coder_or_no_common_post_is_an_error(study: Path, tmp_path: Path) -> None:
    one = written(tmp_path / "anna.csv", [{"post_id": "p1", "code": "safety"}])
    other = written(tmp_path / "ben.csv", [{"post_id": "p2", "code": "safety"}])
    with pytest.raises(UsageError, match="1 coder in all"):
        community.agreement([one])
    with pytest.raises(UsageError, match="coded the same layer of the same post"):
        community.agreement([one, other])
    wrong = written(tmp_path / "wrong.csv", [{"post_id": "p1", "code": "nonsense"}])
    with pytest.raises(CodebookError, match=r"wrong\.csv, line 2"):
        community.agreement([one, wrong])


# ---- what the command line says, and the page -------------------------------------------------


def test_the_commands_print_tables_write_files_and_say_json(study: Path, tmp_path: Path) -> None:
    told = cli("evaluate", GOLD, study, "--out", "quality", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert b"neurologist-distrust" in told.stdout
    assert b"\x1b[" not in told.stdout
    assert b"evaluation.html" in told.stderr
    with (tmp_path / "quality" / "evaluation.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert {"estimate", "low", "high", "n", "unit", "method"} <= rows[0].keys()
    assert len({(r["layer"], r["code"], r["measure"]) for r in rows}) == len(rows)
    found = json.loads(cli("evaluate", GOLD, study, "--json", cwd=tmp_path).stdout)
    assert len(found["figures"]) == len(rows)
    assert found["posts"] == 182
    again = cli("agreement", GOLD, GOLD, "--json", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert len(json.loads(again.stdout)["coders"]) == 6


def test_figures_tell_no_words_and_no_names(study: Path, tmp_path: Path) -> None:
    community.evaluate(GOLD, study, out=tmp_path)
    pages = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    for post in table(study, "posts"):
        assert len(post["text"] or "") < 60 or post["text"][:60] not in pages
        assert not post["author"] or len(post["author"]) < 8 or post["author"] not in pages


def test_the_page_stands_alone_and_its_pictures_are_named(study: Path, tmp_path: Path) -> None:
    community.evaluate(GOLD, study, out=tmp_path)
    page = (tmp_path / "evaluation.html").read_text(encoding="utf-8")
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    for path in tmp_path.glob("*.svg"):
        root = ElementTree.parse(path).getroot()
        assert root.get("role") == "img"
        assert root.find("{http://www.w3.org/2000/svg}title") is not None


def test_names_of_coders_cannot_break_a_page(study: Path, tmp_path: Path) -> None:
    hostile = '=<b onclick="x">[red]'
    rows = [row | {"coder": hostile} for row in own(study)]
    path = written(tmp_path / "gold.csv", rows)
    other = written(tmp_path / "other.csv", own(study))
    community.agreement([path, other], study=study, out=tmp_path / "agreed")
    page = (tmp_path / "agreed" / "agreement.html").read_text(encoding="utf-8")
    assert "<b onclick" not in page
    assert "'=<b" in (tmp_path / "agreed" / "agreement.csv").read_text(encoding="utf-8")
    told = cli("evaluate", path, study, cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert b"[red]" in told.stdout


@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1100), ("dark", 390)])
def test_a_browser_shows_the_pages_without_errors_or_sideways_scrolling(
    study: Path, tmp_path: Path, scheme: str, width: int
) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    community.evaluate(GOLD, study, out=tmp_path)
    community.agreement([GOLD, written(tmp_path / "r.csv", own(study))], study=study, out=tmp_path)
    with sync_api.sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
        size = {"width": width, "height": 900}
        opened = browser.new_context(color_scheme=scheme, viewport=size).new_page()
        said: list[str] = []
        opened.on("console", lambda message: said.append(message.text))
        for name in ("evaluation", "agreement"):
            opened.goto((tmp_path / f"{name}.html").as_uri())
            assert said == []
            assert opened.evaluate("document.documentElement.scrollWidth") <= width
            assert opened.locator("svg[role=img]").count() >= 1
        browser.close()
