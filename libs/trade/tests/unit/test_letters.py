"""One folding for names, addresses and searches: every script is preserved."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trade.letters import consonants, folded, in_latin, without_article, words


@pytest.mark.row("C3", "U1")
@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("  D’Arcy-CÔTÉ,  Œuvre", "darcy cote oeuvre"),
        ("Œ", "oe"),
        ("œ", "oe"),
        ("Ærø Łódź Đặng Straße", "aero lodz dang strasse"),
        ("O'Brien O’Brien OʼBrien O`Brien", "obrien obrien obrien obrien"),
        ("Sḵwx̱wú7mesh", "skwxwu7mesh"),
        ("ᐃᓄᒃ", "ᐃᓄᒃ"),
        ("الاحمد", "الاحمد"),
        ("أَحْمَد", "احمد"),
        ("שָׂרָה", "שרה"),
        ("Ирина", "ирина"),
        ("हिन्दी", "हिन्दी"),
        ("王 小明", "王 小明"),
        ("İstanbul", "istanbul"),
        ("A¸", "a"),
        ("%", ""),
        ("-- ,.", ""),
        ("½", "1 2"),
    ],
)
def test_a_text_has_one_form(written, plain):
    assert folded(written) == unicodedata.normalize("NFC", plain)


@pytest.mark.row("C3", "U1")
def test_two_names_of_another_script_are_two():
    streets = ["ᐊᕙᓗ", "ᓄᓇᕗᑦ", "ᐃᖃᓗᐃᑦ", "ᐃᓄᒃᑎᑐᑦ"]
    assert len({folded(street) for street in streets}) == len(streets)
    assert "" not in {folded(street) for street in streets}


@pytest.mark.row("C3")
@given(st.text(max_size=40))
def test_what_is_folded_stays_as_it_is(text):
    once = folded(text)
    assert folded(once) == once
    assert words(" ".join(words(text))) == words(text)


@pytest.mark.row("C3")
@given(st.text("ابتثجحخᐃᓄᒃᑎ王小明김민수ивановαहनमאבגד", min_size=1, max_size=20))
def test_letters_never_fold_to_nothing(text):
    assert folded(text)


@pytest.mark.row("C3")
@pytest.mark.parametrize(
    ("written", "latin"),
    [
        ("王小明", ["wang", "xiao", "ming", "wangxiaoming"]),
        ("ᐃᓄᒃ", ["inok", "inuk"]),
        ("Ирина", ["irina"]),
        ("Côté", []),
    ],
)
def test_other_scripts_have_latin_letters_beside(written, latin):
    assert in_latin(written) == latin


@pytest.mark.row("C3")
@pytest.mark.parametrize(
    ("arabic", "spelt"),
    [("محمد", "Muhammad"), ("محمد", "Mohamed"), ("يوسف", "Yusuf"), ("حسين", "Hussein"), ("خالد", "Khaled")],
)
def test_an_abjad_is_compared_by_its_consonants(arabic, spelt):
    assert consonants(arabic) == consonants(spelt.lower()) != ""


@pytest.mark.row("C3")
def test_an_article_can_be_left_out():
    assert without_article("الاحمد") == "احمد"
    assert without_article("الي") == "الي"
