"""Artefacts loaded by llama.cpp: GGUF files, asked through the template that is in them.

llama.cpp's own server runs in this process and is asked over the loopback: it applies the
template, cuts the text into tokens and generates, all by itself. Needs the extra `gguf`.
"""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.model import LM

from ftassist.dojo.artefacts.gguf_files import EXTRA
from ftassist.dojo.evaluator.count import Count
from ftassist.dojo.evaluator.generate import GeneratedText
from ftassist.dojo.scorers.thinking import Written, cut_answer, opened_by
from ftassist.errors import FtassistError, ModelError
from ftassist.models.chat_format import ChatFormat, Turn, folded

_ROOM = 256
_ENDS = ("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id")
_SECONDS = 600.0


class LlamaCppRuntime:
    """A GGUF file in llama.cpp.

    Args:
        chats: How the trial was asked; only whether a system turn is folded is taken from it.
        context: Tokens of prompt and answer together, at most.
    """

    note = ""

    def __init__(self, file: Path, chats: ChatFormat, context: int) -> None:
        from gguf import GGUFReader

        try:
            import xllamacpp
        except ImportError as error:
            raise FtassistError(
                "llama.cpp is not installed, so a GGUF file cannot be scored again",
                fix=f"install it with `{EXTRA}`, or export --as merged",
            ) from error
        fields = GGUFReader(str(file)).fields
        self.name = f"llama.cpp (xllamacpp {version('xllamacpp')})"
        self.end_ids = frozenset(int(fields[n].contents()) for n in _ENDS if n in fields)
        self._folds = bool(chats.no_system)
        self._key = secrets.token_urlsafe(16)
        self._server = _started(xllamacpp, file, context, self._key)

    def prompt_ids(self, messages: Sequence[Turn]) -> list[int]:
        """The tokens llama.cpp makes of a chat, begin-of-text token of its own and all."""
        return self.encode(self.text(messages))

    def text(self, messages: Sequence[Turn]) -> str:
        """A chat as the template in the file writes it."""
        asked = folded(messages) if self._folds else messages
        return str(self._ask("/apply-template", {"messages": list(asked)})["prompt"])

    def encode(self, text: str) -> list[int]:
        """The tokens of a prompt, as llama.cpp's chats are cut."""
        wish = {"content": text, "add_special": True, "parse_special": True}
        return [int(token) for token in self._ask("/tokenize", wish)["tokens"]]

    def piece(self, token: int) -> str:
        """A token as people read it."""
        return str(self._ask("/detokenize", {"tokens": [token]})["content"])

    def settings(self) -> Mapping[str, Any]:
        """None: a GGUF file is asked greedily by whoever wants the trial's answers."""
        return {}

    def scorer(self, count: Count) -> Any:
        """The file as a model of the harness."""
        return LlamaCppModel(self, count)

    def answer(self, prompt: Sequence[int], limit: int) -> tuple[str, GeneratedText]:
        """What is written for a prompt, greedily."""
        wish = {
            "prompt": list(prompt),
            "n_predict": limit,
            "temperature": 0.0,
            "top_k": 1,
            "repeat_penalty": 1.0,
            "cache_prompt": False,
            "return_tokens": True,
        }
        found = self._ask("/completion", wish)
        tokens = tuple(int(token) for token in found.get("tokens", ()))
        return str(found["content"]), GeneratedText(tokens, found.get("stop_type") != "limit")

    def close(self) -> None:
        """Ends the server."""
        del self._server

    def _ask(self, path: str, wish: Mapping[str, Any]) -> Any:
        request = urllib.request.Request(
            f"{self._server.listening_address}{path}",
            data=json.dumps(wish).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self._key}",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
                return json.load(answer)
        except (urllib.error.URLError, ValueError, OSError) as error:
            said = error.read().decode(errors="replace")[:300] if hasattr(error, "read") else ""
            raise ModelError(
                f"llama.cpp refuses {path}: {said or error}",
                fix="export --as merged; the template or the file is beyond this llama.cpp",
            ) from error


class LlamaCppModel(LM):  # type: ignore[misc]
    """A GGUF file for the harness; `answers` keeps what it wrote, by document."""

    def __init__(self, runtime: LlamaCppRuntime, count: Count) -> None:
        super().__init__()
        self._runtime = runtime
        self._count = count
        self.answers: dict[int, GeneratedText] = {}

    @property
    def tokenizer_name(self) -> str:
        """Some name; the harness caches by it."""
        return self._runtime.name

    def apply_chat_template(
        self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True
    ) -> str:
        """A prompt; without a generation prompt the last turn is begun."""
        if add_generation_prompt:
            return self._runtime.text(chat_history)
        *before, begun = chat_history
        return self._runtime.text(before) + begun["content"]

    def generate_until(self, requests: Sequence[Instance], disable_tqdm: bool = True) -> list[str]:
        """Greedy answers in the order of the requests, cut at the first stop text."""
        del disable_tqdm
        written: list[str] = []
        for number, request in enumerate(requests):
            self._count(number, len(requests))
            prompt, settings = request.args
            limit = int(settings["max_gen_toks"])
            text, answer = self._runtime.answer(self._runtime.encode(prompt), limit)
            opened = "" if answer.finished else opened_by(prompt)
            kept = cut_answer(opened + text, settings.get("until", []))
            cut = len(kept) < len(opened) + len(text)
            self.answers[request.doc_id] = GeneratedText(answer.tokens, answer.finished or cut)
            written.append(Written.of(kept.removeprefix(opened), kept))
        return written

    def loglikelihood(self, requests: Sequence[Instance]) -> list[tuple[float, bool]]:
        """Refuses: llama.cpp's server gives no likelihoods of whole answers.

        Raises:
            ModelError: Always.
        """
        raise ModelError(
            f"the task compares likelihoods ({len(requests)} of them), which llama.cpp does not "
            "give",
            fix="export --as merged",
        )

    def loglikelihood_rolling(self, requests: Sequence[Instance]) -> list[float]:
        """See `loglikelihood`."""
        self.loglikelihood(requests)
        return []


def _started(xllamacpp: Any, file: Path, context: int, key: str) -> Any:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(file)
    parameters.n_ctx = context
    parameters.n_parallel = 1
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [key]
    parameters.use_jinja = True
    parameters.warmup = False
    parameters.offline = True
    parameters.verbosity = 0
    try:
        return xllamacpp.Server(parameters)
    except Exception as error:
        raise ModelError(
            f"llama.cpp cannot load the file: {error}",
            where=str(file),
            fix="export it again; if this stays, export --as merged",
        ) from error
