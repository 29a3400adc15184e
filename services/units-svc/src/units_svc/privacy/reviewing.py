"""Whether a text would place something inside a home that watches the people there (U5, W8). Pure.

English and French, without accents, through common disguises (c@mera, c a m e r a). Devices that a home needs
are let through, so are cameras of the building that look at what everybody shares, and texts that speak of
having none or of taking one out.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_DISGUISES: Final = str.maketrans("@$0134578", "asoleastb")
_SENTENCE: Final = re.compile(r"[.;!?\n\r]+")
_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")
_SPELT_OUT: Final = re.compile(r"\b(?:[a-z] ){3,}[a-z]\b")

_SHARED: Final = re.compile(
    r"\b(?:lobb(?:y|ies)|main entrances?|entrances?|halls?|hallways?|corridors?|stairs?|stairwells?"
    r"|elevators?|lifts?"
    r"|parking|garages?|laundry|mail ?rooms?|common (?:areas?|rooms?|spaces?)|shared (?:areas?|spaces?)"
    r"|exterior"
    r"|outside|outdoors?|grounds|courtyards?|lots?|roof|building|front door of the building|vestibules?"
    r"|entrees?|couloirs?|escaliers?|ascenseurs?|stationnements?|buanderies?|(?:aires?|espaces?|parties"
    r"|salles?)"
    r" commune?s?|exterieure?s?|dehors|cour|immeubles?|batiments?|toit|hall d entree)\b"
)
_ROOM: Final = (
    r"(?:units?|apartments?|apts?|homes?|suites?|flats?|bedrooms?|bathrooms?|washrooms?|kitchens?"
    r"|living rooms?"
    r"|showers?|closets?|dwellings?|residences?|rooms?"
    r"|logements?|appartements?|chambres?|salles? de bains?|cuisines?|salons?|toilettes?|douches?"
    r"|studios?|domiciles?)"
)
_INSIDE: Final = re.compile(
    rf"\b(?:in|inside|within|into|to|of|for|at|on|by|per|from|facing|outside)"
    rf" (?:the |each |every |all |any |this |that |their |a |an |his |her |one |client |tenant "
    rf"|tenants )*{_ROOM}\b"
    rf"|\bin (?:unit|suite|home)\b|\b(?:bedrooms?|bathrooms?|washrooms?|living rooms?|kitchens?)\b"
    rf"|\b(?:units?|apartments?|suites?) (?:doors?|entrances?|entry)\b"
    rf"|\b(?:dans|a l interieur|de|du|des|pour|chez|sur|face a?u?)"
    rf" (?:le |la |les |l |chaque |tous |toutes |ce |cet |cette |un |une |son |leur |leurs |de )*{_ROOM}\b"
    rf"|\bportes? (?:du|des|de l|d un) (?:logement|appartement|studio)s?\b"
)
_OUTSIDE: Final = re.compile(
    r"\b(?:not|never|none|nothing|no ?where|and not|but not) (?:in|inside|within|of|into|at|on|facing)"
    rf" (?:the |each |any |a |an |their )*{_ROOM}\b"
    rf"|\b(?:pas|jamais|aucune?|non) (?:dans|a l interieur) (?:de |du |des |le |la |les |l |un "
    rf"|une )*{_ROOM}\b"
)

_NEEDED: Final = re.compile(
    r"\b(?:smoke|fire|heat|co|co2|carbon monoxide|gas|leak|water|flood|humidity|moisture|temperature"
    r"|frost|freeze"
    r"|radon|sprinkler)(?:(?: and| or|,)? (?:smoke|fire|heat|co|carbon monoxide|gas|leak|water))*"
    r" (?:alarms?|detectors?|sensors?|monitors?)\b"
    r"|\b(?:detecteurs?|avertisseurs?|capteurs?|alarmes?) (?:de |d |du )?(?:fumee"
    r"|monoxyde(?: de carbone)?|co|chaleur"
    r"|fuites?|gaz|incendie|eau|inondation|humidite|temperature|gel|radon)(?: et (?:de "
    r"|d )?(?:monoxyde(?: de carbone)?"
    r"|co|fumee|chaleur|gaz))*\b"
    r"|\b(?:video )?intercoms?\b|\binterphones?(?: video)?\b|\bportiers? video\b"
    r"|\bpeep ?holes?\b|\bdoor viewers?\b|\bjudas(?: optiques?)?\b|\b(?:computer|screen"
    r"|heart rate) monitors?\b"
    r"|\bmotion (?:sensor|activated|detector|sensing) (?:lights?|lamps?|lighting|fixtures?)\b"
    r"|\b(?:lampes?|luminaires?|eclairages?|lumieres?) (?:a|avec|par) (?:detecteurs?"
    r"|capteurs?) de (?:mouvement|presence)\b"
)
_CAMERA: Final = re.compile(
    r"\b(?:(?:web|security|video|ip|wifi|wi fi|doorbell|smart|surveillance|indoor"
    r"|dome) ?)*cam(?:era)?s?\b|\bwebcams?\b"
    r"|\bcctv\b|\bvideo ?surveillance\b|\b(?:video )?surveillance (?:video|systems?|equipment|footage)\b"
    r"|\bcamescopes?\b|\bsonnettes? (?:video|connectees?)\b|\bvideo doorbells?\b|\bsurveillance\b"
)
_SENSOR: Final = re.compile(
    r"\b(?:motion|door|window|bed|occupancy|presence|floor|toilet|fridge|movement|activity|noise|sound"
    r"|contact|entry|exit)"
    r" (?:sensors?|detectors?|alarms?|monitors?|counters?)\b"
    r"|\b(?:capteurs?|detecteurs?|alarmes?) (?:de |d |du |sur la )?(?:mouvements?|presence|portes?"
    r"|ouverture|fenetres?|lit"
    r"|bruit|son|activite|occupation|toilettes?|passage|plancher)\b"
)
_ALWAYS: Final = re.compile(
    r"\b(?:nanny|baby|spy|pet|body|granny) ?(?:cam(?:era)?s?|monitors?)\b"
    r"|\bspy (?:pens?|bugs?|devices?|clocks?|equipment)\b"
    r"|\b(?:stylos?|montres?|reveils?|appareils?|objets?) espions?\b"
    r"|\b(?:hidden|covert|concealed|secret|spying) (?:\w+ )?(?:cam(?:era)?s?|microphones?|mics?"
    r"|recorders?|devices?)\b"
    r"|\bcam(?:era)?s? (?:cachee?s?|espionn?e?s?|dissimulee?s?|secrete?s?)\b|\bmicros? (?:caches?"
    r"|espions?)\b"
    r"|\bmicrophones?\b|\blistening devices?\b|\baudio (?:recorders?|recording|monitors?"
    r"|surveillance)\b|\bwire ?taps?\b"
    r"|\b(?:dispositifs?|appareils?) d (?:ecoute|enregistrement)\b|\bmises? sur ecoute\b"
    r"|\benregistreurs? (?:audio|vocaux|vocal)\b"
    r"|\b(?:sleep|activity|vital signs?|behaviou?r|wellness|welfare|tenant|client|resident|occupant"
    r"|remote|movement|fall|health)"
    r" (?:monitors?|monitoring|trackers?|tracking|surveillance|sensors?)\b"
    r"|\bmonitoring (?:devices?|equipment|systems?|units?|sensors?|app|software)\b"
    r"|\bmonitored by (?:staff|the landlord|management)\b"
    r"|\b(?:gps|tracking) (?:trackers?|devices?|systems?|bracelets?)\b|\btrackers?\b"
    r"|\bankle (?:bracelets?|monitors?)\b"
    r"|\b(?:bracelets?|traceurs?|balises?) (?:gps|electroniques?|de suivi)\b|\bgeolocalisation\b"
    r"|\b(?:appareils?|dispositifs?|equipements?|systemes?|materiel|moniteurs?) (?:de "
    r"|d )(?:surveillance|suivi|monitorage"
    r"|telesurveillance|controle des locataires|activite|sommeil|bebe)\b|\btelesurveillance\b"
    r"|\b(?:surveiller|surveille|surveillance|suivi|filmer|filme|ecouter"
    r"|enregistrer) (?:a distance )?(?:le |la |les |l |des |du |de |aux? )*"
    r"(?:locataires?|clients?|clientes?|residents?|residentes?|occupants?|habitants?)\b"
    r"|\b(?:watch|watches|watching|film|films|filming|record|records|recording|track|tracks|tracking"
    r"|spy on|spies on|monitor|monitors|monitoring)"
    r" (?:the |all |our )*(?:tenants?|clients?|residents?|occupants?|people)\b"
    r"|\b(?:capteurs?|detecteurs?) de chutes?\b|\bsmart (?:speakers?|locks?|hubs?) (?:that "
    r"|which )?(?:report|notif|alert|send|listen)\w*\b"
)
_TO_STAFF: Final = re.compile(
    r"\b(?:report(?:s|ing|ed)?|notif\w+|alert(?:s|ing)?|signal(?:s|ing|e|ent)?|send(?:s|ing)?"
    r"|transmit\w*|transmet\w*|envoi\w*"
    r"|avert\w+|previ\w+|connected|linked|relie\w*)\b.{0,30}\b(?:staff|office|management|landlord"
    r"|manager|supervisors?"
    r"|caseworkers?|personnel|bureau|gestionnaires?|proprietaires?|concierge|intervenants?)\b"
)
_ABSENT_BEFORE: Final = re.compile(
    r"\b(?:no|without|never|none|nor|neither|not (?!only\b)(?:any|a|have|has|contain|allow(?:ed)?)"
    r"|free of|remov(?:e|es|ed|al|ing)"
    r"|tak(?:e|en|ing) (?:out|down|away)|took (?:out|down|away)|disconnect\w*|uninstall\w*|dismantl\w*"
    r"|find and remove|rid of"
    r"|sans|aucune?s?|jamais|pas (?:de|d)|ni|retir\w+|retrait|enlev\w+|enleve|demont\w+|desinstall\w+"
    r"|debranch\w+)"
    r"(?: [a-z0-9]+){0,5} ?$"
)
_ABSENT_AFTER: Final = re.compile(
    r"^(?: [a-z0-9]+){0,4} (?:(?:is |are |was |were |will be |been )?(?:removed|prohibited|forbidden"
    r"|banned|not (?:allowed|permitted)"
    r"|taken (?:out|down|away)|disconnected|uninstalled)|(?:est |sont |a ete |ont ete )?(?:retire"
    r"|enleve|demonte|interdit|debranche)e?s?)\b"
)


def monitoring_in(text: str) -> str | None:
    """Return the words by which a text would place a watching device inside a home; None when it wouldn't.

    >>> monitoring_in("Nanny cam in the living room")
    'nanny cam'
    >>> monitoring_in("Smoke and CO alarms; security cameras in the lobby, not in the units") is None
    True
    """
    for sentence in _SENTENCE.split(text):
        found = _in_sentence(_plain(sentence))
        if found:
            return found
    return None


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe").casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    # A digit or sign inside a word stands for a letter; a number on its own is a number.
    parts = [
        word.translate(_DISGUISES) if any(c.isalpha() for c in word) else word
        for word in re.split(r"(\s+)", bare)
    ]
    words = _NOT_WORD.sub(" ", "".join(parts)).strip()
    return _SPELT_OUT.sub(lambda spelt: spelt[0].replace(" ", ""), words)


def _in_sentence(sentence: str) -> str | None:
    rest = _NEEDED.sub(" ", sentence)
    always = _present(_ALWAYS, rest)
    if always:
        return always
    device = _present(_CAMERA, rest) or _present(_SENSOR, rest)
    if device is None:
        return None
    inside = _INSIDE.search(_OUTSIDE.sub(" ", rest)) or _TO_STAFF.search(rest)
    return None if _SHARED.search(rest) and not inside else device


def _present(devices: re.Pattern[str], sentence: str) -> str | None:
    for found in devices.finditer(sentence):
        absent = _ABSENT_BEFORE.search(sentence[: found.start()]) or _ABSENT_AFTER.match(
            sentence[found.end() :]
        )
        if not absent:
            return found[0].strip()
    return None
