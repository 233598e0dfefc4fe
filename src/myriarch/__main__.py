"""``python -m myriarch`` is the command ``myriarch``."""

from myriarch.cli.main import main

if __name__ == "__main__":
    main()
