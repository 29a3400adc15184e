"""Clause review (T3): what is refused, what passes, what needs a person's eyes; English, French,
reworded, disguised.
"""

# ruff: noqa: E501 -- a clause is read as one line

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenancy_svc.clause_review.judging import review_text
from tenancy_svc.clause_review.model import Rule, Verdict

pytestmark = pytest.mark.row("T3", "W3")

REFUSED = [
    # Plain conditions.
    "The tenant must participate in case management.",
    "The Tenant shall attend weekly counselling sessions.",
    "This tenancy is conditional on the tenant taking part in the support program.",
    "Continued occupancy is contingent upon compliance with the treatment plan.",
    "As long as the tenant is enrolled in treatment, the tenant may stay in the unit.",
    "Failure to meet with the case manager at least once a month is grounds for termination of this lease.",
    "The tenant agrees to remain sober while living in the building.",
    "The tenant will abstain from alcohol and drugs.",
    "No alcohol or drugs are allowed in the unit.",
    "The landlord may require a urine test at any time; a positive result ends the tenancy.",
    "The unit is drug-free and alcohol-free and the tenant must keep it so.",
    "Tenants must follow the program rules.",
    "The tenant shall comply with the rules of the supportive housing program.",
    "Housing is reserved for participants in the program.",
    "If the tenant leaves the program, the tenancy ends.",
    "Tenants who stop taking their medication will receive a notice to end the tenancy.",
    "The tenant undertakes to work with a support worker on a service plan.",
    "In exchange for housing, the resident accepts mental health services.",
    "The lease will be renewed only if the tenant has attended all appointments with the social worker.",
    "Refusing services is a breach of this agreement.",
    "A tenant who disengages from case management loses the right to live here.",
    "Residency depends on regular participation in life skills workshops.",
    "Sobriety is a requirement of this lease.",
    "Relapse will result in eviction.",
    "The tenant acknowledges that engagement with the outreach team is mandatory.",
    "Non-participation in programming may lead to termination.",
    "It is a condition of this lease that the tenant complete a detox program.",
    "The tenant promises to see a psychiatrist and to follow treatment.",
    "Every resident is expected to attend AA meetings.",
    # Reworded: no obvious word of duty, or the consequence first.
    "The keys are handed back when the tenant quits treatment and the home goes to somebody else.",
    "You keep your home so long as you keep seeing your case manager and attend the group.",
    "Your room is yours until you miss three meetings with the team.",
    "Only those who engage with the support team will have their lease continued.",
    "The tenant will not lose the unit provided that he attends treatment.",
    # Assurances that are taken back.
    "Services are voluntary, but a tenant who stops attending will be asked to leave.",
    "The tenant is not required to use services, unless the landlord believes treatment is needed to keep the home.",
    "Participation is voluntary. However, tenants who do not participate lose their housing.",
    "Participation in services is voluntary and required to keep the unit.",
    "The tenant must attend treatment whether or not he agrees.",
    "The tenant shall not refuse treatment.",
    "The tenant may not miss appointments with the case worker.",
    # Disguised by typography, spelling and look-alikes.
    "The tenant must stay s.o.b.e.r at all times.",
    "The tenant must stay s o b e r.",
    "The tenant must attend tre\u200batment.",
    "The tenant must attend treat-\nment every week.",
    "The tenant must attend tr3atment.",
    "The tenant must attend trеatmеnt.",
    "THE TENANT MUST ATTEND COUNSELLING",
    "The tenant must attend counsellling weekly.",
    "The tenant must participate in case managment.",
    # French.
    "Le locataire doit participer au suivi psychosocial.",
    "Le locataire s'engage à demeurer sobre.",
    "Le bail est conditionnel à la participation au programme.",
    "Le maintien dans le logement dépend du respect du plan de traitement.",
    "Le locataire doit respecter les règles du programme.",
    "Tout locataire qui cesse de rencontrer son intervenante perd son logement.",
    "Le refus des services de soutien est un motif de résiliation du bail.",
    "Il est interdit de consommer de l’alcool dans le logement.",
    "Le locataire accepte de se soumettre à des tests de dépistage de drogues.",
    "Tant que le locataire poursuit sa thérapie, il conserve sa chambre.",
    "Le bail sera renouvelé à condition que la locataire ait suivi une cure de désintoxication.",
    "La participation est volontaire, mais le locataire qui ne participe pas au traitement perd son logement.",
    "À défaut de se présenter à ses rendez-vous avec le travailleur social, le locataire sera expulsé.",
    "LE LOCATAIRE EST TENU DE PRENDRE SES MÉDICAMENTS.",
]

PASSED = [
    # Ordinary lease clauses, some with words that only look like services.
    "Rent is due on the first day of each month.",
    "The landlord must keep the unit in a good state of repair.",
    "The tenant must keep the unit clean and repair damage caused wilfully or negligently.",
    "The tenant must let the landlord treat the unit for pests after written notice of 24 hours.",
    "The tenant shall prepare the unit for pest control treatment.",
    "Water, heat and laundry services are included in the rent.",
    "The landlord must not interfere with vital services such as heat or electricity.",
    "Services and facilities included: parking, storage.",
    "A notice must be in writing and is served as the Act allows.",
    "The tenant may have guests. No fee may be charged for them.",
    "The landlord may enter with 24 hours' written notice, between 8 a.m. and 8 p.m., for a reason the Act allows.",
    "No smoking tobacco or cannabis inside the building.",
    "The tenant may end this tenancy with 60 days' notice.",
    "The rent may be raised once in twelve months with 90 days' written notice.",
    "The tenant must not disturb the reasonable enjoyment of other tenants.",
    "The deposit is used for the last month's rent and for nothing else.",
    "Internet service is paid by the tenant.",
    # Assurances, which must pass.
    "Participation in services is never a condition.",
    "Participation in services is not a condition of this tenancy.",
    "The tenant is not required to take part in services, treatment or case management to keep this home.",
    "Nothing in this lease requires the tenant to accept support services.",
    "This tenancy does not depend on sobriety or on taking part in any program.",
    "No service, treatment or programme is a condition of this tenancy.",
    "The landlord may not end this tenancy because the tenant declines or stops services.",
    "The tenancy continues whether or not the tenant uses support services.",
    "The tenancy continues regardless of participation in treatment.",
    "Support services are entirely voluntary.",
    "The landlord shall not ask about treatment or medication.",
    "Use of alcohol or drugs alone is not a ground for ending this tenancy.",
    "The tenant may refuse services at any time without any effect on the tenancy.",
    # French.
    "Le loyer est payable le premier jour de chaque mois.",
    "Le locataire doit garder le logement propre.",
    "Le locateur doit donner un avis écrit de 24 heures avant d'entrer.",
    "Le locataire prépare le logement pour le traitement contre les punaises.",
    "Aucun service n'est une condition de ce bail.",
    "La participation à des services n'est jamais une condition du bail.",
    "Le locataire n'est pas tenu de participer à un programme ou de suivre un traitement pour conserver son logement.",
    "Le bail ne dépend pas de la participation à des services de soutien.",
    "Les services de soutien sont volontaires.",
    "Le bail se poursuit peu importe que le locataire utilise ou non des services.",
    "Le locateur ne peut mettre fin au bail parce que le locataire refuse des services.",
    "",
]

NEEDS_EYES = [
    "A list of support services is posted in the lobby.",
    "The tenant agrees to work on personal goals agreed with the landlord.",
    "The tenant must show progress towards stability.",
    "The tenant shall cooperate with staff and keep to the curfew.",
    "The tenant is not required to attend counselling unless the parties agree otherwise.",
    "Treatment rooms are on the second floor.",
    "Le locataire s'engage dans un cheminement vers l'autonomie.",
    "Une liste des services de soutien est affichée dans le hall.",
]


@pytest.mark.parametrize("text", REFUSED)
def test_a_clause_that_makes_the_tenancy_depend_on_services_is_refused(text: str) -> None:
    review = review_text(text)
    assert review.verdict is Verdict.REFUSED, review
    gravest = review.gravest
    assert gravest is not None
    assert gravest.words
    assert all(text[word.start : word.end] == word.text for word in gravest.words)
    assert gravest.policy_sentence


@pytest.mark.parametrize("text", PASSED)
def test_ordinary_clauses_and_assurances_pass(text: str) -> None:
    review = review_text(text)
    assert review.verdict is Verdict.PASSED, review


@pytest.mark.parametrize("text", NEEDS_EYES)
def test_what_a_machine_cannot_settle_is_left_to_a_person(text: str) -> None:
    review = review_text(text)
    assert review.verdict is Verdict.NEEDS_EYES, review


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("The tenant must attend counselling.", Rule.SERVICES),
        ("The tenant agrees to stay sober.", Rule.SOBRIETY),
        ("Tenants must follow the program rules.", Rule.PROGRAMME_RULES),
        ("The case manager collects the rent.", Rule.CASEWORK_ENFORCES),
        (
            "The tenant consents to the support team informing the landlord about treatment.",
            Rule.REPORTS_TO_LANDLORD,
        ),
    ],
)
def test_the_refusal_names_the_policy_sentence_that_is_broken(text: str, rule: Rule) -> None:
    gravest = review_text(text).gravest
    assert gravest is not None
    assert gravest.rule is rule
    assert gravest.verdict is Verdict.REFUSED


def test_one_refused_sentence_among_many_harmless_ones_is_found() -> None:
    text = "Rent is due monthly. Heat is included. The tenant must attend treatment. Pets are welcome."
    review = review_text(text)
    assert review.verdict is Verdict.REFUSED
    assert review.gravest is not None
    assert "treatment" in review.gravest.quoted
    assert "Rent" not in review.gravest.passage


@given(st.text(max_size=400))
def test_any_text_at_all_gets_a_verdict_with_words_that_stand_in_it(text: str) -> None:
    for finding in review_text(text).findings:
        assert all(text[word.start : word.end] == word.text for word in finding.words)


@given(st.sampled_from(REFUSED), st.sampled_from([text for text in PASSED if text]), st.booleans())
def test_harmless_company_does_not_hide_a_refused_sentence(refused: str, harmless: str, first: bool) -> None:
    closed = refused if refused.endswith(".") else refused + "."
    text = f"{closed} {harmless}" if first else f"{harmless} {closed}"
    assert review_text(text).verdict is Verdict.REFUSED
