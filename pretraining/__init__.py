"""How the tiny base model in `ftassist.models` is made. It is not part of the wheel."""
