"""Command line: train, evaluate and export the starter models. `python -m training --help`."""
import sys

from .commands import main

sys.exit(main())
