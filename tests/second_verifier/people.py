"""Who is named in the record: roster, officers, attendance (numbers follow from names)."""

import strict
from refusal import need


def check(made, facts):
    adopted, frozen = facts["rules_adopted"], facts["frozen"]
    officers(adopted, len(made.counted.trustees.keys))
    need(frozen["present"] == len(frozen["attendance"]), "people")
    need(frozen["present"] == sum(count["present"] for count in frozen["headcount"]), "people")
    chairs = [(o["number"], o["name"]) for o in adopted["officers"] if o["role"] == "chair"]
    by = facts["announced"]["announced_by"]
    need((by["number"], by["name"]) in chairs, "people")
    if "roster" in facts:
        roster(made, facts, adopted, frozen)


def officers(adopted, trustees):
    roles = [officer["role"] for officer in adopted["officers"]]
    need(roles.count("chief_scrutineer") == 1, "people")
    scrutineers = roles.count("scrutineer") + 1
    need(scrutineers == trustees, "key")
    need(scrutineers < 2 * strict.number(adopted["threshold"]) <= 2 * scrutineers, "people")
    named = [(o.get("number"), o["name"]) for o in adopted["officers"] if "number" in o]
    need(len(set(named)) == len(named), "people")
    need(all("number" in o or o["role"] == "teller" for o in adopted["officers"]), "people")


def roster(made, facts, adopted, frozen):
    own, digest = facts["roster"]
    numbers = [strict.number(deputy["number"], 1) for deputy in own]
    need(numbers == sorted(set(numbers)), "people")
    need(strict.hexdigest(strict.write(own)) == digest == adopted["roster_sha256"], "people")
    need(len(own) == made.rule.deputies, "people")
    known = {deputy["number"]: (deputy["name"], deputy["delegation"]) for deputy in own}
    for officer in adopted["officers"]:
        if "number" in officer:
            need(known.get(officer["number"], ("",))[0] == officer["name"], "people")
    present = [deputy["number"] for deputy in frozen["attendance"]]
    need(present == sorted(set(present)), "people")
    need(all(known.get(d["number"], ("",))[0] == d["name"] for d in frozen["attendance"]), "people")
    leave = frozen.get("on_leave", [])
    away = [deputy["number"] for deputy in leave]
    need(len(set(away)) == len(away) and not set(away) & set(present), "people")
    need(all(known.get(d["number"], ("",))[0] == d["name"] for d in leave), "people")
    of = [known[number][1] for number in present]
    counts = {count["delegation"]: count for count in frozen["headcount"]}
    need(len(counts) == len(frozen["headcount"]) and set(of) <= set(counts), "people")
    for name, count in counts.items():
        need(count["present"] == of.count(name), "people")
        need(known.get(count["head"], ("", None))[1] == name, "people")
        need(count["head"] in present, "people")
