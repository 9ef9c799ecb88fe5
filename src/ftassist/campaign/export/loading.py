"""How an export is loaded by whoever gets it: the lines its model card shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ftassist.models import registry

if TYPE_CHECKING:
    from ftassist.campaign.campaign import Campaign
    from ftassist.dojo.artefacts.request import Form


def how_to_load(campaign: Campaign, form: Form, name: str) -> list[str]:
    """What to type, and what to mind."""
    named = campaign.state.settings.model
    known = registry.find(named)
    base = known.repository if known else Path(named).name
    written = {
        "adapter": ("python", _ADAPTER.format(name=name, base=base)),
        "merged": ("python", _MERGED.format(name=name)),
        "vllm": ("sh", _VLLM.format(name=name)),
        "gguf": ("sh", _GGUF.format(name=name)),
        "ollama": ("sh", _OLLAMA.format(name=name)),
    }
    language, lines = written[form]
    day = "; templates that write the date were told " + campaign.day
    minded = f"It was scored greedily, with the template and end tokens in this folder{day}."
    return [minded, f"```{language}\n{lines}```"]


_CHAT = """\
chat = [{{"role": "user", "content": "..."}}]
asked = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_tensors="pt",
                                      return_dict=True)
answer = model.generate(**asked{more})
print(tokenizer.decode(answer[0][asked["input_ids"].shape[1]:], skip_special_tokens=True))
"""
_ADAPTER = """\
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

base = AutoModelForCausalLM.from_pretrained("{base}")
model = PeftModel.from_pretrained(base, "{name}")
tokenizer = AutoTokenizer.from_pretrained("{name}")
greedy = GenerationConfig.from_pretrained("{name}")
""" + _CHAT.replace("{more}", ", generation_config=greedy")
_MERGED = """\
from transformers import AutoModelForCausalLM, AutoTokenizer

model = AutoModelForCausalLM.from_pretrained("{name}")
tokenizer = AutoTokenizer.from_pretrained("{name}")
""" + _CHAT.replace("{more}", "")
_VLLM = """\
vllm serve {name}   # generation_config.json in it sets the defaults: greedy, with a token limit
"""
_GGUF = """\
llama-server --model {name}/model.gguf --jinja --temp 0 --repeat-penalty 1
"""
_OLLAMA = """\
ollama create {name} -f {name}/Modelfile
ollama run {name}
"""
