"""The tree against the definition in RFC 9162, written down as it stands there, and against its known roots."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.core import merkle
from workflow.core.hashing import OwnSM3
from workflow.core.merkle import Frontier, consistent, gathered, included, parent

# Known from the first test vectors of Certificate Transparency: these inputs, and the roots of their first n.
INPUTS = [bytes.fromhex(text) for text in
          ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaf(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of the standard, over leaf hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return parent(naive_root(leaves[:k]), naive_root(leaves[k:]))


LEAVES = st.integers(0, 70).map(lambda n: [leaf(str(i).encode()) for i in range(n)])


def test_the_roots_are_those_that_everybody_knows() -> None:
    frontier = Frontier()
    assert hashlib.sha256(b"").digest() == merkle.empty() == frontier.root()
    for data, expected in zip(INPUTS, ROOTS, strict=True):
        frontier.add(leaf(data))
        assert expected == frontier.root().hex()


@given(LEAVES)
def test_a_root_is_the_same_however_it_is_worked_out(leaves: list[bytes]) -> None:
    frontier = Frontier()
    for each in leaves:
        frontier.add(each)
    assert naive_root(leaves) == frontier.root()
    assert (len(leaves), naive_root(leaves), {}) == gathered(leaves, ())


@given(LEAVES, st.integers(0, 70))
def test_a_frontier_can_be_put_down_and_taken_up_again(leaves: list[bytes], at: int) -> None:
    frontier = Frontier()
    for each in leaves[:at]:
        frontier.add(each)
    again = Frontier(frontier.size, frontier.nodes)
    for each in leaves[at:]:
        again.add(each)
    assert naive_root(leaves) == again.root()


def test_a_frontier_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="3 leaves has 2 full subtrees"):
        Frontier(3, [b""])


@given(LEAVES.filter(bool), st.data())
def test_every_leaf_can_be_proved_and_no_other(leaves: list[bytes], data: st.DataObject) -> None:
    size, index = len(leaves), data.draw(st.integers(0, len(leaves) - 1))
    wanted = merkle.inclusion(index, size)
    _, root, nodes = gathered(leaves, wanted)
    proof = [nodes[each] for each in wanted]
    assert included(leaves[index], index, size, proof, root)
    other = data.draw(st.integers(-1, size + 1))
    assert (other == index) == included(leaves[index], other, size, proof, root)
    assert not included(leaf(b"another"), index, size, proof, root)
    assert not included(leaves[index], index, size, [*proof, root], root)
    if proof:
        assert not included(leaves[index], index, size, proof[:-1], root)
        broken = data.draw(st.integers(0, len(proof) - 1))
        assert not included(
            leaves[index], index, size, [bytes(32) if n == broken else p for n, p in enumerate(proof)], root
        )


@given(LEAVES.filter(bool), st.data())
def test_a_tree_that_grew_can_be_told_from_one_that_was_changed(leaves: list[bytes], data: st.DataObject) -> None:
    size, old = len(leaves), data.draw(st.integers(1, len(leaves)))
    wanted = merkle.consistency(old, size)
    _, root, nodes = gathered(leaves, wanted)
    proof = [nodes[each] for each in wanted]
    before = naive_root(leaves[:old])
    assert consistent(old, size, before, root, proof)
    changed = data.draw(st.integers(0, old - 1))
    other = naive_root([leaf(b"changed") if n == changed else each for n, each in enumerate(leaves[:old])])
    assert not consistent(old, size, other, root, proof)
    assert not consistent(old, size, before, leaf(b"no root"), proof)
    assert not consistent(old, size, before, root, [*proof, root])
    if proof:
        assert not consistent(old, size, before, root, proof[:-1])
        wrong = data.draw(st.integers(0, size + 1))
        assert (wrong == old) == consistent(wrong, size, before, root, proof)


def test_there_is_no_proof_of_what_is_not_there() -> None:
    for index, size in ((-1, 3), (3, 3), (0, 0)):
        with pytest.raises(IndexError):
            merkle.inclusion(index, size)
    for old, size in ((0, 3), (4, 3)):
        with pytest.raises(IndexError):
            merkle.consistency(old, size)


def test_another_hash_makes_another_tree_with_the_same_proofs() -> None:
    leaves = [OwnSM3(bytes([n])).digest() for n in range(7)]
    frontier = Frontier(hash=OwnSM3)
    assert OwnSM3().digest() == frontier.root() == gathered([], (), OwnSM3)[1]
    for each in leaves[:3]:
        frontier.add(each)
    old = frontier.root()
    for each in leaves[3:]:
        frontier.add(each)
    wanted = {*merkle.inclusion(4, 7), *merkle.consistency(3, 7)}
    _, root, nodes = gathered(leaves, wanted, OwnSM3)

    pair, four = OwnSM3(b"\x01" + leaves[4] + leaves[5]).digest(), gathered(leaves[:4], (), OwnSM3)[1]
    right = OwnSM3(b"\x01" + pair + leaves[6]).digest()
    assert OwnSM3(b"\x01" + four + right).digest() == root == frontier.root()
    path = [nodes[each] for each in merkle.inclusion(4, 7)]
    grown = [nodes[each] for each in merkle.consistency(3, 7)]
    for hash, holds in ((OwnSM3, True), (hashlib.sha256, False)):
        assert holds == included(leaves[4], 4, 7, path, root, hash)
        assert holds == consistent(3, 7, old, root, grown, hash)
