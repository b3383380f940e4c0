//! Paper at the desk: who votes on paper, which numbered paper was handed out, which came back spoiled.

use super::desk::DeskForm;
use crate::session::in_poll::InPoll;
use crate::web::choice::YesNo;
use crate::web::components::facts;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::visit::redirect_with;
use axum::extract::State;
use axum_extra::extract::Form;
use domain::infra::app::App;
use domain::infra::database::Tx;
use domain::infra::typed;
use domain::people::Viewer;
use domain::session::store::{self, DeskDeputy, HandedOut};
use domain::session::{self, Poll, StateName};
use maud::{Markup, html};

/// What the desk knows of a poll's paper, where its rule reserves any.
pub(super) struct PaperDesk {
    reserved: u32,
    on_paper: u32,
    papers: Vec<HandedOut>,
    state: StateName,
    is_checked_in_before: bool,
    is_counted: bool,
}

impl PaperDesk {
    pub(super) async fn load(tx: &mut Tx, poll: &Poll) -> HttpResult<Option<Self>> {
        let reserved = session::reserved_paper(tx, poll).await?;
        if reserved == 0 {
            return Ok(None);
        }
        Ok(Some(Self {
            reserved,
            on_paper: store::count_on_paper(tx, poll).await?,
            papers: store::papers(tx, poll).await?,
            state: poll.state.name(),
            is_checked_in_before: poll.is_checked_in_before(),
            is_counted: session::paper_counted(tx, poll).await?.is_some(),
        }))
    }

    fn takes_presence(&self) -> bool {
        self.state == StateName::RulesAdopted && !self.is_checked_in_before
    }

    fn hands_out(&self) -> bool {
        matches!(self.state, StateName::Frozen | StateName::Open) && !self.is_counted
    }

    /// Reserved, present on paper, handed out, spoiled: what must add up on the table.
    pub(super) fn totals(&self, locale: &Locale, page: &str) -> Markup {
        let count = |spoiled| {
            self.papers
                .iter()
                .filter(|one| one.spoiled == spoiled)
                .count()
        };
        let (issued, spoiled) = (count(false), count(true));
        let number = |key: &str, number: String| (locale.text(key), html! { (number) });
        html! {
            section.panel {
                h2 { (locale.text("desk-paper")) }
                (facts(&[
                    number("desk-paper-reserved", self.reserved.to_string()),
                    number("desk-paper-present", self.on_paper.to_string()),
                    number("desk-paper-issued", issued.to_string()),
                    number("desk-paper-spoiled", spoiled.to_string()),
                ]))
                p { a href={ (page) "/papers" } { (locale.text("papers-title")) } }
                p.hint {
                    @if self.takes_presence() { (locale.text("desk-paper-before")) }
                    @else if self.hands_out() { (locale.text("desk-paper-during")) }
                    @else if self.is_counted { (locale.text("desk-paper-counted")) }
                }
            }
        }
    }

    /// The paper that the deputy has.
    pub(super) fn of(&self, one: &DeskDeputy) -> Option<&HandedOut> {
        let is_own = |paper: &&HandedOut| paper.deputy == one.id && !paper.spoiled;
        self.papers.iter().find(is_own)
    }

    /// What can be done about the deputy's paper now.
    pub(super) fn acts(
        &self,
        locale: &Locale,
        page: &str,
        one: &DeskDeputy,
        sought: &str,
    ) -> Markup {
        let act = |path: &str, key: &str, more: &[(&str, String)]| {
            let label = locale.labelled(&one.name, &locale.text(key));
            html! {
                form.inline method="post" action={ (page) "/desk/" (path) } {
                    input type="hidden" name="deputy" value=(one.number);
                    input type="hidden" name="q" value=(sought);
                    @for (name, value) in more { input type="hidden" name=(name) value=(value); }
                    button.secondary type="submit" aria-label=(label) { (locale.text(key)) }
                }
            }
        };
        let yes_no = |name: &'static str, yes: bool| (name, YesNo::from(yes).name().to_owned());
        html! {
            @if self.takes_presence() {
                @if one.on_paper {
                    (act("paper", "desk-not-on-paper", &[yes_no("on_paper", false)]))
                } @else {
                    (act("paper", "desk-on-paper", &[yes_no("on_paper", true)]))
                }
            } @else if self.hands_out() && one.on_paper {
                @if let Some(paper) = self.of(one) {
                    (act("replace", "desk-replace-paper", &[("paper", paper.number.to_string())]))
                    @if paper.helped {
                        (act("hand-out", "desk-not-helped", &[yes_no("helped", false)]))
                    } @else {
                        (act("hand-out", "desk-helped", &[yes_no("helped", true)]))
                    }
                } @else {
                    (act("hand-out", "desk-hand-out", &[yes_no("helped", false)]))
                }
            }
        }
    }
}

/// `POST …/polls/{poll}/desk/paper`
pub(crate) async fn presence(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Form(form): Form<DeskForm>,
) -> HttpResult {
    let on_paper = form.on_paper.or_refused("on_paper")? == YesNo::Yes;
    let (here, poll, number) = (found.poll.jurisdiction, found.poll.id, form.number()?);
    session::set_on_paper(&app, viewer.account, here, poll, number, on_paper).await?;
    Ok(redirect_with(&form.back(&found), "saved"))
}

/// `POST …/polls/{poll}/desk/hand-out`
pub(crate) async fn hand_out(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Form(form): Form<DeskForm>,
) -> HttpResult {
    let helped = form.helped.or_refused("helped")? == YesNo::Yes;
    let (here, poll, number) = (found.poll.jurisdiction, found.poll.id, form.number()?);
    session::hand_out_paper(&app, viewer.account, here, poll, number, helped).await?;
    Ok(redirect_with(&form.back(&found), "saved"))
}

/// `POST …/polls/{poll}/desk/replace`
pub(crate) async fn replace(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Form(form): Form<DeskForm>,
) -> HttpResult {
    let spoiled = typed::plain(&form.paper).parse();
    let spoiled = spoiled.map_err(|_| HttpError::invalid("paper", "not-a-number"))?;
    let (here, poll, number) = (found.poll.jurisdiction, found.poll.id, form.number()?);
    session::replace_paper(&app, viewer.account, here, poll, number, spoiled).await?;
    Ok(redirect_with(&form.back(&found), "saved"))
}
