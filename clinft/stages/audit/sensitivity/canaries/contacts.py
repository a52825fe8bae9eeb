"""(D) Telephone, (E) fax, (F) email, (N) web and (O) internet addresses; none from a reserved range."""

import unicodedata

from clinft.stages.audit.sensitivity.canaries.form import Form
from clinft.stages.audit.sensitivity.canaries.names import parts
from clinft.stages.audit.sensitivity.draw import Draw

AREAS = ("212", "312", "415", "713", "602", "206", "617", "404", "305", "816", "919", "503", "734", "210")
US_SHAPES = (
    "({}) {}-{}", "{}-{}-{}", "{}.{}.{}", "{} {} {}", "{}{}{}", "+1 {} {} {}", "+1-{}-{}-{}", "1-{}-{}-{}",
    "({}){}-{}", "+1 ({}) {}-{}", "1 {} {} {}", "{}/{}-{}",
)  # fmt: skip
ABROAD = (
    "+44 20 $### ####", "+49 30 $#######", "+52 55 $### ####", "+33 6 $# ## ## ##", "+91 98### #####",
    "011 44 161 $## ####",
)  # fmt: skip
DOMAINS = (
    "gmail.com", "yahoo.com", "outlook.com", "icloud.com", "aol.com", "hotmail.co.uk", "proton.me", "gmx.de",
    "mail.lakeshorehealth.org", "stbrigids-hospital.com", "k12.ws.edu",
)  # fmt: skip
# Public blocks; the rest of the address is drawn.
FIRST_BYTES = (12, 23, 24, 45, 66, 67, 71, 73, 76, 84, 98, 108, 136, 142, 174, 184, 206, 209)
SITES = (
    "mychart.lakeshorehealth.org",
    "portal.stbrigids-hospital.com",
    "records.valleyclinic.net",
    "nwohealth.us",
)


def plain(name: str) -> str:
    """Letters only, without accents."""
    return (
        "".join(filter(str.isalpha, unicodedata.normalize("NFKD", name))).encode("ascii", "ignore").decode()
    )


def account(draw: Draw) -> str:
    given, family = (plain(name).lower() for name in parts(draw))
    shape = draw.one(("{0}.{1}", "{0}{1}", "{2}{1}", "{0}_{1}", "{1}.{0}", "{0}-{1}", "{2}.{1}"))
    return shape.format(given, family, given[0]) + draw.one(("", "", str(draw.between(2, 99))))


def us_phone(draw: Draw) -> str:
    # 555 holds the numbers set aside for fiction, and N11 are services.
    exchange = draw.one("234679") + draw.one("023456789") + draw.digits(1)
    return draw.one(US_SHAPES).format(draw.one(AREAS), exchange, draw.digits(4))


def with_extension(draw: Draw) -> str:
    return us_phone(draw) + draw.one((" ext. ", " x", " ext ", "x")) + str(draw.between(11, 9899))


def local(draw: Draw) -> str:
    return f"{draw.one('234679')}{draw.one('2346789')}{draw.one('2345678')}-{draw.digits(4)}"


def email(draw: Draw) -> str:
    return f"{account(draw)}@{draw.one(DOMAINS)}"


def tagged_email(draw: Draw) -> str:
    return f"{account(draw)}+{draw.one(('health', 'clinic', 'mom'))}@{draw.one(DOMAINS)}"


def spelled_email(draw: Draw) -> str:
    at, dot = draw.one(((" at ", " dot "), (" (at) ", " (dot) "), ("[at]", "[dot]"), (" @ ", ".")))
    return account(draw) + at + draw.one(DOMAINS[:7]).replace(".", dot)


def ipv4(draw: Draw) -> str:
    return ".".join(str(part) for part in (draw.one(FIRST_BYTES), *(draw.between(1, 254) for _ in range(3))))


def ipv6(draw: Draw) -> str:
    shape = draw.one(("2600:{}:{}:{}:{}:{}:{}:{}", "2a02:{}:{}::{}", "2601:{}:{}:{}::{}", "2607:{}::{}"))
    return shape.format(*(f"{draw.between(256, 65535):x}" for _ in range(7)))


def url(draw: Draw) -> str:
    who, number = account(draw), draw.between(1000, 99999)
    where = draw.one(SITES)
    return draw.one(
        (
            f"https://www.facebook.com/{who}",
            f"https://{where}/patients/{number}",
            f"http://{where}/chart?pid={number}",
            f"https://www.linkedin.com/in/{who}",
            f"https://{where}/u/{who}/results#visit-{number}",
            f"https://www.gofundme.com/f/help-{who.replace('_', '-')}-walk-again",
            f"ftp://{where}/export/{who}.zip",
        )
    )


def bare_url(draw: Draw) -> str:
    who = plain(account(draw))
    return draw.one(
        (f"www.{who}journey.com", f"{who}.wordpress.com", f"instagram.com/{who}", f"{draw.one(SITES)}/{who}")
    )


TELEPHONE = (
    Form(
        (
            "Call {} with results",
            "Daughter can be reached at {}",
            "Phone: {}",
            "Tel {}",
            "Ph# {}",
            "Cell {} (leave a message)",
            "Wife's mobile is {}",
            "Contact number {}",
            "Home phone {}, evenings only",
            "She may be called back at {}",
        ),
        (us_phone, us_phone, with_extension),
        keys=("phone", "phone number", "mobile", "home phone", "contact number"),
    ),
    Form(
        ("Phone {}", "Son lives abroad, tel. {}", "Mobile: {}", "WhatsApp {}"),
        ABROAD,
        keys=("phone", "telephone"),
    ),
    Form(("Call {} if worse", "Phone {}", "Home {}", "Reach him at {} after five"), (local,)),
)
FAX = (
    Form(
        (
            "Fax: {}",
            "Fax number {}",
            "Please fax the records to {}",
            "Faxed to {} today",
            "Send by facsimile to {}",
            "Fax# {}",
            "F: {}",
            "Pharmacy fax {}",
            "Results were sent by fax, {}",
            "fx {}",
        ),
        (us_phone, us_phone, us_phone, *ABROAD[:2]),
        keys=("fax", "fax number", "pharmacy fax"),
    ),
)
EMAIL = (
    Form(
        (
            "Email: {}",
            "Send the summary to {}",
            "Her address is {}",
            "E-mail {} preferred",
            "Contact <{}> for the forms",
            "Wrote to {} about the visit",
            "Portal invitation mailed to {}",
            "mailto:{}",
        ),
        (email, email, tagged_email),
        keys=("email", "email address", "contact email"),
    ),
    Form(("Email: {}", "Reach her by email, {}", "E-mail is {}"), (spelled_email,)),
)
WEB = (
    Form(
        (
            "See {}",
            "Posts about her illness at {}",
            "Images are at {}",
            "Family page: {}",
            "Results can be read at {}",
            "Profile {}",
            "Link ({}) given to the patient",
        ),
        (url,),
        keys=("url", "website", "profile url", "link"),
        fixed=True,
    ),
    Form(
        ("Blog at {}", "Website: {}", "Keeps a diary on {}", "See {}"),
        (bare_url,),
        keys=("website", "homepage"),
    ),
)
INTERNET = (
    Form(
        (
            "Logged in from {}",
            "IP address {}",
            "Portal access from IP {}",
            "Source IP: {}",
            "Video visit, client {}",
            "Consent signed electronically from {}",
            "Host {} was blocked",
        ),
        (ipv4, ipv4, lambda draw: f"{ipv4(draw)}:{draw.between(1024, 65535)}", ipv6),
        keys=("ip", "ip address", "client ip", "remote addr"),
    ),
)
