//! What is going on in a cycle, at a glance: where the year stands and until when, the one thing to do, the figures,
//! and what is newest: the last proposals, or what the deputies chose and how it gets on.

use crate::web::assets::url as asset;
use crate::web::components::{Icon, LightColour, Stat, icon, light, stats};
use crate::web::cycle_banner::{days, left};
use crate::web::cycle_path::CycleHeading;
use crate::web::http_error::HttpError;
use crate::web::locale::Locale;
use crate::web::shared::lamp_strip::lamp_strip;
use crate::web::shared::proposal_card::card;
use crate::web::visit::Visit;
use domain::cycles::{Cycle, Stage, store as cycle_store};
use domain::infra::app::App;
use domain::infra::database::Tx;
use domain::projects::{self, DistrictLights, Lit, StateName as ProjectState};
use domain::projects::{lights_by_district, lit_projects};
use domain::proposals::search::{Filter, Listed, Order, list};
use domain::proposals::store::{Figures, figures};
use domain::screening;
use domain::session::{self, Poll, PollKind, StateName};
use maud::{Markup, html};

/// How many proposals are shown.
const NEWEST: i64 = 3;

/// A cycle at a glance.
pub(super) struct Pulse {
    heading: CycleHeading,
    figures: Figures,
    /// Published decisions that say yes.
    feasible: i64,
    /// Candidates of the published shortlist: code and title.
    candidates: Vec<(String, String)>,
    /// Where the result of the poll that the stage is about stands, once it is announced.
    result: Option<String>,
    /// The codes of what the deputies chose.
    chosen: Vec<String>,
    newest: Vec<Listed>,
    works: Vec<Lit>,
    /// How the projects stand in each district.
    districts: Vec<DistrictLights>,
    /// What became of the year before.
    kept: Option<Kept>,
}

/// How many of a former year's projects are done.
struct Kept {
    year: i32,
    path: String,
    chosen: usize,
    accepted: usize,
}

impl Pulse {
    /// The cycle's.
    pub(super) async fn of(app: &App, heading: CycleHeading) -> Result<Self, HttpError> {
        let cycle = &heading.cycle;
        let mut tx = app.database.read().await?;
        let is_open = matches!(cycle.stage, Stage::Collecting | Stage::Screening);
        let candidates = if screening::shortlist(&mut tx, cycle).await?.is_published() {
            let candidates = screening::candidates(&mut tx, cycle).await?.into_iter();
            candidates
                .map(|one| (one.facts.code, one.facts.title))
                .collect()
        } else {
            Vec::new()
        };
        let chosen = if cycle.stage < Stage::Voting {
            Vec::new()
        } else {
            projects::chosen(&mut tx, cycle).await?
        };
        let works = lit_projects(app, &mut tx, cycle).await?;
        let districts = cycle_store::districts(&mut tx, cycle.jurisdiction).await?;
        Ok(Self {
            figures: figures(&mut tx, cycle).await?,
            feasible: screening::count_feasible(&mut tx, cycle).await?,
            candidates,
            result: result(&mut tx, &heading).await?,
            chosen,
            newest: if is_open {
                newest(&mut tx, cycle).await?
            } else {
                Vec::new()
            },
            districts: lights_by_district(&works, &districts),
            works,
            kept: kept(&mut tx, &heading).await?,
            heading,
        })
    }

    /// The cycle.
    pub(super) const fn heading(&self) -> &CycleHeading {
        &self.heading
    }

    pub(super) fn shown(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            section.now aria-labelledby="now" {
                img.scene src=(asset("img/county.svg")) alt="" width="480" height="200";
                p.now-until {
                    strong { (locale.text(&format!("stage-{}", self.heading.cycle.stage.name()))) }
                    @if let Some(days) = days(locale, &self.heading.timeline, self.heading.cycle.stage) { " " span { (days) } }
                    @if let Some(left) = left(visit, &self.heading) { " " span.left { (left) } }
                }
                h2 #now { (locale.text_about(&self.lead(), &self.heading.jurisdiction.settings.body)) }
                (self.call(locale))
                (stats(&self.key_figures(locale)))
            }
            (self.newest(visit))
            (self.candidates_or_chosen(locale))
            (self.works(visit))
            (self.kept(locale))
        }
    }

    /// What happens now, by what has happened.
    fn lead(&self) -> String {
        let stage = self.heading.cycle.stage;
        let fact = match stage {
            Stage::Shortlisted if self.candidates.is_empty() => "-preparing",
            Stage::Voting | Stage::Evaluating if self.result.is_some() => "-announced",
            _ => "",
        };
        format!("stage-lead-{}{fact}", stage.name())
    }

    /// The one thing that most visitors come for in this stage.
    fn call(&self, locale: &Locale) -> Markup {
        let path = self.heading.path();
        if let Some(result) = &self.result {
            return html! { div.actions { a.button href=(result) { (locale.text("call-results")) } } };
        }
        let (part, text) = match self.heading.cycle.stage {
            Stage::Collecting => ("proposals/new", "propose"),
            Stage::Screening => ("screening", "call-screening"),
            Stage::Shortlisted => ("shortlist", "call-shortlist"),
            Stage::Voting => ("session", "call-session"),
            Stage::Implementing => ("projects", "call-projects"),
            Stage::Evaluating => ("evaluation", "call-evaluation"),
            Stage::Closed => ("results", "call-results"),
        };
        html! { div.actions {
            a.button href={ (path) "/" (part) } { (locale.text(text)) }
            @if self.heading.cycle.stage == Stage::Collecting {
                a.button.secondary href={ (path) "/proposals" } { (locale.text("call-proposals")) }
            }
        } }
    }

    /// From what was proposed to what is done.
    fn key_figures(&self, locale: &Locale) -> Vec<Stat> {
        let done = self
            .works
            .iter()
            .filter(|one| one.project.state.name() == ProjectState::Accepted);
        let done = done.count();
        let all = [
            ("figure-proposals", self.figures.accepted),
            ("figure-supports", self.figures.supports),
            ("figure-feasible", self.feasible),
            ("figure-candidates", whole(self.candidates.len())),
            ("figure-chosen", whole(self.chosen.len())),
            ("figure-done", whole(done)),
        ];
        let told = |(key, value): &(&str, i64)| *value > 0 || *key == "figure-proposals";
        let mut figures: Vec<Stat> = all
            .iter()
            .filter(|one| told(one))
            .map(|(key, value)| Stat::new(locale.text(key), locale.number(*value)))
            .collect();
        if self.chosen.is_empty() {
            let places = self.heading.cycle.places;
            figures.push(Stat::new(locale.text("figure-places"), places));
        }
        figures
    }

    fn newest(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = self.heading.path();
        html! {
            @if !self.newest.is_empty() {
                h2 { (locale.text("pulse-newest")) }
                ul.cards {
                    @for line in &self.newest {
                        li.card { (card(visit, &self.heading, line)) }
                    }
                }
                p { a.own-line href={ (path) "/proposals" } { (locale.text("pulse-all-proposals")) } }
            }
        }
    }

    /// The list that is voted on, or what was chosen from it before it is being built.
    fn candidates_or_chosen(&self, locale: &Locale) -> Markup {
        let path = self.heading.path();
        if !self.works.is_empty() || self.candidates.is_empty() {
            return html! {};
        }
        let title = if self.chosen.is_empty() {
            "pulse-candidates"
        } else {
            "pulse-chosen"
        };
        let listed = self
            .candidates
            .iter()
            .filter(|(code, _)| self.chosen.is_empty() || self.chosen.contains(code));
        html! {
            h2 { (locale.text(title)) }
            ol.ways.sealed[!self.chosen.is_empty()] {
                @for (code, title) in listed {
                    li { a href={ (path) "/shortlist/" (code) } {
                        @if !self.chosen.is_empty() { span.seal-mark { (icon(Icon::Check)) } }
                        span { (title) }
                    } }
                }
            }
        }
    }

    fn works(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = self.heading.path();
        html! {
            @if !self.works.is_empty() {
                h2 { (locale.text("pulse-works")) }
                (lamp_strip(visit, &self.heading, &self.districts, None))
                ul.ways {
                    @for one in &self.works {
                        @let plan = &one.project.plan;
                        li { a href={ (path) "/projects/" (plan.code) } {
                            span { (plan.title) }
                            (light(locale, LightColour::from(one.light.colour)))
                        } }
                    }
                }
            }
        }
    }

    fn kept(&self, locale: &Locale) -> Markup {
        html! {
            @if let Some(kept) = &self.kept {
                p.kept { a href={ (kept.path) "/projects" } {
                    (locale.text_with("pulse-kept", &[
                        ("year", kept.year.to_string().into()), ("chosen", kept.chosen.into()),
                        ("accepted", kept.accepted.into()),
                    ]))
                } }
            }
        }
    }
}

fn whole(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

async fn newest(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Listed>, HttpError> {
    let all = Filter {
        category: None,
        district: String::new(),
        progress: None,
        query: String::new(),
        order: Order::Newest,
    };
    Ok(list(tx, cycle, &all, 0, NEWEST).await?.0)
}

async fn result(tx: &mut Tx, heading: &CycleHeading) -> Result<Option<String>, HttpError> {
    let cycle = &heading.cycle;
    let kind = match cycle.stage {
        Stage::Voting | Stage::Closed => PollKind::Main,
        Stage::Evaluating => PollKind::Evaluation,
        Stage::Collecting | Stage::Screening | Stage::Shortlisted | Stage::Implementing => {
            return Ok(None);
        }
    };
    let is_done = |poll: &&Poll| poll.kind == kind && poll.state.name() == StateName::Announced;
    let polls = session::store::polls_of_cycle(tx, cycle.jurisdiction, cycle.id).await?;
    let poll = polls.iter().rev().find(is_done);
    Ok(poll.map(|poll| format!("{}/results/{}", heading.path(), poll.id)))
}

/// The projects of the year before, if it had any.
async fn kept(tx: &mut Tx, heading: &CycleHeading) -> Result<Option<Kept>, HttpError> {
    let year = heading.cycle.year - 1;
    let jurisdiction = &heading.jurisdiction;
    let Some(before) = cycle_store::cycle_of_year(tx, jurisdiction.id, year).await? else {
        return Ok(None);
    };
    let projects = projects::store::projects(tx, &before).await?;
    let accepted = projects
        .iter()
        .filter(|one| one.state.name() == ProjectState::Accepted);
    Ok((!projects.is_empty()).then(|| Kept {
        year,
        path: format!("/j/{}/{year}", jurisdiction.slug),
        chosen: projects.len(),
        accepted: accepted.count(),
    }))
}
