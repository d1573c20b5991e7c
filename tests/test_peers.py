"""Peers: countable cases, then the same neighbours as scikit-learn."""

import numpy as np
import pandas as pd
import pytest

from diagnostic.model import DiagnosticError
from diagnostic.peers import nearest_peers


def _epci() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "code": ["01004", "2A004", "97411", "33063", "75056"],
            "population": [10.0, 11.0, 13.0, 20.0, 90.0],
            "revenu": [20.0, 21.0, 20.0, 30.0, None],
            "ile": [0.0, 0.0, 0.0, 0.0, 0.0],
        }
    )


def test_the_nearest_comes_first_and_the_territory_is_not_its_own_peer():
    found = nearest_peers(_epci(), "01004", ["population"], k=3)
    assert found.codes == ("2A004", "97411", "33063")
    spread = np.std([10, 11, 13, 20, 90])
    assert [peer.distance for peer in found.peers] == pytest.approx([1 / spread, 3 / spread, 10 / spread])


def test_a_variable_that_does_not_vary_or_is_unknown_here_is_not_used():
    frame = _epci().assign(naissances=[None, 1.0, 2.0, 3.0, 4.0])
    found = nearest_peers(frame, "01004", ["population", "ile", "naissances"])
    assert found.variables == ("population",)


def test_a_candidate_with_an_unknown_variable_is_left_out():
    found = nearest_peers(_epci(), "01004", ["population", "revenu"])
    assert "75056" not in found.codes


def test_why_names_the_closest_variables_with_both_values():
    found = nearest_peers(_epci(), "01004", ["population", "revenu"], k=3)
    why = {peer.code: peer.why for peer in found.peers}
    first = why["97411"][0]
    assert (first["variable"], first["own"], first["peer"], first["difference"]) == ("revenu", 20, 20, 0)


def test_a_dropped_peer_leaves_its_place_to_the_next():
    found = nearest_peers(_epci(), "01004", ["population"], k=2, drop=["2A004"])
    assert found.codes == ("97411", "33063")


def test_an_added_peer_comes_after_the_nearest_even_with_an_unknown_variable():
    found = nearest_peers(_epci(), "01004", ["population", "revenu"], k=1, add=["75056", "2A004"])
    assert found.codes == ("2A004", "75056")
    assert [peer.added for peer in found.peers] == [False, True]
    assert np.isnan(found.peers[1].distance)
    assert [reason["variable"] for reason in found.peers[1].why] == ["population"]


def test_what_is_both_added_and_dropped_is_dropped():
    assert nearest_peers(_epci(), "01004", ["population"], k=1, add=["33063"], drop=["33063"]).codes == (
        "2A004",
    )


def test_an_unknown_code_is_refused_in_a_sentence():
    with pytest.raises(DiagnosticError, match="99999"):
        nearest_peers(_epci(), "99999", ["population"])
    with pytest.raises(DiagnosticError, match="99999"):
        nearest_peers(_epci(), "01004", ["population"], add=["99999"])


def test_variables_that_compare_nothing_are_refused_in_a_sentence():
    with pytest.raises(DiagnosticError, match="variables"):
        nearest_peers(_epci(), "01004", ["ile"])
    with pytest.raises(DiagnosticError, match="variables"):
        nearest_peers(_epci().iloc[:1], "01004", ["population"])


def _many(size: int = 300) -> pd.DataFrame:
    random = np.random.default_rng(4)
    frame = pd.DataFrame(random.gamma(2, 10, (size, 4)), columns=list("abcd"))
    return frame.assign(code=[f"{n:05}" for n in range(size)])


@pytest.mark.parametrize("code", ["00000", "00137", "00299"])
def test_peers_are_the_neighbours_that_scikit_learn_finds(code):
    neighbors = pytest.importorskip("sklearn.neighbors")
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    frame = _many()
    scores = preprocessing.StandardScaler().fit_transform(frame[list("abcd")])
    model = neighbors.NearestNeighbors(n_neighbors=16).fit(scores)
    distance, index = model.kneighbors(scores[[int(code)]])
    found = nearest_peers(frame, code, list("abcd"))
    assert found.codes == tuple(frame["code"].iloc[index[0][1:]])
    assert [peer.distance for peer in found.peers] == pytest.approx(list(distance[0][1:]))


def test_peers_do_not_depend_on_the_order_of_rows_and_the_frame_is_left_alone():
    frame = _many()
    before = frame.copy(deep=True)
    first = nearest_peers(frame, "00042", list("abcd"))
    second = nearest_peers(frame.sample(frac=1, random_state=1), "00042", list("abcd"))
    assert first.peers == second.peers
    pd.testing.assert_frame_equal(frame, before)
