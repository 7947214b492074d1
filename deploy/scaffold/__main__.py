"""Writes the skeleton of a noun: ``make new-noun PILLAR=environment NOUN=inspection``.

Everything is thought out before the first file is written, so that a refusal changes nothing.
"""

import argparse
import sys
from collections.abc import Sequence

from deploy.scaffold.names import ScaffoldError, names_of
from deploy.scaffold.skeleton import ROOT, plan, write

_NEXT = """
Written and wired. Next:
  1. look at it: make routes, make run, http://127.0.0.1:8080/{address}
  2. make it yours: the rules in services/{pillar}/{nouns}/model.py and their tests first, then the rest; a new RPC
     needs a line in seeds.py, rows.py and growth.py of tests/{pillar}/{nouns}
  3. make proto, then .venv/bin/smartcity permissions --write, .venv/bin/python -m deploy.told (who tells whom), and
     renew the chart's golden files:
     SMARTCITY_GOLDEN=write .venv/bin/python -m pytest tests/deploy/helm/test_render.py -k reviewed
  4. tell of it and of its events in services/{pillar}/README.md, and link its page where people look for it
  5. make check test
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the skeleton; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m deploy.scaffold", description="The skeleton of a noun")
    parser.add_argument("pillar", help="whose it is: environment")
    parser.add_argument("noun", help="one of them, in English: inspection, air-sample")
    parser.add_argument("--plural", default="", help="many of them, where the simple rules do not do")
    parser.add_argument("--word", default="", help="one of them in Indonesian: inspeksi; the noun when left out")
    given = parser.parse_args(arguments)
    try:
        names = names_of(given.pillar, given.noun, given.plural, given.word)
        planned = plan(names)
    except ScaffoldError as error:
        sys.stderr.write(f"Nothing was written: {error}.\n")
        return 1
    write(planned)
    sys.stdout.writelines(f"{path.relative_to(ROOT)}\n" for path in planned)
    sys.stdout.write(_NEXT.format(**names.texts()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
