"""The array library, loaded only by a process that holds or makes an index; the floors let nobody else here load it."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[Any]
"""An array of numbers, or of texts of one length."""

__all__ = ["Numbers", "np"]
