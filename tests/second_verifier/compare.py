"""python3 compare.py FOLDER: judges every NAME.bytes of a folder and compares the exit code with the first line of NAME.exit.

Prints each disagreement, and how often this program said that it leaves something out (2). Exit 1 where there is a
disagreement, where nothing was verified by both, or where more than one in twenty is left out.
"""

import collections
import multiprocessing
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).parent))

from verify import judge  # noqa: E402


def one(path):
    lines = []
    try:
        code = judge(path.read_bytes(), lambda check, words="ok": lines.append(f"{check}: {words}"), path.name.startswith("zip"))
    except Exception as error:  # a fault of this program is a disagreement, not the end of the comparison
        code, lines = 70, [repr(error)]
    expected, _, why = path.with_suffix(".exit").read_text().partition("\n")
    return path.name, code, int(expected), (lines or ["-"])[-2 if code == 1 else -1], why


def main(folder):
    paths = sorted(pathlib.Path(folder).glob("*.bytes"))
    seen, differ, left_out = collections.Counter(), 0, 0
    with multiprocessing.Pool(2) as pool:
        for name, code, expected, ours, theirs in pool.imap(one, paths, chunksize=16):
            seen[expected, code] += 1
            if code == 2 != expected:
                left_out += 1
                print(f"{name}: left out here: {ours}")
            elif code != expected:
                differ += 1
                print(f"{name}: tally {expected}, here {code}\n    here: {ours}\n    tally: {theirs}")
    for (expected, code), times in sorted(seen.items()):
        print(f"tally {expected}, here {code}: {times}")
    return 1 if differ or not seen[0, 0] or not seen[1, 1] or left_out * 20 > len(paths) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
