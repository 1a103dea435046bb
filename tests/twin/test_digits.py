"""Rounding to significant digits."""

from __future__ import annotations

import numpy as np
import pandas as pd

from twin.digits import round_frame


def test_seven_digits_stay_whatever_the_size_and_words_and_gaps_as_they_are() -> None:
    frame = pd.DataFrame({"n": [123456789.0, 1.23456789e-9, 0.0, np.nan, -9.99999999], "word": list("abcde")})
    told = round_frame(frame)
    assert told["n"].tolist()[:3] == [123456800.0, 1.234568e-9, 0.0]
    assert np.isnan(told["n"][3])
    assert told["n"][4] == -10.0
    assert told["word"].tolist() == list("abcde")
