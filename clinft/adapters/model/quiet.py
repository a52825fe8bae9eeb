"""transformers without its own bars and advice: the log is ours to write."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from clinft.errors import MissingExtra


@contextmanager
def transformers() -> Iterator[Any]:
    """The module, with its messages below errors and its progress bars off while inside."""
    try:
        import torch  # noqa: F401  # without it transformers imports, and fails much later
        import transformers as module
    except ImportError:
        raise MissingExtra("train", "A model on this machine") from None

    logging = module.utils.logging
    before, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield module
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()
