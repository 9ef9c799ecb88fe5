"""`python -m ftassist`: the same as the `ftassist` command."""

from ftassist.cli import main

if __name__ == "__main__":
    main()
