"""The key ceremony as the record has it (ballot-protocol.md, section 3a): its order, and that the election's trustees come from it."""

import strict
import trustees
from refusal import Unsupported, need

TOGETHER = ["certificate", "commitment", "polynomial", "acknowledgement"]


def follow(made, entries, threshold):
    """Every ceremony of the poll, message by message; the last one gives the trustees of the election."""
    size = len(made.counted.trustees.keys)
    rounds = ["key"] if threshold == size else TOGETHER
    attempt, said = 1, {name: {} for name in rounds}
    mine = [entry for entry in entries if entry.kind.startswith("ceremony")]
    if any(entry.body is None for entry in mine):
        raise Unsupported("a message of the key ceremony is not here")
    for entry in mine:
        if entry.kind == "ceremony_complained":
            # Who is to blame decides nothing here: what counts is the ceremony that has given the key.
            _, at, by, _ = strict.members(entry.body, ["election_uuid", "attempt", "trustee", "complaint"])
            need(at == attempt and rounds == TOGETHER and 1 <= strict.number(by) <= size, "key")
            need(len(said["polynomial"]) == size > len(said["acknowledgement"]), "key")
            continue
        if entry.kind == "ceremony_restarted":
            _, attempt_now, _ = strict.members(entry.body, ["election_uuid", "attempt", "reason"])
            attempt += 1
            need(attempt_now == attempt, "key")
            said = {name: {} for name in rounds}
            continue
        _, at, name, number, message = strict.members(
            entry.body, ["election_uuid", "attempt", "round", "trustee", "message"]
        )
        need(at == attempt and name in rounds and 1 <= strict.number(number) <= size, "key")
        need(number not in said[name], "key")
        before = rounds[: rounds.index(name)]
        need(all(len(said[earlier]) == size for earlier in before), "key")
        said[name][number] = message
    if not mine:
        return
    need(all(len(messages) == size for messages in said.values()), "key")
    lists = [[said[name][number] for number in range(1, size + 1)] for name in rounds]
    made_of = [["Single", key] for key in lists[0]]
    if rounds == TOGETHER:
        made_of = together(made.counted.election.group, made.counted.election.uuid, threshold, *lists)
    need(strict.write(made_of).encode() == made.counted.chain.setup["trustees"], "key")


def together(group, poll, threshold, certs, commitments, polynomials, acknowledgements):
    """The trustees object that the messages of four rounds give; section 3 checks its proofs."""
    whole = strict.digest(strict.write({"certs": certs}))
    signers, keys = [], []
    for cert in certs:
        context, verification, encryption = strict.members(
            strict.read(cert["message"]), ["context", "verification", "encryption"]
        )
        signers.append(group.point(verification))
        keys += [verification, encryption]
    need(len(set(keys)) == len(keys), "key")
    transcript = "minsheng-ceremony|" + strict.write(
        {"poll": poll, "certs": certs, "commitments": commitments, "polynomials": polynomials}
    )
    parts = zip(signers, commitments, polynomials, acknowledgements)
    for index, (signer, commitment, polynomial, acknowledgement) in enumerate(parts, 1):
        strict.members(polynomial, ["secrets", "coefexps", "signature"])
        need(len(strict.array(polynomial["secrets"])) == len(certs), "key")
        text = strict.write(polynomial)
        digest = strict.digest(f"minsheng-commit|{poll}|{index}|{whole}|{text}")
        said = signed(group, signer, commitment, ["poll", "index", "certs", "digest"])
        need(said == [poll, index, whole, digest], "key")
        _, own = strict.members(acknowledgement, ["public_key", "acknowledgement"])
        said = signed(group, signer, own, ["poll", "index", "transcript"])
        need(said == [poll, index, strict.digest(transcript)], "key")
    value = {
        "threshold": threshold,
        "certs": certs,
        "coefexps": [polynomial["coefexps"] for polynomial in polynomials],
        "signatures": [polynomial["signature"] for polynomial in polynomials],
        "verification_keys": [own["public_key"] for own in acknowledgements],
    }
    return [["Pedersen", value]]


def signed(group, signer, value, names):
    """The members of a signed message."""
    message, signature = strict.members(value, ["message", "signature"])
    need(trustees.signed(group, strict.text(message), signer, signature), "key")
    return strict.members(strict.read(message), names)
