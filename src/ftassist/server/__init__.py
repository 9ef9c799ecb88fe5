"""The Jupyter server extension: campaigns over REST, and hints that one has changed."""

from ftassist.server.application import FtassistApp

__all__ = ["FtassistApp"]
