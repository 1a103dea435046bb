"""Names in Latin letters, and addresses."""

from __future__ import annotations

import pytest

from twin.names import latin_name, postal_address


@pytest.mark.parametrize(
    ("name", "tags", "expected"),
    [
        ("太仓站", {}, "Tai Cang Zhan"),
        ("太仓站", {"name:en": "Taicang Station"}, "Taicang Station"),
        ("Töölönlahti", {}, "Töölönlahti"),
        ("Москва", {}, None),
        ("", {}, None),
        (None, {}, None),
    ],
)
def test_a_name_gets_latin_letters_where_they_are_known(name, tags, expected) -> None:
    assert latin_name(name, tags) == expected


def test_an_address_is_written_in_the_order_of_its_script() -> None:
    assert postal_address({"addr:street": "Aleksanterinkatu", "addr:housenumber": "52"}) == "Aleksanterinkatu 52"
    assert postal_address({"addr:street": "四平路", "addr:housenumber": "1239号"}) == "四平路1239号"
    assert postal_address({"addr:housenumber": "5"}) is None
    assert postal_address({"addr:full": "All of it"}) == "All of it"
