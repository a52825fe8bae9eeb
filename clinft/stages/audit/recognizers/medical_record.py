"""(H) Medical record numbers, beside a word or key that names them."""

from clinft.stages.audit.recognizers.labelled import labelled

RULES = (
    labelled(
        "mrn",
        "MEDICAL_RECORD_NUMBER",
        r"mrn|mr#|m\.r\.n\.|(?:medical|health|hospital|patient)[ _-]record|med(?:ical)? rec|"
        r"chart(?=[ _-]?(?:number|no|#|id))|"
        r"(?:patient|pt)[ _-]?(?=id|number|no\b|#|identifier)(?:identifier)?|empi|uhid|nhs",
        "mrn mr record rec chart patient pt id identifier empi uhid nhs m",
        score=0.95,
    ),
)
