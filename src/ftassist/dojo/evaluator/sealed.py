"""Questions and answers between two evaluators, encrypted from one process to the other.

Both ends make a key of their own in memory and tell the other its public half (X25519); what is
derived of both (HKDF) encrypts and authenticates what travels (ChaCha20-Poly1305). So neither what
carries it, nor a log, a disk or a memory it passes, holds an item in the clear, and what was
recorded cannot be read later: the keys are gone with the processes. It is no proof of who the
other end is: whoever can start processes on a node can be that end.
"""

from __future__ import annotations

import base64
import json
import os
import zlib
from typing import Any

from ftassist.dojo.evaluator.protocol import RefusedError

QUESTIONS, ANSWERS = b"questions", b"answers"
"""What is sealed: one does not pass for the other."""
_NONCE = 12


def available() -> bool:
    """Whether this installation can encrypt."""
    try:
        import cryptography.hazmat.primitives.ciphers.aead  # noqa: F401
    except ImportError:
        return False
    return True


class Sealer:
    """One end, with a key that was made for it alone.

    Attributes:
        public: What the other end is told.
    """

    def __init__(self) -> None:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        self._private = X25519PrivateKey.generate()
        self.public = self._private.public_key().public_bytes_raw().hex()

    def seal(self, other: str, what: bytes, document: dict[str, Any]) -> str:
        """A document that only the other end can read, as text.

        Args:
            other: The other end's public half.
            what: What it is: `QUESTIONS` or `ANSWERS`.
            document: JSON values.
        """
        nonce = os.urandom(_NONCE)
        plain = zlib.compress(json.dumps(document, ensure_ascii=False).encode())
        return base64.b64encode(nonce + self._cipher(other).encrypt(nonce, plain, what)).decode()

    def open(self, other: str, what: bytes, sealed: str) -> dict[str, Any]:
        """What the other end sealed.

        Raises:
            RefusedError: ENV: it was sealed for somebody else, is something else, or was changed.
        """
        from cryptography.exceptions import InvalidTag

        try:
            raw = base64.b64decode(sealed, validate=True)
            plain = self._cipher(other).decrypt(raw[:_NONCE], raw[_NONCE:], what)
        except (InvalidTag, ValueError) as error:
            raise RefusedError(
                f"sealed {what.decode()} cannot be opened: damaged, or sealed for another",
                kind="ENV",
                fix="run the trial again",
            ) from error
        document: dict[str, Any] = json.loads(zlib.decompress(plain))
        return document

    def _cipher(self, other: str) -> Any:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        shared = self._private.exchange(X25519PublicKey.from_public_bytes(bytes.fromhex(other)))
        both = "|".join(sorted((self.public, other))).encode()
        return ChaCha20Poly1305(HKDF(SHA256(), 32, None, b"ftassist|" + both).derive(shared))
