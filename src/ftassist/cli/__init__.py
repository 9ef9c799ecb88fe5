"""The `ftassist` command."""

from ftassist.cli.app import app, main

__all__ = ["app", "main"]
