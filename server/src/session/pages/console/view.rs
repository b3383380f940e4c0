//! One poll on the console.

use super::steps::{Mark, Step, motions, steps};
use crate::session::pages::screen::Facts;
use crate::session::pages::{counts, status};
use crate::web::locale::Locale;
use crate::web::visit::Visit;
use domain::session::StateName;
use domain::session::store::DelegationAttendance;
use maud::{Markup, html};

/// The poll's row of steps, what is due with the way there, and who is present.
pub(in crate::session::pages) fn poll(visit: &Visit, facts: &Facts) -> Markup {
    let locale = visit.locale;
    let found = &facts.found;
    let state = facts.state();
    let all = steps(locale, facts);
    let is_over = state.is_over();
    html! {
        section.panel.console {
            header.console-head {
                h2 { a href=(found.page()) { (found.poll.title) } }
                p { (status::kind(locale, found.poll.kind)) " " (status::state_badge(locale, state)) }
            }
            @if is_over {
                (status::ended(locale, &found.poll.state))
                @if state == StateName::Announced {
                    p.actions { a.button.secondary href=(found.results()) { (locale.text("session-to-result")) } }
                }
            } @else {
                (row(locale, &all))
                (due(locale, facts, &all))
                @if state != StateName::Drafted { (delegations(locale, facts)) }
                p.actions {
                    a.button.secondary href={ (found.page()) "/manage" } { (locale.text("session-to-manage")) }
                    a.button.secondary href={ (found.page()) "/screen" } { (locale.text("screen-title")) }
                }
            }
        }
    }
}

/// All steps beside each other.
fn row(locale: &Locale, all: &[Step]) -> Markup {
    html! {
        ol.console-steps {
            @for step in all {
                li class=(step.mark.name()) aria-current=[(step.mark == Mark::Now).then_some("step")] {
                    span { (locale.text(&format!("console-step-{}", step.key))) }
                    @if let Some((done, of)) = step.figure { strong.number { (done) " / " (of) } }
                    span.visually-hidden { (locale.text(&format!("console-mark-{}", step.mark.name()))) }
                }
            }
        }
    }
}

/// What is due, what each waits for, and the way there.
fn due(locale: &Locale, facts: &Facts, all: &[Step]) -> Markup {
    let page = facts.found.page();
    let due: Vec<&Step> = all.iter().filter(|step| step.mark == Mark::Now).collect();
    let motions = motions(locale, facts);
    html! {
        h3 { (locale.text("console-due")) }
        ul.console-due {
            @for motion in &motions {
                li.bad {
                    div { strong { (locale.text("console-motion")) } p { (motion) } }
                    a.button.secondary href={ (page) "/manage" } { (locale.text("condition-go")) }
                }
            }
            @for step in due {
                li {
                    div {
                        strong { (locale.text(&format!("console-step-{}", step.key))) }
                        @for line in &step.waits { p { (line) } }
                    }
                    a.button.secondary href={ (page) "/" (step.way) }
                        aria-label=(locale.labelled(&locale.text(&format!("console-step-{}", step.key)), &locale.text("condition-go"))) {
                        (locale.text("condition-go"))
                    }
                }
            }
        }
    }
}

/// Each delegation with a bar of those present.
fn delegations(locale: &Locale, facts: &Facts) -> Markup {
    html! {
        h3 { (locale.text("attendance-by-delegation")) }
        ul.console-delegations {
            @for one in &facts.delegations {
                li {
                    span { (one.name) }
                    strong.number { (one.present) " / " (one.deputies) }
                    (bar(one))
                    small { (counts::in_words(locale, one)) }
                    @if let Some(head) = head(locale, facts, one) { small { (head) } }
                }
            }
        }
    }
}

/// Whether the delegation's head has confirmed, while that is asked.
fn head(locale: &Locale, facts: &Facts, of: &DelegationAttendance) -> Option<String> {
    let counts = facts.leading.headcounts.iter();
    let mut own = counts.filter(|one| one.delegation.name == of.name);
    let own = own.next()?;
    let key = if own.is_confirmed() {
        "console-head-confirmed"
    } else {
        "console-head-open"
    };
    let head = own.delegation.head_name.clone();
    let head = head.unwrap_or_else(|| locale.text("headcount-no-head"));
    Some(locale.text_with(key, &[("head", head.into())]))
}

fn bar(one: &DelegationAttendance) -> Markup {
    let all = u64::from(one.deputies.max(1));
    let share = |part: u32| {
        let tenths = u64::from(part).min(all) * 1000 / all;
        format!("{}.{}%", tenths / 10, tenths % 10)
    };
    html! {
        svg.console-bar width="100%" height="10" aria-hidden="true" focusable="false" {
            rect.track width="100%" height="100%" rx="5" {}
            rect.leave width=(share(one.present.saturating_add(one.on_leave))) height="100%" rx="5" {}
            rect.fill width=(share(one.present)) height="100%" rx="5" {}
        }
    }
}
