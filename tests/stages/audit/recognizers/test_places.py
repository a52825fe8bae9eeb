"""(B) Places smaller than a State."""

import pytest

from clinft.stages.audit import tables
from tests.stages.audit.recognizers.finding import found

STREETS = [
    ("lives at 1428 Elm Street, alone", "1428 Elm Street"),
    ("12B W. 43rd St, Apt 5", "12B W. 43rd St, Apt 5"),
    ("at 7178 OLD MILL ROAD", "7178 OLD MILL ROAD"),
    ("2532 mulberry blvd #57", "2532 mulberry blvd #57"),
    ("Address: 77 w 5th apt 3", "77 w 5th apt 3"),
    ("lives off Larkspur Rd", "Larkspur Rd"),
    ("fell at home on Quail Ridge Ln", "Quail Ridge Ln"),
    ("she lives on elmhurst ct in", "elmhurst ct"),
    ("Corner of Franklin St and Dogwood Ave", "Dogwood Ave"),
    ("4781 State Route 9", "4781 State Route 9"),
    ("200 Broadway", "200 Broadway"),
    ("12 rue de la Gare", "12 rue de la Gare"),
    ("Hauptstraße 12", "Hauptstraße 12"),
    ("7178 Calle Ocho", "7178 Calle Ocho"),
    ("mail to P.O. Box 1187", "P.O. Box 1187"),
    ("RR 4 Box 12", "RR 4 Box 12"),
    ("APO AE 09012", "APO AE 09012"),
    ("Apt. 331", "Apt. 331"),
]
ZIPS = [
    ("Springfield, IL 62704", "62704"),
    ("springfield, il 62704", "62704"),
    ("zip: 03601", "03601"),
    ('"postalCode":"62704"', "62704"),
    ("Yakima^WA^98990", "98990"),
    ("ZIP 62704-1234", "62704-1234"),
    ("87 Mulberry Ave, Springfield 62704.", "62704"),
    ("telehealth from home in 62704.", "62704"),
    ("in Springfield (62704) wants", "62704"),
    ("Leeds LS8 2HR", "LS8 2HR"),
    ("Guelph N1H 4G7", "N1H 4G7"),
    ("Germany 80331", "80331"),
    ("Cambridge, Mass. 02139", "02139"),
    ("at 14 Elm, Cambridge 02139.", "02139"),
    ("lives near 02139", "02139"),
    ("zip code: 2139", "2139"),
    ("patient zip: 2139.0", "2139"),
    ("zip5: 02139", "02139"),
]
ZIP3 = [("zip code prefix 036", "036"), ("ZIP3: 893", "893"), ("First three digits of ZIP: 059", "059")]
CITIES = [
    ("He lives in Coolidge with his wife", "Coolidge"),
    ("from Dayton, Ohio", "Dayton"),
    ("Cross Plains, TX and", "Cross Plains"),
    ("Taneyville, MO?", "Taneyville"),
    ("TRANSFERRED FROM MOBILE AL MAY 10", "MOBILE"),
    ("moved here from sandusky oh", "sandusky"),
    ("family in Baton Rouge", "Baton Rouge"),
    ("site=Fresno sbp=132", "Fresno"),
    ("seen at our Galeras office", "Galeras"),
    ("works in Stinnett", "Stinnett"),
    ("visited her son in Tamboril last week", "Tamboril"),
    ("originally from Umeå", "Umeå"),
]
COUNTIES = [
    ("resident of Polk County", "Polk County"),
    ("of Hawaii County", "Hawaii County"),
    ("lives in rural ventura county", "ventura county"),
]
FACILITIES = [
    ("seen at Mercy Ridge Hospital", "Mercy Ridge Hospital"),
    ("TRANSFERRED FROM BAYFRONT CANCER INSTITUTE", "BAYFRONT CANCER INSTITUTE"),
    ("at riverbend community hospital", "riverbend community hospital"),
    ("Pinecrest Nursing and Rehab records", "Pinecrest Nursing and Rehab"),
    ("presented to Lakeshore General", "Lakeshore General"),
    ("attends Westbrook High", "Westbrook High"),
    ("Little Sprouts Daycare note", "Little Sprouts Daycare"),
    ("Fort Benton VA to admit", "Fort Benton VA"),
    ("St. Brigid's Hospital", "St. Brigid's Hospital"),
    ("transferred to St. Vincent's", "St. Vincent's"),
    ("seen at Mayo Clinic", "Mayo Clinic"),
    ("University of Vermont", "University of Vermont"),
]
POINTS = [
    ("at 40.44611, -79.98222", "40.44611, -79.98222"),
    ("40°26'46\"N 79°58'56\"W", "40°26'46\"N 79°58'56\"W"),
    ("lat: 40.446", "40.446"),
    ("GPS 40.45 -79.98", "40.45 -79.98"),
    ("at 87G8P27Q+8M", "87G8P27Q+8M"),
    ("///filled.count.soap", "///filled.count.soap"),
]
MATCHES = [
    (text, value, entity_type)
    for entity_type, rows in (
        ("STREET_ADDRESS", STREETS),
        ("ZIP_CODE", ZIPS),
        ("ZIP3_RESTRICTED", ZIP3),
        ("CITY", CITIES),
        ("COUNTY", COUNTIES),
        ("FACILITY", FACILITIES),
        ("COORDINATES", POINTS),
    )
    for text, value in rows
]
# 45 CFR 164.514(b)(2)(i)(B): the 17 areas of the 2000 Census, as HHS lists them.
OF_2000 = (
    "036", "059", "063", "102", "203", "556", "692", "790", "821",
    "823", "830", "831", "878", "879", "884", "890", "893",
)  # fmt: skip
NEAR_MISSES = [
    "He lives in Texas. She was born in India.",
    "Transferred from an Outpatient Clinic to the Pediatric Hospital.",
    "transferred to another hospital, seen in renal clinic",
    "The Patient Comes To Clinic Today.",
    "MS 10000 units; NDC 00093-1024.",
    "Member ID 03230, Group 12",
    "5 mg of Drive Medical tablets",
    "2 View Chest; 6 Minute Walk; 12 Lead Rest",
    "2 miles down the road",
    "BUN 42 CR 4.0",
    "zip prefix 606; zip 00000",
    "on the left, in Stage III, at 40.5 kg",
    "B12 5MG; T2N 0M0; L4 5MM",
    "Boston Bowel Preparation Scale; Glasgow 10; Glasgow Coma Scale",
    "the Montreal Cognitive Assessment; Los Angeles grade C",
    "LIMA to the LAD",
    "normal reading in a week; surprise me; mobile or not",
    "Roe, MD. Lisinopril, OR",
    "Barthel Index, New York Heart Association class II",
    "Mayo Clinic score; Johns Hopkins nomogram",
    "General Hospital; Family Medicine; Urgent Care; High School",
    "Distance VA 20/40",
    "ABCD General Hospital",
    "each county, the county",
    "1.25, 3.50 and 12.345 cm long",
    "St. John's wort",
    "OR 6, ICU bed 12, Room 412",
    "Parkland 8.2 L over 24 h; Parkland formula",
    "zip: 139, zip file 2139",
    "Mass 12345 cells",
]  # fmt: skip


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_a_place_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("places", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("places", text) == set()


def test_every_prefix_of_every_list_is_restricted_and_no_other() -> None:
    listed = {prefix for row in tables.table("zip3")["lists"] for prefix in row["prefixes"].split()}
    restricted = {f"{number:03}" for number in range(1000) if found("places", f"ZIP3: {number:03}")}
    assert restricted == listed
    assert listed >= set(OF_2000)
    assert len(OF_2000) == 17
