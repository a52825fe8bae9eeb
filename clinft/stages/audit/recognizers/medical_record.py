"""(H) Medical record numbers: beside a word or key that names them, in HL7 messages and DICOM headers."""

from clinft.stages.audit.recognizers.labelled import CLOSE, label_after, labelled
from clinft.stages.audit.rule import rule

# MNR, MR N and M.R.N. as people type them; URN and UR number: Australia; NHI: New Zealand; CHI: Scotland;
# EMPI and MPI: an index over hospitals.
NAMED = (
    r"[ce]?mrns?|mnr|mrm|mr[ ]?n|m[. ]r[. ]n\.?|mr#|mrnumber|mrno|"
    r"(?:medical|med|health|hospital|hosp|clinic|patient)[ _.-]{0,2}rec(?:ord)?s?\b\.?|medrec|"
    r"medicalrecord(?:number)?|e?mpi|uhid|nhs|nhi|urn|pid"
)
NUMBERED = (
    r"m\.?r\.?|chi|ehr|emr|chart|record|file|folder|hospital|hosp\.?|unit|ur|clinic|patient|pt\.?|pat\.?|"
    r"person|epic|enterprise|wrist ?band|arm ?band|film jacket|va file"
)

RULES = (
    labelled("mrn", "MEDICAL_RECORD_NUMBER", NAMED, signed=NUMBERED, score=0.95, minimum_digits=3),
    labelled(
        "mrn-short",
        "MEDICAL_RECORD_NUMBER",
        r"mr|chart|(?:hospital |clinic )?record|hospital|patient|pt\.?|wrist ?band|film jacket|"
        r"va file",
        bare_digits=4,
        link=CLOSE,
    ),
    # The second of two: `MRNs 4821930 and 4821931`.
    labelled(
        "mrn-second",
        "MEDICAL_RECORD_NUMBER",
        r"mrns?[ :#]{1,3}[a-z]{0,3}-?\d[\d-]{2,14}(?:,| and| or|/|;| &)",
        link=r"[ #]{0,3}",
    ),
    label_after(
        "mrn-after",
        "MEDICAL_RECORD_NUMBER",
        r"mrn|mr#|med(?:ical)?\.? rec(?:ord)?s?(?: number| no\.?| #)?|chart(?: number| no\.?| #)?|"
        r"hospital number|"
        r"patient id",
    ),
    # `looking up 905-788 in the chart`
    rule(
        "mrn-looked-up",
        "MEDICAL_RECORD_NUMBER",
        (
            r"(?i)\b(?:look(?:ing|ed)? up|pull(?:ed)?(?: up)?|open(?:ed)?|search(?:ed)? for)[ ]"
            r"(?P<value>[a-z]{0,2}\d[\d. -]{4,11}\d) (?:in|under|from) (?:the |our |her |his )?"
            r"(?:chart|emr|ehr|record|epic|cerner|system)"
        ),
        0.8,
        words="chart emr ehr record epic cerner system",
        digit=True,
    ),
    # Behind the number, without a bracket: `985.491.456 MRN / pericarditis`.
    rule(
        "mrn-behind",
        "MEDICAL_RECORD_NUMBER",
        (
            r"(?i)(?<![\w.,/-])(?P<value>[a-z]{0,3}-?\d{2,4}(?:[.-]?\d{2,5}){1,3}) mrn\b"
            r"(?![ ]?[:#=]|[ ]\w{0,3}\d)"
        ),
        0.85,
        words="mrn",
        digit=True,
    ),
    # HL7 v2, data type CX: the number, three carets, who gave it, and the kind (table 0203).
    rule(
        "hl7-patient",
        "MEDICAL_RECORD_NUMBER",
        (
            r"(?<![\w^-])(?P<value>[A-Za-z]{0,4}-?\d[\dA-Za-z.-]{2,20})\^\^\^"
            r"(?:[\w&. -]{0,60}\^)?(?:MR|PI|PT|PN|MRN|EPI)\b"
        ),
        0.95,
        digit=True,
        symbol="^^^",
    ),
    # DICOM PS3.6: tag (0010,0020) is the patient's ID, as dcmdump and pydicom print it.
    rule(
        "dicom-patient",
        "MEDICAL_RECORD_NUMBER",
        (
            r"\(0010, ?0020\)[^\w\n]{0,4}(?:LO\b[^\w\n]{1,4})?(?:Patient ID[^\w\n]{1,20})?"
            r"(?:LO\b[^\w\n]{1,4})?(?P<value>[\w./-]{3,64})"
        ),
        0.95,
        digit=True,
        symbol="0010",
    ),
)
