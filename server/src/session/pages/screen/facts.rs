//! What the screen shows, and by what it is known that something has changed.

use crate::session::api::{Figures, figures};
use crate::session::in_poll::InPoll;
use crate::session::pages::console::{Leading, LeadingSigns};
use crate::session::pages::desk;
use crate::web::http_error::HttpError;
use crate::web::qr::QrCode;
use ballot::{Digest, Print};
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use domain::infra::database::Tx;
use domain::session::adopted_list;
use domain::session::store::{self, DelegationAttendance, ObjectKind};
use domain::session::{
    CheckInCode, Poll, PollItem, PollOutcome, Scrutineer, StateName, adopted_rule, hall_code,
    outcome, paper_counted, recorded_adoption,
};
use tally::rules::Rule;

/// Everything that the screen shows of a poll as it is now.
#[derive(Debug)]
pub(in crate::session::pages) struct Facts {
    pub found: InPoll,
    pub figures: Figures,
    pub delegations: Vec<DelegationAttendance>,
    pub items: Vec<PollItem>,
    /// What is on the list, where the meeting votes on adopting it.
    pub list: Vec<PollItem>,
    pub rule: Option<Rule>,
    /// Why the rules depart from the cycle's places or the law, where they do.
    pub departure: Option<String>,
    pub scrutineers: Vec<Scrutineer>,
    /// Papers out of the box that are invalid, and so in no sum.
    pub invalid: u32,
    /// The print of the encrypted tally, from the close on.
    pub tally_print: Option<String>,
    /// What was decided, once the chair has announced it.
    pub outcome: Option<PollOutcome>,
    /// Until when the vote is planned, where it is.
    pub planned_end: Option<Timestamp>,
    /// Whether the check-in asks for a code.
    pub asks_code: bool,
    /// The code of the hall while deputies check in, with its picture: for the hall alone.
    pub code: Option<(CheckInCode, Option<QrCode>)>,
    /// The address that goes with the state: check-in, ballot, result.
    pub way: Option<(String, Option<QrCode>)>,
    /// Who is waited for: for the console, which those who lead see.
    pub leading: Leading,
}

impl Facts {
    pub(in crate::session::pages) fn state(&self) -> StateName {
        self.found.poll.state.name()
    }
}

/// Loads all of it.
pub(in crate::session::pages) async fn load(app: &App, found: InPoll) -> Result<Facts, HttpError> {
    let mut tx = app.database.read().await?;
    let poll = &found.poll;
    let rule = adopted_rule(&mut tx, poll).await?;
    let figures = figures(&mut tx, poll, rule.as_ref()).await?;
    let asks_code = store::asks_code(&mut tx, poll).await?;
    let counted = paper_counted(&mut tx, poll).await?;
    let invalid = counted.map_or(0, |one| one.invalid());
    let state = poll.state.name();
    let outcome = if state == StateName::Announced {
        outcome(&mut tx, poll).await?
    } else {
        None
    };
    let tally = store::object(&mut tx, poll, ObjectKind::EncryptedTally).await?;
    let checks_in = state == StateName::RulesAdopted && !poll.is_checked_in_before();
    let code = (asks_code && checks_in).then(|| {
        let code = hall_code(app, poll.id);
        let picture = desk::picture(app, &found, &code);
        (code, picture)
    });
    Ok(Facts {
        figures,
        delegations: store::attendance_by_delegation(&mut tx, poll).await?,
        items: store::items(&mut tx, poll).await?,
        list: adopted_list(&mut tx, poll).await?,
        scrutineers: store::scrutineers(&mut tx, poll).await?,
        tally_print: tally.map(|text| Print::of_tally(&Digest::of(text)).to_string()),
        outcome,
        invalid,
        planned_end: store::planned_end(&mut tx, poll).await?,
        asks_code,
        code,
        way: way(app, &found, state),
        leading: Leading::load(&mut tx, poll).await?,
        departure: match rule {
            Some(_) => departure(&mut tx, poll).await?,
            None => None,
        },
        rule,
        found,
    })
}

/// The reason for the departure, as the record has it.
async fn departure(tx: &mut Tx, poll: &Poll) -> Result<Option<String>, HttpError> {
    let adoption = recorded_adoption(tx, poll).await?;
    Ok(adoption.departure.map(|why| why.to_string()))
}

fn way(app: &App, found: &InPoll, state: StateName) -> Option<(String, Option<QrCode>)> {
    let path = match state {
        // Who has checked in for an earlier poll of the meeting does not do it again.
        StateName::RulesAdopted if found.poll.is_checked_in_before() => return None,
        StateName::RulesAdopted => format!("{}/check-in", found.page()),
        StateName::Open => format!("{}/cast", found.page()),
        StateName::Announced => found.results(),
        StateName::Drafted
        | StateName::Frozen
        | StateName::Closed
        | StateName::Decrypted
        | StateName::Withdrawn
        | StateName::Voided => return None,
    };
    let address = format!("{}{path}", app.config.base_url);
    let picture = QrCode::of(&address);
    Some((address, picture))
}

/// What is looked at every second, for all who watch together: when one of it is another, the screen is.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Signs {
    state: StateName,
    delegations: Vec<DelegationAttendance>,
    ballots: u32,
    planned_end: Option<Timestamp>,
    scrutineers: Vec<Scrutineer>,
    code: Option<CheckInCode>,
    leading: LeadingSigns,
}

/// Looks.
pub(super) async fn signs(app: &App, tx: &mut Tx, poll: &Poll) -> Result<Signs, HttpError> {
    let state = poll.state.name();
    Ok(Signs {
        state,
        delegations: store::attendance_by_delegation(tx, poll).await?,
        ballots: store::count_ballots(tx, poll).await?,
        planned_end: store::planned_end(tx, poll).await?,
        scrutineers: store::scrutineers(tx, poll).await?,
        code: (state == StateName::RulesAdopted).then(|| hall_code(app, poll.id)),
        leading: LeadingSigns::look(tx, poll).await?,
    })
}
