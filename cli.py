"""`python cli.py …` in a checkout is the installed `casework …`."""

from workflow.cli import main

if __name__ == "__main__":
    main()
