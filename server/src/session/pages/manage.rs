//! Where the office, the chief scrutineer and the chair lead a poll from step to step.

use super::manage_ceremony::RestartForm;
use super::manage_ends::Ends;
use super::manage_view::{ManagePage, RulesInForce};
use crate::session::api::{Figures, figures};
use crate::session::in_poll::InPoll;
use crate::session::problems::not_carried_out;
use crate::session::rule_form::{RuleForm, field_of};
use crate::web::choice::Choice;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::page::show;
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum_extra::extract::Form;
use domain::closed_loop;
use domain::infra::app::App;
use domain::infra::database::Tx;
use domain::infra::field_errors::FieldErrors;
use domain::infra::ids::AccountId;
use domain::name_enum;
use domain::people::store as people_store;
use domain::people::{Role, Viewer};
use domain::session::SessionError;
use domain::session::StateName;
use domain::session::ceremony;
use domain::session::{Adoption, AdoptionDetails, adopt as adopt_rules, write_rules};
use domain::session::{Confirmed, confirm as confirm_step};
use domain::session::{DualControlStep, Hands, Matter, Party, Poll, headcounts, matter};
use domain::session::{adopted_rule, store};
use serde::Deserialize;
use tally::record::transcript::smallest_threshold;
use tally::rules::{Rule, RuleHash};

/// `GET …/polls/{poll}/manage`
pub(crate) async fn manage(State(app): State<App>, visit: Visit, found: InPoll) -> HttpResult {
    let page = load(&app, found).await?;
    Ok(show(&visit, &page))
}

pub(super) async fn load(app: &App, found: InPoll) -> Result<ManagePage, HttpError> {
    let mut tx = app.database.read().await?;
    let poll = &found.poll;
    let items = store::items(&mut tx, poll).await?;
    let adopted = adopted_rule(&mut tx, poll).await?;
    let figures: Figures = figures(&mut tx, poll, adopted.as_ref()).await?;
    let (rules, form) = rules_in_force(&mut tx, &found, adopted, items.len()).await?;
    let eligible = if poll.state.name() == StateName::Drafted {
        store::eligible_officers(&mut tx, poll.jurisdiction).await?
    } else {
        Vec::new()
    };
    Ok(ManagePage {
        figures,
        rules,
        form,
        errors: FieldErrors::none(),
        adoption: AdoptionForm::all_of(&eligible),
        adoption_errors: FieldErrors::none(),
        eligible,
        items,
        scrutineers: store::scrutineers(&mut tx, poll).await?,
        confirmations: store::confirmations(&mut tx, poll).await?,
        ceremony: ceremony(&mut tx, poll).await?,
        restart: RestartForm::default(),
        headcounts: headcounts(&mut tx, poll).await?,
        planned_end: store::planned_end(&mut tx, poll).await?,
        may_join: joinable(&mut tx, poll).await?,
        asks_code: store::asks_code(&mut tx, poll).await?,
        matter: next_matter(&mut tx, poll).await?,
        ends: Ends::load(&mut tx, poll).await?,
        found,
    })
}

/// The polls whose check-in this one may join, while its rules are not adopted.
async fn joinable(tx: &mut Tx, poll: &Poll) -> Result<Vec<Poll>, HttpError> {
    if poll.state.name() != StateName::Drafted {
        return Ok(Vec::new());
    }
    Ok(domain::session::may_join(tx, poll).await?)
}

/// What is confirmed next by two people.
async fn next_matter(tx: &mut Tx, poll: &Poll) -> Result<Option<Matter>, HttpError> {
    let Some(step) = DualControlStep::next_in(poll.state.name()) else {
        return Ok(None);
    };
    Ok(Some(matter(tx, poll, step).await?))
}

async fn rules_in_force(
    tx: &mut Tx,
    found: &InPoll,
    adopted: Option<Rule>,
    items: usize,
) -> Result<(RulesInForce, RuleForm), HttpError> {
    let poll = &found.poll;
    if let Some(rule) = adopted {
        let form = RuleForm::of(&rule);
        return Ok((RulesInForce::Adopted(rule), form));
    }
    if let Some(text) = store::rule_draft(tx, poll).await? {
        let rule = domain::session::parsed_rule(poll, &text)?;
        let form = RuleForm::of(&rule);
        return Ok((RulesInForce::Draft { text, rule }, form));
    }
    let deputies = people_store::deputies_in_office(tx, poll.jurisdiction).await?;
    let form = RuleForm::defaults(
        poll.kind,
        found.jurisdiction(),
        found.cycle(),
        deputies,
        items,
    );
    Ok((RulesInForce::None, form))
}

/// `POST …/polls/{poll}/rules`: the office writes the rules, or has the form filled from a template, which saves nothing; a wrong
/// value is named and nothing typed is lost.
pub(crate) async fn rules(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    found: InPoll,
    Form(mut form): Form<RuleForm>,
) -> HttpResult {
    let mut tx = app.database.read().await?;
    let items = store::items(&mut tx, &found.poll).await?;
    let deputies = people_store::deputies_in_office(&mut tx, found.poll.jurisdiction).await?;
    form.deputies = deputies.into();
    drop(tx);
    let poll = &found.poll;
    let template = &form.rule_template;
    if *template != Choice::default() {
        let filled = template
            .or_refused("rule_template")?
            .fill(&form, found.cycle(), items.len());
        let mut page = load(&app, found).await?;
        page.form = filled;
        return Ok(show(&visit, &page));
    }
    match form.rule(
        poll.kind,
        found.jurisdiction(),
        &items,
        poll.facts.as_deref(),
    ) {
        Ok(rule) => {
            write_rules(&app, viewer.actor(), poll.jurisdiction, poll.id, &rule).await?;
            let back = format!("{}/manage", found.page());
            Ok(redirect_with(&back, "session-rules-written"))
        }
        Err(errors) => {
            let mut page = load(&app, found).await?;
            page.form = form;
            page.errors = errors;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&visit, &page)).into_response())
        }
    }
}

/// What the office enters of the meeting's show of hands.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AdoptionForm {
    pub rule_sha256: String,
    pub hands_in_favour: String,
    pub hands_against: String,
    pub hands_abstained: String,
    pub scrutineers: Vec<String>,
    pub threshold: String,
    pub counted_by: Choice<HandsCounted>,
    pub passed_on: String,
    pub passed_document: String,
    pub departure: String,
}

name_enum! {
    /// How the hands were counted.
    pub enum HandsCounted {
        /// 举手清点
        ByPeople = "people",
        /// 表决器
        ByDevice = "voting_device",
    }
}

pub(super) fn is_scrutineer(one: &store::Eligible) -> bool {
    matches!(one.role, Role::ChiefScrutineer | Role::Scrutineer)
}

impl AdoptionForm {
    fn all_of(eligible: &[store::Eligible]) -> Self {
        let scrutineers = eligible.iter().filter(|one| is_scrutineer(one)).count();
        let all = u32::try_from(scrutineers).unwrap_or(u32::MAX);
        Self {
            threshold: smallest_threshold(all).to_string(),
            counted_by: Choice::One(HandsCounted::ByPeople),
            hands_against: "0".to_owned(),
            hands_abstained: "0".to_owned(),
            scrutineers: eligible
                .iter()
                .filter(|one| is_scrutineer(one))
                .map(|one| one.account.to_string())
                .collect(),
            ..Self::default()
        }
    }

    fn read(&self) -> Result<Adoption, FieldErrors> {
        let mut errors = FieldErrors::none();
        let mut count = |field: &'static str, text: &str| {
            errors
                .whole_number(field, text, 0, 1_000_000)
                .and_then(|number| u32::try_from(number).ok())
                .unwrap_or_default()
        };
        let hands = Hands {
            in_favour: count("hands_in_favour", &self.hands_in_favour),
            against: count("hands_against", &self.hands_against),
            abstained: count("hands_abstained", &self.hands_abstained),
        };
        let threshold = count("threshold", &self.threshold);
        let details = self.details(&mut errors);
        let accounts: Result<Vec<AccountId>, _> =
            self.scrutineers.iter().map(|id| id.parse()).collect();
        match (RuleHash::from_hex(&self.rule_sha256), accounts) {
            (Some(rule), Ok(scrutineers)) if errors.is_empty() => Ok(Adoption {
                rule,
                hands,
                scrutineers,
                threshold,
                details,
            }),
            (rule, accounts) => {
                if rule.is_none() {
                    errors.add("rule_sha256", "unreadable");
                }
                if accounts.is_err() {
                    errors.add("scrutineers", "not-a-scrutineer");
                }
                Err(errors)
            }
        }
    }
}

impl AdoptionForm {
    /// What else is published; the presidium's document and its day stand together or not at all.
    fn details(&self, errors: &mut FieldErrors) -> AdoptionDetails {
        let counted_by = self.counted_by.read(errors, "counted_by");
        let departure = self.departure.trim();
        let departure =
            (!departure.is_empty()).then(|| errors.text("departure", departure, 1, 300));
        let is_passed = [&self.passed_on, &self.passed_document]
            .iter()
            .any(|text| !text.trim().is_empty());
        let draft_passed = is_passed.then(|| {
            let document = errors.text("passed_document", &self.passed_document, 1, 60);
            errors.day("passed_on", &self.passed_on).zip(Some(document))
        });
        AdoptionDetails {
            departure,
            draft_passed: draft_passed.flatten(),
            by_voting_device: counted_by == Some(HandsCounted::ByDevice),
        }
    }
}

/// `POST …/polls/{poll}/adopt`: the office enters the counted hands and the scrutineers.
pub(crate) async fn adopt(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    found: InPoll,
    Form(form): Form<AdoptionForm>,
) -> HttpResult {
    let poll = &found.poll;
    let errors = match form.read() {
        Ok(adoption) => {
            let done =
                adopt_rules(&app, viewer.actor(), poll.jurisdiction, poll.id, &adoption).await;
            let mut errors = FieldErrors::none();
            let mut of_rules = FieldErrors::none();
            match done {
                Ok(()) => {
                    let back = format!("{}/manage", found.page());
                    return Ok(redirect_with(&back, "session-rules-adopted"));
                }
                Err(SessionError::Hands(code)) => errors.add("hands_in_favour", code),
                Err(SessionError::Threshold(code)) => errors.add("threshold", code),
                Err(SessionError::Scrutineers(code)) => errors.add("scrutineers", code),
                Err(SessionError::DepartureWithoutReason) => {
                    errors.add("departure", "departure-reason");
                }
                Err(SessionError::NotCarriedOut(why)) => {
                    of_rules.add(field_of(why.key), not_carried_out(why.key));
                }
                Err(other) => return Err(other.into()),
            }
            (errors, of_rules)
        }
        Err(errors) => (errors, FieldErrors::none()),
    };
    let mut page = load(&app, found).await?;
    page.adoption = form;
    (page.adoption_errors, page.errors) = errors;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&visit, &page)).into_response())
}

/// Which step is confirmed, and for which side.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ConfirmForm {
    step: Choice<DualControlStep>,
    side: Choice<Party>,
    /// The hash of what the page showed.
    matter: String,
}

/// `POST …/polls/{poll}/confirm`
pub(crate) async fn confirm(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Form(form): Form<ConfirmForm>,
) -> HttpResult {
    let poll = &found.poll;
    let (step, side) = (form.step.or_refused("step")?, form.side.or_refused("side")?);
    let seen = Matter::new(form.matter.as_str())
        .ok_or_else(|| HttpError::invalid("matter", "unreadable"))?;
    let confirmed = confirm_step(
        &app,
        viewer.account,
        poll.jurisdiction,
        poll.id,
        step,
        side,
        &seen,
    )
    .await?;
    let message = match confirmed {
        Confirmed::Waiting => "session-confirmed-waiting",
        Confirmed::Done => "session-confirmed-done",
    };
    Ok(redirect_with(&format!("{}/manage", found.page()), message))
}

/// `POST …/polls/{poll}/announce`
pub(crate) async fn announce(State(app): State<App>, viewer: Viewer, found: InPoll) -> HttpResult {
    let poll = &found.poll;
    closed_loop::announce(&app, viewer.account, poll.jurisdiction, poll.id).await?;
    Ok(redirect_with(&found.results(), "session-announced"))
}
