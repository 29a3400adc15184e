"""Short and pet names: a search for Bob may mean Robert (C3).

English ones come from the package `nicknames`, which many people maintain
(github.com/carltonnorthern/nicknames). There is none for French; ours below was compiled for this project
from common usage in Québec, Acadia and Ontario.
"""

from __future__ import annotations

from functools import lru_cache

from nicknames import NickNamer

_FRENCH = {
    "alexandre": "alex sacha", "alexandra": "alex sacha sandra", "alphonse": "fonfon", "andre": "dede",
    "angelique": "angie", "antoine": "tony toine titoine", "benjamin": "ben benji", "benoit": "ben",
    "bernard": "nanard", "bernadette": "bernie dette", "bertrand": "bert", "catherine": "cathy kate katou",
    "caroline": "caro line", "charles": "charlot charlie", "charlotte": "lotte charlie", "christian": "chris",
    "christine": "chris kiki", "christophe": "chris tophe", "claudette": "claude dette", "daniel": "dan dany",
    "danielle": "dany dani", "denis": "nini", "dominique": "dom domi", "edouard": "ed doudou",
    "elisabeth": "babette elise lise lisette beth", "emmanuel": "manu", "emmanuelle": "manu emma",
    "etienne": "tienne", "eugenie": "genie nini", "fernand": "nand", "florence": "flo", "francis": "frank",
    "francois": "frank franky", "francoise": "fanchon soizic", "frederic": "fred", "frederique": "fred",
    "gabriel": "gab gabi", "gabrielle": "gab gaby", "genevieve": "gen ginette viviane", "georges": "geo jojo",
    "gerard": "gege", "germaine": "maine", "gilbert": "gil bert", "gregoire": "greg", "guillaume": "guy will",
    "henri": "riri", "isabelle": "isa zabelle", "jacqueline": "jackie line", "jacques": "jack jacquot",
    "jeanne": "jeannette jeannine", "jerome": "jej", "joseph": "jo jos jojo", "josephine": "jo fifi",
    "josette": "jo", "julien": "jules juju", "juliette": "julie juju", "laurent": "lau lolo",
    "laurence": "lau", "leonard": "leo", "louis": "loulou ti-louis", "louise": "lou loulou lise",
    "madeleine": "mado mad", "marcel": "marc", "margot": "marguerite", "marguerite": "margot maggie rita",
    "marie": "mimi manon mariette", "martine": "tine", "mathieu": "mat", "maurice": "momo", "maxime": "max",
    "michel": "mike mich", "micheline": "mimi", "monique": "momo nique", "nathalie": "nat",
    "nicolas": "nic nico",
    "nicole": "nic nicou", "normand": "norm", "olivier": "oli", "patrice": "pat", "patricia": "pat patsy",
    "pauline": "paule line", "philippe": "phil", "pierre": "pierrot pete ti-pierre", "raymond": "ray",
    "rejean": "rej", "robert": "bob bobby", "roland": "rolly", "samuel": "sam", "sebastien": "seb bastien",
    "solange": "sol", "stephane": "steph", "stephanie": "steph", "suzanne": "suzie suzette", "sylvain": "syl",
    "sylvie": "syl", "therese": "terry", "thomas": "tom", "valerie": "val", "veronique": "vero",
    "victor": "vic", "vincent": "vince", "virginie": "ginie", "yvonne": "vonne", "yvan": "van",
    "zacharie": "zac zach",
}  # fmt: skip
"""Given name → what its bearers are called, in plain words."""

_english = NickNamer()
_called = {name: frozenset(short.replace("-", "").split()) for name, short in _FRENCH.items()}
_names: dict[str, set[str]] = {}
for _name, _shorts in _called.items():
    for _short in _shorts:
        _names.setdefault(_short, set()).add(_name)


@lru_cache(maxsize=4096)
def names_meant(word: str) -> frozenset[str]:
    """Return the given names that a short name stands for, and the short names of a given name.

    Who shares a full name with it is meant too: "bobby" also means Bob, as both are Robert.
    """
    full = set(_english.canonicals_of(word)) | _names.get(word, set())
    found = full | set(_english.nicknames_of(word)) | _called.get(word, frozenset())
    for name in full:
        found |= set(_english.nicknames_of(name)) | _called.get(name, frozenset())
    return frozenset(found - {word})
