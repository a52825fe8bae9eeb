"""(R) Any other number, characteristic or code that is one person's or one event's."""

import hashlib
import uuid

from clinft.stages.audit.sensitivity.canaries.contacts import account
from clinft.stages.audit.sensitivity.canaries.form import Form
from clinft.stages.audit.sensitivity.draw import Draw


def random_uuid(draw: Draw) -> str:
    return str(uuid.UUID(bytes=draw.bytes(16), version=4))


def hashed(draw: Draw) -> str:
    return hashlib.new(draw.one(("sha256", "md5", "sha1")), draw.bytes(8), usedforsecurity=False).hexdigest()


CODES = (
    Form(
        (
            "Encounter number {}",
            "Encounter # {}",
            "Visit number {}",
            "CSN {}",
            "FIN: {}",
            "FIN {}",
            "Accession number {}",
            "Accession # {}",
            "Specimen ID {}",
            "Order number {}",
            "Requisition no. {}",
            "Claim number {}",
            "Case number {}",
            "Prescription number {}",
            "Rx # {}",
            "Referral no. {}",
            "Authorization number {}",
        ),
        (
            "$########",
            "$#########",
            "S##-#####",
            "^^-##-######",
            "$###-######",
            "ENC$######",
            "$######",
            "##^######",
            "^#########",
        ),
        keys=(
            "encounter id",
            "encounter number",
            "visit id",
            "accession number",
            "specimen id",
            "claim number",
            "csn",
        ),
    ),
    Form(
        (
            "Study ID {}",
            "Subject number {}",
            "Enrolled as subject {}",
            "Trial participant {}",
            "Participant ID: {}",
            "Randomization number {}",
            "Study no. {}",
            "Screening number {}",
        ),
        ("^^^-####-###", "###-####", "$####", "^^#####", "SUBJ-#####", "##-###-####"),
        keys=("study id", "subject id", "participant id"),
    ),
    Form(
        (
            "Passport {}",
            "Passport number {}",
            "Employee ID {}",
            "Badge number {}",
            "Student ID {}",
            "Inmate number {}",
            "Police case no. {}",
            "Military ID {}",
            "Wristband barcode {}",
            "Alien registration number {}",
        ),
        ("^########", "$#######", "$#########", "^^#######", "$## ### ####", "A#########", "##-#######"),
        keys=("passport number", "employee id", "student id", "badge number", "barcode"),
    ),
    Form(
        ("Record key {}", "Case id {}", "Linked to {}", "Patient token {}", "UUID: {}", "Reference {}"),
        (random_uuid,),
        keys=("id", "uuid", "patient uuid", "record key", "token"),
    ),
    Form(
        ("Patient hash {}", "Pseudonym {}", "Hashed MRN: {}", "Key {}", "De-identified as {}"),
        (hashed,),
        keys=("patient hash", "hash", "pseudonym", "patient key"),
    ),
    Form(
        (
            "Portal user name {}",
            "Username: {}",
            "Login {}",
            "Twitter handle @{}",
            "User ID {}",
            "Messages as @{}",
        ),
        (account,),
        keys=("username", "user name", "login"),
    ),
)
