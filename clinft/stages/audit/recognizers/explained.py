"""What a number without a label may be instead of an identifier: a code, a count, a measurement, a price."""

import re

from clinft.stages.audit import tables
from clinft.stages.audit.patterns import regex
from clinft.stages.audit.rule import after, before, value_of

# Terminologies, publications, registered trials, genes and compounds, versions: no person's number.
CODED = regex(
    r"(?i)(?:\b(?:snomed|sct|sctid|concept|rxnorm|rxcui|loinc|icd|cpt|hcpcs|drg|ndc|umls|cui|mesh|atc|unii|"
    r"pmid|pmcid|pmc|pubmed|doi|isbn|issn|nct|omim|mim|orpha\w*|hgnc|ensembl|entrez|gene ?id|dbsnp|clinvar|"
    r"uniprot|genbank|refseq|chebi|go|hp|mondo|doid|ncit|efo|uberon|kegg|pubchem|cid|cas|geo|gse|srr|"
    r"bioproject|prospero|crd|isrctn|eudract|chictr\S{0,6}|umin|drks|ctri|actrn|irct|clinicaltrials\.gov|"
    r"trials?|grant|award|funding|patent|iso|rfc|fda|ind|anda|nda|bla|510\(k\)|catalog(?:ue)?|cat|taxonomy|"
    r"codes?|seed|version|revision|commit|build|issue|pull request|pr|colou?r|sha\w*|gtin|upc|genome|"
    r"position|"
    r"chr\w{0,2}|rs|rsid|rxbin|bin|fy)\b[\w .]{0,14}[\"'(:=# |/.-]{0,5}|"
    r"&#?x?|\bn ?= ?|[$€£] ?|\busd ?|"
    r"\b(?:total|sum|costs?|price|charges?|paid|population|sample size) (?:(?:of|was|is|were|about) ){0,2})$"
)
MEASURED = regex(
    r"(?i)\b(?:platelets?|plts?|wbcs?|rbcs?|counts?|ferritin|ck|cpk|ldh|ast|alt|troponins?|bnp|nt-?probnp|"
    r"d-?dimer|"
    r"viral load|vl|rna|dna|titers?|titres?|afp|cea|hcg|beta|crp|amylase|lipase|glucose|insulin|cd4|anc|"
    r"dose|dosed?|"
    r"heparin|penicillin|vitamin|steps|volume|activity|weighs?|"
    r"weight)\b[^\w\n]{0,4}(?:[a-z]{1,12}[^\w\n]{1,3}){0,2}$"
)
COUNTED = regex(
    r"(?i)[ -]?(?:mg|mcg|ug|ng|pg|ml|l|dl|g|kg|units?|copies|cells?|iu|u|k|cfu|mm|cm|meq|mmol|steps|bytes|"
    r"tokens|%|/|"
    r"x ?10|±|\+/-|per\b|patients?|people|persons?|participants?|subjects?|women|men|children|adults|infants|"
    r"individuals|births?|deaths?|cases?|records?|residents|inhabitants|visits?|admissions|"
    r"hospitali[sz]ations|claims|"
    r"samples?|reads|variants|snps|genes|base ?pairs|bp|kb|mb|dollars|usd|euros?|eur|years?|days?|hours?|"
    r"minutes|"
    r"seconds|times|live|new|of the|households|members|tests|procedures|operations|surgeries|doses)(?:\b|/|"
    r"$)|"
    r" \(\d{1,3}(?:\.\d+)?%"
)
# Settings of software and of training: `num_train_samples: 148291`, `"token_ids": [128000, 128009]`.
QUANTITY = (
    r"(?:samples|examples|rows|records|tokens|steps|sequences|documents|docs|epochs|chars|characters|words|"
    r"lines)"
)
SIZED = r"(?:batch|buffer|cache|file|shard|block|page|chunk|hidden|intermediate|model|disk|heap)"
TECHNICAL = regex(
    r"(?i)(?:(?<![a-z0-9_])(?:num|n|max|min|total|train|eval|test|val|global)"
    rf"(?:[_ -][a-z]{{1,12}}){{0,3}}[_ -]{QUANTITY}|"
    rf"(?<![a-z])(?:tokens?[_ ]ids?|input[_ ]ids|vocab(?:ulary)?(?:[_ ]size)?|{SIZED}[_ ]size|"
    r"size[_ ](?:in[_ ])?bytes|bytes|memory|(?:num[_ ])?param(?:eter)?s|flops|(?:random[_ ])?seed|"
    r"max[_ ](?:seq|model|new|position)[a-z_ ]{0,20}|created))"
    r"[\"' ]{0,2}[:=]$"
)
LIST = "0123456789,[(\"' \t\n"
CODE_LETTERS = tables.words("numbers", "code_letters")
MEASURE_LETTERS = tables.words("numbers", "measure_letters")
LEADING = regex(r"[a-z]+")
MEASURE = regex(r"(?P<letters>[a-z]+)-?(?:\d{1,3}|\d{1,3}/\d{1,3})")
PREGNANCIES = regex(r"g\d{1,2}p\d")


def is_explained(match: re.Match[str]) -> bool:
    return (
        CODED.search(before(match, 40)) is not None
        or _is_technical(match)
        or COUNTED.match(after(match, 24)) is not None
        or MEASURED.search(before(match, 40)) is not None
    )


def _is_technical(match: re.Match[str]) -> bool:
    """The key stands before the number, or before the list of them."""
    return TECHNICAL.search(before(match, 240).rstrip(LIST)[-64:]) is not None


def is_measure(value: str) -> bool:
    """`CA-125`, `BP140/90`, `HR120`."""
    match = MEASURE.fullmatch(value.lower())
    return match is not None and match["letters"] in MEASURE_LETTERS


def is_code(match: re.Match[str]) -> bool:
    """By the letters it begins with, or by what stands beside it: `MK-3475`, `G3P11011`."""
    small = value_of(match).lstrip("# ").lower()
    letters = LEADING.match(small)
    known = letters is not None and letters.group() in CODE_LETTERS | MEASURE_LETTERS
    return known or PREGNANCIES.match(small) is not None or is_explained(match)
