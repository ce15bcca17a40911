"""The calibrated constants of recipe `aim`: one file a mixing rule, with where they are from."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from pairforest.elements import element_of
from pairforest.errors import PairForestError
from pairforest.kinds import ELECTRONEGATIVE, factor_of

Factor = Annotated[float, Field(gt=0)]


class AimConstants(BaseModel):
    """Factors on atoms' walls and C6 by kind, on charges, and on what hydrogens meet.

    A wall's factor is its range's too: it makes an atom smaller and leaves its shape. On charges it
    comes beside Onsager's, `donor` in a molecule with a polar hydrogen and `default` in others.
    `contact` is on the repulsion between a hydrogen of a kind and a nitrogen, oxygen or fluorine,
    and, as `C_pi` (1 if it is not there), between such a carbon and another or a hydrogen.
    A kind that is not there has its element's, and `default` serves elements that are not.
    `provenance` says which study they are from, or that they are where a calibration starts.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mixing_rule: Literal["geometric", "w99", "smith"]
    charge: dict[str, Factor]
    wall: dict[str, Factor]
    c6: dict[str, Factor]
    contact: dict[str, Factor]
    provenance: dict[str, Any]

    @model_validator(mode="after")
    def _have_defaults(self) -> Self:
        for name in ("charge", "wall", "c6", "contact"):
            if "default" not in getattr(self, name):
                raise ValueError(f"{name}: no entry 'default'")
        return self

    def factors(
        self, which: Literal["wall", "c6", "contact"], kinds: Sequence[str]
    ) -> NDArray[np.float64]:
        """Give the factors of atoms from their kinds (`kinds.kinds`), shape (n,)."""
        return np.array([factor_of(kind, getattr(self, which)) for kind in kinds])

    def of_contacts(self, kinds: Sequence[str]) -> NDArray[np.float64]:
        """Give the factors on the repulsion of pairs of atoms from their kinds, shape (n, n)."""
        elements = np.array([element_of(kind) for kind in kinds])
        hydrogen, drawn_to = elements == "H", np.isin(elements, list(ELECTRONEGATIVE))
        one_way = np.where(np.outer(hydrogen, drawn_to), self.factors("contact", kinds)[:, None], 1)
        pi = np.array([kind == "C_pi" for kind in kinds])
        of_pi = np.outer(pi, pi | hydrogen)
        factors = one_way * one_way.T
        factors[of_pi | of_pi.T] = self.contact.get("C_pi", 1.0)
        return factors

    def of_charges(self, kinds: Sequence[str]) -> float:
        """Give the factor on a molecule's charges from its atoms' kinds."""
        which = "donor" if "H_polar" in kinds else "default"
        return self.charge.get(which, self.charge["default"])


def load(path: Path, mixing_rule: str) -> AimConstants:
    """Read calibrated constants.

    Raises
    ------
    PairForestError
        If the file is missing, says something it may not, or is for another mixing rule.
    """
    try:
        found = AimConstants.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise PairForestError(
            f"{path} is missing: 'git restore {path}' brings back one that was shipped, "
            "'python -m pairforest.stages.calibrate' makes one"
        ) from None
    except (json.JSONDecodeError, ValidationError) as error:
        raise PairForestError(f"{path}: {error}") from None
    if found.mixing_rule != mixing_rule:
        raise PairForestError(
            f"labels.aim.mixing_rule: {mixing_rule}, but {path} was calibrated with "
            f"{found.mixing_rule}"
        )
    return found
