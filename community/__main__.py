"""``python -m community`` is the command line."""

from community.cli import main

if __name__ == "__main__":
    main()
