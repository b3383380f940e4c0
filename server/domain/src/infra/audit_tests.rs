//! What the audit trail can say, event by event.

use super::audit::{AuditEvent, Audited};
use super::audit_action::AuditAction;
use crate::cycles::Stage;
use crate::cycles::audit::CycleEvent;
use crate::cycles::settings::DeclineReasonCode;
use crate::evaluation::audit::EvaluationEvent;
use crate::infra::mail;
use crate::people::Role;
use crate::people::audit::{PeopleEvent, Proof};
use crate::people::store::FactorKind;
use crate::projects::StateName;
use crate::projects::audit::ProjectEvent;
use crate::proposals::Channel;
use crate::proposals::audit::ProposalEvent;
use crate::record::EntryIndex;
use crate::screening::OutcomeName;
use crate::screening::audit::{ScreeningEvent, ShortlistEvent};
use crate::session::audit::SessionEvent;
use crate::session::{DualControlStep, PaperSide, Party};
use crate::takedown;
use crate::takedown::audit::TakedownEvent;
use ballot::Digest;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use tally::record::body::{Code, Sha256Hex};
use tally::rules::RuleHash;
use time::macros::date;
use uuid::Uuid;

/// What every event's line says, as `action | object | details`.
const FROZEN: &str = include_str!("../../tests/audit_events.txt");

/// An id that one can tell from the others.
fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

fn code() -> Code {
    Code::new("QH26-01").unwrap()
}

fn cycles_and_proposals() -> Vec<Audited> {
    let (cycle, proposal) = (id(1), id(2));
    let entry = EntryIndex::new(7).unwrap();
    let reason = takedown::Reason::PersonalData;
    vec![
        CycleEvent::Settings {
            jurisdiction: id(1),
            version: 2,
        }
        .audited(),
        CycleEvent::Create { cycle, year: 2026 }.audited(),
        CycleEvent::Schedule { cycle, version: 1 }.audited(),
        CycleEvent::Stage {
            cycle,
            from: Stage::Screening,
            to: Stage::Shortlisted,
        }
        .audited(),
        CycleEvent::AskException {
            cycle,
            to: Stage::Closed,
        }
        .audited(),
        CycleEvent::ConfirmException {
            cycle,
            to: Stage::Closed,
        }
        .audited(),
        ProposalEvent::Propose {
            proposal,
            channel: Channel::Station,
        }
        .audited(),
        ProposalEvent::ProposeAgain { proposal }.audited(),
        ProposalEvent::Picture {
            picture: id(3),
            bytes: 1024,
        }
        .audited(),
        ProposalEvent::Support {
            proposal,
            counted: true,
        }
        .audited(),
        ProposalEvent::WithdrawSupport {
            proposal,
            counted: false,
        }
        .audited(),
        ProposalEvent::Accept { proposal }.audited(),
        ProposalEvent::Decline {
            proposal,
            reason: DeclineReasonCode::new("out_of_scope").unwrap(),
        }
        .audited(),
        TakedownEvent::Ask { entry, reason }.audited(),
        TakedownEvent::Withdraw { entry }.audited(),
        TakedownEvent::TakeDown { entry, reason }.audited(),
    ]
}

fn people() -> Vec<Audited> {
    let (account, jurisdiction, session) = (id(4), id(5), id(6));
    let (role, unit) = (Role::UnitStaff, Some(id(7)));
    vec![
        PeopleEvent::AccountCreate {
            account,
            by: Proof::Invitation,
        }
        .audited(),
        PeopleEvent::AccountMove { account }.audited(),
        PeopleEvent::AccountRename { account }.audited(),
        PeopleEvent::AuditRead {
            jurisdiction,
            action: Some(AuditAction::PeopleSignIn),
        }
        .audited(),
        PeopleEvent::CodeAsk {
            message: id(8),
            channel: mail::Channel::Phone,
        }
        .audited(),
        PeopleEvent::CodeRight.audited(),
        PeopleEvent::CodeWrong.audited(),
        PeopleEvent::ContactRead { account }.audited(),
        PeopleEvent::FactorAdd {
            factor: id(14),
            kind: FactorKind::Passkey,
        }
        .audited(),
        PeopleEvent::FactorProve {
            account,
            by: Proof::RecoveryCode,
        }
        .audited(),
        PeopleEvent::FactorRemove { factor: id(14) }.audited(),
        PeopleEvent::FactorWrong.audited(),
        PeopleEvent::JurisdictionAdd { jurisdiction }.audited(),
        PeopleEvent::Limit {
            limit: "codes-of-contact",
            tries: 6,
        }
        .audited(),
        PeopleEvent::LinkMake {
            account,
            seconds: 60,
        }
        .audited(),
        PeopleEvent::PasswordSet { account }.audited(),
        PeopleEvent::PasswordWrong { account: None }.audited(),
        PeopleEvent::RecoveryCodesMake { account }.audited(),
        PeopleEvent::HeadAppoint {
            delegation: id(21),
            deputy: id(13),
        }
        .audited(),
        PeopleEvent::RoleOffer {
            offer: id(22),
            role,
            unit,
        }
        .audited(),
        PeopleEvent::RoleDecline {
            offer: id(22),
            role,
        }
        .audited(),
        PeopleEvent::RoleGrant {
            account,
            role,
            unit,
        }
        .audited(),
        PeopleEvent::RoleRevoke { account, role }.audited(),
        PeopleEvent::RosterImport {
            jurisdiction,
            rows: 213,
            added: 3,
        }
        .audited(),
        PeopleEvent::SessionEnd { session }.audited(),
        PeopleEvent::SessionEndOthers { session, ended: 2 }.audited(),
        PeopleEvent::SignIn {
            account,
            by: Proof::Password,
        }
        .audited(),
        PeopleEvent::UnitAdd { unit: id(7) }.audited(),
    ]
}

fn screening() -> Vec<Audited> {
    let (cluster, candidate, comment, cycle) = (id(9), id(10), id(11), id(1));
    let facts_sha256 = Sha256Hex::new("ab".repeat(32)).unwrap();
    vec![
        ScreeningEvent::Cluster {
            cluster,
            proposals: 2,
        }
        .audited(),
        ScreeningEvent::Join {
            cluster,
            proposal: id(2),
        }
        .audited(),
        ScreeningEvent::Split {
            cluster,
            proposal: id(2),
        }
        .audited(),
        ScreeningEvent::Assign {
            cluster,
            unit: id(7),
        }
        .audited(),
        ScreeningEvent::Decide {
            cluster,
            outcome: OutcomeName::Feasible,
        }
        .audited(),
        ScreeningEvent::Publish {
            cycle,
            decisions: 12,
        }
        .audited(),
        ShortlistEvent::Add {
            candidate,
            cluster: Some(cluster),
        }
        .audited(),
        ShortlistEvent::Change {
            candidate,
            published: true,
        }
        .audited(),
        ShortlistEvent::Remove { candidate }.audited(),
        ShortlistEvent::Review {
            cycle,
            on: date!(2025 - 12 - 01),
        }
        .audited(),
        ShortlistEvent::Publish {
            cycle,
            candidates: 15,
            facts_sha256,
        }
        .audited(),
        ShortlistEvent::Comment { comment }.audited(),
        ShortlistEvent::Answer {
            comment,
            adopted: true,
        }
        .audited(),
    ]
}

fn papers() -> Vec<Audited> {
    let poll = id(12);
    vec![
        SessionEvent::ReservePaper { poll, papers: 12 }.audited(),
        SessionEvent::OnPaper {
            poll,
            deputy: id(13),
        }
        .audited(),
        SessionEvent::NotOnPaper {
            poll,
            deputy: id(13),
        }
        .audited(),
        SessionEvent::HandOutPaper {
            poll,
            number: 7,
            helped: true,
        }
        .audited(),
        SessionEvent::ReplacePaper {
            poll,
            spoiled: 7,
            number: 8,
        }
        .audited(),
        SessionEvent::PaperList {
            poll,
            side: PaperSide::Second,
            sheets: 9,
        }
        .audited(),
        SessionEvent::CountPaper { poll, sheets: 9 }.audited(),
    ]
}

fn polls() -> Vec<Audited> {
    let (poll, rule_sha256, digest) = (id(12), RuleHash::of(b"rule"), Digest::of("object"));
    let (step, side) = (DualControlStep::Freeze, Party::ChiefScrutineer);
    vec![
        SessionEvent::CreatePoll { poll }.audited(),
        SessionEvent::WriteRules { poll, rule_sha256 }.audited(),
        SessionEvent::AdoptRules { poll, rule_sha256 }.audited(),
        SessionEvent::TrusteeKey {
            poll,
            trustee: 2,
            key_hash: digest,
        }
        .audited(),
        SessionEvent::CeremonyMessage {
            poll,
            attempt: 1,
            trustee: 2,
            message_hash: digest,
        }
        .audited(),
        SessionEvent::CeremonyComplaint {
            poll,
            attempt: 1,
            trustee: 2,
            against: 3,
        }
        .audited(),
        SessionEvent::RestartCeremony { poll, attempt: 2 }.audited(),
        SessionEvent::CheckIn {
            poll,
            deputy: id(13),
        }
        .audited(),
        SessionEvent::SetCheckInCode { poll, asked: false }.audited(),
        SessionEvent::DeskCode {
            poll,
            deputy: id(13),
        }
        .audited(),
        SessionEvent::NoteLeave {
            poll,
            deputy: id(13),
        }
        .audited(),
        SessionEvent::CancelLeave {
            poll,
            deputy: id(13),
        }
        .audited(),
        SessionEvent::Headcount {
            poll,
            delegation: id(21),
        }
        .audited(),
        SessionEvent::Confirm { poll, step, side }.audited(),
        SessionEvent::UndoConfirmation { poll, step }.audited(),
        SessionEvent::PutForward { poll, step, side }.audited(),
        SessionEvent::PlanEnd { poll, minutes: 20 }.audited(),
        SessionEvent::ShareCheckIn { poll, with: id(13) }.audited(),
        SessionEvent::CallFollowUp {
            poll,
            follows: id(13),
        }
        .audited(),
        SessionEvent::Approve {
            poll,
            trustee: 2,
            statement_hash: digest,
        }
        .audited(),
        SessionEvent::Cast { poll }.audited(),
        SessionEvent::Challenge { poll }.audited(),
        SessionEvent::StateClosing {
            poll,
            trustee: 2,
            statement_hash: digest,
        }
        .audited(),
        SessionEvent::Decrypt {
            poll,
            trustee: 2,
            partial_decryption_hash: digest,
        }
        .audited(),
        SessionEvent::LookFirst { poll }.audited(),
        SessionEvent::Announce { poll }.audited(),
        SessionEvent::NumberAnnouncement {
            poll,
            number: 3,
            day: time::macros::date!(2026 - 01 - 22),
        }
        .audited(),
    ]
}

fn projects() -> Vec<Audited> {
    let poll = id(12);
    vec![
        ProjectEvent::HandOver {
            cycle: id(1),
            chosen: vec![code()],
        }
        .audited(),
        ProjectEvent::Report {
            project: code(),
            month: "2026-03".parse().unwrap(),
            version: 2,
        }
        .audited(),
        ProjectEvent::Milestone {
            project: code(),
            milestone: 1,
        }
        .audited(),
        ProjectEvent::State {
            project: code(),
            state: StateName::Delivered,
        }
        .audited(),
        EvaluationEvent::Verdicts { poll, projects: 10 }.audited(),
        EvaluationEvent::Rework { project: code() }.audited(),
        EvaluationEvent::Rate { project: code() }.audited(),
    ]
}

fn everything() -> Vec<Audited> {
    [
        cycles_and_proposals(),
        people(),
        screening(),
        polls(),
        papers(),
        projects(),
    ]
    .concat()
}

#[test]
fn every_event_says_exactly_what_is_frozen() {
    let mut said = String::new();
    for Audited {
        action,
        object,
        details,
    } in everything()
    {
        let details = serde_json::to_string(&details).unwrap();
        writeln!(said, "{} | {object} | {details}", action.name()).unwrap();
    }
    assert_eq!(said, FROZEN);
}

/// Of the actions that nobody here leaves, the site's demo has a few.
#[test]
fn every_action_is_left_by_one_event() {
    let said: Vec<AuditAction> = everything().iter().map(|one| one.action).collect();
    let once: BTreeSet<AuditAction> = said.iter().copied().collect();
    assert_eq!(said.len(), once.len(), "two events under one name");
    let unsaid = AuditAction::ALL
        .into_iter()
        .filter(|one| !once.contains(one));
    let demo = |one: &AuditAction| one.name().starts_with("demo.");
    assert_eq!(unsaid.filter(|one| !demo(one)).collect::<Vec<_>>(), []);
}

/// That no value is a text which somebody typed is the compiler's to hold: such a text is no [`super::audit::Detail`].
#[test]
fn no_detail_goes_by_the_name_of_a_secret_or_of_what_tells_who_somebody_is() {
    const GUARDED: [&str; 12] = [
        "bucket",
        "comment",
        "credential_mac",
        "device",
        "display_name",
        "form_token",
        "lookup",
        "password_hash",
        "sealed",
        "stars",
        "ticket_hash",
        "token_hash",
    ];
    let manifest: BTreeMap<String, BTreeMap<String, String>> =
        toml::from_str(include_str!("../../privacy.toml")).unwrap();
    let labelled: BTreeSet<&str> = manifest
        .values()
        .flatten()
        .filter(|(_, label)| *label != "public")
        .map(|(column, _)| column.as_str())
        .collect();
    for column in GUARDED {
        assert!(labelled.contains(column), "no such column: {column}");
    }
    for said in everything() {
        let told = said
            .details
            .keys()
            .find(|key| GUARDED.contains(&key.as_str()));
        assert_eq!(told, None, "{:?}", said.action);
    }
}
