"""Rule-made candidates beside the model's: for which sentences, for which kinds, and how they are ranked."""

from dataclasses import replace

from pipeline.guard import judge as guard
from pipeline.guard import read_source
from pipeline.ranking import doubts, rate
from pipeline.records import Article, Candidate, Judged, Verdict
from pipeline.rewrite import retold
from pipeline.settings import GuardSettings
from pipeline.text.article import make_article

TEXT = (
    "The harbour board closed the north quay on Tuesday after divers found cracks in two of its piers, "
    "which were built in 1931. Repairs will cost 4.2 million crowns and take until March, the board said. "
    "Ferries to Osk will leave from the south quay.\n\nThe cracks were found by chance."
)


def article(title: str | None = None) -> Article:
    return make_article("quay", TEXT, title=title)


def asked(*sentences: int, serves: tuple[str, ...] = ("summary", "bullets")) -> list[Candidate]:
    return [Candidate(f"quay#brief:{i}", "brief", "…", -1.0, (i,), serves) for i in sentences]  # type: ignore[arg-type]


def test_only_sentences_that_were_asked_about_get_forms_for_prose() -> None:
    found = retold(article(), asked(1))
    assert found
    assert {c.sentences for c in found} == {(1,)}
    assert all(c.serves == ("summary", "bullets") and c.logprob is None for c in found)
    assert all({"reworded", "trimmed"} & set(c.flags) for c in found)


def test_headlines_are_also_made_of_the_opening_and_of_the_title() -> None:
    found = retold(article("North quay closed after divers find cracks in piers"), asked(3, serves=("headlines",)))
    texts = {c.text for c in found}
    assert "North quay closed after divers find cracks" in texts
    assert "Harbour board closed the north quay on Tuesday" in texts
    assert all(c.serves == ("headlines",) for c in found)
    assert not any(text.endswith(".") for text in texts)


def test_every_form_passes_the_guard() -> None:
    source = read_source(article())
    for candidate in retold(article(), asked(0, 1, 2, 3)):
        evidence = " ".join(article().sentences[i].text for i in candidate.sentences)
        verdict = guard(candidate.text, source, kind="bullets", settings=GuardSettings(), evidence=evidence)
        assert verdict.ok, (candidate.text, verdict.reasons)


def test_a_sound_form_is_preferred_to_a_broken_text_of_the_model() -> None:
    broken = Candidate("quay#brief:0", "brief", "The board after divers found cracks.", -0.3, (0,), ("bullets",))
    best = max(
        (rate(Judged(c, Verdict(True)), "bullets", article()) for c in [broken, *retold(article(), asked(0))]),
        key=lambda judged: judged.score,
    )
    assert best.candidate is not broken


def test_a_form_without_a_verb_or_with_figures_run_together_is_doubted() -> None:
    heading = Candidate("quay#cut:0", "brief", "Osk 3–3 Marle, today.", None, (0,), ("bullets",), flags=("trimmed",))
    glued = Candidate("quay#brief:1", "brief", "Sales came to $4.5bn$4.6bn.", -0.2, (1,), ("bullets",))
    assert doubts(Judged(heading, Verdict(True)), "bullets") == "has no finite verb"
    assert doubts(Judged(glued, Verdict(True)), "bullets") == "words or figures run together"


def test_what_a_rule_made_of_a_broken_text_of_the_model_stays_broken() -> None:
    text = "The board after divers found cracks in two of its piers."
    own = Candidate("quay#brief:0", "brief", text, -0.3, (0,), ("rewrite",))
    again = replace(own, request_id="quay#reword:0:wording", task="rewrite", flags=("reworded",))
    scores = [rate(Judged(c, Verdict(True)), "rewrite", article()).score for c in (own, again)]
    assert scores[0] == scores[1]
    assert scores[0] < rate(Judged(replace(again, logprob=None), Verdict(True)), "rewrite", article()).score
