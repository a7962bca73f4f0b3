"""Make Repaso ready on this machine: `python3 tools/setup.py [run|test|all]`, as `make` calls it.

Runs on the system's Python before anything is installed, so it uses the standard library alone. It may be repeated
at any time: what is done is not done again, and an interrupted run goes on where it was.
"""

import sys

if sys.version_info < (3, 9):  # noqa: UP036 - whatever Python the system has runs this; the modules below need 3.9
    sys.exit("Repaso necesita Python 3.11 o posterior. / Repaso needs Python 3.11 or newer.")

sys.path.insert(0, __file__.rpartition("/")[0] or ".")
sys.dont_write_bytecode = True

from setup_checks import check_python  # noqa: E402 - the folder must be on the path first
from setup_texts import SetupFailed, language, sentence  # noqa: E402


def main(arguments: list[str]) -> int:
    """Set up what is asked for; return 0, 1 with a sentence on stderr, or 130 when interrupted."""
    import os

    spoken = language(os.environ)
    try:
        check_python()
        from setup_steps import set_up  # needs Python 3.11

        set_up(arguments[0] if arguments else "all", spoken)
    except SetupFailed as failure:
        sys.stderr.write(sentence(failure.code, spoken, **failure.values) + "\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("\n" + sentence("interrupted", spoken) + "\n")
        return 130
    except OSError as error:
        sys.stderr.write(sentence("no_write", spoken, path=error.filename, reason=error.strerror or error) + "\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
