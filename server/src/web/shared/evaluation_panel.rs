//! The pieces that show verdicts, ratings and rework orders, here and on a project's page.

use crate::web::components::{Bar, Tone, badge, bar_chart, notice};
use crate::web::locale::Locale;
use domain::cycles::Cycle;
use domain::evaluation::store;
use domain::evaluation::{ProjectVerdict, Rework, verdict_name};
use domain::infra::database::{DatabaseError, Tx};
use domain::projects::ProjectId;
use maud::{Markup, html};
use tally::evaluation::{LEAST_RATINGS, RatingSummary, Ratings, Verdict};
use time::Date;

/// The verdict's word in its colour.
fn verdict_badge(locale: &Locale, verdict: Verdict) -> Markup {
    let tone = match verdict {
        Verdict::Satisfied => Tone::Good,
        Verdict::BasicallySatisfied => Tone::Warn,
        Verdict::Unsatisfied => Tone::Bad,
        Verdict::NoBase => Tone::Neutral,
    };
    badge(
        tone,
        &locale.text(&format!("project-verdict-{}", verdict_name(verdict))),
    )
}

/// The deputies' counts on one project, with the mark that decides.
pub fn verdict_chart(locale: &Locale, verdict: &ProjectVerdict) -> Markup {
    let levels = verdict.levels;
    let bar = |key: &str, count: u64, tone| Bar {
        label: locale.text(key),
        value: count,
        tone,
        word: None,
    };
    let mut bars = vec![
        bar("project-verdict-satisfied", levels.satisfied, Tone::Good),
        bar(
            "project-verdict-basically_satisfied",
            levels.basically,
            Tone::Warn,
        ),
        bar("project-verdict-unsatisfied", levels.unsatisfied, Tone::Bad),
    ];
    bars.extend(
        levels
            .unknown
            .map(|count| bar("level-unknown", count, Tone::Neutral)),
    );
    bars.push(bar("level-unanswered", levels.unanswered, Tone::Neutral));
    let mark = locale.text_with(
        "verdict-needed",
        &[
            ("needed", verdict.needed.into()),
            ("base", verdict.base.into()),
        ],
    );
    html! {
        p { (verdict_badge(locale, verdict.verdict)) " "
            span.small.muted { (locale.text_with("verdict-announced", &[("day", verdict.announced_on.to_string().into())])) }
        }
        (bar_chart(&locale.text("verdict-chart"), verdict.base, &bars, Some((verdict.needed, &mark))))
    }
}

/// Residents' ratings of one project: nothing but that there are too few, below the least number.
pub fn rating_chart(locale: &Locale, ratings: Ratings) -> Markup {
    match ratings.summary() {
        RatingSummary::Withheld => html! {
            p.muted { (locale.text_with("ratings-withheld", &[("least", LEAST_RATINGS.into())])) }
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
            ("on", rework.ordered_on.to_string().into()),
            ("due", rework.due.to_string().into()),
        ],
    );
    notice(
        tone,
        &html! {
            p { strong { (ordered) } @if rework.is_late(today) { " " (locale.text("rework-late")) } }
            @if let Some((answer, on)) = &rework.answer {
                p { (locale.text_with("rework-answered", &[("on", on.to_string().into())])) " " (answer) }
            }
        },
    )
}

/// What the evaluation says of one project, for its page.
#[derive(Debug, Clone)]
pub struct ProjectPanel {
    /// The verdicts, newest first.
    pub verdicts: Vec<ProjectVerdict>,
    /// The rework orders, newest first.
    pub reworks: Vec<Rework>,
    /// The residents' ratings.
    pub ratings: Ratings,
}

impl ProjectPanel {
    /// Reads it.
    pub async fn load(
        tx: &mut Tx,
        cycle: &Cycle,
        project: ProjectId,
    ) -> Result<Self, DatabaseError> {
        let mut verdicts = store::verdicts(tx, cycle).await?;
        verdicts.retain(|verdict| verdict.project == project);
        let mut reworks = store::reworks(tx, cycle).await?;
        reworks.retain(|rework| rework.project == project);
        let ratings = store::ratings(tx, cycle).await?;
        Ok(Self {
            verdicts,
            reworks,
            ratings: ratings.get(&project).copied().unwrap_or_default(),
        })
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
