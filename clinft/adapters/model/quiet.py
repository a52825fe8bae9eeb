"""transformers and peft without their own bars and advice: the log is ours to write."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from clinft.errors import MissingExtra


@contextmanager
def transformers() -> Iterator[Any]:
    """The module; inside, only its errors are shown, and no progress bars."""
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
        with warnings.catch_warnings():
            # peft 0.21 asks transformers 5 for a property that has a new name.
            warnings.simplefilter("ignore", FutureWarning)
            yield module
    finally:
        logging.set_verbosity(before)
        if bars:
            logging.enable_progress_bar()
