"""One encoding of each object (ballot-protocol.md, section 2): read, write again, compare."""

import base64
import binascii
import hashlib
import json

from refusal import Bad, need


def _members(pairs):
    made = dict(pairs)
    need(len(made) == len(pairs))
    return made


def _no(_):
    raise Bad("encoding")


def read(data, escape_delete=True, indent=None):
    """The value of these bytes, if they are its compact encoding with its members as they stand."""
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        value = json.loads(text, object_pairs_hook=_members, parse_float=_no, parse_constant=_no)
        again = write(value, escape_delete, indent)
        need(again == text)
    except (ValueError, UnicodeError, RecursionError) as error:
        raise Bad("encoding") from error
    return value


def write(value, escape_delete=True, indent=None):
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(value, ensure_ascii=False, separators=separators, indent=indent)
    text.encode("utf-8")  # a lone surrogate has no encoding
    return text.replace("\x7f", "\\u007f") if escape_delete else text


def members(value, names):
    """These members in this order; a name with `?` before it may be absent. Returns their values."""
    need(isinstance(value, dict))
    known = [name.lstrip("?") for name in names]
    places = [known.index(name) if name in known else -1 for name in value]
    need(-1 not in places and places == sorted(places))
    need(all(name in value for name in names if name[0] != "?"))
    return [value.get(name) for name in known]


def text(value):
    need(isinstance(value, str))
    return value


def array(value, size=None):
    need(isinstance(value, list) and size in (None, len(value)))
    return value


def number(value, low=0, high=2**64 - 1):
    need(type(value) is int and low <= value <= high)
    return value


def weight(value):
    """A count: a number below 2^30, a text in base 10 from there on."""
    if isinstance(value, str):
        made = decimal(value)
        need(made >= 2**30)
        return made
    return number(value, 0, 2**30 - 1)


def decimal(value, below=None):
    need(isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 1000)
    need(value == "0" or value[0] != "0")
    made = int(value)
    need(below is None or made < below)
    return made


def base64_hash(value):
    need(isinstance(value, str) and len(value) == 43)
    try:
        raw = base64.b64decode(value + "=", validate=True)
    except (binascii.Error, ValueError) as error:
        raise Bad("encoding") from error
    need(unpadded(raw) == value)
    return value


def hex_hash(value):
    need(isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef"))
    return value


def unpadded(raw):
    return base64.b64encode(raw).decode().rstrip("=")


def digest(data):
    """SHA-256 in base64 without padding."""
    return unpadded(hashlib.sha256(data.encode() if isinstance(data, str) else data).digest())


def hexdigest(data):
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()
