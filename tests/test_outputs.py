"""Outputs: spans that slice, evidence that points at the article, and the final form of short texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evidence import spans, supporting
from pipeline.outputs import assemble
from pipeline.records import Brief, Candidate, Judged, Kind, Ranked, Reason, Verdict
from pipeline.select import Selection
from pipeline.text.article import make_article

ARTICLE = make_article(
    "bridge",
    "The old bridge over the Marle was closed on Monday after inspectors found cracks in two of its piers. "
    "Engineers said repairs would cost $3.4m.\n\n"
    "Traffic will be led through Upper Dean until autumn. Shopkeepers there fear for their trade.\n\n"
    "A ferry carried 200 people on the first day – free of charge.",
)


def judged(text: str, sentences: tuple[int, ...], kind: Kind, **more: object) -> Judged:
    reasons = tuple(Reason(code, (0, 1)) for code in more.pop("reasons", ()))  # type: ignore[attr-defined]
    candidate = Candidate("r", "brief", text, -0.5, sentences, (kind,), **more)  # type: ignore[arg-type]
    return Judged(candidate, Verdict(True, reasons), 1.0)


def selection(kind: Kind, *items: Judged, flags: tuple[str, ...] = ()) -> Selection:
    return Selection(kind, items, tuple(Ranked(j, kind, n, "chosen") for n, j in enumerate(items)), flags)


def brief(*selections: Selection, case: str = "sentence") -> Brief:
    return assemble(ARTICLE, {s.kind: s for s in selections}, "fake", headline_case=case)


TEXT = st.text(alphabet="abc é😀.,", min_size=1, max_size=30).map(str.strip).filter(bool)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(TEXT, st.integers(0, 4)), min_size=1, max_size=6), st.sampled_from(["summary", "rewrite"]))
def test_sentence_spans_slice_the_text_exactly(items: list[tuple[str, int]], kind: Kind) -> None:
    made = brief(selection(kind, *(judged(text, (i,), kind) for text, i in items)))
    prose = made.summary if kind == "summary" else made.rewrite
    assert prose is not None
    assert [prose.text[a:b] for a, b in prose.sentences] == [text for text, _ in items]
    between = [prose.text[a:b] for (_, a), (b, _) in zip(prose.sentences, prose.sentences[1:], strict=False)]
    assert set(between) <= {" ", "\n\n"}
    assert prose.sentences[0][0] == 0
    assert prose.sentences[-1][1] == len(prose.text)
    assert len(prose.evidence) == len(prose.sentences)
    own = {s.span for s in ARTICLE.sentences}
    assert all(found and set(found) <= own for found in prose.evidence)


def test_a_rewrite_keeps_paragraphs_and_a_summary_does_not() -> None:
    items = [("The bridge shut.", 0), ("Repairs cost $3.4m.", 1), ("Traffic goes through Upper Dean.", 2)]
    made = brief(
        selection("summary", *(judged(t, (i,), "summary") for t, i in items)),
        selection("rewrite", *(judged(t, (i,), "rewrite") for t, i in items)),
    )
    assert made.summary is not None
    assert made.rewrite is not None
    assert made.summary.text == "The bridge shut. Repairs cost $3.4m. Traffic goes through Upper Dean."
    assert made.rewrite.text == "The bridge shut. Repairs cost $3.4m.\n\nTraffic goes through Upper Dean."


def test_a_sentence_made_into_two_by_rule_has_two_spans_and_evidence_for_each() -> None:
    text = "The bridge was closed on Monday. Inspectors found cracks in two of its piers."
    made = brief(selection("rewrite", judged(text, (0,), "rewrite", flags=("reworded",))))
    assert made.rewrite is not None
    assert [made.rewrite.text[a:b] for a, b in made.rewrite.sentences] == [text[:32], text[33:]]
    assert made.rewrite.evidence == ((ARTICLE.sentences[0].span,),) * 2


def test_evidence_is_the_sentence_that_holds_the_words() -> None:
    made = brief(selection("bullets", judged("Repairs would cost $3.4m, engineers said", (0, 1, 2), "bullets")))
    assert made.bullets is not None
    ((start, end),) = made.bullets[0].evidence
    assert ARTICLE.text[start:end] == "Engineers said repairs would cost $3.4m."


def test_evidence_of_a_fused_sentence_names_both_sources_in_order() -> None:
    found = supporting("Shopkeepers fear for their trade as engineers plan repairs that cost $3.4m.", ARTICLE)
    assert found == (1, 3)
    assert [ARTICLE.text[a:b] for a, b in spans(found, ARTICLE)] == [ARTICLE.sentences[i].text for i in (1, 3)]


def test_evidence_stays_among_the_sentences_given_and_is_never_empty() -> None:
    assert supporting("Shopkeepers fear for their trade.", ARTICLE, (0, 1)) != (3,)
    assert set(supporting("Shopkeepers fear for their trade.", ARTICLE, (0, 1))) <= {0, 1}
    assert len(supporting("Zebra xylophone.", ARTICLE)) == 1
    assert len(supporting("", ARTICLE)) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bridge closed after cracks found.", "Bridge closed after cracks found"),
        ("Bridge closed after cracks found", "Bridge closed after cracks found"),
        ("Bridge deal agreed with U.S.", "Bridge deal agreed with U.S."),
        ("Ferry starts at 6 a.m.", "Ferry starts at 6 a.m."),
        ("Is the bridge safe?", "Is the bridge safe?"),
        ("And then...", "And then..."),
    ],
)
@pytest.mark.parametrize("kind", ["bullets", "headlines"])
def test_full_stops(text: str, shown: str, kind: Kind) -> None:
    made = brief(selection(kind, judged(text, (0,), kind)))
    passages = made.bullets if kind == "bullets" else made.headlines
    assert passages is not None
    assert [p.text for p in passages] == [shown]


def test_title_case_is_for_headlines_only() -> None:
    items = (
        selection("headlines", judged("Old bridge over the Marle shut to all", (0,), "headlines")),
        selection("bullets", judged("Old bridge over the Marle shut to all", (0,), "bullets")),
    )
    made = brief(*items, case="title")
    assert made.headlines is not None
    assert made.bullets is not None
    assert made.headlines[0].text == "Old Bridge Over the Marle Shut to All"
    assert made.bullets[0].text == "Old bridge over the Marle shut to all"
    plain = brief(*items).headlines
    assert plain is not None
    assert plain[0].text == "Old bridge over the Marle shut to all"


def test_flags_of_candidates_and_warnings_once_and_absent_kinds() -> None:
    made = brief(
        selection(
            "summary",
            judged("One bridge.", (0,), "summary", reasons=["verbatim"]),
            judged("Two piers.", (1,), "summary", reasons=["verbatim"], flags=("truncated_input",)),
            judged("Extract.", (2,), "summary", extractive=True, reasons=["verbatim"], flags=("fallback:extractive",)),
            flags=("too_short", "language:fr"),
        )
    )
    assert made.summary is not None
    assert made.summary.flags == ("too_short", "language:fr", "verbatim", "truncated_input", "fallback:extractive")
    assert made.flags == ("too_short", "language:fr")
    assert made.bullets is made.headlines is made.rewrite is None
    assert (made.id, made.sha256, made.words, made.engine) == (ARTICLE.id, ARTICLE.sha256, ARTICLE.words, "fake")
