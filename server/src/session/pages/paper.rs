//! What the session's forms on paper share: how they are loaded, headed and signed.

use crate::session::in_poll::InPoll;
use crate::web::components::day_text;
use crate::web::export::FileName;
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::shared::printed;
use crate::web::visit::Visit;
use ::paper::{Document, Paper};
use domain::cycles::settings::meeting;
use domain::infra::app::App;
use domain::session::{Announced, Numbered, PollItem, PollOutcome, PollState};
use domain::session::{adopted_list, adopted_rule, outcome, store};
use maud::{Markup, html};
use tally::rules::Rule;

/// An announced poll with all that its forms say.
pub(super) struct Announcement {
    pub found: InPoll,
    pub announced: Announced,
    pub rule: Rule,
    pub outcome: PollOutcome,
    pub items: Vec<PollItem>,
    /// What is on the list, where the meeting voted on adopting it.
    pub list: Vec<PollItem>,
    /// Number and day, once the office has entered them.
    pub numbered: Option<Numbered>,
}

impl Announcement {
    /// What was announced; nothing before that.
    pub(super) async fn load(app: &App, found: InPoll) -> HttpResult<Option<Self>> {
        let PollState::Announced(announced) = found.poll.state.clone() else {
            return Ok(None);
        };
        let mut tx = app.database.read().await?;
        let rule = adopted_rule(&mut tx, &found.poll).await?;
        let Some((rule, outcome)) = rule.zip(outcome(&mut tx, &found.poll).await?) else {
            return Ok(None);
        };
        let items = store::items(&mut tx, &found.poll).await?;
        let list = adopted_list(&mut tx, &found.poll).await?;
        let numbered = store::numbered(&mut tx, &found.poll).await?;
        drop(tx);
        Ok(Some(Self {
            found,
            announced,
            rule,
            outcome,
            items,
            list,
            numbered,
        }))
    }

    /// Whose meeting, with its numbers (届、次): 青禾县第十八届人民代表大会第五次会议.
    pub(super) fn meeting(&self, locale: &Locale) -> String {
        let heading = self.found.heading();
        let meeting = meeting(&heading.jurisdiction.settings.body, &heading.cycle);
        locale.text_with(
            "paper-meeting",
            &[
                ("place", heading.jurisdiction.name.clone().into()),
                ("meeting", locale.of(&meeting).into()),
            ],
        )
    }

    /// The day of the result.
    pub(super) fn day(&self, visit: &Visit) -> String {
        day_text(visit.locale, self.announced.at.in_zone(visit.zone).date())
    }

    /// `yes` where the vote only advises, for texts that choose by it.
    pub(super) fn advises(&self) -> &'static str {
        if self.found.jurisdiction().kind.is_advisory() {
            "yes"
        } else {
            "no"
        }
    }

    /// The way back and to the printer's page, which is not printed itself; and to the PDF of this name, where there is one.
    pub(super) fn ways(&self, locale: &Locale, pdf: Option<&str>) -> Markup {
        html! {
            p.back.no-print { a href=(self.found.results()) { "← " (self.found.poll.title) } }
            p.note.no-print {
                (locale.text("paper-print"))
                @if let Some(name) = pdf {
                    " " a href={ (self.found.results()) "/" (name) ".pdf" } { (locale.text("paper-pdf")) }
                }
            }
        }
    }

    /// The paper as it is told to the program that prints, dated on the day of the result.
    pub(super) fn document(&self, visit: &Visit, title: String, paper: Paper) -> Document {
        let day = self.announced.at.in_zone(visit.zone).date();
        printed::document(visit, title, day, paper)
    }

    /// What the paper of this name is called as a file.
    pub(super) fn file(&self, name: &str, title: &str) -> FileName {
        let name = format!("{}-{name}", self.found.poll.election);
        let title = format!("{}-{title}", self.found.poll.title);
        FileName::of_cycle(self.found.heading(), &name, &title)
    }
}
