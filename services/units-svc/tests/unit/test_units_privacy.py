"""What would watch people at home is refused, what a home needs is let through, in both languages (U5,
W8)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from units_svc.privacy.reviewing import monitoring_in

REFUSED = [
    "nanny cam",
    "Nanny-cam",
    "NANNYCAM installed",
    "caméra cachée",
    "Caméra-cachée dans la chambre",
    "hidden camera",
    "door sensor reporting to staff",
    "Door sensors (report to the office)",
    "Camera",
    "Caméra",
    "c@mera in bedroom",
    "c4m3ra",
    "c a m e r a in the kitchen",
    "ca\u00admera in unit",
    "CCTV in unit",
    "Security camera in each unit",
    "Video surveillance inside the apartment",
    "Vidéosurveillance dans le logement",
    "motion sensor in the bedroom",
    "Motion detector alerts staff",
    "Détecteur de mouvement dans le logement",
    "Capteur de porte qui avertit le personnel",
    "occupancy sensor",
    "capteur de présence",
    "bed sensor",
    "capteur de lit",
    "Microphone in the living room",
    "micro caché",
    "dispositif d'écoute",
    "listening device",
    "audio recording",
    "tenant monitoring system",
    "Monitoring equipment",
    "Équipement de surveillance",
    "Appareil de suivi des locataires",
    "remote monitoring of client",
    "wellness monitoring",
    "sleep monitor",
    "fall sensor",
    "GPS tracker",
    "bracelet électronique",
    "traceur GPS",
    "Install camera facing the unit door",
    "Camera in the lobby and in every unit",
    "Caméra dans le hall et dans les logements",
    "Video doorbell",
    "doorbell camera",
    "sonnette vidéo",
    "smart speaker that reports to staff",
    "baby monitor",
    "Not only a camera but also a sensor in the bedroom",
    "Surveiller les locataires à distance",
    "We film tenants",
    "Repair camera in bathroom",
    "Remplacer la caméra du salon",
    "toilet sensor",
    "surveillance",
    "spy cam",
    "Spy pen on the shelf",
    "stylo espion",
    "granny cam",
    "Camera for the tenant's own safety",
    "cam in unit",
    "Webcam",
    "monitored by staff",
    "surveillance du client",
]
LET_THROUGH = [
    "Smoke and CO alarms",
    "Smoke alarm, carbon monoxide detector",
    "Détecteurs de fumée et de monoxyde de carbone",
    "Avertisseur de fumée",
    "Intercom",
    "Interphone vidéo",
    "video intercom at the door",
    "Peephole in the door",
    "Judas optique",
    "Common-area cameras recorded for the building and not the unit",
    "Security cameras in the lobby, not in the units",
    "Caméras dans les aires communes de l'immeuble",
    "Caméra de sécurité à l'entrée de l'immeuble",
    "CCTV in the parking garage",
    "Cameras in hallways and elevators",
    "No cameras in the unit",
    "There is no camera in the unit",
    "Sans caméra",
    "Aucune caméra dans le logement",
    "Removed a hidden camera left by the previous owner",
    "Retirer la caméra cachée",
    "Cameras are prohibited in units",
    "Water leak sensor under the sink",
    "Capteur d'humidité",
    "heat detector",
    "Motion sensor lights in the hallway",
    "Lampe à détecteur de mouvement",
    "Computer monitor left behind",
    "Quiet street",
    "Camden Street",
    "Balcony, elevator, laundry",
    "Bedroom window repaired",
    "Door lock replaced",
    "Remplacement de la serrure",
    "Roof camera? no. Nice kitchen",
    "Scam warning posted in the lobby",
    "Microwave in the kitchen",
    "Micro-ondes",
    "Fire alarm and sprinklers",
    "Detector of smoke",
    "Kitchen with new cabinets",
    "Unit 4 on floor 3",
    "Camera shop in the building",
    "Monitor the boiler pressure",
    "Salon et chambre repeints",
    "Tenant reports a leak to the office",
    "Take out the old camera in the bedroom",
    "Thermostat",
    "Serrure intelligente",
    "Smart lock",
    "Radon detector",
]


@pytest.mark.row("U5", "W8")
@pytest.mark.parametrize("text", REFUSED)
def test_what_would_watch_people_at_home_is_refused(text: str) -> None:
    assert monitoring_in(text)


@pytest.mark.row("U5", "W8")
@pytest.mark.parametrize("text", LET_THROUGH)
def test_what_a_home_needs_is_let_through(text: str) -> None:
    assert monitoring_in(text) is None


@pytest.mark.row("U5", "W8")
@given(some.text(max_size=300))
def test_any_text_gets_an_answer(text: str) -> None:
    found = monitoring_in(text)
    assert found is None or found


@pytest.mark.row("U5", "W8")
@given(some.sampled_from(REFUSED), some.text(alphabet="abcdefghij ,.", max_size=40))
def test_nothing_written_around_it_in_other_sentences_gets_it_through(text: str, around: str) -> None:
    assert monitoring_in(f"{around}. {text}. {around}")
