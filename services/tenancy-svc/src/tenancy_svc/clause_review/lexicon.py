# ruff: noqa: E501 -- a group of words is read as one line
"""The words of the review, in English and French, in their plain form (small letters, no accents).

Not a list of forbidden words: each group is one *role* that words play in a sentence (a service, a duty, a condition, a
consequence for the home, taking part, declining). `judging` looks at which roles meet in one passage.
"""

from __future__ import annotations

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(patterns) + r")")


BENIGN = _any(
    r"(?:pest|bed ?bugs?|insect|heat|water|cockroach|rodent|mould|mold|chemical|equal|fair|unfair)(?: control)? treatment\w*",
    r"(?:pest|extermination) (?:control )?(?:program\w*|services?)",
    r"treat\w* (?:for|against) (?:pests?|bed ?bugs?|insects?|mou?ld)",
    r"treated (?:equally|the same|fairly|with respect)",
    r"(?:utility|utilities|cleaning|janitorial|laundry|internet|cable|telephone|emergency|fire|police|postal|delivery"
    r"|vital|essential|moving|repair|maintenance|garbage|waste|heating|concierge|elevator|parking) services?",
    r"services? (?:and|or) facilit\w+",
    r"facilit\w+ (?:and|or|,) services?",
    r"services? (?:of|by|for) (?:the |a |any )?(?:notices?|documents?|mail|electricity|hydro|water|gas|heat)",
    r"(?:keep|kept|leave|left|clean|ordinary|reasonably)\b[^.;]{0,40}\bclean\w*",
    r"support (?:beams?|walls?|columns?|structures?)",
    r"(?:maintenance|repair|trades?|postal|construction) workers?",
    r"(?:television|radio|recycling|composting|loyalty) program\w*",
    r"health(?:y)?,? (?:and )?safety(?:,? (?:and )?housing)? (?:standards?|laws?|by-?laws?)",
    r"no[- ]smoking|smok\w+ (?:of )?(?:tobacco|cannabis)(?:,? (?:or|and) (?:tobacco|cannabis|vap\w+))*"
    r"|(?:smoke|vape|grow|cultivate)\b[^.;]{0,25}\bcannabis(?: plants?)?",
    r"traitements? (?:contre|des) (?:la |les |l')?(?:vermine|insectes?|punaises?|ravageurs?|parasites?|moisissures?)",
    r"(?:extermination|traitement antiparasitaire|traitement de l'eau|traitement thermique)",
    r"services? (?:publics?|d'electricite|d'eau|de gaz|de chauffage|d'urgence|essentiels?|vitaux|internet|de buanderie"
    r"|d'entretien|de menage|postaux|de livraison)",
    r"(?:commodites|installations) (?:et|ou) services?|services? (?:et|ou) (?:commodites|installations)",
    r"(?:fumer|fumee)\b[^.;]{0,30}\bcannabis|cultiver\b[^.;]{0,20}\bcannabis",
    r"logement (?:propre|en bon etat)",
)
"""Everyday lease words that only look like services: pest treatment, utility services, keeping a home clean."""

SERVICES = _any(
    r"case[- ]?(?:management|manager\w*|work\w*|plan\w*|conferenc\w*)",
    r"(?:social|support|outreach|housing|key|mental health|youth|peer|recovery|addiction\w*|community|life skills?)[- ](?:worker|coach)\w*",
    r"(?:support|supportive|social|health|mental[- ]health|wrap-?around|clinical|counsell?ing|addiction\w*|recovery|outreach"
    r"|community|therapeutic|psychiatric|rehabilitation|voluntary|on-?site|wellness|care) (?:and [a-z]+ )?(?:services?|supports?|programs?|programmes?|programming|teams?|plans?|providers?)",
    r"supports? (?:and|or) services?|services? (?:and|or) supports?",
    r"(?:service|support|care|treatment|recovery|wellness|goal|housing stability|action|success|safety) (?:plan|agreement|provider|participation|engagement|conditions?|requirements?)\w*",
    r"treatment\w*|therap(?:y|ies|ist\w*|eutic)|counsell?(?:ing|or\w*)|psychiatr\w+|psycholog\w+",
    r"medications?|meds|methadone|naltrexone|antabuse|prescribed (?:drugs?|medicines?|injections?)",
    r"rehab\w*|de-?tox\w*|recovery (?:meeting|group|house|step)\w*|(?:12|twelve)[- ]steps?|(?:aa|na|alcoholics anonymous|narcotics anonymous)(?: (?:meetings?|groups?))?\b",
    r"life[- ]skills?|anger[- ]management|parenting class\w*|money[- ]management class\w*|day programs?|day programmes?",
    r"mental[- ]health (?:appointment|assessment|care|clinic|check)\w*|(?:wellness|welfare|well-being) (?:check|visit|meeting)\w*",
    r"(?:care|clinic|doctor|psychiatrist|worker|counsell?or|support|service|medical) (?:appointment|visit|meeting|session|check-?in)s?",
    r"gestion\w* de cas|gestionnaires? de cas|intervenant\w*|travailleu\w+ (?:social\w*|de soutien|de rue|d'approche)|educateur\w* specialise\w*",
    r"services? (?:de soutien|d'accompagnement|sociaux|de sante|d'aide|communautaires?|cliniques?|psychosociaux|de readaptation|d'appui|volontaires)",
    r"(?:mesures?|programmes?|equipe|plan|entente|suivi\w*) (?:de |d')(?:soutien|accompagnement|services?|intervention|soins|traitement|retablissement|readaptation)",
    r"accompagnement|soutien (?:psychosocial|communautaire|clinique|offert|social)|suivis? (?:psychosocial|clinique|medical|therapeutique|social)\w*",
    r"traitements?|therap(?:ie|eute|eutique)\w*|psychotherap\w+|psychiatr\w+|psycholog\w+|medicaments?|medication|methadone",
    r"desintox\w*|cure de [a-z]+|readaptation|reinsertion|douze etapes|alcooliques anonymes|gestion de la colere",
)
"""Services, treatment, case management and the people who give them."""

SERVICES_LOOSE = _any(
    r"services?|programs?|programmes?|programming|supports?|meetings?|appointments?|sessions?|class(?:es)?|workshops?|groups?",
    r"workers?|staff|team|clinics?|coach\w*|mentors?|sponsors?|navigators?|advocates?",
    r"rencontres?|rendez-vous|ateliers?|seances?|reunions?|soutiens?|equipe|appui|parrain\w*",
)
"""Words that are a service only together with taking part or declining."""

SOBRIETY = _any(
    r"sober\w*|sobriety|abstinen\w+|abstain\w*|teetotal\w*|clean (?:and sober|time|living|from|of drugs)|(?:stay|remain|be|get|keep|staying|remaining) (?:clean\b(?! (?:and|in) )|dry\b)",
    r"(?:drug|alcohol|substance|liquor|intoxicant)s?[- ]free|free (?:of|from) (?:all )?(?:illegal |illicit )?(?:drugs?|alcohol|substances?|intoxicants?)",
    r"(?:drug|urine|alcohol|breath|toxicology|substance) (?:test|screen|sample|analys)\w*|urinalys\w+|breathaly[sz]\w+|toxicology",
    r"(?:us|consum|possess|drink|ingest|tak)\w* (?:of )?(?:any )?(?:and all )?(?:illegal |illicit |street |recreational |alcohol or |drugs or )?(?:drugs?|alcohol\w*|liquor|substances?|intoxicants?|cannabis|narcotics?)",
    r"(?:alcohol|drug|substance|liquor)s?(?: (?:or|and) (?:alcohol|drug|substance|liquor)s?)? (?:use|consumption|misuse|abuse|possession)",
    r"(?:no|without|zero tolerance (?:for|of)) (?:any )?(?:alcohol\w*|liquor|drugs?|intoxicants?|substances?)",
    r"relaps\w+|intoxicat\w+|under the influence|drunk\w*|inebriat\w+|drinking\b|zero[- ]tolerance",
    r"sobres?\b|sobriete|abstinen\w+|s'absten\w+|abstenir|sans (?:alcool|drogues?|substances?)|a jeun",
    r"(?:tests?|depistages?|analyses?) (?:de |d'|des )?(?:depistage |drogues?|urines?|alcool|sang)\w*|alcootest\w*",
    r"(?:consomm|us|bo)\w* (?:de |d'|des |de l'|du |toute |l')?(?:alcool|drogues?|substances?|stupefiants?|cannabis)",
    r"rechut\w+|ivresse|ivre\b|intoxique\w*|sous l'influence|tolerance zero",
)
"""Sobriety and its proofs."""

PROGRAMME_RULES = _any(
    r"(?:program|programme|residence|resident|participant|house|community|service|client)(?:'?s)? (?:rule|guideline|expectation|requirement|polic(?:y|ies)|agreement|contract|handbook|standard|condition|milestone|phase|level)\w*",
    r"(?:rules?|guidelines?|expectations?|requirements?|polic(?:y|ies)|conditions?|terms|handbook|milestones) (?:of|for|set by|in) (?:the |this |our |its |their )?(?:support |supportive housing |housing |recovery |residential )?(?:program\w*|services?|provider|agency|support team)",
    r"program(?:me)? (?:participa\w+|participants?|membership|enrol\w+|complian\w+|fees?|graduat\w+|exit\w*|discharge)",
    r"(?:participants?|clients?|members|graduates) (?:of|in|enrolled in) (?:the |a |this |our )?(?:[a-z]+ )?(?:program\w*|agency|services?)",
    r"(?:regles?|reglements?|code de vie|exigences?|conditions?|attentes?|politiques?) (?:du|des|de la|d'un|de ce|de notre) (?:programme|services?|residence|organisme|ressource|equipe)\w*",
    r"code de vie|(?:participant\w*|inscri\w+|adhesion|membres?) (?:a |au |aux |du |d'un |dans (?:le|un) )(?:programme|services?)",
)
"""Programme rules and membership of a programme."""

OBLIGATION = _any(
    r"must|shall|has to|have to|had to|need(?:s)? to|ought to|is to|are to|will (?:be required|be expected|need|attend|participate|engage|meet|take|follow|comply|remain|maintain|cooperate|co-operate|work|submit|keep|complete|accept|receive|undergo|provide|abstain|not)",
    r"requir\w+|oblig\w+|mandat\w+|compulsory|expected to|expects? (?:the )?(?:tenant|resident)s? to|responsib\w+ (?:for|to)|duty",
    r"agree(?:s|d)?\b(?: (?:to|that|not))?|undertak\w+|commit(?:s|ted|ment)?\b|promis\w+|covenant\w*|pledge\w*|acknowledg\w+ that",
    r"may not|cannot|can't|not (?:allowed|permitted)|prohibit\w*|forbid\w*|forbidden|strictly no|\bno\b|is not to|necessary|essential that",
    r"doi(?:t|vent)|devra\w*|devoir|tenue?s?\b|s'engag\w+|engage a|obligat\w+|oblige\w*|requi(?:s|se|ses|ert|erent)|exig\w+|il faut|faudra",
    r"interdi\w+|defendu\w*|ne (?:peut|peuvent|pourra)\b|convien\w+ de|accepte(?:nt|ra)? (?:de|que)|consent (?:a|que)|promet\w*|necessaire|indispensable|prie de",
)
"""A duty, a promise or a prohibition."""

CONDITION = _any(
    r"condition\w*|contingent|subject to|depend\w*|provided (?:that|the|he|she|they)|providing|as long as|so long as|only (?:if|while|when|for|to|those|tenants?|residents?|people|persons)|\bif\b|unless|until|while\b|when(?:ever)?\b",
    r"in (?:exchange|return) for|in consideration of|fail(?:s|ed|ing|ure)?\b|prerequisite|in order to|eligib\w+|reserved for|exclusively|tied to|linked to|based on|upon|revoked|proof of|evidence of|by reason of|because of",
    r"conditionn?el\w*|sous reserve|a condition|pourvu que|tant que|aussi longtemps|\bsi\b|\bs'il\b|a moins|sauf si|en echange|en contrepartie|a defaut|faute de|afin de|depend\w*|admissib\w*|prealable|reserve\w* (?:a|aux)|seulement|subordonne\w*|lie[es]* a|preuve de|lorsqu\w*|en cas de|quiconque|tout locataire qui",
)
"""A condition."""

CONSEQUENCE = _any(
    r"tenanc\w+|leas(?:e|es|ed|ing)\b|housing|home|house\b|unit\b|units\b|apartment|room\b|suite|premises|accommodation|occup\w+|resid(?:e|ence|ency|ing)\b|\bstay\b|liv(?:e|ing) (?:here|in)",
    r"evict\w*|terminat\w+|\bend(?:s|ed|ing)?\b|los(?:e|s|es|ing|t)\b|vacat\w+|mov(?:e|ed|ing) out|leav(?:e|ing)\b|notice\b|renew\w*|breach\w*|default\b|grounds?\b|discharg\w*|exited|forfeit\w*|revok\w*|cancel\w*|remov\w+|asked to (?:go|leave)|transfer\w*",
    r"\bkeep(?:s|ing)?\b(?! to)|retain\w*|remain(?:s|ing)? (?:in|a tenant|here)|continu\w+|right to|penalt\w+|\bfined?\b|consequence\w*|warning",
    r"\bbail\b|baux|location|logement\w*|chambre|appartement|unite|lieux|domicile|locative|occupation|habit\w+|chez (?:soi|elle|lui)",
    r"expuls\w+|evinc\w+|resili\w+|mettre fin|met(?:tra)? fin|mis fin|prend(?:ra)? fin|fin (?:du|de la)|perd\w*|perte|quitt\w+|liber\w+|renouvel\w+|manquement|defaut|motif|congedi\w+|annul\w+|demenag\w+|sanction\w*|avis\b",
    r"conserv\w+|demeur\w+|reste[rz]?\b|maintien\w*|garder|droit (?:de|d'|au)|poursui\w+",
)
"""Something that happens to the home or the tenancy."""

TAKING_PART = _any(
    r"participat\w*|tak(?:e|es|ing) part|engag\w*|attend\w*|enrol\w*|regist(?:er|ered|ration)|accept\w*|receiv\w+|us(?:e|es|ing) (?:the |of )?(?:services?|supports?)|meet(?:s|ing)?\b(?= (?:\w+ ){0,2}with| regularly| weekly| monthly)|cooperat\w*|co-operat\w*|compl(?:y|ies|iance|ying|iant)|adher\w+|follow(?:s|ing)?\b|complet\w+|undergo\w*|submit\w*|work(?:s|ing)? (?:with|on|toward\w*)|check(?:ing)?[- ]in|seek(?:s|ing)?\b|obtain\w*|continu\w+ (?:with|in|to)|stay(?:s|ing)? (?:in|connected|on|engaged)|remain(?:s|ing)? (?:in|enrolled|engaged|connected|active)|maintain\w*|keep(?:s|ing)? (?:all|every|up|regular|his|her|their)|tak(?:e|es|ing)\b(?= (?:\w+ ){0,2}(?:medic|meds))|abid\w+|observ\w+|show(?:s|ing)? up|abstain\w*|present (?:himself|herself|themselves)|welcom\w+|have (?:a|an)\b",
    r"particip\w*|prendre\b|prennent\b|prend\b|prend(?:ra)? part|assist(?:e|er|era|ent|ance)\b|suiv(?:re|i|ra|ent|ant)?\b|suit\b|collabor\w*|cooper\w*|rencontr\w+|se present\w+|accept\w+|recevoir|recoi\w+|respect\w*|se conform\w+|inscri\w+|adher\w+|complet\w+|se soumet\w*|poursuiv\w+|maint\w+|frequent\w+|recour\w+|honor\w+|beneficie\w*",
)
"""Taking part, complying, accepting."""

DECLINING = _any(
    r"refus\w*|declin\w*|reject\w*|stop(?:s|ped|ping)?\b|miss(?:es|ed|ing)?\b|skip\w*|withdraw\w*|disengag\w*|drop(?:s|ped|ping)? out|quit\w*|leav(?:e|es|ing) (?:the |a )?(?:program\w*|treatment|services?)|not (?:attend\w*|participat\w*|engag\w*|tak\w+|accept\w*|complet\w*|follow\w*|compl\w*)|non-?(?:compliance|participation|attendance|engagement)|fail(?:s|ed|ing|ure)?\b|cease\w*|discontinu\w*|absent\b|absence|lack of|no longer|without attending|ignor\w+|relaps\w+",
    r"refus\w*|decline\w*|cess\w*|arret\w*|manqu\w*|se retir\w*|retrait|abandonn\w*|ne (?:pas )?(?:particip|suiv|assist|collabor|se present|respect|accept)\w*|absence\w*|defaut de|faute de|n'(?:assist|accept|honor)\w*|non-(?:participation|respect|presence)|rechut\w+",
)
"""Declining, stopping, missing."""

VAGUE = _any(
    r"progress\w*|wellness|well-being|wellbeing|journey|goals?\b|motivat\w+|readiness|housing[- ]ready|stabili[sz]\w+|stability|lifestyle|positive choices?|healthy choices?|behavio\w+ (?:plan|contract|agreement)|recover\w*|healing|growth|personal plan|self-sufficien\w+|curfew|supervis\w+|monitor\w*|staff (?:direction|instruction|request)s?|cooperate with (?:the )?staff|empower\w*|accountab\w+|structure\w* (?:day|living)|independen(?:t living|ce) skills?|better (?:himself|herself|themselves)",
    r"progres\w*|bien-etre|cheminement|objectifs?|motivation|stabili[st]\w+|mode de vie|saines? habitudes|retabliss\w+|autonomie|couvre-feu|surveill\w+|encadrement|demarche\w*|parcours|projet de vie",
)
"""Words too open to judge by machine."""

CASEWORKER = _any(
    r"case[- ]?(?:manager|worker)s?|(?:social|support|outreach|key|housing support) workers?|support (?:team|staff|provider|organi[sz]ation)|gestionnaires? de cas|intervenant\w*|travailleu\w+ socia\w+|equipe de soutien|organisme de soutien"
)
LANDLORDS_WORK = _any(
    r"collect\w* (?:the )?(?:rent|arrears)|receiv\w* (?:the )?rent|enforc\w*|serv(?:e|es|ing) (?:a |the |any )?notices?|evict\w*|inspect\w*|enter\w* (?:the )?(?:unit|apartment|home)|issue\w* (?:a |the |any )?(?:notice|warning)s?|decid\w+ (?:whether|if)|approv\w+|percev\w+ (?:le )?loyers?|fai(?:t|re) respecter|signifi\w+|expuls\w+|inspect\w+|remet\w* (?:un |les )?avis"
)
REPORTING = _any(
    r"report\w*|shar(?:e|es|ed|ing)\b|disclos\w*|releas\w* (?:of )?(?:information|records?)|inform(?:s|ed|ing)?\b|information|updates?|notif\w+|consents? to|communiqu\w+|transmet\w*|transmission|divulg\w*|partag\w*|renseignements?|rapport\w*|informer"
)
LANDLORD = _any(
    r"landlord|property manage\w+|lessor|owner|locateur|proprietaire|bailleur|gestionnaire immobilier"
)

SENTENCE_END = re.compile(r"(?<=[a-z\)\"'])[.!?;](?=\s|$)|\s-\s")
EXCEPTION = re.compile(
    r"\b(?:unless|except\w*|but|however|provided that|save (?:that|where)|only if|otherwise|or else|yet|although|though"
    r"|sauf|mais|toutefois|cependant|pourvu que|a moins|sinon|excepte|or(?=,))\b"
)
REFERRING_BACK = re.compile(
    r"\b(?:them|they|these|those|this|that|so|it|do(?:es)? not|don't|doesn't|attendance|participation|ceux-ci|celui-ci|cela|ceci|le faire|y)\b"
)

_NOT = r"(?:not|never|n't|no longer|in no (?:way|case|event)|nor|neither|under no circumstances)"
_BINDING = (
    r"(?:condition\w*|requir\w*|oblig\w*|mandatory|compulsory|necessary|prerequisite|contingent|dependent|depend\w*"
    r"|tied|linked|subject|need(?:ed|s)? to|have to|has to|expected|grounds?|based|in exchange|make|made to|forced"
    r"|compelled|asked to prove)"
)
ASSURANCES: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"\b{_NOT}\b(?: (?!to\b|attend|follow|accept|refus|declin|miss|stop)[a-z']+){{0,4}} {_BINDING}\b"
    ),
    re.compile(
        rf"\b(?:no|none of|neither|nothing in)\b(?: [a-z',-]+){{0,12}}? (?:is|are|shall be|will be|may be|can be|be|ever)?(?: ever| made)?(?: an?)? ?{_BINDING}\b"
    ),
    re.compile(r"\bnothing in this (?:lease|agreement)\b(?: [a-z]+){0,3} (?:requires?|obliges?|makes?)\b"),
    re.compile(
        r"\b(?:landlord|lessor|owner|property manager)s? (?:must|shall|may|will|can|does|do) ?(?:not|never)(?: [a-z]+){0,2}? (?:ask|require|demand|make|impose|seek|enquire|inquire|request|consider)\b"
    ),
    re.compile(
        r"(?<!not )(?<!no longer )(?<!never )\b(?:entirely |wholly |purely |always |strictly )?(?:voluntary|optional)\b"
    ),
    re.compile(
        r"\b(?:ne|n')\s?(?:[a-z']+ ){0,3}?(?:pas|jamais|aucun\w*|nullement|plus|en aucun cas|en rien)\b(?: [a-z']+){0,4}? (?:conditions?|condition\w*|oblig\w*|tenue?s?|requis\w*|exig\w*|depend\w*|liee?s?|subordonn\w*|necessaire\w*|motifs?)\b"
    ),
    re.compile(
        r"\b(?:ne |n')(?:peu\w+ )?(?:depend\w*|oblig\w*|exig\w*|subordonn\w*|requi\w+)(?: [a-z']+)? ?(?:pas|jamais|aucun\w*|nullement|en aucun cas|en rien)?\b"
    ),
    re.compile(
        r"\b(?:aucun\w*|ni)\b(?: [a-z',]+){0,12}? (?:n'est|ne sont|n'y|ne constitue\w*|ne peut etre|n'a)(?: [a-z']+){0,3}?\s?(?:une |un )?(?:condition\w*|oblig\w*|requis\w*|exig\w*|necessaire\w*|motif)\b"
    ),
    re.compile(r"(?<!pas )(?<!plus )\b(?:volontaires?|facultati\w+|libre de (?:refuser|cesser|decliner))\b"),
)
"""Phrases that take a duty or a condition away; the phrase itself is then not read as one."""

ASSURING_TO_THE_END: tuple[re.Pattern[str], ...] = (
    re.compile(
        r"\b(?:regardless of|irrespective of|whether or not|without regard to|independent(?:ly)? of|no matter)\b.*"
    ),
    re.compile(
        r"\b(?:not|never|cannot|can't|neither)\b(?: [a-z']+){0,5}? (?:end|ended|terminate|terminated|evict|evicted|lose|refuse|refused|affect\w*|change\w*|penali[sz]\w*|held against|grounds?|reason)\b.*?\b(?:because|for|on the grounds?|due to|if|when|by reason)\b.*?\b(?:refus\w*|declin\w*|stop\w*|miss\w*|not (?:attend|tak|us|accept|participat)\w*|does(?: not|n't)|withdraw\w*|us(?:e|ing|es)|relaps\w*|participation)\b.*"
    ),
    re.compile(
        r"\b(?:may|can|is free to|are free to) (?:always |freely )?(?:declin\w*|refus\w*|stop\w*|leave)\b.*?\b(?:without|at any time|and keep|and stay|and remain).*"
    ),
    re.compile(r"\b(?:peu importe|sans egard|independamment|qu'(?:il|elle|on) [a-z ]{0,30}ou non)\b.*"),
    re.compile(
        r"\b(?:ne|n')\s?(?:[a-z']+ ){0,4}?(?:pas|jamais|aucun\w*)?\b.{0,30}?(?:mettre fin|mis fin|resili\w+|expuls\w+|perdre|perd|modifi\w+|refus\w+|touche\w*|change\w*|penalis\w+)\b.*?\b(?:parce qu\w*|en raison|si|pour|du fait|au motif|lorsqu\w*)\b.*?\b(?:refus\w*|cess\w*|decline\w*|ne .{0,20}pas|manqu\w*|consomm\w*|n'utilis\w*|se retir\w*|rechut\w*).*"
    ),
    re.compile(
        r"\b(?:peut|peuvent) (?:toujours |librement )?(?:refuser|cesser|decliner)\b.*?\b(?:sans|en tout temps|a tout moment|et (?:garder|conserver|rester)).*"
    ),
)
"""Phrases that free everything after them in the passage."""

KNOWN_WORDS = frozenset(
    [
        "treatment",
        "counselling",
        "counseling",
        "sobriety",
        "abstinence",
        "abstinent",
        "programme",
        "participation",
        "participate",
        "management",
        "manager",
        "services",
        "therapy",
        "therapist",
        "medication",
        "rehabilitation",
        "recovery",
        "engagement",
        "appointments",
        "urinalysis",
        "traitement",
        "sobriete",
        "therapie",
        "accompagnement",
        "intervenant",
        "desintoxication",
        "medicaments",
        "participer",
        "readaptation",
        "tenancy",
        "eviction",
        "terminated",
        "required",
        "mandatory",
    ]
)
"""Words whose misspellings are read as themselves."""
