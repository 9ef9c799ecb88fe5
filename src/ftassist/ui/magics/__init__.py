"""The `%ftagent` magic: the whole loop from a notebook."""

from ftassist.ui.magics.magic import Ftagent, load_ipython_extension

__all__ = ["Ftagent", "load_ipython_extension"]
