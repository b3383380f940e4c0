"""The two groups (ballot-protocol.md, section 1), with nothing but whole numbers. All values here are public: nothing is constant-time."""

import hashlib
from functools import lru_cache

from refusal import Unsupported, need
from strict import decimal

HEX = set("0123456789abcdef")


class Ed25519:
    """RFC 8032's curve in extended coordinates (X, Y, Z, T): x = X/Z, y = Y/Z, x·y = T/Z."""

    name = "Ed25519"
    q = 2**252 + 27742317777372353535851937790883648493
    p = 2**255 - 19
    d = -121665 * pow(121666, -1, p) % p
    root = pow(2, (p - 1) // 4, p)
    neutral = (0, 1, 1, 0)

    def __init__(self):
        self.g = self.point(f"{4 * pow(5, -1, self.p) % self.p:064x}")

    def point(self, text):
        need(isinstance(text, str) and len(text) == 64 and set(text) <= HEX)
        return self._point(text)

    @lru_cache(maxsize=None)
    def _decoded(self, text):
        z = int(text, 16)
        sign, y = z >> 255, z & (1 << 255) - 1
        p = self.p
        if y >= p:
            return None
        u, v = (y * y - 1) % p, (self.d * y * y + 1) % p
        x = u * v**3 % p * pow(u * v**7, (p - 5) // 8, p) % p
        if v * x * x % p == p - u and u:
            x = x * self.root % p
        if (v * x * x - u) % p or (x == 0 and sign):
            return None
        if x & 1 != sign:
            x = p - x
        made = (x, y, 1, x * y % p)
        # The only element of the subgroup that 4-torsion could hide is excluded by the whole multiplication.
        return made if self.is_neutral(self._times(made, self.q)) else None

    def _point(self, text):
        made = self._decoded(text)
        need(made is not None)
        return made

    def text(self, a):
        inverse = pow(a[2], -1, self.p)
        x, y = a[0] * inverse % self.p, a[1] * inverse % self.p
        return f"{(x & 1) << 255 | y:064x}"

    def is_neutral(self, a):
        return a[0] % self.p == 0 and (a[1] - a[2]) % self.p == 0

    def same(self, a, b):
        return (a[0] * b[2] - b[0] * a[2]) % self.p == 0 and (a[1] * b[2] - b[1] * a[2]) % self.p == 0

    def add(self, a, b):
        p = self.p
        m, n = (a[1] - a[0]) * (b[1] - b[0]), (a[1] + a[0]) * (b[1] + b[0])
        c, e = 2 * self.d * a[3] % p * b[3], 2 * a[2] * b[2]
        h, f, g, i = n - m, e - c, e + c, n + m
        return (h * f % p, g * i % p, f * g % p, h * i % p)

    def double(self, a):
        p = self.p
        x, y = a[0] * a[0], a[1] * a[1]
        h = x + y
        e = h - (a[0] + a[1]) ** 2
        g = x - y
        f = 2 * a[2] * a[2] + g
        return (e * f % p, g * h % p, f * g % p, e * h % p)

    def inverse(self, a):
        return (-a[0] % self.p, a[1], a[2], -a[3] % self.p)

    def _row(self, a):
        row = [self.neutral, a]
        for _ in range(14):
            row.append(self.add(row[-1], a))
        return row

    @lru_cache(maxsize=4096)
    def _kept_row(self, a):
        return self._row(a)

    def _times(self, a, k):
        return self._sum([(self._row(a), k)])

    def _sum(self, parts):
        made = self.neutral
        top = max((k.bit_length() for _, k in parts), default=0)
        for shift in range((top + 3) // 4 * 4 - 4, -1, -4):
            if made is not self.neutral:
                made = self.double(self.double(self.double(self.double(made))))
            for row, k in parts:
                digit = k >> shift & 15
                if digit:
                    made = self.add(made, row[digit])
        return made

    def product(self, *powers):
        """∏ aᵏ over the pairs (a, k)."""
        return self._sum([(self._kept_row(a), k % self.q) for a, k in powers])


class Belenios2048:
    """The integers modulo p whose power q is 1, of § 5.1.1."""

    name = "BELENIOS-2048"
    p = int(
        "20694785691422546401013643657505008064922989295751104097100884787057374219242717401922237254497684338129066633138078958404960054389"
        "636289796393038773905722803605973749427671376777618898589872735865049081167099310535867780980030790491654063777173764198678527273474"
        "476341835600035698305193144284561701911000786737307333564123971732897913240474578834468260652327974647951137672658693582180046317922"
        "073668860052627186363386088796882120769432366149491002923444346373222145884100586421050242120365433561201320481118852408731077014151"
        "666200162313177169372189248078507711827842317498073276598828825169183103125680162072880719"
    )
    q = 78571733251071885079927659812671450121821421258408794611510081919805623223441
    g = int(
        "24023526775018522092276877035323999327122876573783649165100753187876632741463532193202856761552696787996946682987493890950838965734"
        "25601900601068477164491735474137283104610458681314511781646755400527402889846139864532661215055797097162016168270312886432456663834"
        "86363578210615491841998253431518974065818686865115135857641013888221539601604322884360393098933366277284840659313840601023167509576"
        "37779826651036068224066350766977640253462537730851331734951942489677540525736590494924776314759915751987751777114814909204566002054"
        "78127054728238140972518639858334115700568353695553423781475582491896050296680037745308460627"
    )
    neutral = 1

    @lru_cache(maxsize=None)
    def point(self, text):
        made = decimal(text, self.p)
        need(made > 0 and pow(made, self.q, self.p) == 1)
        return made

    def text(self, a):
        return str(a)

    def is_neutral(self, a):
        return a == 1

    def same(self, a, b):
        return a == b

    def add(self, a, b):
        return a * b % self.p

    def inverse(self, a):
        return pow(a, -1, self.p)

    def product(self, *powers):
        made = 1
        for a, k in powers:
            made = made * pow(a, k % self.q, self.p) % self.p
        return made


GROUPS = {}


def group(name):
    known = {"Ed25519": Ed25519, "BELENIOS-2048": Belenios2048}
    if name not in known:
        raise Unsupported(f"group {name!r}")
    return GROUPS.setdefault(name, known[name]())


def challenge(group, prefix, *elements):
    """H(prefix; E₁, …), the elements encoded and joined by commas."""
    whole = prefix + ",".join(group.text(element) for element in elements)
    return int.from_bytes(hashlib.sha256(whole.encode()).digest(), "big") % group.q
