"""Domains by name: clinft's own and a team's, and what is refused."""

from pathlib import Path

import pytest

from clinft.errors import SpecError
from clinft.spec.yaml import MAX_BYTES
from clinft.stages.prepare import domains


def test_names_are_sorted_and_by_version(tmp_path: Path) -> None:
    (tmp_path / "our-ward.yaml").write_text("version: 2\n")
    (tmp_path / "README.md").write_text("no pack\n")
    (tmp_path / "Not A Slug.yaml").write_text("version: 2\n")
    found = domains.names(tmp_path)
    assert list(found) == sorted(found)
    assert {"general-medicine", "our-ward"} <= set(found)
    assert set(found) - set(domains.names()) == {"our-ward"}
    assert domains.names(version=1) == ("general-medicine",)
    assert "our-ward" in domains.names(tmp_path, 2)


@pytest.mark.parametrize("missing", [None, Path("/nowhere/domains")])
def test_a_team_without_packs_has_clinfts(missing: Path | None) -> None:
    file = domains.find("general-medicine", missing)
    assert (file.version, file.generator, file.of_a_team) == (1, "diagnosis-notes", False)
    assert file.path == "clinft/tables/domains/general-medicine.yaml"


@pytest.mark.parametrize("name", ["nowhere", "../../secrets", "", "README"])
def test_an_unknown_domain_is_refused_with_those_there_are(name: str, tmp_path: Path) -> None:
    (tmp_path / "our-ward.yaml").write_text("version: 2\n")
    with pytest.raises(SpecError, match=r"There are: .*general-medicine.*our-ward"):
        domains.find(name, tmp_path)


def test_a_team_may_not_take_a_name_of_clinfts(tmp_path: Path) -> None:
    (tmp_path / "general-medicine.yaml").write_text("version: 2\n")
    with pytest.raises(SpecError, match="bears the name of a domain pack of clinft"):
        domains.find("general-medicine", tmp_path)


def test_a_projects_own_pack_is_called_as_it_says(tmp_path: Path) -> None:
    own = tmp_path / "domain.yaml"
    own.write_text("version: 2\nname: our-ward  # of the third floor\n")
    assert domains.find("our-ward", own).path == str(own)
    assert set(domains.names(own)) - set(domains.names()) == {"our-ward"}
    with pytest.raises(SpecError, match="our-ward"):
        domains.find("domain", own)
    own.write_text("version: 2\n")
    assert domains.find("domain", own).version == 2  # the parser says that it has no name
    with pytest.raises(SpecError, match="names no domain pack"):
        domains.find("our-ward", tmp_path / "absent.yaml")


def test_a_link_is_no_pack(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("password\n")
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "ours.yaml").symlink_to(tmp_path / "secret")
    with pytest.raises(SpecError, match="no plain file"):
        domains.find("ours", tmp_path / "packs")


def test_of_a_very_large_file_no_more_is_read_than_the_parser_needs_to_refuse_it(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_bytes(b"#" * (MAX_BYTES + 100))
    assert len(domains.find("ours", tmp_path).text) == MAX_BYTES + 1


@pytest.mark.parametrize(
    ("text", "version", "generator"),
    [
        ("version: 1\n", 1, "diagnosis-notes"),
        ("# comment\nversion: 2  # newest\r\nname: x\n", 2, "clinical-notes"),
        ("name: x\n", None, "clinical-notes"),
        ("version: two\n", None, "clinical-notes"),
        ("version: 3\n", 3, "clinical-notes"),
    ],
)
def test_the_version_decides_the_generator(
    text: str, version: int | None, generator: str, tmp_path: Path
) -> None:
    (tmp_path / "ours.yaml").write_bytes(text.encode())
    file = domains.find("ours", tmp_path)
    assert (file.version, file.generator, file.of_a_team) == (version, generator, True)
