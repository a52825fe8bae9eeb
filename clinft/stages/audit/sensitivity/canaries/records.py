"""(G) Social Security, (H) medical record, (I) health plan and (J) account numbers."""

from clinft.stages.audit.sensitivity.canaries.checked import (
    amex,
    card,
    card_in_groups,
    iban,
    iban_in_groups,
    medicare,
    medicare_in_groups,
    routing,
)
from clinft.stages.audit.sensitivity.canaries.form import Form, Maker
from clinft.stages.audit.sensitivity.draw import Draw


def social_security(gap: str) -> Maker:
    """Areas that were given out: not 000, 666 or 9xx; neither group 00 nor serial 0000."""

    def make(draw: Draw) -> str:
        area = draw.between(1, 665) if draw.below(2) else draw.between(667, 899)
        return gap.join((f"{area:03}", f"{draw.between(1, 99):02}", f"{draw.between(1, 9999):04}"))

    return make


def masked(draw: Draw) -> str:
    return draw.one(("xxx-xx-", "***-**-", "XXX-XX-")) + str(draw.between(1000, 9998))


def claim_number(draw: Draw) -> str:
    """Medicare's older number: that of the wage earner with a letter."""
    return social_security(draw.one(("", "-")))(draw) + draw.one(("A", "B", "D", "C1"))


SOCIAL_SECURITY = (
    Form(
        (
            "SSN {}",
            "SSN: {}",
            "Social security number {}",
            "SS# {}",
            "Soc Sec No. {}",
            "Social is {}",
            "SSN#{}",
            "ID on file {} (SSN)",
            "Social Security #: {}, verified",
        ),
        tuple(map(social_security, ("-", " ", "", ".", "-"))),
        keys=("ssn", "social security number", "patient ssn"),
    ),
    Form(
        ("Verified {} with the caller", "Form signed, {}", "Her number is {}", "Guarantor {}"),
        (social_security("-"), social_security(" ")),
    ),
    Form(
        ("Last four of SSN {}", "SSN ending in {}", "Last 4 SSN: {}", "SSN last four digits {}"),
        ("$###",),
        keys=("ssn last four", "last four ssn"),
    ),
    Form(("SSN {}", "SSN: {}", "On file {}"), (masked,), keys=("ssn",)),
)
MEDICAL_RECORD = (
    Form(
        (
            "MRN {}",
            "MRN: {}",
            "MRN#{}",
            "MR# {}",
            "Medical record number {}",
            "Med rec no. {}",
            "Medical Record #: {}",
            "Chart number {}",
            "Chart # {}",
            "(MRN {})",
            "{} (MRN)",
            "Hospital number {}",
            "Patient ID: {}",
            "Pt ID {}",
            "MRN is {} at the other hospital",
            "Record no {} was merged",
            "Unit number {}",
            "EMR# {}",
        ),
        (
            "$######",
            "$#######",
            "00######",
            "##-##-##",
            "###-##-##",
            "$##-###-###",
            "MR######",
            "^#######",
            "^^######",
            "E$########",
            "$#####",
            "$#########",
            "MRN-$#####",
            "$### ####",
            "M^^##-####",
        ),
        keys=("mrn", "medical record number", "patient mrn", "chart number", "patient id"),
    ),
)
HEALTH_PLAN = (
    Form(
        (
            "Member ID: {}",
            "Member # {}",
            "Subscriber ID {}",
            "Insurance ID {}",
            "Policy number {}",
            "Policy # {}, active",
            "Health plan beneficiary number {}",
            "Beneficiary ID {}",
            "Blue Cross ID {}",
            "Covered by Aetna, member number {}",
            "Insurance: Humana, ID {}",
            "Medicaid ID {}",
            "Medicaid # {}",
        ),
        (
            "^^^#########",
            "W#########",
            "$#########",
            "^^######^",
            "H$#######",
            "$##-##-####",
            "XEA$########",
            "$##########",
        ),
        keys=("member id", "insurance id", "policy number", "subscriber id", "health plan id"),
    ),
    Form(
        ("Medicare {}", "Medicare ID {}", "MBI: {}", "Medicare number {}", "Medicare beneficiary {}"),
        (medicare, medicare_in_groups),
        keys=("mbi", "medicare id", "medicare number"),
    ),
    Form(("HICN {}", "Medicare claim number {}", "HIC# {}"), (claim_number,), keys=("hicn",)),
)
ACCOUNT = (
    Form(
        (
            "Account number {}",
            "Acct # {}",
            "Acct: {}",
            "Billing account {}",
            "Patient account no. {}",
            "Guarantor account {}",
            "HAR {}",
            "Balance due on account {}",
            "Billed to acct {}",
            "Checking account {}",
            "Invoice account #{}",
        ),
        (
            "$#######",
            "$#########",
            "00######-##",
            "^$######",
            "$###-####-##",
            "ACC-$#####",
            "$###########",
            "PA#######",
        ),
        keys=("account number", "acct no", "billing account", "bank account"),
    ),
    Form(
        (
            "Card {}",
            "Paid by card {}",
            "Copay charged to {}",
            "Credit card number {}",
            "Card on file: {}",
            "CC# {}",
        ),
        (card, card_in_groups, card_in_groups, amex),
        keys=("card number", "credit card"),
    ),
    Form(
        ("IBAN {}", "Refund to {}", "Bank details: {}", "Account {} in Germany"),
        (iban, iban_in_groups),
        keys=("iban",),
    ),
    Form(("Routing number {}", "Direct deposit, routing {}", "ABA {}"), (routing,), keys=("routing number",)),
)
