"""`python -m preflight` starts the command line."""

from preflight.cli.main import main

if __name__ == "__main__":
    main()
