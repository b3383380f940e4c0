//! The straight road of a poll in steps: which is done, which is due, and for whom it waits, by name.

use super::super::screen::Facts;
use crate::session::pages::counts::Totals;
use crate::web::locale::Locale;
use domain::people::Role;
use domain::session::{DualControlStep, Party, Scrutineer, StateName};
use tally::rules::Rule;

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Done,
    Now,
    Later,
}

impl Mark {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Now => "due",
            Self::Later => "later",
        }
    }
}

/// A step of the road.
pub(super) struct Step {
    /// `console-step-<key>`
    pub key: &'static str,
    pub mark: Mark,
    /// How many of how many, where it is done by many.
    pub figure: Option<(u64, u64)>,
    /// What it waits for, in words; only where it is due.
    pub waits: Vec<String>,
    /// The part of the poll's address where it is done.
    pub way: &'static str,
}

/// All steps of a poll, in their order.
pub(super) fn steps(locale: &Locale, facts: &Facts) -> Vec<Step> {
    let of = Of { locale, facts };
    let mut all = vec![of.rules()];
    all.extend(of.preparing());
    all.extend(of.voting());
    all.extend(of.counting());
    all
}

struct Of<'a> {
    locale: &'a Locale,
    facts: &'a Facts,
}

impl Of<'_> {
    /// A step that is due in a state, once what it needs is there, and done after it or when it says so itself.
    fn step(
        &self,
        key: &'static str,
        due_in: StateName,
        (is_done, is_ready): (bool, bool),
        figure: Option<(u64, u64)>,
        waits: impl FnOnce() -> Vec<String>,
    ) -> Step {
        let state = self.facts.state();
        let reached = position(state) > position(due_in);
        let mark = if reached || state == due_in && is_done {
            Mark::Done
        } else if state == due_in && is_ready {
            Mark::Now
        } else {
            Mark::Later
        };
        Step {
            key,
            mark,
            figure: figure.filter(|_| position(state) >= position(due_in)),
            waits: if mark == Mark::Now {
                waits()
            } else {
                Vec::new()
            },
            way: "manage",
        }
    }

    fn rules(&self) -> Step {
        let waits = || vec![self.text("console-waits-rules")];
        self.step("rules", StateName::Drafted, (false, true), None, waits)
    }

    fn preparing(&self) -> Vec<Step> {
        let due = StateName::RulesAdopted;
        let facts = self.facts;
        let totals = Totals::of(&facts.delegations);
        let needed = facts.rule.as_ref().map_or(0, Rule::quorum_count);
        let (present, all) = (u64::from(totals.present), u64::from(totals.deputies));
        let has_quorum = present >= needed && needed > 0;
        let check_in = Step {
            way: "desk",
            ..self.step(
                "check-in",
                due,
                (has_quorum, true),
                Some((present, all)),
                || self.check_in(needed, needed.saturating_sub(present)),
            )
        };
        let (made, of) = self.count(|one| one.public_key.is_some());
        let keys = self.step("keys", due, (made == of, true), Some((made, of)), || {
            self.keys()
        });
        let heads = &facts.leading.headcounts;
        let confirmed = count(heads.iter().filter(|one| one.is_confirmed()).count());
        let all_heads = count(heads.len());
        let are_confirmed = confirmed == all_heads && all_heads > 0;
        let figure = (all_heads > 0).then_some((confirmed, all_heads));
        let heads_step = self.step("heads", due, (are_confirmed, all_heads > 0), figure, || {
            self.heads()
        });
        let paper = facts.leading.paper.map(|paper| Step {
            way: "desk",
            ..self.step(
                "paper-credentials",
                due,
                (paper.has_credentials, true),
                None,
                || self.officers(Role::Teller),
            )
        });
        let has_paper = facts
            .leading
            .paper
            .is_none_or(|paper| paper.has_credentials);
        let is_ready = has_quorum && made == of && are_confirmed && has_paper;
        let freeze = self.step("freeze", due, (false, is_ready), None, || {
            self.sides(DualControlStep::Freeze)
        });
        let mut all = vec![check_in, keys];
        all.extend(paper);
        all.extend([heads_step, freeze]);
        all
    }

    fn voting(&self) -> Vec<Step> {
        let facts = self.facts;
        let (approved, all) = self.count(|one| one.has_approved);
        let enough = approved >= self.threshold();
        let approve = self.step(
            "approve",
            StateName::Frozen,
            (enough, true),
            Some((approved, all)),
            || self.names("console-waits-for", |one| !one.has_approved),
        );
        let open = self.step("open", StateName::Frozen, (false, enough), None, || {
            self.sides(DualControlStep::Open)
        });
        let figure = (
            facts.figures.ballots_cast.into(),
            facts.figures.present.into(),
        );
        let vote = self.step(
            "vote",
            StateName::Open,
            (figure.0 == figure.1, true),
            Some(figure),
            || vec![self.text("console-waits-ballots")],
        );
        let paper = facts.leading.paper.map(|paper| Step {
            way: "desk",
            ..self.step(
                "paper-count",
                StateName::Open,
                (paper.is_counted, true),
                Some((count(paper.lists), 2)),
                || self.officers(Role::Teller),
            )
        });
        let is_counted = facts.leading.paper.is_none_or(|paper| paper.is_counted);
        let close = self.step("close", StateName::Open, (false, is_counted), None, || {
            self.sides(DualControlStep::Close)
        });
        let mut all = vec![approve, open, vote];
        all.extend(paper);
        all.push(close);
        all
    }

    fn counting(&self) -> Vec<Step> {
        let closed = StateName::Closed;
        let (stated, all) = self.count(|one| one.has_stated_closing);
        let enough = stated >= self.threshold();
        let state = self.step("state", closed, (enough, true), Some((stated, all)), || {
            self.names("console-waits-for", |one| !one.has_stated_closing)
        });
        let (decrypted, _) = self.count(|one| one.has_decrypted);
        let decrypt = self.step(
            "decrypt",
            closed,
            (false, enough),
            Some((decrypted, all)),
            || self.names("console-waits-for", |one| !one.has_decrypted),
        );
        let announce = self.step(
            "announce",
            StateName::Decrypted,
            (false, true),
            None,
            || self.officers(Role::Chair),
        );
        vec![state, decrypt, announce]
    }

    fn threshold(&self) -> u64 {
        let adopted = self.facts.found.poll.state.adopted();
        adopted.map_or(u64::MAX, |adopted| adopted.threshold.into())
    }

    fn count(&self, has: impl Fn(&Scrutineer) -> bool) -> (u64, u64) {
        let all = &self.facts.scrutineers;
        let done = all.iter().filter(|one| has(one)).count();
        (count(done), count(all.len()))
    }

    /// Deputies who are missing to the quorum, and what keeps them from checking in.
    fn check_in(&self, needed: u64, missing: u64) -> Vec<String> {
        let leading = &self.facts.leading;
        let mut waits = Vec::new();
        if self.facts.found.poll.is_checked_in_before() {
            waits.push(self.text("screen-checked-in-before"));
        }
        for title in &leading.without_rules {
            let values = [("title", title.clone().into())];
            waits.push(self.locale.text_with("console-waits-rules-of", &values));
        }
        let values = [("needed", needed.into()), ("missing", missing.into())];
        waits.push(self.locale.text_with("screen-no-quorum", &values));
        waits.extend(self.officers(Role::Teller));
        waits
    }

    /// Who has no key yet, or has not sent what the round of the ceremony asks for.
    fn keys(&self) -> Vec<String> {
        let Some((round, awaited)) = &self.facts.leading.round else {
            return self.names("console-waits-for", |one| one.public_key.is_none());
        };
        let name = round.name();
        let word = name.split_once('-').map_or(name, |(_, word)| word);
        let mut waits = vec![self.text(&format!("ceremony-round-{word}"))];
        waits.extend(self.names("console-waits-for", |one| awaited.contains(&one.number)));
        waits
    }

    /// The heads who have not confirmed, each with the delegation.
    fn heads(&self) -> Vec<String> {
        let open = self.facts.leading.headcounts.iter();
        let open = open.filter(|one| !one.is_confirmed()).map(|one| {
            let head = one.delegation.head_name.clone();
            let head = head.unwrap_or_else(|| self.text("headcount-no-head"));
            let values = [
                ("delegation", one.delegation.name.clone().into()),
                ("head", head.into()),
            ];
            self.locale.text_with("console-waits-head", &values)
        });
        open.collect()
    }

    /// The sides that have not confirmed.
    fn sides(&self, step: DualControlStep) -> Vec<String> {
        let awaited = self.facts.leading.awaited.as_ref();
        let awaited = awaited.filter(|one| one.step == step);
        let given = |side: Party| {
            awaited.is_some_and(|one| one.given.iter().any(|given| given.side == side))
        };
        let open = Party::ALL.into_iter().filter(|side| !given(*side));
        vec![self.waits_for(&open.map(|side| self.side(side)).collect::<Vec<_>>())]
    }

    /// A side as the jurisdiction calls it.
    pub(super) fn side(&self, side: Party) -> String {
        let body = &self.facts.found.jurisdiction().settings.body;
        let title = self
            .locale
            .text_about(&format!("session-role-{}", side.name()), body);
        // The chief scrutineer is the first of them.
        let chief = self.facts.scrutineers.first();
        match (side, chief) {
            (Party::ChiefScrutineer, Some(chief)) => format!("{title} {}", chief.name),
            _ => title,
        }
    }

    fn names(&self, key: &str, is_waited_for: impl Fn(&Scrutineer) -> bool) -> Vec<String> {
        let all = self.facts.scrutineers.iter();
        let names: Vec<String> = all
            .filter(|one| is_waited_for(one))
            .map(|one| one.name.clone())
            .collect();
        let names = names.join(&self.text("list-separator"));
        vec![self.locale.text_with(key, &[("names", names.into())])]
    }

    /// Chairs or tellers by name; nothing where there is none.
    fn officers(&self, role: Role) -> Vec<String> {
        let body = &self.facts.found.jurisdiction().settings.body;
        let title = self
            .locale
            .text_about(&format!("session-role-{}", role.name()), body);
        let all = self.facts.leading.officers.iter();
        let names: Vec<String> = all
            .filter(|one| one.role == role)
            .map(|one| format!("{title} {}", one.name))
            .collect();
        if names.is_empty() {
            return Vec::new();
        }
        vec![self.waits_for(&names)]
    }

    fn waits_for(&self, names: &[String]) -> String {
        let names = names.join(&self.text("list-separator"));
        self.locale
            .text_with("console-waits-for", &[("names", names.into())])
    }

    fn text(&self, key: &str) -> String {
        self.locale.text(key)
    }
}

/// What was put forward off the straight road: what, and who has still to confirm.
pub(super) fn motions(locale: &Locale, facts: &Facts) -> Vec<String> {
    let of = Of { locale, facts };
    let all = facts.leading.motions.iter().map(|(step, given)| {
        let open = Party::ALL
            .into_iter()
            .filter(|side| !given.iter().any(|one| one.side == *side));
        let waits = of.waits_for(&open.map(|side| of.side(side)).collect::<Vec<_>>());
        locale.labelled(
            &locale.text(&format!("dual-control-{}", step.name())),
            &waits,
        )
    });
    all.collect()
}

fn position(state: StateName) -> usize {
    let mut all = StateName::ALL.iter();
    all.position(|one| *one == state).unwrap_or_default()
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
