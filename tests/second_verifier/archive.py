"""An archive `.bel`: its tar, and the chain of its events (bundle-format.md, "The archive")."""

import hashlib

import strict
from refusal import Bad, Refused, Unsupported, need

PAYLOAD = {"Setup", "Ballot", "EncryptedTally", "PartialDecryption", "Result"}
# Which event may follow which.
AFTER = {
    None: {"Setup"},
    "Setup": {"Ballot", "EndBallots"},
    "Ballot": {"Ballot", "EndBallots"},
    "EndBallots": {"EncryptedTally"},
    "EncryptedTally": {"PartialDecryption", "Result"},
    "PartialDecryption": {"PartialDecryption", "Result"},
    "Result": set(),
}


class Archive:
    """The objects of an archive whose chain holds."""

    def __init__(self):
        self.last = None
        self.setup = {}
        self.ballots = []  # (height, bytes)
        self.tally = None  # (num_tallied, total_weight, bytes)
        self.partials = []  # (owner, bytes)
        self.result = None


def tar_entries(data):
    """Each entry's name, time and content."""
    if sum(a == b for a, b in zip(data, b"BELENIOS")) < 4:
        raise Unsupported("this is no archive")
    place = 0
    while place < len(data):
        header = data[place : place + 512]
        need(len(header) == 512, "tar")
        name, size, time = header[:100].rstrip(b"\0"), header[124:136], header[136:148]
        need(_octal(size) and _octal(time), "tar")
        whole = name.ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + size + time
        blank = whole + b" " * 8 + b"0"
        need(header == whole + b"%06o\0 " % sum(blank) + b"0" + bytes(355), "tar")
        end = place + 512 + int(size[:11], 8)
        content, padding = data[place + 512 : end], data[end : end + -end % 512]
        need(end + len(padding) <= len(data) and (end + len(padding)) % 512 == 0, "tar")
        need(padding == bytes(len(padding)), "tar")
        yield name.decode("latin-1"), int(time[:11], 8), content
        place = end + len(padding)


def _octal(field):
    return field[11] == 0 and all(48 <= byte < 56 for byte in field[:11])


def read(data):
    """The entries as (kind, hash, content), the header checked."""
    entries, stamp = [], None
    try:
        for place, (name, time, content) in enumerate(tar_entries(data)):
            if place == 0:
                stamp = _stamp(content)
                need(name == "BELENIOS", "header")
                need(time == stamp, "time")
                continue
            need(time == stamp, "time")
            stem, dot, kind = name.partition(".")
            need(dot and kind in ("data.json", "event.json"), "name")
            strict.hex_hash(stem)
            need(hashlib.sha256(content).hexdigest() == stem, "name-hash")
            entries.append((kind, stem, content))
    except Bad as bad:
        raise Refused("archive", "tar", str(bad)) from bad
    return entries


def _stamp(content):
    version, stamp = strict.members(strict.read(content), ["version", "timestamp"])
    need(type(version) is int, "header")
    if version != 1:
        raise Unsupported(f"version {version} of the archive")
    return strict.decimal(stamp)


def chain(entries):
    """Follows the events; every object stands before its event and belongs to it alone."""
    made, seen, loose, parent, height = Archive(), set(), {}, None, 0
    for kind, name, content in entries:
        where = f"event {height}"
        if name in seen:
            raise Refused("events", where, "repeated")
        seen.add(name)
        if kind == "data.json":
            loose[name] = content
            continue
        try:
            _event(made, content, parent, height, loose)
        except Bad as bad:
            raise Refused("events", where, str(bad)) from bad
        if loose:
            raise Refused("events", where, "unreferenced")
        parent, height = name, height + 1
    if loose or not height:
        raise Refused("events", "end", "unreferenced" if loose else "missing")
    return made


def _event(made, content, parent, height, loose):
    found, level, kind, payload = strict.members(
        strict.read(content), ["?parent", "height", "type", "?payload"]
    )
    strict.number(level)
    strict.text(kind)
    need(level == height, "height")
    need(found == parent, "parent")
    if kind in ("Shuffle", "EndShuffles"):
        raise Unsupported("shuffles")
    need(kind in AFTER[made.last], "order")
    made.last = kind
    need((payload is not None) == (kind in PAYLOAD), "payload")
    if payload is None:
        return
    data = _take(loose, payload)
    if kind == "Setup":
        names = ["election", "trustees", "credentials", "?credentials_certificate"]
        hashes = strict.members(strict.read(data), names)
        for name, value in zip(names, hashes):
            if value is not None:
                made.setup[name.lstrip("?")] = _take(loose, value)
    elif kind == "Ballot":
        made.ballots.append((height, data))
    elif kind == "EncryptedTally":
        number, weight, value = strict.members(
            strict.read(data), ["num_tallied", "total_weight", "encrypted_tally"]
        )
        made.tally = (strict.number(number), strict.weight(weight), _take(loose, value))
    elif kind == "PartialDecryption":
        owner, value = strict.members(strict.read(data), ["owner", "payload"])
        made.partials.append((strict.number(owner, 0), _take(loose, value)))
    else:
        made.result = data


def _take(loose, name):
    strict.hex_hash(name)
    need(name in loose, "missing")
    return loose.pop(name)
