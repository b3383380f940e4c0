"""Trustees and their joint key (ballot-protocol.md, section 3)."""

import strict
from groups import challenge
from refusal import Bad, Refused, need


class Trustees:
    """Every trustee's key by number, from 1, and who stands together with whom."""

    def __init__(self):
        self.keys, self.parts, self.signers = [], [], []

    def add(self, keys, threshold, signers):
        first = len(self.keys) + 1
        self.parts.append((range(first, first + len(keys)), threshold))
        self.keys += keys
        self.signers += signers


def proof(value, q):
    c, s = strict.members(value, ["challenge", "response"])
    return strict.decimal(c, q), strict.decimal(s, q)


def knows(group, prefix, key, value):
    """A proof that the logarithm of a key is known."""
    c, s = proof(value, group.q)
    return challenge(group, prefix, group.product((group.g, s), (key, c))) == c


def signed(group, text, key, value):
    return knows(group, f"sigmsg|{text}|", key, value)


def _key(group, value):
    pok, public, signature, name = strict.members(
        value, ["pok", "public_key", "?signature", "?name"]
    )
    if name is not None:
        strict.text(name)
    point = group.point(public)
    need(not group.is_neutral(point), "neutral-key")
    need(knows(group, f"pok|{group.name}|{public}|", point, pok), "possession")
    if signature is not None:
        proof(signature, group.q)
    return point, public, signature


def read(group, data, y):
    """The trustees of an election whose key is `y`."""
    made, joint = Trustees(), group.neutral
    try:
        for entry in strict.array(strict.read(data)):
            kind, value = strict.array(entry, 2)
            if kind == "Single":
                point, _, signature = _key(group, value)
                need(signature is None, "unexpected-signature")
                made.add([point], None, [None])
                joint = group.add(joint, point)
            else:
                need(kind == "Pedersen")
                joint = group.add(joint, _group(group, value, made))
        need(made.keys, "no-trustee")
        distinct = []
        for numbers, threshold in made.parts:
            keys = [group.text(made.keys[number - 1]) for number in numbers]
            distinct += keys[:1] if threshold == 1 else keys
        need(len(set(distinct)) == len(distinct), "repeated-key")
        need(group.same(joint, y), "election-key")
    except Bad as bad:
        raise Refused("trustees", f"trustee {len(made.keys) + 1}", str(bad)) from bad
    return made


def _message(value):
    message, signature = strict.members(value, ["message", "signature"])
    return strict.text(message), signature


def _group(group, value, made):
    threshold, certs, coefexps, signatures, verification = strict.members(
        value, ["threshold", "certs", "coefexps", "signatures", "verification_keys"]
    )
    size = len(strict.array(certs))
    strict.number(threshold, 1, 2**30)
    need(1 <= threshold <= size, "threshold")
    for part in (coefexps, signatures, verification):
        need(len(strict.array(part)) == size, "group-size")
    signers = [_certificate(group, cert, size, threshold, i + 1) for i, cert in enumerate(certs)]
    polynomials = []
    for i, part in enumerate(coefexps):
        message, signature = _message(part)
        need(signed(group, message, signers[i], signature), "coefficients-signature")
        texts = strict.array(strict.members(strict.read(message), ["coefexps"])[0])
        need(len(texts) == threshold, "coefficient-count")
        polynomials.append([group.point(text) for text in texts])
        whole = strict.write({"certs": certs, "coefexps": texts})
        need(signed(group, "certs_sig|" + whole, signers[i], signatures[i]), "transcript-signature")
    sums = [group.neutral] * threshold
    for polynomial in polynomials:
        sums = [group.add(a, b) for a, b in zip(sums, polynomial)]
    keys = []
    has = ["signature" in strict_member(key) for key in verification]
    need(all(has) or not any(has), "key-signature")
    for i, entry in enumerate(verification):
        point, public, signature = _key(group, entry)
        expected = group.product(*[(a, pow(i + 1, k, group.q)) for k, a in enumerate(sums)])
        need(group.same(point, expected), "verification-key")
        need(signature is None or signed(group, public, signers[i], signature), "key-signature")
        keys.append(point)
    made.add(keys, threshold, signers)
    return sums[0]


def strict_member(value):
    need(isinstance(value, dict))
    return value


def _certificate(group, value, size, threshold, index):
    message, signature = _message(value)
    context, verification, encryption = strict.members(
        strict.read(message), ["context", "verification", "encryption"]
    )
    context = strict.members(context, ["group", "size", "threshold", "index"])
    need(context == [group.name, size, threshold, index], "certificate-context")
    signer, cipher = group.point(verification), group.point(encryption)
    need(not group.is_neutral(signer) and not group.is_neutral(cipher), "neutral-key")
    need(signed(group, message, signer, signature), "certificate-signature")
    return signer
