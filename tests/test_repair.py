"""Repair: one wrong number, date, name or quotation is mended from the evidence, and only where the mend is sure."""

from __future__ import annotations

import pytest

from pipeline.guard import judge, read_source
from pipeline.records import Candidate, Judged, Reason
from pipeline.repair import mend, repaired
from pipeline.text.article import make_article

ARTICLE = make_article(
    "bridge",
    "The old bridge at Marle was closed on Monday after inspectors found 14 cracks in two of its piers. "
    "Mayor Ines Calloway told reporters that repairs would cost $3.4m and last 26 weeks. "
    '"We will not let this town be cut in half," Calloway said. '
    "Engineer Piet Amsel sent 30 boats and 40 buses to Upper Dean.",
)


def fix(text: str, sentence: int) -> tuple[str, str] | None:
    evidence = ARTICLE.sentences[sentence].text
    verdict = judge(text, read_source(ARTICLE), kind="bullets", evidence=evidence)
    assert not verdict.ok
    return mend(text, verdict.reasons, evidence)


@pytest.mark.parametrize(
    ("sentence", "wrong", "right", "flag"),
    [
        (0, "Inspectors found 19 cracks in two piers.", "Inspectors found 14 cracks in two piers.", "number:19->14"),
        (1, "Repairs would last 57 weeks.", "Repairs would last 26 weeks.", "number:57 weeks->26 weeks"),
        (1, "Repairs would cost $9.9m.", "Repairs would cost $3.4m.", "number:$9.9m->$3.4m"),
        (0, "The bridge was closed on Friday.", "The bridge was closed on Monday.", "date:Friday->Monday"),
        (
            1,
            "Mayor Ines Hollander told reporters of repairs.",
            "Mayor Ines Calloway told reporters of repairs.",
            "name:Mayor Ines Hollander->Mayor Ines Calloway",
        ),
        (
            2,
            '"We will not let this bridge be cut in half," Calloway said.',
            '"We will not let this town be cut in half," Calloway said.',
            "quotation:We will not let this bridge be cut in half,->We will not let this town be cut in half,",
        ),
    ],
)
def test_one_wrong_fact_is_mended(sentence: int, wrong: str, right: str, flag: str) -> None:
    assert fix(wrong, sentence) == (right, f"repaired:{flag}")


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        (3, "Amsel sent 99 vehicles to Upper Dean."),  # boats or buses?
        (0, "Inspectors found 19 cracks on Friday."),  # two wrong facts
        (0, "Marle needs 71 new houses."),  # no such fact in the evidence
        (1, "Repairs would last 500 days."),  # another unit
        (0, "Inspectors found Two,19 cracks in two piers."),  # a piece of a garbled number
    ],
)
def test_what_is_not_sure_is_left_alone(sentence: int, text: str) -> None:
    assert fix(text, sentence) is None


def test_other_faults_are_not_mended() -> None:
    assert mend("A 19-week wait not", [Reason("unfinished", (15, 18), "not")], ARTICLE.text) is None


def test_the_mended_candidate_competes_beside_the_original_once() -> None:
    def judged(text: str) -> Judged:
        candidate = Candidate("r", "brief", text, -0.5, (0,), ("bullets",), flags=("short",))
        return Judged(candidate, judge(text, read_source(ARTICLE), kind="bullets", evidence=ARTICLE.sentences[0].text))

    wrong, again = (
        judged("Inspectors found 19 cracks in two piers."),
        judged("Inspectors found 88 cracks in two piers."),
    )
    (mended,) = repaired([wrong, again], ARTICLE)
    assert mended.text == "Inspectors found 14 cracks in two piers."
    assert mended.flags == ("short", "repaired:number:19->14")
    assert mended.sentences == (0,)
    assert repaired([wrong, judged("Inspectors found 14 cracks in two piers.")], ARTICLE) == []


@pytest.mark.parametrize(
    ("told", "candidate", "mended"),
    [
        ("Patients faced a 14-week wait there.", "Patients faced an 11-week wait there.", None),
        ("Patients faced an 18-day wait there.", "Patients faced a 16-day wait there.", None),
        ("Patients had an 18-day wait.", "Patients had an 11-day wait.", "Patients had an 18-day wait."),
    ],
)
def test_no_mend_leaves_the_wrong_article(told: str, candidate: str, mended: str | None) -> None:
    article = make_article("wait", f"{told} Nobody knew why.")
    verdict = judge(candidate, read_source(article), kind="bullets", evidence=told)
    assert not verdict.ok
    found = mend(candidate, verdict.reasons, told)
    assert (found and found[0]) == mended
