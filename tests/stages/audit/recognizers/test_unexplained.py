"""(R) Numbers without a label. All are invented."""

import pytest

from tests.stages.audit.recognizers.finding import found

VALUES = [
    ("filed under 48291377", "48291377"),
    ("filed under AB-482913", "AB-482913"),
    ("Adeyemi Jean-Pierre 05108361 FULL CODE", "05108361"),
    ("#48291", "#48291"),
    ("see # 4829137", "# 4829137"),
    ("seen, 482913, stable", "482913"),
    ("(482913)", "482913"),
    ("482-91-3771 in the folder", "482-91-3771"),
    ("482913771-2", "482913771-2"),
    ("WR-0763-867", "WR-0763-867"),
    ("QQJ-5269974", "QQJ-5269974"),
    ("MV-2915 came", "MV-2915"),
    ("W156VQ8658L", "W156VQ8658L"),
    ("4829137B", "4829137B"),
    ("pt hi m629976, next dose", "m629976"),
    ("PT EA 844-41693", "844-41693"),
    ("Chen, 29-65-30, code status", "29-65-30"),
    ("2270-37173", "2270-37173"),
    ("corrected in 6327 2526", "6327 2526"),
    ("for wk (# 0065 7708)", "0065 7708"),
    ("for wk (#0065 7708)", "0065 7708"),
    ("pt Obi 2352 6147", "2352 6147"),
    ("Rosenbaum, Ludmila | 3707 4672 |", "3707 4672"),
    ("DANA HAYHURST 9622-4056 7/28/1962", "9622-4056"),
    ("JANYCE ITO 61140 12/6/33", "61140"),
]
MATCHES = [(text, value, "UNEXPLAINED_NUMBER") for text, value in VALUES]
NEAR_MISSES = [
    "NCT01234567 reported",
    "PMC5334499",
    "PMID: 25693012",
    "platelets 412000",
    "platelets 254123",
    "10000000 CFU/mL",
    "SNOMED 22298006",
    "seed 20261124",
    "RxNorm 6809",
    "RxNorm 1049221",
    "1,250,000 copies",
    "viral load 1250000 copies",
    "viral load 1254312",
    "rs12345678 and BRCA1 c.5266dupC, NM_007294",
    "ENSG00000139618",
    "LOINC 2345-7",
    "NDC 00093-1024-01",
    "hydrocodone 10-325",
    "MK-3475 and BMS-936558, AZD9291",
    "ISO 15189:2012 and RFC-8785",
    "in 2019 2021, at 0715 0845, with 1250 1340",
    "values 1231 4532 6731 7121",
    "pages 1234-1245",
    "in 2019-2021",
    "population of 482913",
    "n = 482913",
    "482913 patients were enrolled",
    "cost $482913",
    "color #482913",
    "an entity &#1048291; or &#x48291;",
    "doses 10-20-30 mg",
    "ROM 0-90-120",
    "on 12-24-64",
    "CUI C0012345, MeSH D003924",
    "CPT 99213, HCPCS J1234",
    "GO:0008150, HP:0001250",
    "CRD42012345678",
    "WBC 12000, Hgb 9.1, 120/80",
    "0.482913",
    "COVID-19 and SARS-CoV-2",
    "sha256 48291377",
    "10.1056/NEJMoa2035389",
    "insulin 70-30",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_an_unexplained_number_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("unexplained", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_an_explained_number_is_not(text: str) -> None:
    assert found("unexplained", text) == set()
