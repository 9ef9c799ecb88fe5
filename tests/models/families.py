"""Chat templates written for the tests, each with what some family of models is known for.

And a tokenizer for any template: one token a byte, and one for each mark the template writes.
"""

from __future__ import annotations

import re
from typing import Any

MARK = re.compile(r"<[|｜/]?[\w▁]+(?:[ :.-][\w▁]+)*[|｜]?>|\[/?[A-Z_]+\]|\[gMASK\]")
"""Marks as templates write them: <|im_end|>, </s>, [INST]."""

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

FAMILIES = {
    "plain": CHATML,
    "opens thoughts in its generation prompt only": CHATML.replace(
        "assistant\n{% endif", "assistant\n<think>\n{% endif"
    ),
    "opens thoughts and forgets them in answers": (
        "{{ bos_token }}{% for m in messages %}{% if m.role == 'user' %}<|User|>{{ m.content }}"
        "{% elif m.role == 'system' %}{{ m.content }}{% else %}"
        "<|Assistant|>{{ m.content.split('</think>')[-1] }}<|end|>{% endif %}{% endfor %}"
        "{% if add_generation_prompt %}<|Assistant|><think>\n{% endif %}"
    ),
    "puts empty thoughts before the last answer": (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n"
        "{% if m.role == 'assistant' and loop.last %}<think>\n\n</think>\n\n{% endif %}"
        "{{ m.content }}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    ),
    "forbids the system role": (
        "{{ bos_token }}{% if messages[0].role == 'system' %}"
        "{{ raise_exception('no system role, please') }}{% endif %}{% for m in messages %}"
        "<start_of_turn>{{ 'model' if m.role == 'assistant' else m.role }}\n"
        "{{ m.content | trim }}<end_of_turn>\n{% endfor %}"
        "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
    ),
    "leaves the system turn out": (
        "{% for m in messages if m.role != 'system' %}[{{ m.role }}] {{ m.content }}</s>"
        "{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}"
    ),
    "folds the system turn, has no generation prompt": (
        "{{ bos_token }}{% set ns = namespace(s='') %}{% for m in messages %}"
        "{% if m.role == 'system' %}{% set ns.s = m.content + '\n\n' %}"
        "{% elif m.role == 'user' %}[INST] {{ ns.s + m.content }} [/INST]{% set ns.s = '' %}"
        "{% else %} {{ m.content }}</s>{% endif %}{% endfor %}"
    ),
    "has no generation prompt but a header": (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    ),
    "ends once after the whole chat": (
        "{% for m in messages %}{{ '### ' + m.role }}:\n{{ m.content }}\n{% endfor %}"
        "{% if add_generation_prompt %}### assistant:\n{% else %}{{ eos_token }}{% endif %}"
    ),
    "tells the date": (
        "<|start|>system\nToday is {{ strftime_now('%d %b %Y') }}.<|eot|>{% for m in messages %}"
        "<|start|>{{ m.role }}\n{{ m.content | trim }}<|eot|>{% endfor %}"
        "{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
    ),
    "wants parts": (
        "{% for m in messages %}<|im_start|>{{ m.role }}\n{% for p in m.content %}"
        "{% if p.type == 'text' %}{{ p.text }}{% endif %}{% endfor %}<|im_end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    ),
    "adds a system turn of its own": (
        "{% if messages[0].role != 'system' %}<|im_start|>system\nYou help.<|im_end|>\n{% endif %}"
        + CHATML
    ),
    "ends with the next question's mark": (
        "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|>\n{% endif %}"
        "{# <|user|> <|assistant|> <|system|> #}"
    ),
    "ends with another mark than eos, then eos": (
        "{% for m in messages %}<|{{ m.role }}|>\n{{ m.content }}<|end|>\n{% endfor %}"
        "{% if add_generation_prompt %}<|assistant|>\n{% else %}{{ eos_token }}{% endif %}"
        "{# <|user|> <|assistant|> <|system|> #}"
    ),
}
"""By what each does."""

REFUSED = {
    "drops the text": CHATML.replace("{{ m.content }}", ""),
    "raises at every chat": "{{ raise_exception('closed on Sundays') }}",
    "cannot be run": "{{ messages[0].content + 1 }}",
    "is no template": "{% for m in messages %}",
    "rewrites the question": (
        "{% for m in messages %}{{ m.role if loop.last else 'x' }}: {{ m.content }}<|im_end|>"
        "{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}"
    ),
    "ends nowhere": (
        "{% for m in messages %}{{ m.role | upper }}: {{ m.content }} {% endfor %}"
        "{% if add_generation_prompt %}ASSISTANT:{% endif %}"
    ),
    "shouts": CHATML.replace("m.content", "m.content | replace('a', '4')"),
}
"""Templates that no base can be trained with."""


def byte_tokenizer(template: Any, *, eos: str = "<|endoftext|>", merges: str = "") -> Any:
    """A tokenizer of bytes with a template's marks; `merges` names pairs that become one token."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    pairs = [(pair[0], pair[1]) for pair in merges.split()]
    words = [*letters, *("".join(pair) for pair in pairs)]
    core = Tokenizer(models.BPE(vocab={w: n for n, w in enumerate(words)}, merges=pairs))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    core.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, eos_token=eos, bos_token="<s>", pad_token="<pad>"
    )
    found = sorted(set(MARK.findall(str(template))))
    tokenizer.add_tokens([AddedToken(m, special=True, normalized=False) for m in found])
    tokenizer.chat_template = template
    return tokenizer


def turns(*texts: str, system: str = "") -> list[dict[str, str]]:
    """A chat: texts of the person and the model in turn, after a system turn if there is one."""
    roles = ["user", "assistant"]
    spoken = [{"role": roles[n % 2], "content": text} for n, text in enumerate(texts)]
    return [{"role": "system", "content": system}, *spoken] if system else spoken
