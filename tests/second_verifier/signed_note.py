"""C2SP signed notes: verifier keys, checkpoints, cosignatures; RFC 8032 signatures under them."""

import base64
import binascii
import hashlib
import re
from collections import namedtuple

from groups import group
from refusal import Bad, need

Key = namedtuple("Key", "name hash kind public")
LINE = re.compile(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})")


def unbase64(text):
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Bad("encoding") from error
    need(base64.b64encode(raw).decode() == text)
    return raw


def key(line, kind):
    match = LINE.fullmatch(line) if isinstance(line, str) else None
    need(match)
    raw = unbase64(match[3])
    need(len(raw) == 33 and raw[0] == kind)
    need(hashlib.sha256(match[1].encode() + b"\n" + raw).hexdigest()[:8] == match[2])
    return Key(match[1], bytes.fromhex(match[2]), kind, raw[1:])


def signed(public, message, signature):
    """An Ed25519 signature of RFC 8032, without a cofactor."""
    curve = group("Ed25519")
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or s >= curve.q:
        return False
    try:
        a = curve.point(public[::-1].hex())
    except Bad:
        return False
    k = int.from_bytes(hashlib.sha512(r + public + message).digest(), "little") % curve.q
    made = curve.product((curve.g, s), (a, -k))
    return bytes.fromhex(curve.text(made))[::-1] == r


class Checkpoint:
    """A checkpoint and who has signed it."""

    def __init__(self, text):
        body, middle, rest = text.rpartition("\n\n")
        need(middle and rest.endswith("\n"))
        self.body = body + "\n"
        lines = self.body.split("\n")
        need(len(lines) >= 4 and lines[-1] == "" and re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]))
        self.origin, self.size, self.root = lines[0], int(lines[1]), unbase64(lines[2])
        need(self.origin and len(self.root) == 32)
        self.signatures = []
        for line in rest[:-1].split("\n"):
            dash, name, raw = (line.split(" ") + ["", ""])[:3]
            need(dash == "—" and name and line.count(" ") == 2)
            self.signatures.append((name, unbase64(raw)))

    def by(self, who):
        """Whether this key has signed it."""
        for name, raw in self.signatures:
            if name != who.name or raw[:4] != who.hash:
                continue
            if who.kind == 1:
                return signed(who.public, self.body.encode(), raw[4:])
            stamp = int.from_bytes(raw[4:12], "big")
            text = f"cosignature/v1\ntime {stamp}\n{self.body}"
            return signed(who.public, text.encode(), raw[12:])
        return False
