import pytest

from clinft.adapters.github.remote import parse_remote


@pytest.mark.parametrize(
    ("text", "api_url", "repository"),
    [
        ("https://github.com/hosp/clinft", "https://api.github.com", "hosp/clinft"),
        ("https://github.com/hosp/clinft.git\n", "https://api.github.com", "hosp/clinft"),
        ("https://GitHub.com/hosp/clinft/", "https://api.github.com", "hosp/clinft"),
        ("git@github.com:hosp/clinft.git", "https://api.github.com", "hosp/clinft"),
        ("git@github.com:/hosp/clinft", "https://api.github.com", "hosp/clinft"),
        ("ssh://git@github.com/hosp/clinft.git", "https://api.github.com", "hosp/clinft"),
        ("ssh://git@git.hosp.example:2222/hosp/clinft", "https://git.hosp.example/api/v3", "hosp/clinft"),
        ("https://git.hosp.example:8443/hosp/clinft", "https://git.hosp.example:8443/api/v3", "hosp/clinft"),
        ("https://octo.ghe.com/hosp/clinft", "https://api.octo.ghe.com", "hosp/clinft"),
        ("https://user:secret@github.com/hosp/my.repo_1", "https://api.github.com", "hosp/my.repo_1"),
        # Never in the clear: the token goes with it.
        ("http://git.hosp.example/hosp/clinft", "https://git.hosp.example/api/v3", "hosp/clinft"),
    ],
)
def test_where_a_clone_came_from_tells_where_its_api_is(text: str, api_url: str, repository: str) -> None:
    found = parse_remote(text)
    assert found is not None
    assert (found.api_url, found.repository) == (api_url, repository)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/srv/git/clinft.git",
        "../clinft",
        "file:///srv/git/hosp/clinft",
        "https://github.com/clinft",
        "https://github.com/hosp/clinft/tree/main",
        "https://github.com/hosp/cli nft",
        "https://github.com/hosp/clinft?x=1/../y",
        "https://[::1/hosp/clinft",
        "https://github.com:port/hosp/clinft",
        "ext::sh -c id",
        "git@github.com:hosp",
    ],
)
def test_what_is_no_repository_of_a_github_is_none(text: str) -> None:
    assert parse_remote(text) is None
