import numpy as np
import pytest

from pairforest.forest.scale import SMALLEST_C, LearningScale

CONSTANTS = np.array([[100.0, 0.1, -1.0], [4.6e6, 0.3, 0.0], [2e3, 0.2, 30.0], [5.0, 0.9, -1e-6]])


@pytest.mark.parametrize("c", ["linear", "signed_log"])
@pytest.mark.parametrize("a", ["linear", "log"])
def test_the_scale_and_back_is_the_identity_to_ten_decimals_of_a_logarithm(a, c):
    scale = LearningScale(A=a, C=c).fit(CONSTANTS)
    assert np.allclose(scale.inverse_transform(scale.transform(CONSTANTS)), CONSTANTS, rtol=1e-10)


def test_signed_log_keeps_sign_and_order_and_is_logarithmic_when_large():
    scale = LearningScale(C="signed_log").fit(CONSTANTS)
    transformed = scale.transform(CONSTANTS)[:, 2]
    assert np.array_equal(np.argsort(transformed), np.argsort(CONSTANTS[:, 2]))
    assert transformed[1] == 0
    assert transformed[2] == pytest.approx(np.log(2 * 30.0 / SMALLEST_C), rel=1e-9)


def test_anything_but_three_columns_is_refused():
    with pytest.raises(ValueError, match="expected A, B, C"):
        LearningScale().fit(np.ones((4, 2)))
