"""What a page shows is read as a person reads it, and what isn't meant for people is found."""

from __future__ import annotations

from enum import StrEnum

import pytest

from testkit.shown import codes_of, english_of, not_for_people, texts_shown

PAGE = """<!DOCTYPE html><html lang="fr"><head><title>Bail</title><script>x = "None"</script></head><body>
<p>La visite <strong>a été</strong> <a href="/a_b">annulée</a>.</p><img src="x" alt="Plan de l’étage">
<td><span lang="en">Not known</span></td><input aria-label="Ville" value="None">
<td>signed<br>{text}</td></body></html>"""


class Outcome(StrEnum):
    SIGNED = "signed"
    NOT_SIGNED = "not_signed"
    TRANSFER = "transfer"


def faults(text: str) -> list[str]:
    codes = codes_of([Outcome])
    foreign = english_of([Outcome], {"Not signed": ("Non signé",), "Signed": ("Signé",)})
    return list(not_for_people(texts_shown(PAGE.replace("{text}", text)), codes, foreign))


def test_texts_stand_together_as_a_person_reads_them() -> None:
    shown = texts_shown(PAGE.replace("{text}", "Oui &amp; non"))
    assert shown == ["Bail", "La visite a été annulée.", "Plan de l’étage", "Ville", "signed", "Oui & non"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Résultat : not_signed", "a slug"),
        ("Réponse de None", "something for programs"),
        ("Bonjour %(name)s", "something for programs"),
        ("Motif : {reason}", "something for programs"),
        ("Le 2026-03-02", "a date of a machine"),
        ("01234567-89ab-cdef-0123-456789abcdef", "an identifier"),
        ("Not signed", "not translated"),
    ],
)
def test_what_is_not_for_people_is_found(text: str, fault: str) -> None:
    code, other = faults(text)
    assert code == "a code: 'signed'"
    assert other.startswith(f"{fault}: ")


@pytest.mark.parametrize("text", ["Non signé", "Transfer", "416-555-0100", "Signé le 2 mars 2026 à 14 h 00"])
def test_what_is_for_people_is_let_through(text: str) -> None:
    assert faults(text) == ["a code: 'signed'"]
