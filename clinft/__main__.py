"""`python -m clinft` and the `clinft` command."""

from clinft.cli import main

if __name__ == "__main__":
    main()
