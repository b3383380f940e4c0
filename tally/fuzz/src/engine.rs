//! The rule engine under figures and counts that nobody could have counted.

use std::sync::LazyLock;

use tally::decision::{Account, Devices, Lot, Outcome, Paper, Returns, decide, decide_account};
use tally::evaluation::judge;
use tally::rules::{ItemId, Rule};

use crate::Target;

pub(crate) const ENGINE: Target = Target {
    name: "engine",
    run: |input| {
        let mut numbers = Numbers(input);
        let rule = &RULES[usize::from(numbers.byte()) % RULES.len()];
        let returns = Returns {
            present: numbers.next(),
            issued: numbers.next(),
            returned: numbers.next(),
            invalid: numbers.next(),
        };
        let counts: Vec<Vec<u64>> = rule
            .questions()
            .iter()
            .map(|shape| {
                (0..shape.answers + u64::from(shape.blank))
                    .map(|_| numbers.next())
                    .collect()
            })
            .collect();
        let drawn = rule.items().iter().filter(|_| numbers.byte() % 4 == 0);
        let lot = Lot {
            drawn: drawn.cloned().collect::<Vec<ItemId>>(),
        };
        let _ = judge(rule, returns, &counts);
        let _ = decide(rule, returns, &counts, Some(&lot));
        if let Ok(Outcome::Decided(decision)) = decide(rule, returns, &counts, None) {
            let chosen = decision.chosen().len() as u64;
            assert!(chosen + decision.empty_places <= decision.places);
            let sheet = decision.sheet;
            assert_eq!(sheet.returned, sheet.valid + sheet.invalid);
            assert_eq!(sheet.issued, sheet.returned + sheet.not_returned);
        }
        let account = Account {
            present: returns.present,
            devices: Devices {
                credentials: numbers.next(),
                revoked: numbers.next(),
                returned: numbers.next(),
            },
            paper: Paper {
                reserved: rule.reserved().paper,
                issued: numbers.next(),
                spoiled: numbers.next(),
                unused: numbers.next(),
                returned: numbers.next(),
                invalid: numbers.next(),
                voided: numbers.next(),
            },
        };
        let _ = decide_account(rule, &account, &counts, Some(&lot));
    },
    seeds: || {
        let plain: Vec<u8> = (0..200_u32).map(|n| (n * 37 % 256) as u8).collect();
        vec![vec![0; 120], vec![255; 200], plain]
    },
    tries: 10_000,
    memory: 32,
    floor: crate::MEMORY_FLOOR,
};

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let texts = (crate::rules::RULE.seeds)().into_iter();
    texts
        .map(|text| Rule::parse(&String::from_utf8(text).expect("text")).expect("an example"))
        .collect()
});

/// Numbers from bytes: mostly the small ones that figures are, sometimes the largest there are.
struct Numbers<'i>(&'i [u8]);

impl Numbers<'_> {
    fn byte(&mut self) -> u8 {
        let (byte, rest) = self
            .0
            .split_first()
            .map_or((0, self.0), |(byte, rest)| (*byte, rest));
        self.0 = rest;
        byte
    }

    fn next(&mut self) -> u64 {
        match self.byte() {
            byte @ 0..=219 => u64::from(byte),
            220 => u64::MAX,
            221 => u64::MAX / 2,
            222 => 1_000_000,
            byte => u64::from(byte) << (self.byte() % 64),
        }
    }
}
