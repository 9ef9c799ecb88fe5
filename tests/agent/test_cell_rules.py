"""What an agent's own cells may not hold, told with the line."""

from __future__ import annotations

import pytest

from ftassist.agent.cell_rules import check_cell, check_cells_of, imports

GOOD_CURATE = (
    "from ftassist.recipes import curate\n\n"
    'rows = curate.load(repository, {"a": 3}, seed=seed)\n'
    "rows = curate.decontaminate(rows)\n"
    'curate.export(rows, "data")'
)
GOOD_TRAIN = (
    "import json\nfrom pathlib import Path\n\nimport torch\nfrom transformers import set_seed\n"
    "from ftassist.recipes import train\n\n"
    "set_seed(seed + 1)\ntorch.manual_seed(seed)\n"
    'rows = [json.loads(line) for line in Path("data/train.jsonl").read_text().splitlines()]\n'
    'train.sft(model, "data", "model", learning_rate=3e-3, seed=seed)'
)


def test_cells_of_recipes_and_of_the_libraries_are_allowed() -> None:
    assert check_cells_of({"curate": GOOD_CURATE, "train": GOOD_TRAIN}) == []


def test_a_teacher_may_be_a_folder_of_this_machine() -> None:
    source = 'train.distil(model, "data", "model", teacher="/models/large", seed=seed)'
    assert check_cell("train", source) == []


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import os", "import of 'os'"),
        ("import subprocess", "import of 'subprocess'"),
        ("from urllib import request", "import of 'urllib'"),
        ("from ftassist.campaign import Campaign", "import of 'ftassist.campaign'"),
        ("seed = 7", "parameter of the trial"),
        ("train.sft(model, 'data', 'model', learning_rate=1e-3, seed=7)", "seed is no knob"),
        ("torch.manual_seed(1234)", "seed is no knob"),
        ("AutoModelForCausalLM.from_pretrained('org/instruct')", "variable model"),
        ("train.sft('org/better', 'data', 'model', learning_rate=1e-3)", "variable model first"),
        ("open('evaluation/validation.jsonl')", "not for cells"),
        ("x = open('/etc/passwd').read()", "not for cells"),
        ("x = '/home/someone/rows.jsonl'", "outside of the trial's folder"),
        ("load('https://example.org/rows')", "outside of the trial's folder"),
        ("exec('1')", "'exec' may not be used"),
        ("().__class__", "'__class__' may not be used"),
        ("print(ANTHROPIC)\nx = 'ANTHROPIC_API_KEY'", "not for cells"),
    ],
)
def test_what_breaks_a_rule_is_told_with_its_line(source: str, told: str) -> None:
    found = check_cell("train", source)
    assert any(told in what for what in found), found
    assert all(what.startswith("train line ") for what in found)


@pytest.mark.parametrize(
    "source",
    [
        'top, under = "3/4".split("/")',
        'cis = "F/C=C/F".replace("/", "")',
        'ring = Chem.MolFromSmarts("/C=C/")',
        'marks = ["/", "//", "/N", "~5", "~ about"]',
        'text = "a benchmark of bench marks"',
        "from rdkit import Chem\nimport sympy, fractions, decimal, csv, regex",
        "from sklearn.cluster import KMeans\nimport numpy as np\nimport pandas as pd",
        'rows = open("data/notes.txt").read()',
        "class Head(torch.nn.Module):\n    def __init__(self):\n        super().__init__()",
        "try:\n    pass\nexcept ValueError as error:\n    print(type(error).__name__)",
        'kept = [t for t in texts if "http://" not in t and "https:" not in t]',
        'bare = re.sub(r"https?://\\S+|file: .*", "", text)',
        'unit = "km/h, kg/m/etc. and words/process"',
        "import ast, html, logging, zlib\nfrom tqdm import tqdm",
        'parts = text.split("~")',
        'left, right = "~x/y".split("/")',
        'mark = "/and/or/"\nkept = [t for t in texts if mark not in t]',
        'text = text.replace("/and/or/", " or ")',
        'smiles = "/C/C"\nmolecule = Chem.MolFromSmiles(smiles)',
        'smiles = ["C/C=C/C", "/C/C", "/Cl/N1"]',
        'marks = {"~": "about", "/and/or/": "or"}',
        'table = pd.read_csv("data/x.csv", sep="~")',
        'told = text + "/yes/no"',
        'told = f"{one}/yes/no"',
    ],
)
def test_honest_programs_are_let_through(source: str) -> None:
    assert check_cell("curate", source) == []


@pytest.mark.parametrize(
    "text",
    ["/tmp", "/tmp/x", "/home/ada", "/root/.cache", "/srv/models/x", "/odd/place", "~", "~/x",
     "~ada/x", "file:///x", "https://x", "hf://org/x", "../x", "/proc/self"],
)  # fmt: skip
def test_places_elsewhere_stay_refused(text: str) -> None:
    (told,) = check_cell("curate", f"x = {text!r}")
    assert "outside of the trial's folder" in told or "not for cells" in told


@pytest.mark.parametrize(
    "source",
    [
        'open("/C/C")', 'Path("/odd").read_text()', 'mark = "/and/or/"\nopen(mark)',
        'pd.read_csv("~ada/x")', 'np.save(file="/odd/x", arr=a)', 'Path("x").replace("/odd")',
        'parts = text.split("/home/ada")', 'places = ["/tmp/x"]', 'Path("~")',
        'from_somewhere("/odd/place")',
    ],
)  # fmt: skip
def test_a_place_is_refused_by_its_root_or_its_use(source: str) -> None:
    (told,) = check_cell("curate", source)
    assert "outside of the trial's folder" in told


def test_what_may_be_imported_is_told_beforehand() -> None:
    told = imports()
    assert "ftassist.recipes" in told
    for name in ("rdkit", "sympy", "fractions", "pandas", "sklearn"):
        assert name in told.split(", ")
        assert check_cell("curate", f"import {name}") == []


def test_a_cell_that_is_no_python_is_told_too() -> None:
    (told,) = check_cells_of({"curate": GOOD_CURATE, "train": "train.sft("})
    assert "not valid Python" in told
