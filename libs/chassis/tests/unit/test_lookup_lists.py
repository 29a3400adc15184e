"""Look-up lists that features declare: each once, and which words their values may stand for."""

import pytest

from chassis.errors import InvalidInput
from chassis.feature import Feature, LookupList, lookups_of
from chassis.lookups import require_word

PRIVATE = LookupList("reason", label="Reasons")
CLOSED = LookupList("colour", label="Colours", stands_for=("red", "blue"))
OPEN = LookupList("region", label="Regions", stands_for=())


@pytest.mark.row("C1", "U3")
def test_lists_are_found_by_code_in_the_order_of_features() -> None:
    features = [Feature(module="a.b.feature", lookups=(OPEN, PRIVATE)), Feature(module="a.c.feature")]
    assert list(lookups_of(features).items()) == [("region", OPEN), ("reason", PRIVATE)]
    assert lookups_of(features)["region"].label == "Regions"


@pytest.mark.row("C1", "U3")
def test_a_list_that_two_features_declare_is_refused() -> None:
    features = [Feature(module=f"a.{name}.feature", lookups=(LookupList("x", label=name),)) for name in "bc"]
    with pytest.raises(TypeError, match="look-up list x is declared twice"):
        lookups_of(features)


@pytest.mark.parametrize(
    ("of", "word"), [(CLOSED, "red"), (OPEN, "north-york"), (OPEN, None), (PRIVATE, None), (PRIVATE, "")]
)
def test_words_that_a_value_may_stand_for(of: LookupList, word: str | None) -> None:
    require_word(of, word)


@pytest.mark.parametrize(("of", "word"), [(CLOSED, "green"), (OPEN, "North York"), (PRIVATE, "red")])
def test_words_that_a_value_may_not_stand_for(of: LookupList, word: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        require_word(of, word)
    assert refused.value.field == "published_as"
