r"""The tokenizer: byte-level BPE whose pieces keep copying and counting possible.

The space is a token of its own, so a word is the same tokens wherever it stands. Digits are
single. Runs of the letters that SMILES writes for atoms stay single symbols, and so does every
punctuation mark; the cell border `" | "` is the one exception.
"""

from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

PAD, START, END = "<|pad|>", "<|im_start|>", "<|im_end|>"
SIZE = 1536

_ATOM_END = r"(?=[cnosp]*(?![a-z]))"
_PIECES = "|".join(
    (
        r" \| ",
        r" {2,}",
        r"\n",
        r"\d",
        rf"(?:Cl|Br){_ATOM_END}",
        rf"[A-Z]{_ATOM_END}",
        rf"[cnosp]{_ATOM_END}",
        r"[A-Z]?[a-z]+",
        r"-{2,}",
        r".",
    )
)

# The `generation` block marks what an assistant says, end token included, so that a trainer
# can take the loss on exactly that.
CHAT_TEMPLATE = (
    "{%- for message in messages -%}"
    "{{- '<|im_start|>' + message['role'] + '\n' -}}"
    "{%- if message['role'] == 'assistant' -%}"
    "{%- generation -%}{{- message['content'] + '<|im_end|>' -}}{%- endgeneration -%}"
    "{%- else -%}{{- message['content'] + '<|im_end|>' -}}{%- endif -%}"
    "{{- '\n' -}}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\n' -}}{%- endif -%}"
)


def build(texts: Iterable[str]) -> Tokenizer:
    """Train a tokenizer of `SIZE` entries on `texts`."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=SIZE,
        special_tokens=[PAD, START, END],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def as_pretrained(tokenizer: Tokenizer, longest: int) -> PreTrainedTokenizerFast:
    """Wrap a tokenizer for transformers, with the chat template and the special tokens."""
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        additional_special_tokens=[START],
        model_max_length=longest,
        padding_side="left",
        clean_up_tokenization_spaces=False,
    )
    wrapped.chat_template = CHAT_TEMPLATE
    return wrapped
