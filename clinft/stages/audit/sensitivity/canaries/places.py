"""(B) Places smaller than a State: addresses, cities, counties, postcodes, coordinates, named sites."""

from clinft.stages.audit.sensitivity.canaries.form import Form
from clinft.stages.audit.sensitivity.canaries.names import family_name
from clinft.stages.audit.sensitivity.draw import Draw

STREETS = (
    "Elm Street", "Old Mill Road", "Sycamore Ave", "Harbor View Dr", "W 43rd St", "Martin Luther King Blvd",
    "Country Club Ln", "Quail Hollow Ct", "State Route 9", "N. Juniper Pkwy", "Calle Ocho", "Fifth Avenue",
)  # fmt: skip
# City, State, first three digits of its ZIP codes.
CITIES = (
    ("Springfield", "MA", "011"), ("Flagstaff", "AZ", "860"), ("Duluth", "MN", "558"), ("Macon", "GA", "312"),
    ("Bakersfield", "CA", "933"), ("Toledo", "OH", "436"), ("Lubbock", "TX", "794"), ("Yakima", "WA", "989"),
    ("Baton Rouge", "LA", "708"), ("Sioux Falls", "SD", "571"), ("Coeur d'Alene", "ID", "838"),
    ("Poughkeepsie", "NY", "126"), ("St. Cloud", "MN", "563"), ("Las Cruces", "NM", "880"),
)  # fmt: skip
COUNTIES = ("Yavapai", "Tuscaloosa", "Ventura", "Cuyahoga", "Lancaster", "Dubuque", "Santa Cruz", "Penobscot")
# Holds 20,000 people or fewer, 45 CFR 164.514(b)(2)(i)(B).
SMALL_AREAS = ("036", "059", "102", "203", "556", "692", "821", "823", "878", "879", "884", "893")
SITES = (
    "Mercy Hospital of {}", "{} General Hospital", "St. Brigid's Hospital", "{} Family Practice",
    "{} Memorial Nursing Home", "{} Dialysis Center", "Shady Pines Assisted Living", "{} High School",
)  # fmt: skip
ABROAD = (
    "$# Kingsway, Leeds LS$ #^^", "Hauptstraße ##, 8033# München", "$# rue de la Gare, 6900# Lyon",
    "Calle Mayor $#, 2801# Madrid", "$## Maple Crescent, Guelph N1H #G#",
)  # fmt: skip


def street(draw: Draw) -> str:
    return f"{draw.between(3, 9899)} {draw.one(STREETS)}"


def street_and_unit(draw: Draw) -> str:
    return f"{street(draw)}, {draw.one(('Apt', 'Unit', '#', 'Suite', 'Lot'))} {draw.between(1, 480)}"


def whole(draw: Draw) -> str:
    city, state, area = draw.one(CITIES)
    return f"{street(draw)}, {city}, {state} {area}{draw.digits(2)}"


def city(draw: Draw) -> str:
    return draw.one(CITIES)[0]


def city_and_state(draw: Draw) -> str:
    name, state, _ = draw.one(CITIES)
    return f"{name}, {state}"


def zip_code(draw: Draw) -> str:
    return draw.one(CITIES)[2] + draw.digits(2)


def zip_plus_four(draw: Draw) -> str:
    return f"{zip_code(draw)}-{draw.between(1000, 9999)}"


def county(draw: Draw) -> str:
    return f"{draw.one(COUNTIES)} County"


def coordinates(draw: Draw) -> str:
    north, west = draw.between(30, 47), draw.between(71, 121)
    decimals = f"{north}.{draw.digits(5)}, -{west}.{draw.digits(5)}"
    minutes = f"{north}°{draw.between(10, 59)}'{draw.between(10, 59)}\"N {west}°{draw.between(10, 59)}'W"
    return draw.one((decimals, minutes))


def site(draw: Draw) -> str:
    return draw.one(SITES).format(draw.one((city, family_name))(draw))


FORMS = (
    Form(
        (
            "Lives at {}",
            "Address: {}",
            "Home address {}",
            "Fell outside {}",
            "EMS picked him up from {}",
            "Moved to {} last spring",
            "Please mail the letter to {}",
        ),
        (street, street_and_unit, whole, "P.O. Box $###", "RR $ Box $##", *ABROAD),
        keys=("address", "home address", "street", "address line"),
    ),
    Form(
        (
            "Lives in {} with her sister",
            "Drove in from {} this morning",
            "Born and raised in {}",
            "Transferred from {} by air",
            "City: {}",
            "Originally from {}",
            "Works as a teacher in {}",
        ),
        (city, city_and_state),
        keys=("city", "birthplace", "town"),
    ),
    Form(
        ("ZIP code {}", "Zip: {}", "Resides in zip {}", "postal code {}", "Home ZIP {} on the form"),
        (zip_code, zip_plus_four),
        keys=("zip", "zip code", "postal code"),
    ),
    Form(
        ("ZIP3 {}", "First three digits of ZIP: {}", "zip3: {}"),
        (lambda draw: draw.one(SMALL_AREAS),),
        keys=("zip3",),
    ),
    Form(
        (
            "Resident of {}",
            "Lives in rural {}",
            "County: {}",
            "Seen by {} EMS",
            "Reported to {} public health",
        ),
        (county,),
        keys=("county",),
    ),
    Form(
        ("GPS {}", "Found down at {}", "Home coordinates: {}", "Location {}"),
        (coordinates,),
        keys=("location", "coordinates", "gps"),
    ),
    Form(
        (
            "Transferred from {}",
            "Followed at {} for years",
            "Records requested from {}",
            "Discharged to {}",
            "Resident of {} since her stroke",
        ),
        (site,),
        keys=("facility", "hospital", "site"),
    ),
)
