"""The scale in which A, B and C are learned: A spans five decades, C changes sign."""

from collections.abc import Callable, Mapping
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, TransformerMixin

Array = NDArray[np.float64]
Function = Callable[[Array], Array]

SMALLEST_C = 1e-5
"""Where `signed_log` turns from linear to logarithmic, eV Å⁶."""

_DECIMALS = 10
"""Of a logarithm: processors differ in its last digit, by which a tree chooses between splits that
are alike."""

_FORWARD: dict[str, Function] = {
    "linear": lambda x: x,
    "log": lambda x: np.log(x).round(_DECIMALS),
    "signed_log": lambda x: np.arcsinh(x / SMALLEST_C).round(_DECIMALS),
}
_BACK: dict[str, Function] = {
    "linear": lambda x: x,
    "log": np.exp,
    "signed_log": lambda x: SMALLEST_C * np.sinh(x),
}


class LearningScale(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Transform A, B, C to the scale they are learned in, and back.

    Parameters
    ----------
    A, B, C : {"linear", "log", "signed_log"}
        ``signed_log`` is arcsinh(x/`SMALLEST_C`).
    """

    def __init__(self, A: str = "linear", B: str = "linear", C: str = "linear") -> None:
        self.A = A
        self.B = B
        self.C = C

    def fit(self, y: ArrayLike, _: None = None) -> Self:
        """Learn nothing but the number of columns, which must be three."""
        self.n_features_in_ = np.asarray(y).shape[1]
        if self.n_features_in_ != 3:
            raise ValueError(f"expected A, B, C, got {self.n_features_in_} columns")
        return self

    def transform(self, y: ArrayLike) -> Array:
        """Give A, B, C, shape (n, 3), in the learning scale."""
        return self._apply(_FORWARD, y)

    def inverse_transform(self, y: ArrayLike) -> Array:
        """Give A (eV), B (Å), C (eV Å⁶), shape (n, 3), from the learning scale."""
        return self._apply(_BACK, y)

    def _apply(self, functions: Mapping[str, Function], y: ArrayLike) -> Array:
        y = np.asarray(y, dtype=float)
        names = (self.A, self.B, self.C)
        columns = [functions[name](y[:, i]) for i, name in enumerate(names)]
        return np.column_stack(columns)
