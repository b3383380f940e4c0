"""The poll's part of the public record: `record.json` (bundle-format.md, ballot-protocol.md sections 7 and 9, record.md)."""

import hashlib
from collections import Counter

import ceremony
import people
import strict
import trustees
from refusal import Bad, Refused, Unsupported, need
from signed_note import Checkpoint, unbase64

# Which kind may follow in which stage, and the stage that it leads to.
STEPS = {
    "poll_created": ({"start"}, "made"),
    "poll_roster_changed": ({"start", "made"}, "made"),
    "poll_rules_adopted": ({"start", "made"}, "adopted"),
    "ceremony_message": ({"adopted"}, "adopted"),
    "ceremony_complained": ({"adopted"}, "adopted"),
    "ceremony_restarted": ({"adopted"}, "adopted"),
    "poll_frozen": ({"adopted"}, "frozen"),
    "poll_approved": ({"frozen"}, "frozen"),
    "poll_opened": ({"frozen"}, "open"),
    "poll_ballot": ({"open"}, "open"),
    "poll_paper_counted": ({"open"}, "open"),
    "poll_closed": ({"open"}, "closed"),
    "poll_closing_stated": ({"closed"}, "closed"),
    "poll_partially_decrypted": ({"closed"}, "closed"),
    "poll_announced": ({"closed"}, "announced"),
    "poll_lot_drawn": ({"announced"}, "drawn"),
    "poll_withdrawn": ({"start", "made", "adopted", "frozen"}, "ended"),
    "poll_voided": ({"open", "closed"}, "ended"),
}
# About the poll's announcement on paper: of no proof, and not in the poll's part.
APART = {"announcement_numbered"}
MAY_MISS = {
    "poll_created", "poll_roster_changed", "ceremony_message", "ceremony_complained", "ceremony_restarted",
    "poll_partially_decrypted",
}  # fmt: skip
TAKEN_DOWN = {"proposal_accepted", "project_reported", "rework_answered"}


class Tree:
    """A tree of RFC 6962 as the complete subtrees on its right edge, and its root at every size since the first leaf."""

    def __init__(self, first, peaks):
        need(len(peaks) == bin(first).count("1"), "tree")
        levels = [bit for bit in range(first.bit_length()) if first >> bit & 1][::-1]
        self.peaks, self.size, self.roots = list(zip(levels, peaks)), first, {}

    def add(self, leaf):
        level, node = 0, hashlib.sha256(b"\0" + leaf).digest()
        while self.peaks and self.peaks[-1][0] == level:
            node = hashlib.sha256(b"\1" + self.peaks.pop()[1] + node).digest()
            level += 1
        self.peaks.append((level, node))
        self.size += 1
        root = self.peaks[-1][1]
        for _, peak in self.peaks[-2::-1]:
            root = hashlib.sha256(b"\1" + peak + root).digest()
        self.roots[self.size] = root


class Entry:
    def __init__(self, index, kind, text):
        self.index, self.kind, self.text = index, kind, text
        self.body = None if text is None else strict.read(text)


def verify(made, say):
    try:
        first, peaks, leaves, bodies, note = strict.members(
            strict.read(made.files["record.json"], False), ["first", "peaks", "leaves", "bodies", "checkpoint"]
        )
        uuid = made.counted.election.uuid
        entries, tree, checkpoint = _entries(made.rule.log, uuid, first, peaks, leaves, bodies, note)
        _order(entries)
        facts = _facts(made, entries)
        people.check(made, facts)
        ceremony.follow(made, entries, facts["rules_adopted"]["threshold"])
        _statements(made, entries, facts, tree)
        _compare(made, facts)
    except Bad as bad:
        raise Refused("record", "record.json", str(bad)) from bad
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        # A member of another type, or none, where record.md has one.
        raise Refused("record", "record.json", f"entry: {error!r}") from error
    say("record")
    _witnesses(made.rule, checkpoint)
    say("witnesses")
    if "created" not in facts:
        raise Unsupported("the record's entry that made the poll is not here, so that nobody is compared with its roster")
    made.facts = facts


def _entries(log, uuid, first, peaks, leaves, bodies, note):
    checkpoint = Checkpoint(strict.text(note))
    need(checkpoint.origin == log.name and checkpoint.by(log), "checkpoint")
    tree = Tree(strict.number(first), [unbase64(strict.text(peak)) for peak in strict.array(peaks)])
    kinds, entries = {}, []
    for leaf in strict.array(leaves):
        index = tree.size
        tree.add(strict.text(leaf).encode())
        version, kind, scope, at, subject, body = strict.members(
            strict.read(leaf), ["v", "kind", "scope", "at", "subject", "body"]
        )
        need(version == 1, "entry")
        strict.number(at)
        kinds[index] = (strict.text(kind), strict.text(subject), strict.hex_hash(body))
    need(tree.size == checkpoint.size and tree.roots.get(tree.size) == checkpoint.root, "tree")
    served, last = {}, -1
    for entry in strict.array(bodies):
        index, document = strict.members(entry, ["index", "document"])
        need(strict.number(index) > last, "entry")
        served[index] = strict.text(document)
        last = index
    mine = {index for index, (kind, subject, _) in kinds.items() if subject == uuid and kind not in APART}
    need(set(served) <= mine, "entry")
    for index, (kind, subject, _) in kinds.items():
        if kind == "body_taken_down":
            down = int(subject) if subject.isascii() and subject.isdigit() else index
            need(down < index and kinds.get(down, ("proposal_accepted",))[0] in TAKEN_DOWN, "entry")
    for index in sorted(mine):
        kind, _, name = kinds[index]
        document = served.get(index)
        if document is None:
            need(kind in MAY_MISS, "entry")
            entries.append(Entry(index, kind, None))
            continue
        need(strict.hexdigest("minsheng-body/1\n" + document) == name, "entry")
        salt, _, text = document.partition("\n")
        strict.hex_hash(salt)
        entries.append(Entry(index, kind, text))
        need(entries[-1].body.get("election_uuid") == uuid, "entry")
    return entries, tree, checkpoint


def _order(entries, last=("announced", "drawn")):
    stage, seen = "start", set()
    for entry in entries:
        need(entry.kind in STEPS and stage in STEPS[entry.kind][0], "order")
        if entry.kind in ("poll_ballot", "poll_paper_counted"):
            # No ballot stands twice, and the box is emptied once.
            once = entry.text if entry.kind == "poll_ballot" else entry.kind
            need(once not in seen, "order")
            seen.add(once)
        stage = STEPS[entry.kind][1]
    need(stage in last, "unfinished")


NAMES = {
    "poll_rules_adopted": [
        "election_uuid", "rule_sha256", "rule", "hands", "roster_sha256", "officers", "threshold", "?departure",
        "?draft_passed", "?counted_by",
    ],
    "poll_frozen": [
        "election_uuid", "fingerprint", "election", "trustees", "roll_sha256", "roll", "?paper_credentials", "?reserved",
        "present", "attendance", "?on_leave", "headcount", "confirmed_by",
    ],
    "poll_approved": ["election_uuid", "approval"],
    "poll_opened": ["election_uuid", "confirmed_by"],
    "poll_paper_counted": [
        "election_uuid", "issued", "replaced", "helped", "returned", "invalid", "sealed", "tellers",
    ],
    "poll_closed": [
        "election_uuid", "returned", "encrypted_tally_hash", "?revoked", "?voided", "?spoiled", "confirmed_by",
    ],
    "poll_closing_stated": ["election_uuid", "closing"],
    "poll_partially_decrypted": ["election_uuid", "trustee", "partial_decryption_hash"],
    "poll_announced": ["election_uuid", "announced_by", "returns", "partial_decryptions", "result", "outcome"],
    "poll_lot_drawn": ["election_uuid", "drawn", "witnesses", "confirmed_by"],
}  # fmt: skip


def _facts(made, entries):
    """Each kind's last body, and the ballots in their order."""
    facts = {"ballots": [], "decrypted": []}
    for entry in entries:
        short = entry.kind.removeprefix("poll_")
        if entry.body is None:
            continue
        if entry.kind in NAMES:
            strict.members(entry.body, NAMES[entry.kind])
            if "confirmed_by" in entry.body:
                need(entry.body["confirmed_by"] == ["office", "chief_scrutineer"], "entry")
        if short == "ballot":
            facts["ballots"].append(entry.text)
        elif short == "partially_decrypted":
            facts["decrypted"].append(entry.body)
        else:
            facts[short] = entry.body
        if short in ("created", "roster_changed"):
            facts["roster"] = (entry.body["roster"], entry.body["roster_sha256"])
    return facts


def _statements(made, entries, facts, tree):
    office, election = made.counted.trustees, made.counted.election
    fingerprint = election.fingerprint
    enough = sum(threshold or len(numbers) for numbers, threshold in office.parts)
    needed = facts["rules_adopted"]["threshold"]
    need(enough == needed or all(t is None for _, t in office.parts), "key")
    approved, closed, closed_at = set(), set(), None
    for entry in entries:
        if entry.kind == "poll_closed":
            closed_at = entry.index
        if entry.kind == "poll_opened":
            need(len(approved) >= enough, "statement")
        if entry.kind == "poll_partially_decrypted":
            need(len(closed) >= enough, "statement")
        if entry.kind == "poll_approved":
            hashes = [strict.digest(data) for data in (made.files["rule.toml"], made.counted.chain.setup["credentials"])]
            names = ["fingerprint", "rule", "roll"]
            number, values = _statement(made, entry.body["approval"], names, "approve", approved)
            need(values == [fingerprint, *hashes], "statement")
        if entry.kind == "poll_closing_stated":
            names = ["fingerprint", "root", "ballots", "tally"]
            number, values = _statement(made, entry.body["closing"], names, "close", closed)
            roots = [tree.roots.get(size) for size in range(closed_at + 1, entry.index + 1)]
            need(values[1] in [strict.unpadded(root) for root in roots if root], "statement")
            need(values[0] == fingerprint and values[3] == facts["closed"]["encrypted_tally_hash"], "statement")
            need(values[2] == len(made.counted.counted), "closings")
    need(len(closed) >= enough or "announced" not in facts, "statement")


def _statement(made, value, names, tag, seen):
    number, statement, signature = strict.members(value, ["trustee", "statement", "signature"])
    office, group = made.counted.trustees, made.counted.election.group
    need(1 <= strict.number(number) <= len(office.keys) and number not in seen, "statement")
    seen.add(number)
    values = strict.members(statement, names)
    signer = office.signers[number - 1] or office.keys[number - 1]
    parts = "|".join(str(part) for part in [*values, number, group.text(signer)])
    need(trustees.knows(group, f"minsheng-{tag}|{parts}|", signer, signature), "statement")
    return number, values


def _same(value, data, why):
    need(strict.write(value).encode() == data, why)


def _fixed(made, facts):
    """What is fixed before the count, and the box."""
    counted, setup = made.counted, made.counted.chain.setup
    adopted, frozen = facts["rules_adopted"], facts["frozen"]
    need(adopted["rule"].encode() == made.files["rule.toml"], "rule")
    need(adopted["rule_sha256"] == strict.hexdigest(made.files["rule.toml"]), "rule")
    _same(frozen["election"], setup["election"], "election")
    need(frozen["fingerprint"] == counted.election.fingerprint, "election")
    _same(frozen["trustees"], setup["trustees"], "trustees")
    _same(frozen["roll"], setup["credentials"], "roll")
    need(frozen["roll_sha256"] == strict.hexdigest(setup["credentials"]), "roll")
    reserved = [entry["election_uuid"] for entry in frozen.get("reserved", [])]
    # First those of the rule; polls that are checked in for together stand after them.
    aside = made.rule.run_offs + [made.rule.adoption] * bool(made.rule.adoption)
    need(not reserved or reserved[: len(aside)] == aside, "entry")
    need(facts["ballots"] == [text.decode() for _, text in counted.chain.ballots], "ballots")


def _compare(made, facts):
    _fixed(made, facts)
    counted, frozen, closed, announced = made.counted, facts["frozen"], facts["closed"], facts["announced"]
    need(frozen["present"] == made.figures["present"], "present")
    need(closed["returned"] == len(counted.chain.ballots), "returned")
    need(closed["encrypted_tally_hash"] == strict.digest(counted.chain.tally[2]), "encrypted-tally")
    _credentials(made, facts, frozen, closed)
    parts = announced["partial_decryptions"]
    own = [(part["trustee"], strict.digest(strict.write(part["partial_decryption"]).encode())) for part in parts]
    hashes = [(part["trustee"], part["partial_decryption_hash"]) for part in facts["decrypted"]]
    need(len({trustee for trustee, _ in own}) == len(own) and sorted(own) == sorted(hashes), "partials")
    _same(announced["result"], counted.chain.result, "result")
    returns = {name: made.figures[name] for name in ("present", "issued", "returned", "invalid")}
    need(announced["returns"] == returns, "returns")
    _outcome(made, facts, announced["outcome"])


def _credentials(made, facts, frozen, closed):
    reserved = frozen.get("paper_credentials", [])
    by = {tracker: credential for _, credential, _, tracker in made.counted.cast}
    sealed = [by[tracker] for tracker in made.sealed]
    need(len(set(reserved)) == len(reserved) == made.rule.paper, "paper-credentials")
    need(set(reserved) <= set(made.counted.roll), "paper-credentials")
    need(sorted(reserved) == sorted(sealed + made.voided), "paper")
    counted = facts.get("paper_counted")
    need((counted is None) == (made.rule.paper == 0), "paper-count")
    if counted is not None:
        need(counted["issued"] == made.figures["paper_issued"], "paper-count")
        mine = [made.paper_returned, made.paper_invalid, made.sealed]
        need([counted[name] for name in ("returned", "invalid", "sealed")] == mine, "paper-count")
    for own, name in ((made.revoked, "revoked"), (made.voided, "voided"), (made.spoiled, "spoiled")):
        need(Counter(closed.get(name, [])) == Counter(own), name)


def _outcome(made, facts, outcome):
    import decision

    need(isinstance(outcome, dict) and len(outcome) == 2, "outcome")
    expected = made.decision
    if "lot_drawn" in facts:
        need(made.lot is not None and facts["lot_drawn"]["drawn"] == made.lot, "lot")
        expected = decision.decide(made.rule, made.figures, made.paper_returned, made.counted.counts, None)
    need(strict.write(list(outcome.values())[1]) == strict.write(expected), "outcome")


def verify_ended(made, say):
    """A poll without a result: it ended as the record says, and its box is the record's."""
    try:
        own = strict.read(made.files["ended.json"], False)
        kind, uuid = strict.members(own, ["outcome", "election_uuid", "reason", "explanation", "confirmed_by"])[:2]
        parts = strict.members(
            strict.read(made.files["record.json"], False), ["first", "peaks", "leaves", "bodies", "checkpoint"]
        )
        entries, tree, checkpoint = _entries(made.rule.log, strict.text(uuid), *parts)
        _order(entries, ("ended",))
        facts = _facts(made, entries)
        del own["outcome"]
        last = entries[-1]
        need(last.kind == f"poll_{kind}" and last.text == strict.write(own, False), "differs")
        need(("frozen" in facts) == ("election.bel" in made.files), "archive")
        if "rules_adopted" in facts:
            need(facts["rules_adopted"]["rule"].encode() == made.files["rule.toml"], "rule")
        if "frozen" in facts:
            need(made.counted.election.uuid == uuid, "election")
            ends = ("EndBallots", "EncryptedTally") if "closed" in facts else ("Setup", "Ballot")
            need(made.counted.chain.last in ends, "unfinished")
            _fixed(made, facts)
            ceremony.follow(made, entries, facts["rules_adopted"]["threshold"])
            _statements(made, entries, facts, tree)
    except Bad as bad:
        raise Refused("ended", "ended.json", str(bad)) from bad
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise Refused("ended", "ended.json", f"entry: {error!r}") from error
    say("record")
    _witnesses(made.rule, checkpoint)
    say("ended")


def _witnesses(rule, checkpoint):
    names = {(key.name, key.hash) for key in rule.witnesses}
    holds = [checkpoint.by(key) for key in rule.witnesses]
    said = [(name, raw[:4]) in names for name, raw in checkpoint.signatures]
    if sum(holds) < rule.required or sum(said) != sum(holds):
        raise Refused("witnesses", "record.json", "cosignatures")
