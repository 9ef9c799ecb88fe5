"""The cells that the policy script of `benchmarks.policy` hands in, as an engineer wrote them.

The curate cell is a program: it reads each question, counts by itself, keeps the rows whose label
says the same, and writes their notes anew, so that the answer can be read off what is written
before it. Nothing of it knows an evaluation item.
"""

from __future__ import annotations

CURATE = r'''import re
from collections import Counter

from rdkit import Chem

from ftassist.recipes import curate

GROUPS = {
    "halogen atoms": "[F,Cl,Br,I]",
    "carbonyl groups": "[#6X3]=[OX1]",
    "hydroxyl groups": "[OX2H]",
    "nitrile groups": "[CX2]#[NX1]",
    "amino groups": "[NX3H2]",
    "nitro groups": "[NX3+](=O)[O-]",
}
PATTERNS = {name: Chem.MolFromSmarts(text) for name, text in GROUPS.items()}
ATOM = re.compile(r"\[[^\]]*\]|Cl|Br|[BCNOPSFIbcnops]")
PIECE = re.compile(r"\[[^\]]*\]|Cl|Br|%\d\d|.")
MOLECULE = re.compile(r"(?=...)(\[[^\]]*\]|Cl|Br|[BCNOPSFIbcnops0-9()=#%/-])+")


def asked(prompt):
    """What is counted, and the texts of the molecules."""
    words = set(re.findall(r"[a-z]+", prompt.lower()))
    names = [name for name in (*GROUPS, "aromatic rings", "rings") if set(name.split()) <= words]
    pieces = [piece.rstrip("?.") for piece in prompt.split()]
    return (names[0] if names else ""), [piece for piece in pieces if MOLECULE.fullmatch(piece)]


def ends_of_groups(smiles, name):
    """Where in the text each group ends."""
    molecule = Chem.MolFromSmiles(smiles)
    ends = [atom.end() for atom in ATOM.finditer(smiles)]
    if molecule is None or len(ends) != molecule.GetNumAtoms():
        return None
    return sorted(ends[max(hit)] for hit in molecule.GetSubstructMatches(PATTERNS[name]))


def ends_of_rings(smiles, name):
    """Where in the text each ring is closed."""
    begun, ends, atom, bond = {}, [], "", ""
    for piece in PIECE.finditer(smiles):
        text = piece[0]
        if text.isdigit():
            flat = atom.strip("[")[:1].islower() and bond != "-"
            if text not in begun:
                begun[text] = flat
            elif (begun.pop(text) and flat) or name == "rings":
                ends.append(piece.end())
            bond = ""
        elif text in "-=#/\\":
            bond = text
        elif text not in "()":
            atom, bond = text, ""
    return ends


def numbered(smiles, ends):
    """The text with a running number behind each place."""
    told, last = "", 0
    for number, end in enumerate(ends, start=1):
        told, last = f"{told}{smiles[last:end]}*{number}", end
    return told + smiles[last:]


def atoms_of(smiles):
    """The atoms in reading order, all but carbon with running numbers; and how many of each."""
    counts, told = Counter(), ""
    for piece in ATOM.findall(smiles):
        atom = re.sub(r"H\d*$", "", piece.strip("[]+-")) if piece[0] == "[" else piece
        if atom in ("C", "c"):
            told += atom
        else:
            counts[atom] += 1
            told += f"{atom}{counts[atom]}"
    return told, counts


def worked(row):
    """The program's own notes and answer; None where it cannot tell."""
    name, found = asked(row["prompt"])
    if "same" in row["prompt"].lower() and len(found) == 2:
        (one, first), (other, second) = atoms_of(found[0]), atoms_of(found[1])
        return f"{one}; {other}", "yes" if first == second else "no"
    if not name or len(found) != 1:
        return None
    ends = (ends_of_groups if name in GROUPS else ends_of_rings)(found[0], name)
    return None if ends is None else (numbered(found[0], ends), str(len(ends)))


def program(row):
    """The program's answer."""
    known = worked(row)
    return known and known[1]


def rewritten(row):
    """The row with the program's notes, and which kind of question it is."""
    notes, answer = worked(row)
    kind = "pair" if answer in ("yes", "no") else "ring" if "ring" in row["prompt"] else "group"
    return {"response": f"{notes}. Answer: {answer}", "fields": {"kind": kind}}


rows = curate.load(
    repository,
    {"group_notes": None, "ring_notes": None, "pair_notes": None, "student_reports": None},
    seed=seed,
)
rows = curate.verify(rows, program)
rows = curate.map(rows, rewritten)
rows = curate.deduplicate(rows)
rows = curate.decontaminate(rows)
rows = curate.balance(rows, by="kind", at_most=@SHARE@, seed=seed)
rows = curate.sample(rows, 2000, seed=seed)
curate.export(rows, "data")
'''
"""Notes written anew; `@SHARE@` rows of each kind of question at most."""

TRAIN = """from ftassist.recipes import train

train.sft(
    model,
    "data",
    "model",
    method="full",
    learning_rate=@RATE@,
    epochs=@EPOCHS@,
    batch_size=@BATCH@,
    seed=seed,
)
"""


def curate_cell(share: int = 680) -> str:
    """The curate cell, with so many rows of each kind of question at most."""
    return CURATE.replace("@SHARE@", str(share))


def train_cell(*, rate: float = 1e-3, epochs: int = 10, batch: int = 32) -> str:
    """The train cell."""
    given = {"@RATE@": rate, "@EPOCHS@": epochs, "@BATCH@": batch}
    text = TRAIN
    for mark, value in given.items():
        text = text.replace(mark, str(value))
    return text
