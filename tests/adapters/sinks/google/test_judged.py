"""The server of these tests lets nothing through that Google's own descriptions do not know."""

from typing import Any

import pytest

from tests.fakes.google.discovery import api_of

SHEET = "/v4/spreadsheets/1:batchUpdate"


def errors(host: str, verb: str, path: str, body: Any, query: dict[str, str] | None = None) -> list[str]:
    api = api_of(host)
    assert api is not None
    method = api.match(verb, path)
    assert method is not None
    return method.request_errors(query or {}, body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"requests": [{"addSheet": {"properties": {"title": "a", "frozen": 1}}}]}, "unknown field frozen"),
        ({"requests": [{"addRow": {}}]}, "unknown field addRow"),
        ({"requests": {"addSheet": {}}}, "body.requests is no list"),
        ({"requests": [{"deleteSheet": {"sheetId": "0"}}]}, "sheetId is no integer"),
        ({"requests": [{"deleteSheet": {"sheetId": 2**31}}]}, "sheetId is no int32"),
        ({"requests": [{"appendDimension": {"dimension": "LINES"}}]}, "is none of"),
    ],
)
def test_a_wrong_body_is_told(body: Any, said: str) -> None:
    (found,) = errors("sheets.googleapis.com", "POST", SHEET, body)
    assert said in found


def test_parameters_are_judged() -> None:
    assert errors(
        "www.googleapis.com", "GET", "/drive/v3/files", None, {"q": "x", "pageSize": "many", "all": "1"}
    ) == [
        "unknown parameter all",
        "parameter pageSize is no integer",
    ]
    assert errors("www.googleapis.com", "GET", "/drive/v3/files/1/export", None) == [
        "parameter mimeType is required"
    ]
    assert (
        errors(
            "www.googleapis.com",
            "PATCH",
            "/upload/drive/v3/files/1",
            {"name": "a"},
            {"uploadType": "multipart"},
        )
        == []
    )


def test_null_is_absent() -> None:
    path = "/v1/projects/-/serviceAccounts/a@b:generateAccessToken"
    assert errors("iamcredentials.googleapis.com", "POST", path, {"delegates": None, "scope": ["x"]}) == []
    assert errors("iamcredentials.googleapis.com", "POST", path, {"delegates": "x"}) == [
        "body.delegates is no list"
    ]
