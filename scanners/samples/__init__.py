"""Sample dossiers: fictional papers rendered as scans, with the truth beside them.

Nothing here is anybody's: names, numbers and places are invented, and every page says MẪU.
"""

from scanners.samples.make import make_samples

__all__ = ["make_samples"]
