"""An archive from its first byte to its counts, check after check."""

import archive
import election as elections
import strict
import trustees
from refusal import Bad, Refused


class Counted:
    """What an archive proves."""


def checked(check, obj, function, *arguments):
    """A part's refusal under the name of its check."""
    try:
        return function(*arguments)
    except Bad as bad:
        raise Refused(check, obj, str(bad)) from bad


def fixed(data, say):
    """Chain, election, trustees, roll and every ballot."""
    made = Counted()
    entries = archive.read(data)
    say("archive")
    made.chain = chain = archive.chain(entries)
    say("events")
    setup = chain.setup
    made.election = election = checked("election", "election", elections.Election, setup["election"])
    say("election")
    made.trustees = trustees.read(election.group, setup["trustees"], election.y)
    say("trustees")
    made.roll = checked("credentials", "roll", elections.roll, election, setup["credentials"])
    if "credentials_certificate" in setup:
        given = setup["credentials_certificate"], setup["credentials"], len(made.roll)
        checked("credentials", "event 0", elections.certificate, election, *given)
    say("credentials")
    made.cast = []  # (height, credential, choices, tracker)
    for height, text in chain.ballots:
        found = checked("ballots", f"event {height}", elections.ballot, election, made.roll, text)
        made.cast.append((height, *found, strict.digest(text)))
    say("ballots")
    return made


def once(made):
    """No second ballot of a credential."""
    seen = set()
    for height, credential, _, _ in made.cast:
        if credential in seen:
            raise Refused("revotes", f"event {height}", "second-ballot")
        seen.add(credential)


def summed(made, say):
    """The sum of each credential's last ballot."""
    chain, election = made.chain, made.election
    last = {credential: choices for _, credential, choices, _ in made.cast}
    made.counted = [(choices, made.roll[credential]) for credential, choices in last.items()]
    if chain.tally is None:
        raise Refused("encrypted-tally", "archive", "unfinished")
    number, weight, text = chain.tally
    made.weight = sum(w for _, w in made.counted)
    made.sums, expected = elections.encrypted_tally(election, made.counted)
    for holds, reason in (
        (number == len(made.counted), "num-tallied"),
        (weight == made.weight, "total-weight"),
        (text == expected, "sum"),
    ):
        if not holds:
            raise Refused("encrypted-tally", "tally", reason)
    say("encrypted-tally")


def opened(made, say, bindings=None):
    """Partial decryptions, their bindings where there are some, and the counts."""
    chain, office = made.chain, made.trustees
    seen, valid = set(), {}
    for owner, text in chain.partials:
        where = f"trustee {owner}"
        if not 1 <= owner <= len(office.keys):
            raise Refused("partial-decryptions", where, "no-such-trustee")
        if owner in seen:
            raise Refused("partial-decryptions", where, "twice")
        seen.add(owner)
        key = office.keys[owner - 1]
        found = checked("partial-decryptions", where, elections.partial, made.election, made.sums, key, text)
        if found is None:
            say("partial-decryptions", f"warning: {where}: invalid")
        else:
            valid[owner] = found
    total = elections.combine(made.election, office, valid)
    say("partial-decryptions")
    if bindings is not None:
        _bound(made, valid, bindings)
        say("bindings")
    if chain.result is None:
        raise Refused("result", "archive", "unfinished")
    made.counts = checked("result", "result", elections.counts, made.election, made.sums, total, chain.result, made.weight)
    say("result")


def _bound(made, valid, bindings):
    owners = [owner for owner, _ in bindings]
    if owners != sorted(set(owners)):
        raise Refused("bindings", "bindings.json", "encoding")
    for owner in set(owners) ^ set(valid):
        raise Refused("bindings", f"trustee {owner}", "missing" if owner in valid else "unexpected")
    for owner, proof in bindings:
        key, factors = made.trustees.keys[owner - 1], valid[owner]
        where = f"trustee {owner}"
        if not checked("bindings", where, elections.binding, made.election, made.sums, key, factors, proof):
            raise Refused("bindings", where, "invalid")


def verify(data, say):
    """A bare archive: the last ballot of a credential counts, as Belenios has it."""
    made = fixed(data, say)
    summed(made, say)
    opened(made, say)
    return made
