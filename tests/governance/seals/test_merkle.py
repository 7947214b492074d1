"""The tree against RFC 6962's own recursive definition, and proofs against every other leaf."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.governance.seals import merkle


def definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word: split at the largest power of two smaller than n."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + definition(leaves[:split]) + definition(leaves[split:])).digest()


leaf_hashes = st.lists(st.binary(max_size=8).map(merkle.leaf), min_size=1, max_size=70, unique=True)


@given(leaf_hashes)
def test_the_root_is_that_of_the_standard(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == definition(leaves)


def test_known_roots_of_the_certificate_transparency_tests() -> None:
    data = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [merkle.leaf(bytes.fromhex(item)) for item in data]
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root(leaves[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(leaf_hashes, st.data())
def test_a_proof_leads_to_the_root_and_only_from_its_own_leaf(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    steps = merkle.path(leaves, index)
    climbed = [merkle.climb(leaf, steps) == merkle.root(leaves) for leaf in leaves]
    assert climbed == [position == index for position in range(len(leaves))]


def test_there_is_no_proof_for_a_leaf_that_is_not_there() -> None:
    with pytest.raises(IndexError):
        merkle.path([merkle.leaf(b"one")], 1)
