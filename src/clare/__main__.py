"""`python -m clare`."""

from clare.cli import main

main()
