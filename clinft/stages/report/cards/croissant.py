"""`croissant.json`: the data as Croissant 1.0 (JSON-LD), described without a single record.

Source: mlcommons.org/croissant/1.0. `license` and `datePublished` are left out: nobody stated the one, and
the records were made on a day, not published on one.
"""

import json
from collections.abc import Iterable

from clinft.artifacts.fact_sheet import FactSheet
from clinft.stages.report.markdown import sanitise

Object = dict[str, object]
# As the specification gives it, terms that are not used here too: readers compare it.
CONTEXT: Object = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
CONFORMS_TO = "http://mlcommons.org/croissant/1.0"
# Of every record (artifacts/records.py); `facts` is an object of the generator's own.
FIELDS = (
    ("id", "Name of the record."),
    ("scenario", "Clinical scenario; records of one scenario are in one split."),
    ("style", "Note style."),
    ("text", "The text that is given to the model."),
    ("target", "The right answer."),
)


def render(sheet: FactSheet) -> str:
    return json.dumps(_dataset(sheet), indent=1, ensure_ascii=False) + "\n"


def _dataset(sheet: FactSheet) -> Object:
    data = sheet.data
    made = sheet.dates.get("prepare", "")
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": f"{sheet.project}-synthetic",
        "description": sanitise(
            f"{sheet.statements['training-data'].text} {sheet.statements['test-data'].text} Licence: "
            f"{sheet.statements['licence'].said}."
        ),
        "creator": [{"@type": "sc:Organization", "name": sanitise(owner)} for owner in sheet.owners],
        "keywords": ["synthetic", "clinical", sheet.evaluation.kind, data.clinical_domain],
        "inLanguage": "en",
        "isLiveDataset": False,
        "version": data.version,
        **({"dateCreated": made} if made else {}),
        "citeAs": sanitise(
            f"{sheet.project}, synthetic records of run {sheet.run_id}: generator {data.generator} version "
            f"{data.generator_version}, seed {data.seed}; sha256 of the training split "
            f"{data.splits['train'].sha256}"
        ),
        "rai:dataCollection": sanitise(sheet.statements["generation"].said),
        "rai:dataLimitations": sanitise(sheet.statements["relevance"].said),
        "rai:personalSensitiveInformation": sanitise(sheet.statements["privacy"].said),
        "rai:dataUseCases": sanitise(sheet.statements["intended-use"].said),
        "rai:dataBiases": sanitise(sheet.statements["representativeness"].said),
        "distribution": list(_files(sheet)),
        "recordSet": [_records(name) for name in data.splits],
    }


def _files(sheet: FactSheet) -> Iterable[Object]:
    """Generated records lie in git-ignored data/, so their place is where `clinft prepare` writes them."""
    for name, split in sheet.data.splits.items():
        yield {
            "@type": "cr:FileObject",
            "@id": f"{name}.jsonl",
            "name": f"{name}.jsonl",
            "description": f"{split.records.shown} records, made by `clinft prepare`",
            "contentUrl": f"data/records/{name}.jsonl",
            "encodingFormat": "application/jsonlines",
            "sha256": split.sha256,
        }


def _records(split: str) -> Object:
    return {
        "@type": "cr:RecordSet",
        "@id": split,
        "name": split,
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{split}/{name}",
                "name": name,
                "description": description,
                "dataType": "sc:Text",
                "source": {"fileObject": {"@id": f"{split}.jsonl"}, "extract": {"column": name}},
            }
            for name, description in FIELDS
        ],
    }
