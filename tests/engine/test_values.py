"""An array of any size, shape and content becomes a small JSON value that says it truly."""

import json

import numpy as np
import pytest

from engine.values import BLOCK, GRID, WHOLE, number_json, value_json

WHOLE_VALUES = [
    (np.float32(0.1), "float32", 0.1),
    (np.float64(-2.0), "float64", -2.0),
    (np.array(3, np.int64), "int64", 3),
    (np.bool_(True), "bool", True),
    (np.float32("nan"), "float32", "nan"),
    (np.array([np.inf, -np.inf]), "float64", ["inf", "-inf"]),
    (np.array([[1, 2], [3, 4]], np.int64), "int64", [[1, 2], [3, 4]]),
    (np.zeros((2, 0), np.float32), "float32", [[], []]),
    (np.array([True, False]), "bool", [True, False]),
]


@pytest.mark.parametrize(("data", "dtype", "expected"), WHOLE_VALUES)
def test_a_small_array_travels_whole(data, dtype, expected):
    value = json.loads(value_json(data, dtype))
    assert value == {"shape": list(np.shape(data)), "dtype": dtype, "data": expected}
    assert repr(value["data"]) == repr(expected)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_digits_round_trip_in_their_dtype(dtype):
    numbers = np.random.RandomState(0).standard_normal(200).astype(dtype) * dtype(1e3)
    assert all(dtype(number_json(number)) == number for number in numbers)


def test_a_large_array_travels_as_a_summary():
    data = np.arange(40 * 50, dtype=np.float32).reshape(40, 50)
    data[0, 0] = np.nan
    value = json.loads(value_json(data, "float32"))
    assert "data" not in value
    assert (value["min"], value["max"], value["nonfinite"]) == (1.0, 1999.0, 1)
    assert value["mean"] == pytest.approx(1000.0)
    assert value["norm"] == pytest.approx(np.sqrt(np.nansum(data.astype(float) ** 2)))
    assert (len(value["sample"]), len(value["sample"][0])) == (GRID, GRID)
    assert value["sample"][0][0] == "nan" and value["sample"][-1][-1] == 1999.0


@pytest.mark.parametrize("shape", [(WHOLE + 1,), (3, 100), (5, 4, 7), (2, 1, 40, 2)])
def test_a_sample_never_exceeds_the_grid(shape):
    value = json.loads(value_json(np.full(shape, np.inf), "float64"))
    assert len(value["sample"]) <= GRID and all(len(row) <= GRID for row in value["sample"])
    assert value["min"] is None and value["nonfinite"] == np.prod(shape)


@pytest.mark.parametrize("size", [WHOLE + 1, BLOCK, BLOCK + 1, 3 * BLOCK + 5, 300_007])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_summary_in_pieces_is_that_of_the_whole(size, dtype):
    data = np.random.RandomState(size).standard_normal(size).astype(dtype)
    value, numbers = json.loads(value_json(data, "float")), data.astype(np.float64)
    assert (value["min"], value["max"]) == (numbers.min(), numbers.max())
    assert value["mean"] == numbers.sum() / size
    assert value["norm"] == np.sqrt(np.square(numbers).sum())


def test_the_sign_of_a_zero_at_an_end_does_not_depend_on_the_machine():
    mixed = np.array([0.0, -0.0] * 50)
    for low, high, data in (("-0.0", "0.0", mixed), ("-0.0", "-0.0", -np.zeros(100)), ("0.0", "0.0", np.zeros(100))):
        for order in (data, data[::-1]):
            assert f'"min":{low},"max":{high},' in value_json(order, "float64")


def test_not_a_number_stands_among_the_digits_of_its_row():
    data = np.array([[1.5, np.nan], [-np.inf, 2.0]], np.float32)
    assert '"data":[[1.5,"nan"],["-inf",2.0]]' in value_json(data, "float32")
