"""Write the model folder that ships: bfloat16 weights, tokenizer, template, generation defaults.

    python -m pretraining.export --out build/pretraining --to src/ftassist/models/tiny

exports the last checkpoint of a run, also while it goes on.
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import GenerationConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from pretraining.model import Config, build_model
from pretraining.tokenizer import as_pretrained


def export(model: LlamaForCausalLM, coder: PreTrainedTokenizerFast, folder: Path) -> None:
    """Write `model` and `coder` to `folder`; the model itself stays in float32."""
    folder.mkdir(parents=True, exist_ok=True)
    copy = LlamaForCausalLM(model.config)
    copy.load_state_dict(model.state_dict())
    copy = copy.to(torch.bfloat16)
    copy.generation_config = GenerationConfig(
        do_sample=False,
        max_new_tokens=128,
        eos_token_id=coder.eos_token_id,
        pad_token_id=coder.pad_token_id,
    )
    copy.save_pretrained(folder)
    coder.save_pretrained(folder)
    (folder / "model.safetensors").chmod(0o644)
    settings = folder / "config.json"
    config = json.loads(settings.read_text())
    config.pop("_name_or_path", None)
    settings.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")


def export_checkpoint(config: Config, out: Path, folder: Path) -> dict[str, Any]:
    """Export the last checkpoint in `out` to `folder`; return where the run stood then."""
    coder = as_pretrained(Tokenizer.from_file(str(out / "tokenizer.json")), config.longest)
    model = build_model(config, coder)
    state = torch.load(out / "checkpoint.pt", weights_only=True)
    model.load_state_dict(state["model"])
    export(model, coder, folder)
    return dict(state["progress"])


def main() -> None:
    """Export the checkpoint of a run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("build/pretraining"))
    parser.add_argument("--to", type=Path, required=True)
    options = parser.parse_args()
    print(json.dumps(export_checkpoint(Config(), options.out, options.to), indent=2))


if __name__ == "__main__":
    main()
