"""A verdict is printed only when its evidence holds."""

import numpy as np
import pytest

from course_utils.claims import CLAIMS, FINDINGS, ClaimError, verdict
from course_utils.symbolic import prove_equal, z


def test_there_are_thirty_four_claims_in_order():
    assert list(CLAIMS) == [f"C{k:02}" for k in range(1, 35)]
    lessons = {number for claim in CLAIMS.values() for number in claim.lessons}
    assert lessons == {f"{k:02}" for k in range(1, 10)}
    assert all(claim.statement.endswith(".") for claim in CLAIMS.values())


@pytest.mark.parametrize("finding", FINDINGS)
def test_a_verdict_names_claim_and_finding(finding, capsys):
    verdict("C05", finding, because="of the proof", holds=prove_equal(z + z, 2 * z))
    notes, judgement = capsys.readouterr().out.splitlines()
    assert notes == "The notes: sigmoid'(z) = sigmoid(z) (1 - sigmoid(z))."
    assert judgement == f"C05 {finding}: of the proof"


@pytest.mark.parametrize("evidence", [False, 0, np.bool_(False), None, prove_equal(z, 2 * z)])
def test_no_verdict_without_evidence(evidence, capsys):
    with pytest.raises(ClaimError, match="C05 is not shown to be 'true'"):
        verdict("C05", "true", because="I say so", holds=evidence)
    assert capsys.readouterr().out == ""


def test_unknown_claims_and_findings_are_refused():
    with pytest.raises(KeyError, match="from C01 to C34"):
        verdict("C35", "true", because="", holds=True)
    with pytest.raises(ValueError, match="true, with a condition"):
        verdict("C05", "maybe", because="", holds=True)
