"""The parts of the GPU check: each looks at one thing and says what it found, as JSON values.

A part raises nothing that is a finding; the caller notes what it raises as the part's failure.
All of them run on a machine without a GPU, too, where they look at the CPU's way.
"""

from __future__ import annotations

import ast
import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ftassist.campaign.gpu_check import random_model
from ftassist.campaign.gpu_check.wish import Found, TrainingWish
from ftassist.campaign.memory_table import fit, shape_of
from ftassist.errors import FtassistError, LockedError
from ftassist.isolation.ending import descendants
from ftassist.models import resolve
from ftassist.trial import gpu, sandbox
from ftassist.trial.kernel import TrialKernel, connected, private_folder
from ftassist.trial.kernel_main import PRELOAD
from ftassist.trial.spare import Spare

TRAINING = "ftassist.campaign.gpu_check.training"
_LOOK = """
import json, os, torch
_there = torch.cuda.is_available()
_free = torch.cuda.mem_get_info() if _there else (0, 0)
_seen = json.dumps({
    "devices": torch.cuda.device_count(),
    "name": torch.cuda.get_device_name(0) if _there else "",
    "memory_mb": round(_free[1] / 2**20), "free_mb": round(_free[0] / 2**20),
    "processes": sum(name.isdigit() for name in os.listdir("/proc")),
    "device_files": sorted(n for n in os.listdir("/dev") if n.startswith("nvidia")),
    "sum": float(torch.ones(8, device="cuda" if _there else "cpu").sum()),
})
"""


def machine() -> Found:
    """The GPUs, the driver's and torch's versions."""
    import torch

    return {
        "gpus": [one.to_dict() for one in gpu.list_gpus()],
        "torch": torch.__version__,
        "cuda": torch.version.cuda or "",
        "isolation": sandbox.available_isolation(),
    }


def lease_refused() -> Found:
    """Whether as many trials as there are GPUs get one, and the next is refused."""
    gpus = gpu.list_gpus()
    with tempfile.TemporaryDirectory(prefix="ftassist-lease-") as folder:
        held = [gpu.lease(Path(folder)) for _ in gpus]
        try:
            gpu.lease(Path(folder)).release()
            refused = False
        except LockedError:
            refused = True
        finally:
            for one in held:
                one.release()
    return {"gpus": len(gpus), "next_refused": refused, "ok": refused == bool(gpus)}


def inside(model: str) -> Found:
    """What a trial's kernel sees of devices, memory and processes, behind its walls."""
    return asyncio.run(_inside(model))


async def _inside(model: str) -> Found:
    with tempfile.TemporaryDirectory(prefix="ftassist-look-") as place, gpu.lease() as lease:
        folder = Path(place) / "trials" / "t0001"
        folder.mkdir(parents=True)
        private = private_folder()
        isolated = sandbox.available_isolation() != "none"
        environment = sandbox.kernel_environment(
            private, model=model, gpu=lease.visible, isolated=isolated
        )
        environment[PRELOAD] = "torch"
        walls = sandbox.trial_walls(
            folder, private, campaign=Path(place), model=model, gpu=lease.visible
        )
        kernel = await TrialKernel.start(folder, environment, private=private, walls=walls)
        client = kernel.manager.client()
        try:
            await kernel.ready()
            client.start_channels()
            await connected(client)
            said = await kernel.evaluate(client, "_seen", code=_LOOK)
        finally:
            client.stop_channels()
            await kernel.end()
    seen: Found = json.loads(ast.literal_eval(said))
    wanted = 1 if lease.visible else 0
    return {**seen, "isolated": isolated, "ok": seen["devices"] == wanted and seen["sum"] == 8.0}


def spare_without_context(model: str) -> Found:
    """Whether a spare kernel, its imports done, holds no context on a GPU."""
    return asyncio.run(_spare(model))


async def _spare(model: str) -> Found:
    with tempfile.TemporaryDirectory(prefix="ftassist-spare-") as place:
        spare = await Spare.start(Path(place), model)
        try:
            await spare.kernel.ready()
            own = {spare.kernel.pid, *(p.pid for p in descendants(spare.kernel.pid))}
            holding = sorted(own & _on_gpu())
        finally:
            await spare.end()
    return {"processes": len(own), "on_gpu": holding, "ok": not holding}


def _on_gpu() -> set[int]:
    """Processes that hold a context on some GPU, as nvidia-smi tells."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return set()
    query = [program, "--query-compute-apps=pid", "--format=csv,noheader"]
    done = subprocess.run(query, capture_output=True, text=True, timeout=15, check=False)
    return {int(line) for line in done.stdout.split() if line.isdigit()}


def training(wish: TrainingWish, seconds: float) -> Found:
    """One short training in a process of its own; its peak memory beside what was estimated."""
    command = [sys.executable, "-P", "-m", TRAINING, json.dumps(wish.to_dict())]
    with gpu.lease() as lease, tempfile.TemporaryDirectory(prefix="ftassist-run-") as place:
        environment = sandbox.kernel_environment(Path(place), model=wish.model, gpu=lease.visible)
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=seconds, env=environment,
                cwd=place, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return {"ok": False, "message": f"not over after {seconds:.0f} s"}
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        said = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        return {"ok": False, "message": said[:600]}
    found: Found = json.loads(lines[-1])
    if found.get("ok") and (estimate := estimated_mb(wish, on_gpu=bool(lease.visible))):
        found["estimated_mb"] = estimate
    return found


def out_of_memory(wish: TrainingWish, seconds: float) -> Found:
    """Whether a training that cannot fit ends as "out of memory", and nothing else.

    On a GPU its rows are far too long for it; on a CPU, where running out of memory would take
    the machine with it, the message of torch is given to what classes failures.
    """
    if gpu.list_gpus():
        found = training(wish, seconds)
        return {**found, "ok": found.get("class") == "OOM"}
    from ftassist.trial.failures import classify

    told = classify("OutOfMemoryError", "CUDA out of memory. Tried to allocate 20 GiB", "train")
    return {
        "class": str(told),
        "ok": str(told) == "OOM",
        "message": "no GPU: a message was classed",
    }


def estimated_mb(wish: TrainingWish, *, on_gpu: bool) -> float:
    """Memory for weights, gradients and optimizer as the program foretells it; 0 for unknown."""
    method = {"dpo": "lora", "grpo": "lora"}.get(wish.method, wish.method)
    shape = shape_of(resolve(wish.model).path)
    if shape is None:
        return 0.0
    needed = fit(shape, method, 10**9, gpu=on_gpu, checkpointing=False)
    return float(needed.weights_mb + needed.training_mb)


def benchmark(name: str, arguments: list[str], root: Path, seconds: float) -> Found:
    """A benchmark of the repository, its figures as it prints or writes them."""
    if not (root / "benchmarks" / f"{name}.py").is_file():
        return {"ok": True, "skipped": "not in a checkout of the repository"}
    with tempfile.TemporaryDirectory(prefix="ftassist-bench-") as place:
        output = Path(place) / "figures.json"
        words = [str(output) if word == "OUTPUT" else word for word in arguments]
        command = [sys.executable, "-m", f"benchmarks.{name}", *words]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=seconds, cwd=root, check=False
            )
        except subprocess.TimeoutExpired:
            return {"ok": False, "message": f"not over after {seconds:.0f} s"}
        text = output.read_text(encoding="utf-8") if output.is_file() else done.stdout
    if done.returncode != 0:
        return {"ok": False, "message": done.stderr.strip()[-600:]}
    try:
        return {"ok": True, "command": " ".join(command[1:]), "figures": json.loads(text)}
    except ValueError:
        return {"ok": True, "command": " ".join(command[1:]), "printed": text[-2000:]}


def made_model(folder: Path, tokenizer_of: str, shape: dict[str, int]) -> str:
    """A model with random weights of a shape, below a folder.

    Raises:
        FtassistError: There is no room for it.
    """
    try:
        return str(random_model.make(folder / "random", tokenizer_of, shape))
    except OSError as error:
        raise FtassistError(f"the random model cannot be written: {error}") from error
