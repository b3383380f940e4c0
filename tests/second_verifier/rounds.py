"""A run-off, a second ballot or an adoption, and the poll before it (`previous.zip`)."""

import bundle
import strict
from refusal import Refused, Unsupported

MOST = 8


def verify(made, depth):
    rule, before = made.rule, made.files.get("previous.zip")
    created = getattr(made, "facts", {}).get("created", {})
    following = rule.poll in ("run_off", "second_ballot")
    if before is None:
        if following or "follows" in created:
            raise Refused("rounds", "previous.zip", "missing")
        return
    if rule.poll not in ("run_off", "second_ballot", "adoption"):
        raise Refused("rounds", "previous.zip", "unexpected")
    if depth + 1 >= MOST:
        raise Refused("rounds", "previous.zip", "previous")
    try:
        earlier = bundle.verify(before, lambda check, words="": None, depth + 1)
    except Refused as refused:
        raise Refused("rounds", "previous.zip", f"previous: {refused}") from refused
    if not hasattr(earlier, "decision"):
        raise Refused("rounds", "previous.zip", "items")
    if earlier.rule.poll in ("run_off", "second_ballot"):
        raise Unsupported("more than two polls in each other are not put together here")
    if following and rule.of != strict.hexdigest(earlier.files["rule.toml"]):
        raise Refused("rounds", "previous.zip", "other")
    due = {"run_off": _run_off, "second_ballot": _second_ballot, "adoption": _adoption}[rule.poll]
    if not due(earlier, rule) or _voters(rule) != _voters(earlier.rule):
        raise Refused("rounds", "previous.zip", "items")
    for fixed in getattr(earlier, "facts", {}).get("frozen", {}).get("reserved", []):
        if fixed["election_uuid"] == made.counted.election.uuid:
            if strict.write(fixed["roll"]).encode() != made.files["roll.json"]:
                raise Refused("rounds", "previous.zip", "roll")


def _voters(rule):
    quorum = rule.quorum.least(rule.deputies)
    return rule.deputies, quorum, rule.advisory, rule.secrecy, rule.revoting, rule.log, rule.witnesses, rule.required


def _majority(rule):
    return rule.majority and (rule.majority.more, rule.majority.share)


def _kept(earlier, rule, *names):
    return all(getattr(earlier.rule, name) == getattr(rule, name) for name in names)


def _run_off(earlier, rule):
    follow = earlier.decision.get("follow_up", {})
    return (
        follow.get("kind") == "run_off"
        and (rule.items, rule.places, rule.majority) == (follow["items"], follow["places"], None)
        and (rule.form, rule.max, rule.abstains, rule.reserve) == ("at_most", follow["places"], False, False)
        and _kept(earlier, rule, "base", "tie", "fills")
    )


def _second_ballot(earlier, rule):
    decision = earlier.decision
    if decision["outcome"] != "decided" or decision["follow_up"]["kind"] != "nothing" or not decision["empty_places"]:
        return False
    rest = [item["id"] for item in decision["items"] if not item["standing"].startswith(("chosen", "filled"))]
    places = min(decision["empty_places"], len(rest))
    ticks = rule.form in ("at_most", "at_least")
    return (
        (rule.items, rule.places) == (rest, places)
        and _kept(earlier, rule, "form", "abstains", "base", "tie", "fills", "reserve")
        and _majority(rule) == _majority(earlier.rule)
        and rule.max == (places if ticks else 1)
        and rule.min == min(earlier.rule.min, places)
    )


def _adoption(earlier, rule):
    decision = earlier.decision
    if decision["outcome"] != "decided" or decision["follow_up"]["kind"] != "nothing":
        return False
    chosen = [item for item in decision["items"] if item["standing"].startswith(("chosen", "filled"))]
    text = "".join(item["id"] + "\n" for item in sorted(chosen, key=lambda item: item["rank"]))
    half = rule.majority and rule.majority.more and rule.majority.share * 2 == 1
    return (
        bool(half and rule.facts == strict.hexdigest(text))
        and (rule.places, rule.base, rule.reserve, rule.abstains) == (1, "deputies", False, False)
        and _kept(earlier, rule, "tie", "fills")
    )
