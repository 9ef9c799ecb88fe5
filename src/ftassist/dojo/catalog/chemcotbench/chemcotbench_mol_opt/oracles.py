"""The properties molecule optimisation is scored by, and whether they can be had here.

DRD2, GSK3-beta and JNK3 are trained models that PyTDC loads (and downloads at first use): they
are used where PyTDC gives them and never imitated. QED, logP and ESOL solubility need RDKit only.
With PyTDC, logP is its penalised logP; without, Crippen's. Both are what the official evaluator
does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from rdkit import Chem, rdBase
from rdkit.Chem import QED, Crippen, Descriptors, Lipinski

from ftassist.dojo.catalog.chemcotbench.chemistry import molecule

PYTDC_NAMES = {"drd": "drd2", "gsk": "gsk3b", "jnk": "jnk3", "logp": "logp", "qed": "qed"}
_ESOL_INTERCEPT = 0.26121066137801696
_ESOL = {
    "weight": -0.0066138847738667125,
    "logp": -0.7416739523408995,
    "rotors": 0.003451545565957996,
    "aromatic share": -0.42624840441316975,
}
_AROMATIC = Chem.MolFromSmarts("a")
_logger = logging.getLogger(__name__)

Property = Callable[[str], float | None]


@dataclass(frozen=True)
class Oracle:
    """A property and where its values come from.

    Attributes:
        source: "PyTDC <name>", "RDKit ..." or "" where there is none.
        value: The property of a molecule, None where it cannot be computed.
        missing: Why there is none, for the person; "" where there is one.
    """

    source: str
    value: Property
    missing: str = ""


@cache
def oracle(view: str) -> Oracle:
    """The property of a view of the molecule optimisation task."""
    why = "PyTDC does not give it"
    if view in PYTDC_NAMES:
        found = _from_pytdc(PYTDC_NAMES[view])
        if isinstance(found, Oracle):
            return found
        why = found
    here: dict[str, tuple[str, Property]] = {
        "logp": ("RDKit Crippen logP", crippen_logp),
        "qed": ("RDKit QED", qed),
        "solubility": ("ESOL on RDKit descriptors", esol),
    }
    if view in here:
        return Oracle(*here[view])
    return Oracle("", lambda _: None, f"the {PYTDC_NAMES[view]} oracle is missing: {why}")


def _from_pytdc(name: str) -> Oracle | str:
    """PyTDC's oracle, or why there is none."""
    try:
        from tdc import Oracle as PyTdcOracle
    except ImportError:
        return "PyTDC is not installed (pip install PyTDC)"
    try:
        found = PyTdcOracle(name=name)
    except Exception as error:  # noqa: BLE001 - a download of foreign code: any failure means none
        _logger.warning("PyTDC did not give the oracle %s: %s", name, error)
        return f"PyTDC did not load it ({type(error).__name__}: {error})"

    def value(smiles: str) -> float | None:
        try:
            return float(found(smiles))
        except Exception:  # noqa: BLE001 - a model of another package on a molecule of a model
            return None

    return Oracle(f"PyTDC {name}", value)


def crippen_logp(smiles: str) -> float | None:
    """Crippen's logP."""
    found = molecule(smiles)
    return None if found is None else float(Crippen.MolLogP(found))  # type: ignore[attr-defined]


def qed(smiles: str) -> float | None:
    """QED, the quantitative estimate of drug-likeness; None where RDKit fails on it."""
    found = molecule(smiles)
    if found is None:
        return None
    with rdBase.BlockLogs():
        try:
            return float(QED.qed(found))  # type: ignore[no-untyped-call]
        except (ValueError, RuntimeError, ZeroDivisionError, OverflowError):
            return None


def esol(smiles: str) -> float | None:
    """ESOL solubility with the coefficients of the benchmark's evaluator, in log mol/l."""
    found = molecule(smiles)
    if found is None:
        return None
    atoms = found.GetNumAtoms()
    aromatic = len(found.GetSubstructMatches(_AROMATIC)) / atoms if atoms else 0.0
    terms = {
        "logp": Crippen.MolLogP(found),  # type: ignore[attr-defined]
        "weight": Descriptors.MolWt(found),  # type: ignore[attr-defined]
        "rotors": Lipinski.NumRotatableBonds(found),  # type: ignore[attr-defined]
        "aromatic share": aromatic,
    }
    return float(_ESOL_INTERCEPT + sum(_ESOL[name] * value for name, value in terms.items()))
