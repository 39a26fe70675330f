"""`python cli.py …` in a checkout is the installed `casework …`."""

import sys

if __name__ == "__main__":
    try:
        from workflow.cli import main

        main()
    except ModuleNotFoundError as missing:
        sys.exit(f"缺少 {missing.name}；请先运行 make setup / {missing.name} is not installed; run `make setup` first")
