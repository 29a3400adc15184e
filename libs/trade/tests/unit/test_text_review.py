"""The review of texts: its targets on sentences it never saw, disguises, speed (T2, T3, U5, W3, W8)."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from trade.text_review import corpus
from trade.text_review.__main__ import KINDS, held_out, measure, trained_on
from trade.text_review.clauses import Rule, review_clause, rule_of
from trade.text_review.devices import review_device
from trade.text_review.reading import plain_form, read
from trade.text_review.verdicts import Reason, Verdict

TARGETS = {
    # class looked for: at most this share passes; of harmless ones: at most these are refused and doubted
    "clauses": ("conditional", 0.02, 0.02, 0.10, 150),
    "devices": ("watching", 0.04, 0.02, 0.10, 80),
}


@pytest.mark.row("T3", "W3", "U5", "W8")
@pytest.mark.parametrize("kind", sorted(TARGETS))
def test_it_holds_its_targets_in_each_language_on_sentences_it_never_saw(kind: str) -> None:
    looked_for, passed, refused, doubted, least = TARGETS[kind]
    by_hand = [one for one in measure(kind) if one.held_out == "by hand"]
    assert {(one.language, one.label) for one in by_hand} == {
        (language, label) for language in corpus.LANGUAGES for label in (looked_for, "harmless")
    }
    for one in by_hand:
        assert one.total >= least, one
        if one.label == looked_for:
            assert one.share(Verdict.PASSED) <= passed, one
        else:
            assert one.share(Verdict.REFUSED) <= refused, one
            assert one.share(Verdict.NEEDS_EYES) <= doubted, one


@pytest.mark.row("T3", "U5")
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_sentence_it_is_measured_on_stands_in_what_it_learned_from(kind: str) -> None:
    learned = {plain_form(example.text).rstrip(".") for example in trained_on(kind)}
    families = {example.family for example in trained_on(kind) if not example.by_hand}
    for examples in held_out(kind).values():
        for example in examples:
            assert plain_form(example.text).rstrip(".") not in learned, example
            assert example.family not in families, example


@pytest.mark.row("T3", "U5")
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_its_weights_are_a_small_table_that_a_person_can_read(kind: str) -> None:
    reviewer, _ = KINDS[kind]
    table = reviewer.folder / "weights.csv"
    assert table.stat().st_size < 500_000
    assert all(
        line.rpartition(",")[2].lstrip("-").isdigit() for line in table.read_text("utf-8").splitlines()
    )


@pytest.mark.row("T3", "W3")
@pytest.mark.parametrize(
    "text",
    [
        "The tenant must stay s.o.b.e.r at all times.",
        "The tenant must stay s o b e r.",
        "The tenant must attend tre\u200batment.",
        "The tenant must attend treat-\nment every week.",
        "The tenant must attend tr3atment.",
        "The tenant must attend trеatmеnt.",
        "THE TENANT MUST ATTEND COUNSELLING",
        "The tenant must attend counsellling weekly.",
        "The tenant must participate in case managment.",
        "The tenant must\nattend treatment.",
        "𝕋𝕙𝕖 tenant must attend ｔｒｅａｔｍｅｎｔ.",
        "Le locataire doit suivre une t h é r a p i e.",
        "Le locatire doit participer au traitment.",
    ],
)
def test_a_disguise_lets_no_condition_pass(text: str) -> None:
    assert review_clause(text).verdict is Verdict.REFUSED, review_clause(text)


@pytest.mark.row("U5", "W8")
@pytest.mark.parametrize(
    "text",
    [
        "Install a c a m e r a over the bed",
        "la c a m é r a du salon",
        "c4m3ra in the bedroom",
        "ca\u00admera in unit 4",
        "Video monitoring in the suite",
        "Ring doorbell at the unit door",
        "Thermal sensing of tenants in the apartment",
        "Door logs of unit 3 sent to staff",
        "micro d'ambiance dans le salon",
        "écoute-bébé posé par le personnel chez la locataire",
        "interphone pour écouter les locataires",
    ],
)
def test_a_device_is_never_passed_in_disguise_or_by_another_name(text: str) -> None:
    assert review_device(text).verdict is not Verdict.PASSED, review_device(text)


@pytest.mark.row("U5", "W8")
@pytest.mark.parametrize(
    "text",
    [
        "The tenant's own baby monitor",
        "Her own camera, we don't touch it",
        "Tenant's webcam",
        "A contact alarm that the tenant asked for",
        "L'écoute-bébé de la locataire",
        "Smoke and CO alarms",
        "Camera in the lobby, facing the street entrance",
    ],
)
def test_a_tenants_own_device_and_what_a_home_needs_are_never_refused(text: str) -> None:
    assert review_device(text).verdict is not Verdict.REFUSED, review_device(text)


@pytest.mark.row("T3", "W3")
def test_a_harmless_promise_that_names_services_passes() -> None:
    promise = "Participation in any service is voluntary and no decision about services affects this tenancy."
    assert review_clause(promise).verdict is Verdict.PASSED


@pytest.mark.row("T3")
@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("The tenant must attend counselling.", Rule.SERVICES),
        ("The tenant agrees to stay sober.", Rule.SOBRIETY),
        ("Tenants must follow the program rules.", Rule.PROGRAMME_RULES),
        ("The case manager collects the rent.", Rule.CASEWORK_ENFORCES),
        ("The clinic informs the landlord if the tenant misses treatment.", Rule.REPORTS_TO_LANDLORD),
    ],
)
def test_a_sentence_names_the_rule_that_it_breaks(text: str, rule: Rule) -> None:
    gravest = review_clause(text).gravest
    assert gravest is not None
    assert rule_of(gravest) is rule


@pytest.mark.row("T3")
def test_every_sentence_says_its_own_verdict_and_the_gravest_counts() -> None:
    text = "Rent is due monthly. Heat is included. The tenant must attend treatment. Pets are welcome."
    review = review_clause(text)
    assert [sentence.verdict for sentence in review.sentences] == [
        Verdict.PASSED,
        Verdict.PASSED,
        Verdict.REFUSED,
        Verdict.PASSED,
    ]
    assert review.verdict is Verdict.REFUSED
    assert review.gravest is not None
    assert "treatment" in review.gravest.quoted
    assert review.sentences[0].reason is Reason.OFF_TOPIC


@pytest.mark.row("T3", "W3")
def test_one_condition_in_a_long_list_is_found() -> None:
    duties = "; ".join(f"({n}) the tenant pays the rent on the first of month {n}" for n in range(1, 13))
    hidden = f"The parties agree: {duties}; (13) the tenant must attend treatment; (14) pets are welcome."
    assert review_clause(hidden).verdict is not Verdict.PASSED


@given(some.text(max_size=400))
def test_any_text_at_all_gets_a_verdict_with_words_that_stand_in_it(text: str) -> None:
    for review in (review_clause(text), review_device(text)):
        for sentence in review.sentences:
            assert text[sentence.start : sentence.end].strip() == sentence.text
            assert all(text[word.start : word.end] == word.text for word in sentence.words)


@given(some.text(max_size=200))
def test_the_plain_form_remembers_where_each_letter_stood(text: str) -> None:
    reading = read(text, KINDS["clauses"][0].vocabulary)
    assert len(reading.plain) == len(reading.origins)
    assert list(reading.origins) == sorted(reading.origins)


@pytest.mark.row("T3")
def test_a_review_takes_milliseconds() -> None:
    texts = [example.text for example in corpus.written("clauses", "held_out")]
    review_clause(texts[0])
    began = time.process_time()
    for text in texts:
        review_clause(text)
    assert (time.process_time() - began) / len(texts) < 0.005


@pytest.mark.parametrize(
    "text", ["a " * 2000, "a.b-c " * 660, "; " * 2000, "x" * 4000, "n't" * 1300, "é" * 4000, "l'a " * 1000]
)
def test_no_text_of_the_greatest_length_takes_long(text: str) -> None:
    began = time.process_time()
    review_clause(text)
    review_device(text)
    assert time.process_time() - began < 1.0


def test_the_corpus_is_thousands_of_our_own_sentences() -> None:
    assert sum(1 for _ in trained_on("clauses")) > 5_000
    assert sum(1 for _ in trained_on("devices")) > 2_000
    assert (Path(corpus.__file__).parent / "corpus" / "held_out").is_dir()
