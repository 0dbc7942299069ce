"""Personal numbers stay out of logs."""

from __future__ import annotations

import logging

from dossier.text import mask_numbers

__all__ = ["MaskingFilter", "mask_numbers"]

_FORMATTER = logging.Formatter()


class MaskingFilter(logging.Filter):
    """Masks personal numbers in every record that passes, its traceback included.

    It belongs on handlers: a filter on a logger does not see the records of its children.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record in place; nothing is held back."""
        record.msg = mask_numbers(record.getMessage())
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = _FORMATTER.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = mask_numbers(record.exc_text)
        if record.stack_info:
            record.stack_info = mask_numbers(record.stack_info)
        return True
