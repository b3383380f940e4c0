//! The pieces that show verdicts, ratings and rework orders, here and on a project's page.

use crate::web::components::{Bar, Tone, badge, bar_chart, day_text, notice};
use crate::web::locale::Locale;
use crate::web::shared::levels::{common, level_name, tone};
use domain::cycles::Cycle;
use domain::evaluation::store;
use domain::evaluation::{ProjectVerdict, Rank, Rework, VerdictLevel};
use domain::infra::database::{DatabaseError, Tx};
use domain::projects::ProjectId;
use maud::{Markup, html};
use std::collections::HashMap;
use tally::evaluation::{MIN_RATINGS, RatingSummary, Ratings};
use time::Date;

/// The verdict's word in its colour.
fn verdict_badge(locale: &Locale, verdict: &ProjectVerdict) -> Markup {
    match verdict.reached() {
        Some(level) => badge(
            tone(level.rank),
            &level_name(locale, &level.id, &level.label),
        ),
        None => badge(tone(None), &locale.text("verdict-no-base")),
    }
}

/// The deputies' counts on one project, with the mark that decides where all levels have the same.
pub fn verdict_chart(locale: &Locale, verdict: &ProjectVerdict) -> Markup {
    let mut bars: Vec<Bar> = verdict
        .levels
        .iter()
        .map(|level| Bar {
            label: level_name(locale, &level.id, &level.label),
            value: level.votes,
            tone: tone(level.rank),
            word: None,
            // The levels below are reached together with those above them: no line across their own votes says that.
            line: level.needed.filter(|_| level.rank == Some(Rank::Best)),
        })
        .collect();
    bars.push(Bar {
        label: locale.text("verdict-unanswered"),
        value: verdict.unanswered,
        tone: Tone::Neutral,
        word: None,
        line: None,
    });
    let needed = |level: &VerdictLevel| level.needed.map(|needed| (level.clone(), needed));
    let needed: Vec<(VerdictLevel, u64)> = verdict.levels.iter().filter_map(needed).collect();
    let same = common(needed.iter().map(|(_, needed)| *needed));
    let base = verdict.base;
    let mark = same.map(|needed| {
        let values = [("needed", needed.into()), ("base", base.into())];
        locale.text_with("verdict-needed", &values)
    });
    html! {
        p { (verdict_badge(locale, verdict)) " "
            span.small.muted { (locale.text_with("verdict-announced", &[("day", day_text(locale, verdict.announced_on).into())])) }
        }
        @if mark.is_none() {
            ul { @for (level, needed) in &needed {
                li { (locale.text_with("verdict-needed-for", &[
                    ("level", level_name(locale, &level.id, &level.label).into()),
                    ("needed", (*needed).into()), ("base", base.into()),
                ])) }
            } }
        }
        (bar_chart(&locale.text("verdict-chart"), base, &bars, mark.as_deref()))
    }
}

/// Residents' ratings of one project: nothing but that there are too few, below the least number.
pub fn rating_chart(locale: &Locale, ratings: Ratings) -> Markup {
    match ratings.summary() {
        RatingSummary::Withheld => html! {
            p.muted { (locale.text_with("ratings-withheld", &[("least", MIN_RATINGS.into())])) }
        },
        RatingSummary::Published {
            responses,
            mean_hundredths,
            counts,
        } => {
            let mut bars: Vec<Bar> = (1_u32..)
                .zip(counts)
                .map(|(stars, count)| Bar {
                    label: locale.text_with("ratings-stars", &[("stars", stars.into())]),
                    value: count,
                    tone: Tone::Accent,
                    word: None,
                    line: None,
                })
                .collect();
            // Best first, as people expect.
            bars.reverse();
            let mean = format!("{}.{:02}", mean_hundredths / 100, mean_hundredths % 100);
            html! {
                p { strong.number { (mean) } " "
                    span.small.muted { (locale.text_with("ratings-responses", &[("count", responses.into())])) }
                }
                (bar_chart(&locale.text("ratings-chart"), responses, &bars, None))
            }
        }
    }
}

/// A rework order and how it stands.
pub fn rework_notice(locale: &Locale, rework: &Rework, today: Date) -> Markup {
    let tone = if rework.answer.is_some() {
        Tone::Neutral
    } else if rework.is_late(today) {
        Tone::Bad
    } else {
        Tone::Warn
    };
    let ordered = locale.text_with(
        "rework-ordered",
        &[
            ("on", day_text(locale, rework.ordered_on).into()),
            ("due", day_text(locale, rework.due).into()),
        ],
    );
    notice(
        tone,
        &html! {
            p { strong { (ordered) } @if rework.is_late(today) { " " (locale.text("rework-late")) } }
            @if let Some((answer, on)) = &rework.answer {
                p { (locale.text_with("rework-answered", &[("on", day_text(locale, *on).into())])) " " (answer) }
            }
        },
    )
}

/// What the evaluation says of one project, for its page.
#[derive(Debug, Clone, Default)]
pub struct ProjectPanel {
    /// The verdicts, newest first.
    pub verdicts: Vec<ProjectVerdict>,
    /// The rework orders, newest first.
    pub reworks: Vec<Rework>,
    /// The residents' ratings.
    pub ratings: Ratings,
}

/// What the evaluation says of a cycle's projects: read once, however many there are.
#[derive(Debug, Default)]
pub struct EvaluationPanels(HashMap<ProjectId, ProjectPanel>);

impl EvaluationPanels {
    /// Reads them.
    pub async fn load(tx: &mut Tx, cycle: &Cycle) -> Result<Self, DatabaseError> {
        let mut panels = Self::default();
        for verdict in store::verdicts(tx, cycle).await? {
            panels.of_mut(verdict.project).verdicts.push(verdict);
        }
        for rework in store::reworks(tx, cycle).await? {
            panels.of_mut(rework.project).reworks.push(rework);
        }
        for (project, ratings) in store::ratings(tx, cycle).await? {
            panels.of_mut(project).ratings = ratings;
        }
        Ok(panels)
    }

    fn of_mut(&mut self, project: ProjectId) -> &mut ProjectPanel {
        self.0.entry(project).or_default()
    }

    /// The project's panel; an empty one where nothing was said yet.
    pub fn take(&mut self, project: ProjectId) -> ProjectPanel {
        self.0.remove(&project).unwrap_or_default()
    }
}

impl ProjectPanel {
    /// Reads one project's.
    pub async fn load(
        tx: &mut Tx,
        cycle: &Cycle,
        project: ProjectId,
    ) -> Result<Self, DatabaseError> {
        Ok(EvaluationPanels::load(tx, cycle).await?.take(project))
    }

    /// Whether the unit owes an answer to a rework order.
    pub fn owes_answer(&self) -> bool {
        self.reworks.iter().any(|rework| rework.answer.is_none())
    }
}

/// Both results side by side, and the rework orders.
pub fn project_panel(locale: &Locale, panel: &ProjectPanel, today: Date) -> Markup {
    html! {
        @for rework in &panel.reworks { (rework_notice(locale, rework, today)) }
        div.grid {
            div {
                h3 { (locale.text("evaluation-deputies")) }
                @if panel.verdicts.is_empty() { p.muted { (locale.text("verdict-none")) } }
                @for verdict in &panel.verdicts { (verdict_chart(locale, verdict)) }
            }
            div {
                h3 { (locale.text("evaluation-residents")) }
                (rating_chart(locale, panel.ratings))
            }
        }
    }
}
