//! The minutes of a poll for programs: what the public record says of it, step by step, without its proofs.

use super::in_poll::InPoll;
use crate::web::http_error::HttpResult;
use crate::web::openapi::{Day, InBothLanguages, Moment, OfPoll, PollKind, ReadProblems};
use axum::Json;
use axum::extract::State;
use domain::cycles::settings::meeting;
use domain::infra::app::App;
use domain::record::EntryIndex;
use domain::session::{Poll, recorded_steps, store};
use serde::Serialize;
use serde_json::Value;
use tally::decision::Returns;
use tally::record::body::{Body, Hands, Officer, OfficerRole, Ordinal, Party};
use utoipa::ToSchema;

/// Everything of a poll's session in the order of the public record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Minutes {
    /// The jurisdiction's name.
    jurisdiction: String,
    /// What the meeting is called, with its numbers.
    meeting: InBothLanguages,
    /// The poll.
    #[schema(value_type = uuid::Uuid)]
    poll: domain::session::PollId,
    /// What it decides.
    #[schema(value_type = PollKind)]
    kind: domain::session::PollKind,
    /// Its title.
    title: String,
    /// The election's id, which the record's entries about the poll name.
    election_uuid: String,
    /// Whether the vote only advises.
    advisory: bool,
    /// What has happened so far, oldest first. Of ballots there is their number, at the close.
    steps: Vec<MinutesStep>,
    /// Number and day of the presidium's announcement, once the office has entered them.
    announcement: Option<AnnouncementNumber>,
}

/// Number and day of an announcement.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnnouncementNumber {
    /// The number, once in a jurisdiction and year.
    number: u32,
    /// The day that stands under it.
    day: Day,
}

/// A step, with its entry in the record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MinutesStep {
    /// The entry's position.
    entry: u64,
    /// When, for the steps that change the poll's state.
    at: Option<Moment>,
    /// What has happened.
    what: Happened,
}

/// What has happened.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case")]
pub(crate) enum Happened {
    /// The office called the poll.
    Created {
        /// What is voted on: codes in the official order.
        items: Vec<String>,
        /// Deputies on the roster.
        deputies: usize,
    },
    /// The roster changed before the adoption.
    RosterChanged {
        /// Deputies on the roster.
        deputies: usize,
    },
    /// The meeting adopted rules and officers by a show of hands.
    RulesAdopted {
        /// SHA-256 of the rules, hexadecimal.
        rule_sha256: String,
        /// The counted hands.
        hands: HandsCounted,
        /// Who leads the count.
        officers: Vec<OfficerNamed>,
    },
    /// Roll, keys and election were fixed.
    Frozen {
        /// The election's fingerprint.
        fingerprint: String,
        /// SHA-256 of the roll, hexadecimal.
        roll_sha256: String,
        /// How many are present.
        present: u32,
        /// How many of each delegation are, confirmed by its head.
        delegations: Vec<DelegationPresent>,
        /// Who is present, in the order of the roster.
        attendance: Vec<DeputyNamed>,
    },
    /// A scrutineer's device approved the election.
    Approved {
        /// The trustee's number.
        trustee: Option<u64>,
    },
    /// Voting began.
    Opened {
        /// Who confirmed it.
        #[schema(value_type = Vec<String>)]
        confirmed_by: Vec<Party>,
    },
    /// Voting ended.
    Closed {
        /// How many ballots were cast.
        returned: u32,
        /// How many of them, challenged by their deputies, were none.
        challenged: usize,
        /// The hash of the encrypted tally.
        encrypted_tally_hash: String,
        /// Who confirmed it.
        #[schema(value_type = Vec<String>)]
        confirmed_by: Vec<Party>,
    },
    /// A scrutineer's device stated which ballots are summed.
    ClosingStated {
        /// The trustee's number.
        trustee: Option<u64>,
        /// How many ballots.
        ballots: Option<u64>,
    },
    /// A scrutineer decrypted.
    PartiallyDecrypted {
        /// The trustee's number.
        trustee: u32,
    },
    /// The chair announced the result.
    Announced {
        /// Who.
        announced_by: DeputyNamed,
        /// The figures that the scrutineers reported.
        #[schema(value_type = Object)]
        returns: Returns,
        /// Counts and decision as `tally` computed them.
        #[schema(value_type = Object)]
        outcome: Value,
    },
}

/// Counted hands.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HandsCounted {
    /// 赞成
    in_favour: u32,
    /// 反对
    against: u32,
    /// 弃权
    abstained: u32,
}

/// Somebody who leads the count.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfficerNamed {
    /// As what: `chair`, `chief_scrutineer`, `scrutineer` or `teller`.
    #[schema(value_type = String)]
    role: OfficerRole,
    /// The name.
    name: String,
    /// The roster number; a teller may have none.
    number: Option<u32>,
}

/// A deputy.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeputyNamed {
    /// The roster number.
    number: u32,
    /// The name.
    name: String,
}

/// How many of a delegation are present.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DelegationPresent {
    /// The delegation.
    delegation: String,
    /// How many.
    present: u32,
    /// The roster number of its head.
    head: u32,
}

/// The minutes of a poll: who adopted, attended, opened, closed, stated, decrypted and announced what, in the order of the public
/// record, as far as it has come.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/minutes", tag = "polls", operation_id = "getMinutes",
    params(OfPoll),
    responses((status = 200, description = "The minutes.", body = Minutes), ReadProblems)
)]
pub(crate) async fn minutes(State(app): State<App>, found: InPoll) -> HttpResult<Json<Minutes>> {
    let mut tx = app.database.read().await?;
    let steps = recorded_steps(&mut tx, &found.poll).await?;
    let numbered = store::numbered(&mut tx, &found.poll).await?;
    drop(tx);
    let jurisdiction = found.jurisdiction();
    let poll = &found.poll;
    Ok(Json(Minutes {
        jurisdiction: jurisdiction.name.clone(),
        meeting: (&meeting(&jurisdiction.settings.body, found.cycle())).into(),
        poll: poll.id,
        kind: poll.kind,
        title: poll.title.clone(),
        election_uuid: poll.election.to_string(),
        advisory: jurisdiction.kind.is_advisory(),
        steps: steps
            .into_iter()
            .filter_map(|(entry, body)| step(poll, entry, body))
            .collect(),
        announcement: numbered.map(|one| AnnouncementNumber {
            number: one.number,
            day: Day(one.day),
        }),
    }))
}

fn step(poll: &Poll, entry: EntryIndex, body: Body) -> Option<MinutesStep> {
    let at = moment(poll, &body);
    Some(MinutesStep {
        entry: entry.position(),
        at: at.map(Moment),
        what: happened(body)?,
    })
}

/// When the poll came to the state that this entry is about.
fn moment(poll: &Poll, body: &Body) -> Option<domain::infra::clock::Timestamp> {
    let state = &poll.state;
    match body {
        Body::PollCreated(_) => Some(poll.created_at),
        Body::PollRulesAdopted(_) => state.adopted().map(|adopted| adopted.at),
        Body::PollFrozen(_) => state.frozen().map(|frozen| frozen.at),
        Body::PollOpened(_) => state.opened().map(|opened| opened.at),
        Body::PollClosed(_) => state.closed().map(|closed| closed.at),
        Body::PollAnnounced(_) => match state {
            domain::session::PollState::Announced(announced) => Some(announced.at),
            _ => None,
        },
        _ => None,
    }
}

/// What an entry says, as far as minutes have it; messages of the key ceremony are not in them.
fn happened(body: Body) -> Option<Happened> {
    Some(match body {
        Body::PollCreated(body) => Happened::Created {
            items: body
                .items
                .iter()
                .map(|item| item.code.to_string())
                .collect(),
            deputies: body.roster.len(),
        },
        Body::PollRosterChanged(body) => Happened::RosterChanged {
            deputies: body.roster.len(),
        },
        Body::PollRulesAdopted(body) => Happened::RulesAdopted {
            rule_sha256: body.rule_sha256.to_string(),
            hands: hands(body.hands),
            officers: body.officers.iter().map(officer).collect(),
        },
        Body::PollFrozen(body) => Happened::Frozen {
            fingerprint: body.fingerprint.to_string(),
            roll_sha256: body.roll_sha256.to_string(),
            present: body.present,
            delegations: body
                .headcount
                .iter()
                .map(|count| DelegationPresent {
                    delegation: count.delegation.to_string(),
                    present: count.present,
                    head: count.head.get(),
                })
                .collect(),
            attendance: body.attendance.iter().map(deputy).collect(),
        },
        Body::PollApproved(body) => Happened::Approved {
            trustee: told(body.approval.text(), "/trustee"),
        },
        Body::PollOpened(body) => Happened::Opened {
            confirmed_by: body.confirmed_by,
        },
        Body::PollClosed(body) => Happened::Closed {
            returned: body.returned,
            challenged: body.spoiled.len(),
            encrypted_tally_hash: body.encrypted_tally_hash.to_string(),
            confirmed_by: body.confirmed_by,
        },
        Body::PollClosingStated(body) => Happened::ClosingStated {
            trustee: told(body.closing.text(), "/trustee"),
            ballots: told(body.closing.text(), "/statement/ballots"),
        },
        Body::PollPartiallyDecrypted(body) => Happened::PartiallyDecrypted {
            trustee: body.trustee.get(),
        },
        Body::PollAnnounced(body) => Happened::Announced {
            announced_by: deputy(&body.announced_by),
            returns: body.returns,
            outcome: serde_json::to_value(&body.outcome).unwrap_or_default(),
        },
        _ => return None,
    })
}

const fn hands(hands: Hands) -> HandsCounted {
    HandsCounted {
        in_favour: hands.in_favour,
        against: hands.against,
        abstained: hands.abstained,
    }
}

fn officer(one: &Officer) -> OfficerNamed {
    OfficerNamed {
        role: one.role,
        name: one.name.to_string(),
        number: one.number.map(Ordinal::get),
    }
}

fn deputy(one: &tally::record::body::NamedDeputy) -> DeputyNamed {
    DeputyNamed {
        number: one.number.get(),
        name: one.name.to_string(),
    }
}

/// A number out of what a device has signed, which was checked when it was taken.
fn told(signed: &str, pointer: &str) -> Option<u64> {
    let value: Value = serde_json::from_str(signed).ok()?;
    value.pointer(pointer)?.as_u64()
}
