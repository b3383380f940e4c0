"""A poll's bundle (bundle-format.md): its zip, and what its files say of the archive."""

import struct
import zlib

import decision
import record
import rounds
import strict
import tallied
from refusal import Bad, Refused, Unsupported, need
from rule import Rule

ORDER = [
    "manifest.json", "election.bel", "bindings.json", "rule.toml", "roll.json", "figures.json", "revocations.json", "spoiled.json",
    "paper.json", "voided.json", "lot.json", "decision.json", "ended.json", "record.json", "previous.zip",
]  # fmt: skip
ALWAYS = [ORDER[i] for i in (1, 2, 3, 4, 5, 6, 11)]
ENDED = {"election.bel", "rule.toml", "ended.json", "record.json"}


def files(data):
    """The files of a zip in its one form."""
    made, place = [], 0
    while data[place : place + 4] == b"PK\x03\x04":
        need(len(data) >= place + 30, "form")
        size, length = struct.unpack("<I", data[place + 22 : place + 26])[0], data[place + 26] + 256 * data[place + 27]
        start = place + 30 + length
        try:
            made.append((data[place + 30 : start].decode(), data[start : start + size]))
        except UnicodeError as error:
            raise Bad("form") from error
        place = start + size
    names = [name for name, _ in made]
    need(all(name in ORDER for name in names), "form")
    need([ORDER.index(name) for name in names] == sorted({ORDER.index(name) for name in names}), "form")
    need(written(made) == data, "form")
    return dict(made)


def written(made):
    local, directory = b"", b""
    for name, content in made:
        name = name.encode()
        common = struct.pack("<HHHHHIIIHH", 10, 0, 0, 0, 0x21, zlib.crc32(content), len(content), len(content), len(name), 0)
        directory += struct.pack("<IH", 0x02014B50, 0x030A) + common
        directory += struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, len(local)) + name
        local += b"PK\x03\x04" + common + name + content
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, len(made), len(made), len(directory), len(local), 0)
    return local + directory + end


def manifest(data):
    try:
        made = files(data)
    except Bad as bad:
        raise Refused("manifest", "zip", str(bad)) from bad
    if "manifest.json" not in made:
        raise Refused("manifest", "manifest.json", "missing")
    try:
        form, listed = strict.members(strict.read(made["manifest.json"], False, 2), ["format", "files"])
        need(form == "minsheng-poll/1" and isinstance(listed, dict) and list(listed) == sorted(listed))
        found = {name: strict.hexdigest(content) for name, content in made.items() if name != "manifest.json"}
        need(found == listed, "manifest")
        needed = ["rule.toml", "record.json"] if "ended.json" in made else ALWAYS
        need(all(name in made for name in needed), "missing")
    except Bad as bad:
        raise Refused("manifest", "manifest.json", str(bad)) from bad
    return made


class Poll:
    """What is proved of a poll so far."""


def verify(data, say, depth=0):
    """Every check of a bundle; Unsupported where only what this program leaves out is open."""
    made = Poll()
    made.files = manifest(data)
    say("manifest")
    if "ended.json" in made.files:
        return ended(made, say)
    bindings = tallied.checked("bindings", "bindings.json", read_bindings, made.files["bindings.json"])
    made.rule = tallied.checked("rule", "rule.toml", Rule, made.files["rule.toml"])
    made.counted = counted = tallied.fixed(made.files["election.bel"], say)
    if not made.rule.revoting:
        tallied.once(counted)
        say("revotes")
    tallied.summed(counted, say)
    tallied.opened(counted, say, bindings)
    bound(made)
    say("rule")
    say("roll")
    for check, name, function in (
        ("figures", "figures.json", figures),
        ("figures", "revocations.json", revocations),
        ("paper", "paper.json", paper),
        ("spoiled", "spoiled.json", spoiled),
        ("decision", "decision.json", decided),
    ):
        tallied.checked(check, name, function, made)
        say(check)
    rest(made, say, depth)
    return made


def read_bindings(data):
    pairs = [strict.members(entry, ["owner", "binding"]) for entry in strict.array(strict.read(data, False))]
    for owner, _ in pairs:
        strict.number(owner, 1)
    return pairs


def bound(made):
    """The election names rule and roll in its last two lines, and asks what the rule says."""
    election, setup = made.counted.election, made.counted.chain.setup
    lines = election.description.split("\n")
    wanted = ["rule:sha256:" + strict.hexdigest(made.files["rule.toml"])]
    if lines[-2:-1] != wanted or any(line.startswith(("rule:sha256:", "roll:sha256:")) for line in lines[:-2]):
        raise Refused("rule", "rule.toml", "binding")
    if not made.rule.asks(election.questions):
        raise Refused("rule", "rule.toml", "questions")
    roll = made.files.get("roll.json", setup["credentials"])
    if lines[-1] != "roll:sha256:" + strict.hexdigest(roll):
        raise Refused("roll", "roll.json", "binding")
    if roll != setup["credentials"]:
        raise Refused("roll", "roll.json", "archive")
    if b"," in roll.replace(b'","', b""):
        raise Refused("roll", "roll.json", "weight")


def figures(made):
    rule = made.rule
    values = strict.members(strict.read(made.files["figures.json"], False), decision.FIGURES)
    made.figures = own = dict(zip(decision.FIGURES, [strict.number(value) for value in values]))
    need(own["deputies"] == rule.deputies, "deputies")
    need(own["paper_credentials"] == rule.paper, "paper-credentials")
    need(own["device_credentials"] + own["paper_credentials"] == len(made.counted.roll), "credentials")
    need(own["device_credentials"] <= own["present"], "present")
    need(own["paper_issued"] <= own["paper_credentials"], "paper-issued")
    need(own["revoked"] <= own["device_credentials"], "issued")
    need(own["issued"] == own["device_credentials"] - own["revoked"] + own["paper_issued"], "issued")
    need(own["returned"] == len(made.counted.counted) + own["invalid"], "returned")


def credentials(made, name):
    """Credentials of the roll, each once, without a ballot."""
    own = [strict.text(text) for text in strict.array(strict.read(made.files[name], False))]
    need(len(set(own)) == len(own), "repeated")
    need(all(text in made.counted.roll for text in own), "not-on-roll")
    cast = {credential for _, credential, _, _ in made.counted.cast}
    need(not cast & set(own), "ballot")
    return own


def revocations(made):
    made.revoked = credentials(made, "revocations.json")
    need(len(made.revoked) == made.figures["revoked"], "revoked")


def paper(made):
    made.sealed, made.voided, made.paper_returned = [], [], 0
    both = [name in made.files for name in ("paper.json", "voided.json")]
    if not made.rule.paper:
        need(not any(both), "unexpected")
        need(made.figures["invalid"] == 0, "invalid")
        return
    need(all(both), "missing")
    returned, invalid, sealed = strict.members(
        strict.read(made.files["paper.json"], False), ["returned", "invalid", "sealed"]
    )
    numbers = [strict.number(number, 0, 2**32 - 1) for number in strict.array(invalid)]
    made.sealed = [strict.base64_hash(text) for text in strict.array(sealed)]
    made.paper_returned, made.paper_invalid = strict.number(returned), numbers
    need(returned == len(numbers) + len(made.sealed), "returned")
    need(len(set(numbers)) == len(numbers) and len(set(made.sealed)) == len(made.sealed), "repeated")
    need(returned <= made.figures["paper_issued"], "paper-issued")
    need(len(numbers) == made.figures["invalid"], "invalid")
    by = {tracker: credential for _, credential, _, tracker in made.counted.cast}
    need(all(tracker in by for tracker in made.sealed), "not-cast")
    cast = [credential for _, credential, _, _ in made.counted.cast]
    need(all(cast.count(by[tracker]) == 1 for tracker in made.sealed), "second-ballot")
    made.voided = credentials(made, "voided.json")
    need(not set(made.voided) & set(made.revoked), "revoked")
    need(len(made.voided) + len(made.sealed) == made.rule.paper, "reserved")


def spoiled(made):
    made.spoiled = []
    if "spoiled.json" in made.files:
        made.spoiled = [strict.base64_hash(text) for text in strict.array(strict.read(made.files["spoiled.json"], False))]
        need(len(set(made.spoiled)) == len(made.spoiled), "repeated")
        need(not set(made.spoiled) & {tracker for _, _, _, tracker in made.counted.cast}, "ballot")


def decided(made):
    lot = None
    if "lot.json" in made.files:
        value = strict.members(strict.read(made.files["lot.json"], False), ["drawn"])[0]
        lot = [strict.text(item) for item in strict.array(value)]
    strict.read(made.files["decision.json"], False)
    made.decision = decision.decide(made.rule, made.figures, made.paper_returned, made.counted.counts, lot)
    made.lot = lot
    need(strict.write(made.decision, False).encode() == made.files["decision.json"], "differs")


def ended(made, say):
    """A poll without a result: nothing of its archive is opened."""
    for name in made.files:
        if name not in ENDED | {"manifest.json"}:
            raise Refused("ended", name, "unexpected")
    made.rule = tallied.checked("rule", "rule.toml", Rule, made.files["rule.toml"])
    if made.rule.log is None:
        raise Refused("ended", "ended.json", "no-record")
    if "election.bel" in made.files:
        made.counted = tallied.fixed(made.files["election.bel"], say)
        made.counted.counted = {credential for _, credential, _, _ in made.counted.cast}
        chain = made.counted.chain
        if chain.partials or chain.result is not None:
            raise Refused("ended", "election.bel", "stage")
        if not made.rule.revoting:
            tallied.once(made.counted)
        bound(made)
    record.verify_ended(made, say)
    return made


def rest(made, say, depth):
    """The record, and the poll before."""
    if (made.rule.log is None) != ("record.json" not in made.files):
        raise Refused("record", "record.json", "unexpected" if made.rule.log is None else "missing")
    if made.rule.log is None:
        say("record", "warning: none; only voters who compare trackers see that no ballot was left out")
    else:
        record.verify(made, say)
    rounds.verify(made, depth)
    say("rounds")
