"""Election, roll, ballots, sum and counts (ballot-protocol.md, sections 2 to 7)."""

import re

import strict
import trustees
from groups import challenge, group
from refusal import Bad, Refused, Unsupported, need

UUID = re.compile("[1-9A-HJ-NP-Za-km-z]{14,64}")
NAMES = ["version", "description", "name", "group", "public_key", "questions", "uuid"]


class Question:
    def __init__(self, value):
        need(isinstance(value, dict))
        if "type" in value:
            raise Unsupported("a question that is not homomorphic")
        answers, blank, low, high, text = strict.members(
            value, ["answers", "?blank", "min", "max", "question"]
        )
        self.answers = [strict.text(answer) for answer in strict.array(answers)]
        need(blank in (None, True, False) and type(blank) is not int)
        self.blank, self.blank_member = bool(blank), blank
        self.low, self.high = strict.number(low), strict.number(high)
        need(low <= high <= len(answers))
        self.text = strict.text(text)
        self.size = len(answers) + self.blank


class Election:
    def __init__(self, data):
        value = strict.read(data)
        optional = ["?administrator", "?credential_authority", "?language"]
        read = strict.members(value, NAMES + optional)
        version, self.description, name, named, key, questions, self.uuid = read[:7]
        need(type(version) is int)
        if version != 1:
            raise Unsupported(f"version {version} of the election")
        for text in (self.description, name, named):
            strict.text(text)
        for text in read[7:9]:
            need(text is None or isinstance(text, str))
        if read[9] is not None:
            code, direction = strict.array(read[9], 2)
            need(isinstance(code, str) and direction in ("ltr", "rtl"))
        self.group = group(named)
        self.y = self.group.point(key)
        need(not self.group.is_neutral(self.y))
        self.questions = [Question(question) for question in strict.array(questions)]
        need(isinstance(self.uuid, str) and UUID.fullmatch(self.uuid))
        self.fingerprint = strict.digest(data)


def roll(election, data):
    """Public credentials in their order, with weights."""
    made = {}
    for entry in strict.array(strict.read(data)):
        text, comma, weight = strict.text(entry).partition(",")
        point = election.group.point(text)
        need(not election.group.is_neutral(point) and text not in made)
        made[text] = strict.decimal(weight) if comma else 1
        need(made[text] >= 1)
    return made


def certificate(election, data, roll_data, size):
    """The certificate of the roll, section 4."""
    value = strict.read(data)
    uuid, length, digest, verification, encryption, signature = strict.members(
        value,
        ["uuid", "voter_list_length", "public_creds_hash", "verification_key", "encryption_key", "signature"],
    )
    need(uuid == election.uuid, "certificate-election")
    need(strict.number(length) == size, "certificate-length")
    need(digest == strict.hexdigest(roll_data), "certificate-roll")
    keys = [election.group.point(text) for text in (verification, encryption)]
    need(not any(election.group.is_neutral(key) for key in keys), "certificate-key")
    message, proof = strict.members(signature, ["message", "signature"])
    del value["signature"]
    need(message == strict.hexdigest(strict.write(value)), "certificate-hash")
    need(trustees.signed(election.group, message, keys[0], proof), "certificate-signature")


def ciphertext(group, value):
    alpha, beta = strict.members(value, ["alpha", "beta"])
    return group.point(alpha), group.point(beta), f"{alpha},{beta}"


def disjunction(election, prefix, claims, proofs):
    """Each claim is (α, β, M): it hides M. One of them holds."""
    group, commitments, total = election.group, [], 0
    for (alpha, beta, hidden), (c, s) in zip(claims, proofs, strict=True):
        commitments.append(group.product((group.g, s), (alpha, c)))
        commitments.append(group.product((election.y, s), (beta, c), (group.g, -hidden * c)))
        total += c
    return challenge(group, prefix, *commitments) == total % group.q


CHECKED = {}


def ballot(election, members, data):
    """A ballot's credential and its choices; what was found of the same bytes in the same election is kept."""
    key = (election.fingerprint, data)
    if key not in CHECKED:
        try:
            CHECKED[key] = _ballot(election, data)
        except Bad as bad:
            CHECKED[key] = str(bad)
    found = CHECKED[key]
    need(not isinstance(found, str), found)
    need(found[0] in members, "credential-on-roll")
    return found


def _ballot(election, data):
    group, value = election.group, strict.read(data)
    uuid, fingerprint, credential, answers, signature = strict.members(
        value, ["election_uuid", "election_hash", "credential", "answers", "signature"]
    )
    need(uuid == election.uuid, "election-uuid")
    need(fingerprint == election.fingerprint, "election-hash")
    signer = group.point(credential)
    need(not group.is_neutral(signer), "credential")
    need(len(strict.array(answers)) == len(election.questions), "answer-count")
    signed_hash, proof = strict.members(signature, ["hash", "proof"])
    bare = {name: part for name, part in value.items() if name != "signature"}
    need(signed_hash == strict.digest(strict.write(bare)), "signed-hash")
    need(trustees.knows(group, f"sig|{signed_hash}|", signer, proof), "signature")
    base = f"{fingerprint}|{credential}"
    choices = [_answer(election, base, *pair) for pair in zip(election.questions, answers)]
    return credential, choices


def _answer(election, base, question, value):
    group = election.group
    choices, individual, overall, blank = strict.members(
        value, ["choices", "individual_proofs", "overall_proof", "?blank_proof"]
    )
    sealed = [ciphertext(group, choice) for choice in strict.array(choices)]
    need(len(sealed) == question.size, "choice-count")
    proofs = [[trustees.proof(p, group.q) for p in strict.array(ps)] for ps in strict.array(individual)]
    overall = [trustees.proof(p, group.q) for p in strict.array(overall)]
    branches = question.high - question.low + 1 + question.blank
    need([len(ps) for ps in proofs] == [2] * len(sealed) and len(overall) == branches, "proof-shape")
    need((blank is not None) == question.blank, "blank-proof-shape")
    for (alpha, beta, text), pair in zip(sealed, proofs):
        claims = [(alpha, beta, 0), (alpha, beta, 1)]
        need(disjunction(election, f"prove|{base}|{text}|", claims, pair), "individual-proof")
    alpha = beta = group.neutral
    for a, b, _ in sealed[question.blank :]:
        alpha, beta = group.add(alpha, a), group.add(beta, b)
    everything = f"{base}|" + ",".join(text for _, _, text in sealed)
    sums = [(alpha, beta, hidden) for hidden in range(question.low, question.high + 1)]
    if not question.blank:
        prefix = f"prove|{everything}|{group.text(alpha)},{group.text(beta)}|"
        need(disjunction(election, prefix, sums, overall), "overall-proof")
        return sealed
    first = sealed[0][:2]
    need(disjunction(election, f"bproof1|{everything}|", [(*first, 1)] + sums, overall), "overall-proof")
    blank = [trustees.proof(p, group.q) for p in strict.array(blank)]
    need(len(blank) == 2, "blank-proof-shape")
    claims = [(*first, 0), (alpha, beta, 0)]
    need(disjunction(election, f"bproof0|{everything}|", claims, blank), "blank-proof")
    return sealed


def encrypted_tally(election, counted):
    """The sum of the ballots that count, each with its weight: as elements, and as its bytes."""
    group, sums = election.group, []
    for number, question in enumerate(election.questions):
        row = []
        for place in range(question.size):
            alpha = beta = group.neutral
            for choices, weight in counted:
                a, b, _ = choices[number][place]
                if weight != 1:
                    a, b = group.product((a, weight)), group.product((b, weight))
                alpha, beta = group.add(alpha, a), group.add(beta, b)
            row.append((alpha, beta))
        sums.append(row)
    text = [[{"alpha": group.text(a), "beta": group.text(b)} for a, b in row] for row in sums]
    return sums, strict.write(text).encode()


def partial(election, sums, key, data):
    """The factors of a partial decryption, or None where a proof does not hold; its shape must be the tally's."""
    group = election.group
    factors, proofs = strict.members(
        strict.read(data), ["decryption_factors", "decryption_proofs"]
    )
    shape = [len(row) for row in sums]
    for part in (factors, proofs):
        need([len(strict.array(row)) for row in strict.array(part)] == shape)
    points = [[group.point(text) for text in row] for row in factors]
    read = [[trustees.proof(p, group.q) for p in row] for row in proofs]
    prefix, holds = f"decrypt|{election.fingerprint}|{group.text(key)}|", True
    for row, own, said in zip(sums, points, read):
        for (alpha, _), factor, (c, s) in zip(row, own, said):
            a = group.product((group.g, s), (key, c))
            b = group.product((alpha, s), (factor, c))
            holds = holds and challenge(group, prefix, a, b) == c
    return points if holds else None


def binding(election, sums, key, factors, proof):
    """The proof that binds all factors of a partial decryption (section 7)."""
    group = election.group
    pairs = [(a, d) for row, own in zip(sums, factors) for (a, _), d in zip(row, own)]
    whole = "|".join([election.fingerprint, group.text(key)]) + "|"
    whole += ",".join(f"{group.text(a)},{group.text(d)}" for a, d in pairs)
    t = strict.digest(whole)
    weights = [challenge(group, f"minsheng-weight|{t}|{i + 1}") for i in range(len(pairs))]
    alpha = group.product(*[(a, w) for (a, _), w in zip(pairs, weights)])
    factor = group.product(*[(d, w) for (_, d), w in zip(pairs, weights)])
    c, s = trustees.proof(proof, group.q)
    a = group.product((group.g, s), (key, c))
    b = group.product((alpha, s), (factor, c))
    return challenge(group, f"minsheng-decrypt|{t}|", a, b) == c


def combine(election, office, valid):
    """The product of all factors: single ones as they are, a group's by Lagrange's coefficients at zero."""
    group, total = election.group, None
    for numbers, threshold in office.parts:
        here = [number for number in numbers if number in valid]
        enough = here[: threshold or 1]
        if len(enough) < (threshold or 1):
            raise Refused("partial-decryptions", f"trustee {numbers[0]}", "too-few")
        places = [number - numbers[0] + 1 for number in enough]
        for number in here[len(enough) :]:
            at = _at(group, [valid[n] for n in enough], places, number - numbers[0] + 1)
            if not _same(group, at, valid[number]):
                raise Refused("partial-decryptions", f"trustee {number}", "contradiction")
        part = _at(group, [valid[n] for n in enough], places, 0)
        total = part if total is None else _times(group, total, part)
    return total


def _at(group, parts, places, x):
    powers = []
    for i in places:
        made = 1
        for k in places:
            if k != i:
                made = made * (k - x) * pow(k - i, -1, group.q) % group.q
        powers.append(made)
    rows = range(len(parts[0]))
    return [
        [group.product(*[(part[r][c], k) for part, k in zip(parts, powers)]) for c in range(len(parts[0][r]))]
        for r in rows
    ]


def _same(group, a, b):
    return all(group.same(p, q) for x, y in zip(a, b) for p, q in zip(x, y))


def _times(group, a, b):
    return [[group.add(p, q) for p, q in zip(x, y)] for x, y in zip(a, b)]


def counts(election, sums, factors, data, most):
    """The published counts, each proved by gᵐ = β/F."""
    group = election.group
    rows = strict.array(strict.members(strict.read(data), ["result"])[0])
    need([len(strict.array(row)) for row in rows] == [len(row) for row in sums], "counts")
    read = [[strict.weight(count) for count in row] for row in rows]
    for row, own, said in zip(sums, factors, read):
        for (_, beta), factor, count in zip(row, own, said):
            opened = group.add(beta, group.inverse(factor))
            need(count <= most and group.same(opened, group.product((group.g, count))), "counts")
    return read
