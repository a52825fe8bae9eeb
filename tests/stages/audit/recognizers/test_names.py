"""(A) Names. All are invented."""

import pytest

from tests.stages.audit.recognizers.finding import found

PERSONS = [
    ("Mrs. Alvarez-Ruiz came alone.", "Alvarez-Ruiz"),
    ("MR FARABAUGH WAS SEEN IN CLINIC", "FARABAUGH"),
    ("mr. farabaugh denies pain", "farabaugh"),
    ("Mr. and Mrs. Farabaugh were counseled", "Farabaugh"),
    ("Mr. Żółkiewski", "Żółkiewski"),
    ("Patient name: zbigniew kowalczyk", "zbigniew kowalczyk"),
    ("patient name: KOWALCZYK, ANNA", "KOWALCZYK, ANNA"),
    ("Patient: Kowalczyk, Zbigniew; MRN", "Kowalczyk, Zbigniew"),
    ("Name...........Ruth Boucher", "Ruth Boucher"),
    ("<name>Clarence Iyer</name>", "Clarence Iyer"),
    ("NAME: SIPHO WASHINGTON", "SIPHO WASHINGTON"),
    ("maiden name is nyberg", "nyberg"),
    ("Next of kin: Tobias Lindqvist", "Tobias Lindqvist"),
    ("Signed, Jane Roe", "Jane Roe"),
    ("Dear Wanjiru, your results", "Wanjiru"),
    ("This is Aukusti Mongiello, a teacher", "Aukusti Mongiello"),
    ("Her husband Robert drove.", "Robert"),
    ("Mom Hui at bedside", "Hui"),
    ("DAD BOOKER S PETERS REACHABLE", "BOOKER S PETERS"),
    ("her dad gary called", "gary called"),
    ("mother (maría) gives the history", "maría"),
    ("Ida Farabaugh (sister) called", "Ida Farabaugh"),
    ("Howard's mom says he fell", "Howard"),
    ("Patient Lili M. stated", "Lili M."),
    ("BABY BOY GALLOWAY", "GALLOWAY"),
    ("next patient is emily hernandez", "emily hernandez"),
    ("Elzbieta Farabaugh DOB 3/4/50", "Elzbieta Farabaugh"),
    ("lookup griffiths guadalupe dob jul 1", "griffiths guadalupe"),
    ("Emmy Kollmorgen, 54 y/o, fell", "Emmy Kollmorgen"),
    ("Cormac is a 23 y.o. man", "Cormac"),
    ("Spoke with Nelida Viltz today", "Nelida Viltz"),
    ("Giulietta Wheeler presented with pain", "Giulietta Wheeler"),
    ("joost de vries was admitted", "joost de vries"),
    ("LINDQVIST, Thomas J. was seen", "LINDQVIST, Thomas J."),
    ("Seen today: Maria de la Cruz, well.", "Maria de la Cruz"),
    ("K. Nakamura sent 5 episodes", "K. Nakamura"),
    ("fatima jefferson needs refills", "fatima jefferson"),
    ("PID|1||WOJCIK^RENEE^Y", "WOJCIK^RENEE^Y"),
]
INITIALS = [
    ("Pt initials: J.D.", "J.D."),
    ("Pt S.I. was seen today", "S.I."),
    ("initials RQ, dosed", "RQ"),
    ("M.Z. IS A 54 Y/O MAN", "M.Z."),
    ("W.P., 41, from home", "W.P."),
    ("HS, 45M, with AF", "HS"),
    ("pt BS H123235911", "BS"),
]
EMPLOYERS = [
    ("She works for Halvorsen Logistics.", "Halvorsen Logistics"),
    ("Employer: van der Meer Auto Body", "van der Meer Auto Body"),
    ("HR at Tilden Auto Glass wants forms", "Tilden Auto Glass"),
    ("employer is still sandhill dairy, full time", "sandhill dairy"),
    ("Retired from Nowak Roofing last year", "Nowak Roofing"),
    ("works at okoye bakery", "okoye bakery"),
]
PROVIDERS = [
    ("Seen by Dr. Okafor.", "Okafor"),
    ("Dr. J. Call agreed", "J. Call"),
    ("dr. okafor agreed", "okafor"),
    ("Tomas Lindqvist, MD", "Tomas Lindqvist"),
    ("RN Annikki Holm present", "Annikki Holm"),
    ("Attending: Emre Farabaugh", "Emre Farabaugh"),
    ("Nurse Tariq Flor requests", "Tariq Flor"),
    ("Dictated by: Shannon Tucker", "Shannon Tucker"),
]
MATCHES = [
    *((text, value, "PERSON") for text, value in PERSONS),
    *((text, value, "PERSON_INITIALS") for text, value in INITIALS),
    *((text, value, "EMPLOYER") for text, value in EMPLOYERS),
    *((text, value, "PROVIDER_NAME") for text, value in PROVIDERS),
]
NEAR_MISSES = [
    "Parkinson disease; Foley catheter; positive Babinski sign.",
    "Zollinger-Ellison syndrome, MRN pending; Epstein-Barr virus",
    "Patient: Alert and oriented. Name: withheld.",
    "Patient: Yeah, I'm fine. Patient: Um, I've had it.",
    "Patient Education given. Patient Reported Outcomes Measures.",
    "Mr. Patient was not named. Miss XYZ, Mr. ABC",
    "MS Contin 15 mg; MR angiogram; MS EXACERBATION",
    "ms contin and mr imaging",
    "Graham Steell murmur; Austin Moore prosthesis; Jackson-Pratt drain.",
    "Harris hip score, Allen test, Murphy sign, Kaplan-Meier curve",
    "Harris-Benedict, Henry, Liu, Yang, Owen and Mifflin equations",
    "Lisinopril, Metformin and Amoxicillin were continued.",
    "Mother with diabetes, father had a stroke.",
    "MOTHER HAD BREAST CANCER. FATHER DENIES.",
    "Her son said that she fell. Mother said the same.",
    "Child Pugh class B; Child Feeding Questionnaire; Johnson's Baby Oil",
    "Will may mark a rose. Dawn phenomenon, crystal arthropathy.",
    "Franklin County; St. Louis; San Jose",
    "Pt NPO. Pt is stable. PT INR 1.2, pt HR 80",
    "EF 34, HD 4, AN 85-year-old male",
    "She works for a living. He works at home. Employer: ABC",
    "retired from teaching",
    "doctor visit, dr appointment, nurse practitioner",
    "Discussed with Cardiology; spoke with Case Management; call Radiology",
    "Physical Therapy reports progress; Social Work was called",
    "Dear Colleague, thank you for the referral",
    "Wound Care presented; Chest Pain presented",
    "name: none; contact: unknown; next of kin: declined",
    "Ann Arbor stage IIB",
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_name_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("names", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("names", text) == set()
