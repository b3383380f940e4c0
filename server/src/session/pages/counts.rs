//! Attendance by delegation: 应到、实到、请假、未到.

use crate::web::components::{Stat, stats, table_wrap};
use crate::web::locale::Locale;
use domain::session::store::DelegationAttendance;
use maud::{Markup, html};

/// The four figures of all delegations together.
pub(super) struct Totals {
    pub deputies: u32,
    pub present: u32,
    pub on_leave: u32,
    pub missing: u32,
}

impl Totals {
    pub(super) fn of(all: &[DelegationAttendance]) -> Self {
        let sum = |figure: fn(&DelegationAttendance) -> u32| {
            all.iter().map(figure).fold(0_u32, u32::saturating_add)
        };
        Self {
            deputies: sum(|one| one.deputies),
            present: sum(|one| one.present),
            on_leave: sum(|one| one.on_leave),
            missing: sum(DelegationAttendance::missing),
        }
    }
}

/// The four figures beside each other.
pub(super) fn totals(locale: &Locale, all: &[DelegationAttendance]) -> Markup {
    let totals = Totals::of(all);
    stats(&[
        Stat::new(locale.text("sheet-deputies"), totals.deputies),
        Stat::new(locale.text("sheet-present"), totals.present),
        Stat::new(locale.text("attendance-on-leave"), totals.on_leave),
        Stat::new(locale.text("attendance-missing"), totals.missing),
    ])
}

/// One delegation's in a line.
pub(super) fn in_words(locale: &Locale, one: &DelegationAttendance) -> String {
    locale.text_with(
        "attendance-line",
        &[
            ("deputies", one.deputies.into()),
            ("signed", one.present.into()),
            ("leave", one.on_leave.into()),
            ("missing", one.missing().into()),
        ],
    )
}

/// A row for each delegation.
pub(super) fn table(locale: &Locale, all: &[DelegationAttendance]) -> Markup {
    let caption = locale.text("attendance-by-delegation");
    let table = html! {
        table {
            thead { tr {
                th scope="col" { (locale.text("attendance-delegation")) }
                th.number scope="col" { (locale.text("sheet-deputies")) }
                th.number scope="col" { (locale.text("sheet-present")) }
                th.number scope="col" { (locale.text("attendance-on-leave")) }
                th.number scope="col" { (locale.text("attendance-missing")) }
            } }
            tbody { @for one in all {
                tr {
                    th scope="row" { (one.name) }
                    td.number { (one.deputies) }
                    td.number { (one.present) }
                    td.number { (one.on_leave) }
                    td.number { (one.missing()) }
                }
            } }
        }
    };
    html! {
        h2 { (caption) }
        (table_wrap(&caption, &table))
    }
}
