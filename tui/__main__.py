"""`python -m tui` is `repaso`."""

from tui.cli import main

main()
