//! The screen in each state of a poll.

mod result;

use super::facts::Facts;
use crate::session::pages::counts::Totals;
use crate::session::pages::planned_end::clock_time;
use crate::session::pages::{desk, status};
use crate::web::components::{Icon, icon};
use crate::web::locale::Locale;
use crate::web::visit::Visit;
use ballot::Print;
use domain::cycles::settings::meeting;
use domain::infra::clock::Timestamp;
use domain::session::{PollState, Scrutineer};
use maud::{Markup, html};
use tally::rules::Rule;

/// What stands on the screen now. `in_hall`: with the code that only the hall may read.
pub(super) fn view(visit: &Visit, facts: &Facts, now: Timestamp, in_hall: bool) -> Markup {
    let locale = visit.locale;
    let heading = facts.found.heading();
    let poll = &facts.found.poll;
    let meeting = meeting(&heading.jurisdiction.settings.body, &heading.cycle);
    html! {
        header.screen-head {
            div {
                p.screen-meeting { (locale.of(&meeting)) }
                h1 { (poll.title) }
            }
            div.screen-state {
                (status::state_badge(locale, facts.state()))
                @if heading.jurisdiction.kind.is_advisory() { p.screen-advisory { (locale.text("screen-advisory")) } }
            }
        }
        div.screen-body { @match &poll.state {
            PollState::Drafted => (welcome(locale, facts)),
            PollState::RulesAdopted(_) => {
                (check_in(locale, facts, in_hall))
                (departure(locale, facts))
            }
            PollState::Frozen(frozen) => {
                (empty_box(locale, facts, frozen.present))
                (departure(locale, facts))
            }
            PollState::Open(opened) => (open(visit, facts, opened.at, now)),
            PollState::Closed(closed) => (closed_box(locale, facts, closed.returned + facts.invalid)),
            PollState::Decrypted(_) => (decrypted(locale, facts)),
            PollState::Announced(_) => (result::announced(locale, facts)),
            PollState::Withdrawn(_) => (ended(locale, "screen-withdrawn")),
            PollState::Voided(_) => (ended(locale, "screen-voided")),
        } }
    }
}

fn body_text(locale: &Locale, facts: &Facts, key: &str) -> String {
    locale.text_about(key, &facts.found.jurisdiction().settings.body)
}

/// Before the meeting has adopted the rules.
fn welcome(locale: &Locale, facts: &Facts) -> Markup {
    let items = facts.items.len();
    html! {
        div.screen-middle {
            p.screen-hero { (body_text(locale, facts, "screen-welcome")) }
            p.screen-text { (locale.text_with("screen-items", &[("count", items.into())])) }
            p.screen-text { (body_text(locale, facts, "screen-rules-first")) }
        }
    }
}

/// Where the adopted rules depart from the cycle's places or the law, with the reason: the hall sees what it has adopted.
fn departure(locale: &Locale, facts: &Facts) -> Markup {
    let Some(rule) = &facts.rule else {
        return html! {};
    };
    let lines = status::departures_in_words(locale, rule, facts.found.cycle());
    html! {
        @if !lines.is_empty() {
            div.screen-departure {
                @for line in &lines { p.screen-text { (line) } }
                @if let Some(why) = &facts.departure { p.screen-text { (locale.text("departure-why")) " " (why) } }
            }
        }
    }
}

/// Nothing is counted.
fn ended(locale: &Locale, key: &str) -> Markup {
    html! { div.screen-middle { p.screen-hero { (locale.text(key)) } p.screen-text { (locale.text("screen-ended")) } } }
}

/// Deputies check in: who is there, and what to scan.
fn check_in(locale: &Locale, facts: &Facts, in_hall: bool) -> Markup {
    let totals = Totals::of(&facts.delegations);
    let needed = facts.rule.as_ref().map_or(0, Rule::quorum_count);
    let present = u64::from(totals.present);
    let key = if present >= needed {
        "screen-quorum"
    } else {
        "screen-no-quorum"
    };
    let values = [
        ("needed", needed.into()),
        ("missing", needed.saturating_sub(present).into()),
    ];
    html! {
        div.screen-two {
            div.screen-ring {
                (ring(locale, &totals, needed))
                p.screen-text.good[present >= needed] { (locale.text_with(key, &values)) }
            }
            (way_in(locale, facts, in_hall))
        }
        ul.screen-delegations { @for one in &facts.delegations {
            li {
                span { (one.name) }
                strong { (one.present) " / " (one.deputies) }
                @if one.on_leave > 0 {
                    small { (locale.text_with("screen-on-leave", &[("count", one.on_leave.into())])) }
                }
            }
        } }
    }
}

/// The picture to scan and, in the hall, the code.
fn way_in(locale: &Locale, facts: &Facts, in_hall: bool) -> Markup {
    let code = facts.code.as_ref().filter(|_| in_hall);
    let address = facts.way.as_ref();
    html! {
        div.screen-way {
            @match code {
                Some((code, picture)) => {
                    @if let Some(picture) = picture { (picture.drawn(&locale.text("screen-check-in-picture"))) }
                    div {
                        p.screen-label { (locale.text("field-check_in_code")) }
                        p.screen-code data-code=(code.digits) { (desk::grouped(&code.digits)) }
                        p.screen-text { (body_text(locale, facts, "screen-scan")) }
                    }
                }
                None if facts.found.poll.is_checked_in_before() => {
                    p.screen-text { (locale.text("screen-checked-in-before")) }
                }
                None => {
                    @if let Some((_, Some(picture))) = address { (picture.drawn(&locale.text("screen-check-in-picture"))) }
                    div {
                        p.screen-text { (body_text(locale, facts, "screen-scan-plain")) }
                        @if facts.asks_code { p.screen-text { (locale.text("screen-code-in-hall")) } }
                    }
                }
            }
        }
    }
}

/// All deputies as a ring: those present, those on leave, and where the quorum is.
fn ring(locale: &Locale, totals: &Totals, needed: u64) -> Markup {
    let all = u64::from(totals.deputies).max(1);
    let share = |part: u64| {
        let tenths = part.min(all) * 1000 / all;
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    let present = share(totals.present.into());
    let either = share(u64::from(totals.present) + u64::from(totals.on_leave));
    let angle = needed.min(all) * 3600 / all;
    let label = locale.text_with(
        "screen-ring",
        &[
            ("present", totals.present.into()),
            ("deputies", totals.deputies.into()),
            ("needed", needed.into()),
        ],
    );
    html! {
        svg viewBox="0 0 200 200" role="img" aria-label=(label) {
            g transform="rotate(-90 100 100)" fill="none" stroke-width="20" {
                circle.track cx="100" cy="100" r="82" {}
                circle.leave cx="100" cy="100" r="82" pathLength="100" stroke-dasharray={ (either) " 100" } {}
                circle.present cx="100" cy="100" r="82" pathLength="100" stroke-dasharray={ (present) " 100" } {}
                line.quorum x1="166" y1="100" x2="199" y2="100" stroke-width="4"
                    transform={ "rotate(" (angle / 10) "." (angle % 10) " 100 100)" } {}
            }
            text.figure x="100" y="108" text-anchor="middle" { (totals.present) }
            text.whole x="100" y="136" text-anchor="middle" { "/ " (totals.deputies) }
        }
        p.screen-label {
            (locale.text("sheet-present")) " " (totals.present) " · " (locale.text("sheet-deputies")) " " (totals.deputies)
            @if totals.on_leave > 0 { " · " (locale.text("attendance-on-leave")) " " (totals.on_leave) }
        }
    }
}

/// The roll is fixed and nobody has voted: the empty record is shown as the empty box was.
fn empty_box(locale: &Locale, facts: &Facts, roll: u32) -> Markup {
    html! {
        div.screen-two {
            div.screen-middle {
                p.screen-figure { (facts.figures.ballots_cast) }
                p.screen-text { (locale.text("screen-empty-box")) }
                p.screen-text { (locale.text_with("screen-roll", &[("count", roll.into())])) }
            }
            div {
                (print(locale, facts))
                (done(locale, "screen-approved", &facts.scrutineers, |one| one.has_approved))
            }
        }
    }
}

/// The election's print, to be read aloud and compared.
fn print(locale: &Locale, facts: &Facts) -> Markup {
    let frozen = facts.found.poll.state.frozen();
    html! {
        @if let Some(frozen) = frozen {
            div.screen-print {
                p.screen-label { (locale.text("session-print")) }
                p.screen-words { (Print::of_election(&frozen.fingerprint)) }
                p.screen-note { (locale.text("screen-print-text")) }
            }
        }
    }
}

/// Which scrutineers have done it.
fn done(locale: &Locale, key: &str, all: &[Scrutineer], has: fn(&Scrutineer) -> bool) -> Markup {
    html! {
        div.screen-done {
            p.screen-label { (locale.text(key)) }
            ul { @for one in all {
                li.good[has(one)] {
                    @if has(one) { (icon(Icon::Check)) } @else { span.screen-open aria-hidden="true" {} }
                    (one.name)
                    span.visually-hidden { " " (locale.text(if has(one) { "session-done" } else { "session-not-yet" })) }
                }
            } }
        }
    }
}

/// Deputies vote: how many ballots came back, and nothing of what is on them.
fn open(visit: &Visit, facts: &Facts, at: Timestamp, now: Timestamp) -> Markup {
    let locale = visit.locale;
    let local = at.in_zone(visit.zone);
    let since = format!("{:02}:{:02}", local.hour(), local.minute());
    let seconds = now.millis().saturating_sub(at.millis()) / 1000;
    html! {
        div.screen-two {
            div {
                (returned(locale, facts))
                p.screen-text {
                    (locale.text_with("screen-open-since", &[("time", since.into())])) " "
                    strong.number data-since=(seconds) {}
                }
                @if let Some(end) = facts.planned_end {
                    @let left = end.millis().saturating_sub(now.millis()) / 1000;
                    p.screen-text {
                        (locale.text_with("screen-open-until", &[("time", clock_time(visit, end).into())])) " "
                        strong.number data-until=(left.max(0)) {}
                    }
                }
                p.screen-text { (locale.text("screen-secret")) }
            }
            div {
                (scan(locale, facts, "screen-cast"))
                (print(locale, facts))
            }
        }
    }
}

fn returned(locale: &Locale, facts: &Facts) -> Markup {
    let (cast, issued) = (facts.figures.ballots_cast, facts.figures.present);
    let tenths = u64::from(cast) * 1000 / u64::from(issued.max(1));
    html! {
        p.screen-label { (locale.text("screen-returned")) }
        p.screen-figure { (cast) span { " / " (issued) } }
        svg.screen-bar width="100%" height="24" aria-hidden="true" focusable="false" {
            rect.track width="100%" height="100%" rx="6" {}
            rect.fill width={ (tenths.min(1000) / 10) "." (tenths.min(1000) % 10) "%" } height="100%" rx="6" {}
        }
    }
}

/// The address that goes with the state, as a picture and in letters.
pub(super) fn scan(locale: &Locale, facts: &Facts, key: &str) -> Markup {
    let picture = facts.way.as_ref().and_then(|(_, picture)| picture.as_ref());
    html! {
        div.screen-scan {
            @if let Some(picture) = picture { (picture.drawn(&locale.text(key))) }
            p.screen-text { (locale.text(key)) }
        }
    }
}

/// Voting is over: what came back, and who has decrypted.
fn closed_box(locale: &Locale, facts: &Facts, returned: u32) -> Markup {
    html! {
        div.screen-two {
            div {
                p.screen-label { (locale.text("screen-returned")) }
                p.screen-figure { (returned) span { " / " (facts.figures.present) } }
                (tally_print(locale, facts))
            }
            div {
                (done(locale, "screen-stated", &facts.scrutineers, |one| one.has_stated_closing))
                (done(locale, "screen-decrypting", &facts.scrutineers, |one| one.has_decrypted))
                p.screen-text { (locale.text("screen-no-count-yet")) }
            }
        }
    }
}

fn tally_print(locale: &Locale, facts: &Facts) -> Markup {
    html! {
        @if let Some(words) = &facts.tally_print {
            div.screen-print {
                p.screen-label { (locale.text("session-tally-print")) }
                p.screen-words { (words) }
                p.screen-note { (locale.text("screen-tally-print-text")) }
            }
        }
    }
}

/// Everything is decrypted, and the chair has the word.
fn decrypted(locale: &Locale, facts: &Facts) -> Markup {
    html! {
        div.screen-two {
            div.screen-middle {
                p.screen-hero { (locale.text("screen-decrypted")) }
                p.screen-text { (locale.text("screen-chair")) }
            }
            div {
                (done(locale, "screen-decrypting", &facts.scrutineers, |one| one.has_decrypted))
                (tally_print(locale, facts))
            }
        }
    }
}
