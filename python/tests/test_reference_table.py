"""The reference is complete and fresh."""

import pytest
import reference_table


def test_the_table_is_fresh():
    if not reference_table.REFERENCE.exists():
        pytest.skip("the package is tested outside of its repository")
    reference = reference_table.REFERENCE.read_text(encoding="utf-8")
    assert reference == reference_table.with_table(reference), (
        "renew it: python python/tests/reference_table.py --write"
    )


def test_every_sentence_has_a_test_and_every_test_a_sentence():
    found = [pair for _, file in reference_table.FILES for pair in reference_table.sentences(file)]
    assert len(found) >= 75
    assert all(sentence and name for sentence, name in found)
    assert len({sentence for sentence, _ in found}) == len(found)
