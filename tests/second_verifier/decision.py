"""The decision that rule, figures and counts give (voting-rules.md)."""

from refusal import need

FIGURES = ["deputies", "present", "device_credentials", "paper_credentials", "revoked", "paper_issued", "issued", "returned", "invalid"]


def decide(rule, figures, paper_returned, counts, lot):
    """The value that decision.json must be; Bad where the figures or counts allow none."""
    present, issued, returned = figures["present"], figures["issued"], figures["returned"]
    need(present <= rule.deputies and issued <= present and figures["invalid"] <= returned, "undecidable")
    needed = rule.quorum.least(rule.deputies)
    if present < needed:
        return {"outcome": "no_quorum", "present": present, "needed": needed}
    if returned > issued:
        return {"outcome": "void", "issued": issued, "returned": returned}
    valid = returned - figures["invalid"]
    sheet = {
        "deputies": rule.deputies, "present": present, "issued": issued, "returned": returned, "valid": valid,
        "invalid": figures["invalid"], "not_returned": issued - returned, "not_voted": present - returned,
    }  # fmt: skip
    for row in counts:
        _fits(rule, row, valid)
    whole = {"deputies": rule.deputies, "entitled": rule.deputies, "present": present, "valid": valid}[rule.base]
    if rule.poll == "evaluation":
        need(lot is None, "undecidable")
        items = [_verdict(rule, item, row, whole, valid) for item, row in zip(rule.items, counts)]
        made = {"outcome": "judged", "sheet": sheet, "items": items}
    else:
        made = {"outcome": "decided", "sheet": sheet, **_chosen(rule, counts, whole, valid, lot)}
        if paper_returned > figures["paper_issued"]:
            return {"outcome": "void", "issued": figures["paper_issued"], "returned": paper_returned}
    if rule.advisory:
        made["advisory"] = True
    return made


def _fits(rule, row, valid):
    """No more votes than so many ballots can give."""
    blank = rule.form == "at_least" or rule.form == "at_most" and rule.abstains
    votes = row[blank:]
    ballots = valid - (row[0] if blank else 0)
    low = rule.min if rule.form == "at_least" else int(blank)
    need(ballots >= 0 and all(count <= ballots for count in votes), "undecidable")
    need(low * ballots <= sum(votes) <= rule.max * ballots, "undecidable")


def _votes(rule, counts, valid):
    """Blank ballots where the form tells them, and each item's votes."""
    if rule.form == "each_item":
        made = []
        for yes, no, abstained in counts:
            silent = valid - yes - no - abstained
            if rule.abstains:
                abstained, silent = abstained + silent, 0
            made.append({"in_favour": yes, "against": no, "abstained": abstained, "unanswered": silent})
        return {}, made
    row = counts[0]
    if len(row) > len(rule.items):
        return {"blank": row[0]}, [{"in_favour": count} for count in row[1:]]
    return {}, [{"in_favour": count} for count in row]


def _chosen(rule, counts, base, valid, lot):
    needed = max(1, rule.majority.least(base)) if rule.majority else 1
    blank, votes = _votes(rule, counts, valid)
    all_votes = [vote["in_favour"] for vote in votes]
    least = 1 if rule.fills else needed
    eligible = sorted((count for count in all_votes if count >= least), reverse=True)
    tied_at, places, empty = None, 0, max(0, rule.places - len(eligible))
    chosen_from = least
    if len(eligible) > rule.places:
        last = eligible[rule.places - 1]
        above, at = sum(count > last for count in eligible), eligible.count(last)
        chosen_from = last
        if above + at > rule.places:
            chosen_from, tied_at, places = last + 1, last, rule.places - above
    items = []
    for item, vote in zip(rule.items, votes):
        count = vote["in_favour"]
        reached = count >= needed
        if count >= chosen_from:
            standing = "chosen" if reached else "filled"
        elif count == tied_at:
            standing = "tied"
        else:
            standing = "reserve" if reached and rule.reserve else "not_chosen"
        rank = 1 + sum(other > count for other in all_votes)
        items.append({"id": item, "votes": vote, "rank": rank, "reached": reached, "standing": standing})
    tied = [item["id"] for item in items if item["standing"] == "tied"]
    follow = {"kind": "nothing"}
    if tied:
        follow = {"kind": rule.tie, "items": tied, "places": places}
    if lot is not None:
        need(follow["kind"] == "lot" and len(lot) == places == len(set(lot)) and set(lot) <= set(tied), "undecidable")
        for item in items:
            if item["standing"] == "tied":
                rest = "reserve" if item["reached"] and rule.reserve else "not_chosen"
                item["standing"] = "chosen_by_lot" if item["id"] in lot else rest
        follow = {"kind": "nothing"}
    return {
        "base": base, "votes_needed": needed, "places": rule.places, **blank, "items": items,
        "empty_places": empty, "follow_up": follow,
    }  # fmt: skip


def _verdict(rule, item, row, whole, valid):
    base = whole
    for (_, _, _, apart), count in zip(rule.levels, row):
        if apart == "nowhere":
            base = max(0, base - count)
    together, verdict, levels = 0, None, []
    for (name, _, threshold, apart), count in zip(rule.levels, row):
        level = {"id": name, "votes": count}
        reached = apart is None
        if threshold:
            together += count
            level["needed"] = max(1, threshold.least(base))
            reached = together >= level["needed"]
        if reached and base > 0 and verdict is None:
            verdict = name
        levels.append(level)
    made = {"id": item, "levels": levels, "unanswered": valid - sum(row), "base": base}
    return made if verdict is None else {**made, "verdict": verdict}
