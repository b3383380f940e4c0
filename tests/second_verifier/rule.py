"""A rule (voting-rules.md and rules/rule.schema.json): read, checked, and what its election must ask."""

import re
import tomllib
import unicodedata
from fractions import Fraction

import signed_note
from refusal import Bad, need

ELECTION = re.compile("[1-9A-HJ-NP-Za-km-z]{14,64}")
HASH = re.compile("[0-9a-f]{64}")
SHARE = re.compile("(0|[1-9][0-9]{0,6})/([1-9][0-9]{0,6})")
TOP = {
    "format": str, "title": str, "poll": str, "advisory": bool, "secrecy": str, "revoting": bool, "deputies": int,
    "quorum": str, "surplus": str, "items": list, "ballot": dict, "facts": str, "levels": list, "decision": dict,
    "evaluation": dict, "run_off": dict, "second_ballot": dict, "reserved": dict, "record": dict, "witnesses": dict,
}  # fmt: skip
NEEDED = list(TOP)[:11]


def share(text):
    match = SHARE.fullmatch(text) if isinstance(text, str) else None
    need(match and int(match[1]) <= 1000000 and int(match[2]) <= 1000000)
    return Fraction(int(match[1]), int(match[2]))


class Threshold:
    """`> 1/2` or `>= 2/3`, of a whole."""

    def __init__(self, text):
        need(isinstance(text, str))
        sign, _, rest = text.partition(" ")
        need(sign in (">", ">="))
        self.more, self.share = sign == ">", share(rest)
        need(self.share < 1 or (self.share == 1 and not self.more))

    def least(self, whole):
        exact = self.share * whole
        return exact.__floor__() + 1 if self.more else exact.__ceil__()


def table(value, needed, optional=()):
    need(isinstance(value, dict) and set(needed) <= set(value) <= {*needed, *optional})
    return value


def one_of(value, *words):
    need(isinstance(value, str) and value in words)
    return value


def within(value, low, high):
    need(type(value) is int and low <= value <= high)
    return value


def visible(text):
    """How a text looks: after NFKC, without what is not seen, white space alike."""
    plain = unicodedata.normalize("NFKC", text)
    seen = "".join(c for c in plain if c.isspace() or not unseen(c))
    return " ".join(seen.split())


def unseen(char):
    ranges = ("\u00ad", "\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u3164", "\uffa0")
    return unicodedata.category(char) in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp") or char in ranges


def good_id(text):
    need(isinstance(text, str) and 1 <= len(text) <= 64)
    need(not any(c.isspace() or unseen(c) for c in text))
    need(unicodedata.is_normalized("NFC", text))
    return text


class Rule:
    def __init__(self, data):
        try:
            whole = tomllib.loads(data.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise Bad("encoding") from error
        table(whole, NEEDED, TOP)
        need(all(type(value) is TOP[key] for key, value in whole.items()))
        need(whole["format"] == "minsheng-rule/1" and whole["title"].strip())
        self.poll = one_of(whole["poll"], "choice", "run_off", "second_ballot", "adoption", "evaluation")
        self.secrecy = one_of(whole["secrecy"], "secret", "open")
        self.advisory, self.revoting = whole["advisory"], whole["revoting"]
        self.deputies = within(whole["deputies"], 1, 1000000)
        self.quorum, self.surplus = Threshold(whole["quorum"]), share(whole["surplus"])
        self.items = [good_id(text) for text in whole["items"]]
        need(1 <= len(self.items) <= 500)
        need(len({visible(text) for text in self.items}) == len(self.items))
        self.facts = whole.get("facts")
        need(self.facts is None or HASH.fullmatch(self.facts))
        self._tables(whole)
        self._ballot(whole["ballot"])
        self._reserved(whole.get("reserved", {}))
        self._record(whole.get("record"), whole.get("witnesses", {}))

    def _tables(self, whole):
        judged = self.poll == "evaluation"
        for key, wanted in (("decision", not judged), ("evaluation", judged), ("levels", judged)):
            need((key in whole) == wanted)
        self.of = None
        for key in ("run_off", "second_ballot"):
            need((key in whole) == (self.poll == key))
            if key in whole:
                self.of = table(whole[key], ["of"])["of"]
                need(isinstance(self.of, str) and HASH.fullmatch(self.of))
        if judged:
            part = table(whole["evaluation"], ["body", "base"])
            one_of(part["body"], "congress", "committee")
            self.base = one_of(part["base"], "entitled", "present", "valid")
            self._levels(whole["levels"])
            return
        part = table(whole["decision"], ["places", "majority", "base", "tie", "too_few", "reserve"])
        items = len(self.items)
        most = {"run_off": items - 1, "adoption": 1}.get(self.poll, items)
        self.places = within(part["places"], 1, most)
        self.majority = None if part["majority"] == "none" else Threshold(part["majority"])
        self.base = one_of(part["base"], "deputies", "present", "valid")
        self.tie = one_of(part["tie"], "run_off", "lot")
        self.fills = one_of(part["too_few"], "leave_empty", "fill") == "fill"
        self.reserve = part["reserve"]
        need(type(self.reserve) is bool)
        need(self.poll != "run_off" or self.majority is None)
        if self.poll == "adoption":
            need(items == 1)
        else:
            need(items >= self.places + (self.surplus * self.places).__ceil__())

    def _levels(self, tables):
        need(2 <= len(tables) <= 10)
        self.levels = []
        for level in tables:
            table(level, ["id", "label"], ["threshold", "counts"])
            need(isinstance(level["id"], str) and re.fullmatch("[a-z][a-z0-9_]{0,31}", level["id"]))
            need(isinstance(level["label"], str) and level["label"].strip())
            need(not any(unseen(c) for c in level["label"]))
            apart = level.get("counts")
            need(apart is None or apart in ("in_base_only", "nowhere"))
            threshold = level.get("threshold")
            need(threshold is None or apart is None)
            self.levels.append((level["id"], level["label"], threshold and Threshold(threshold), apart))
        judged = [threshold for _, _, threshold, apart in self.levels if apart is None]
        need(len(judged) >= 2 and all(judged[:-1]) and judged[-1] is None)
        need(len({level[0] for level in self.levels}) == len(self.levels))
        need(len({visible(level[1]) for level in self.levels}) == len(self.levels))

    def _ballot(self, part):
        table(part, ["form"], ["min", "max", "blank"])
        self.form = one_of(part["form"], "at_most", "at_least", "each_item", "levels")
        need((self.form == "levels") == (self.poll == "evaluation"))
        need(self.poll != "adoption" or self.form == "each_item")
        ticks = self.form in ("at_most", "at_least")
        need(("min" in part) == (self.form == "at_least") and ("max" in part) == ticks)
        if "blank" in part:
            one_of(part["blank"], "nobody", "abstention")
        need(self.form == "each_item" or ("blank" in part) == (self.form == "at_most"))
        self.abstains = part.get("blank") == "abstention"
        self.max = within(part["max"], 1, len(self.items)) if ticks else 1
        self.min = within(part["min"], 1, self.max) if self.form == "at_least" else 0

    def _reserved(self, part):
        table(part, [], ["run_offs", "adoption", "paper"])
        self.run_offs, self.adoption = part.get("run_offs", []), part.get("adoption")
        need(isinstance(self.run_offs, list))
        ids = self.run_offs + ([self.adoption] if "adoption" in part else [])
        need(all(isinstance(text, str) and ELECTION.fullmatch(text) for text in ids))
        need(len(set(ids)) == len(ids))
        self.paper = within(part.get("paper", 0), 0, self.deputies)

    def _record(self, record, witnesses):
        self.log = None if record is None else signed_note.key(table(record, ["log"])["log"], 1)
        need(not witnesses or set(witnesses) == {"required", "keys"})
        keys = witnesses.get("keys", [])
        need(isinstance(keys, list))
        self.witnesses = [signed_note.key(line, 4) for line in keys]
        need(len({key.public for key in self.witnesses}) == len(keys))
        self.required = within(witnesses.get("required", 0), 0, len(keys))
        need(self.log or not self.required)

    def asks(self, questions):
        """Whether the election's questions are this rule's."""
        if self.form in ("at_most", "at_least"):
            blank = self.abstains or self.form == "at_least"
            low = self.min if self.form == "at_least" else int(self.abstains)
            return len(questions) == 1 and _shape(questions[0], blank, low, self.max) and self._texts(questions[0].answers)
        answers = ["赞成", "反对", "弃权"] if self.form == "each_item" else [level[1] for level in self.levels]
        same = all(_shape(q, False, 0, 1) and q.answers == answers for q in questions)
        return same and self._texts([question.text for question in questions])

    def _texts(self, texts):
        if len(texts) != len(self.items):
            return False
        labels = []
        for text, item in zip(texts, self.items):
            named, space, label = text.partition(" ")
            if named != item or (space and not visible(label)) or any(unseen(c) for c in text):
                return False
            labels.append((item, visible(label) if space else None))
        said = [label for _, label in labels if label is not None]
        others = [(i, visible(o)) for i, _ in labels for o in self.items if o != i]
        return len(set(said)) == len(said) and not any(pair in others for pair in labels)


def _shape(question, blank, low, high):
    member = True if blank else None
    return (question.blank_member, question.low, question.high) == (member, low, high)
