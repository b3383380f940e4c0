"""A second verifier of polls: python3 verify.py PATH. Exit 0 verified, 1 not verified, 2 unreadable or not wholly covered here.

PATH is a bundle or an archive; docs/independent-check.md says what is left out. It follows docs/ballot-protocol.md,
docs/bundle-format.md, docs/voting-rules.md and docs/record.md, and takes nothing but Python's standard library.
"""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))

import bundle  # noqa: E402
import tallied  # noqa: E402
from refusal import Refused, Unsupported  # noqa: E402


def judge(data, say, is_bundle=None):
    """The exit code for these bytes."""
    if is_bundle is None:
        is_bundle = data[:2] == b"PK"
    try:
        if is_bundle:
            bundle.verify(data, say)
        else:
            tallied.verify(data, say)
    except Refused as refused:
        say(refused.check, f"NO: {refused.obj}: {refused.reason}")
        say(f"NOT VERIFIED: {refused.check}, {refused.obj}", "")
        return 1
    except Unsupported as unsupported:
        say(f"unsupported: {unsupported}; nothing is said of its truth", "")
        return 2
    say("verified", "")
    return 0


def spoken(check, words="ok"):
    print(f"{check}: {words}" if words else check)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: verify.py PATH")
    try:
        content = pathlib.Path(sys.argv[1]).read_bytes()
    except OSError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    try:
        code = judge(content, spoken)
    except Exception as error:  # a fault of this program says nothing of the poll
        print(f"this program failed: {error!r}", file=sys.stderr)
        code = 2
    sys.exit(code)
