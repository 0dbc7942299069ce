"""Whether a store that runs still answers: one whose process is there may hang for good."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from minio.error import MinioException
from urllib3.exceptions import HTTPError

from storage.s3 import PROBE_KEY
from storage.s3_client import StoreSettings, open_client

LOOK_SECONDS: Final = 15.0
"""Between two looks."""
PATIENCE_SECONDS: Final = 10.0
"""How long one look waits for a reply."""
SILENT_LOOKS: Final = 4
"""So many looks in a row without any reply, some 100 s, are no passing weakness."""


class Pulse:
    """Looks at one store during one life of its process."""

    def __init__(self, settings: StoreSettings) -> None:
        """Nothing is asked yet."""
        self._bucket = settings.bucket
        self._client = open_client(replace(settings, patience_seconds=PATIENCE_SECONDS, reads_again=0))
        self._has_answered = False
        self._silent = 0

    def has_stopped(self) -> bool:
        """Look once; whether it answered before and has not for `SILENT_LOOKS` looks.

        Whatever it replies is an answer: a refusal, an object that is not there, trouble of its own.
        """
        try:
            self._client.stat_object(self._bucket, PROBE_KEY)
        except MinioException:
            is_silent = False
        except HTTPError:
            is_silent = True
        else:
            is_silent = False
        self._has_answered |= not is_silent
        self._silent = self._silent + 1 if is_silent else 0
        return self._has_answered and self._silent >= SILENT_LOOKS
