//! Each act in each state of a poll: which is taken, and by what each of the others is refused.

use crate::session::simulate;
use crate::session::testkit::{TestSession, lot, ticks, void, withdraw};
use ballot::trustee::SecretKey;
use ballot::{Credential, Wire as _};
use domain::closed_loop;
use domain::record::change::Actor;
use domain::session::{
    self, Adoption, DualControlStep, Hands, Matter, Motion, Party, PollKind, SessionError,
    StateName,
};
use tally::rules::RuleHash;

/// What each act is answered in the states from the draft to the announcement. `content` is an answer to what was sent, for
/// which the state is the right one; what is sent is nonsense or what is there already, so that nothing is changed by it.
const ANSWERS: &str = "
                  drafted        rules_adopted frozen        open          closed        decrypted        announced        withdrawn     voided
write_rules       content        State         State         State         State         State            State            State         State
adopt             content        State         State         State         State         State            State            State         State
check_in          CheckInClosed  content       CheckInClosed CheckInClosed CheckInClosed CheckInClosed    CheckInClosed    CheckInClosed CheckInClosed
trustee_key       State          content       State         State         State         State            State            State         State
headcount         NotTheHead     content       CheckInClosed CheckInClosed CheckInClosed CheckInClosed    CheckInClosed    CheckInClosed CheckInClosed
freeze            NotAScrutineer content       State         State         State         State            State            State         State
open              NotAScrutineer State         content       State         State         State            State            State         State
close             NotAScrutineer State         State         content       State         State            State            State         State
approve           NotAScrutineer State         content       AlreadyStated AlreadyStated AlreadyStated    AlreadyStated    State         AlreadyStated
cast              NotOpen        NotOpen       NotOpen       content       NotOpen       NotOpen          NotOpen          NotOpen       NotOpen
state_closing     NotAScrutineer State         State         State         content       AlreadyStated    AlreadyStated    State         State
decrypt           NotAScrutineer State         State         State         content       AlreadyDecrypted AlreadyDecrypted State         State
announce          State          State         State         State         State         content          content          State         State
withdraw          Form           Form          Form          State         State         State            State            State         State
void              State          State         State         Form          Form          State            State            State         State
lot               NoLot          NoLot         NoLot         NoLot         NoLot         NoLot            NoLot            NoLot         NoLot
";

/// The variant's name.
fn name<T>(answer: Result<T, SessionError>) -> String {
    let Err(error) = answer else {
        return "done".to_owned();
    };
    let debug = format!("{error:?}");
    let end = debug.find(|c: char| !c.is_alphanumeric());
    debug[..end.unwrap_or(debug.len())].to_owned()
}

async fn answers(session: &TestSession) -> Vec<(&'static str, String)> {
    let (app, here, poll) = (session.app(), session.jurisdiction(), session.poll);
    let (office, chief) = (session.office.account, session.chief.account);
    let by_office = Actor::Account(office);
    let adoption = Adoption {
        rule: RuleHash::of(b"no rule"),
        hands: Hands {
            in_favour: 3,
            against: 0,
            abstained: 0,
        },
        scrutineers: vec![chief],
        threshold: 1,
        details: crate::session::testkit::details(),
    };
    let other_rule = tally::rules::Rule::parse(RULE).unwrap();
    let nothing = Matter::of(b"nothing");
    let side = Party::ChiefScrutineer;
    let confirm =
        async |step| name(session::confirm(app, chief, here, poll, step, side, &nothing).await);
    let found = session.poll().await;
    let junk = || "{}".to_owned();
    // The first deputy's own credential again, once there is one.
    let own = session.present.first().map(|one| one.credential.clone());
    let own = own.unwrap_or_else(|| Credential::generate(&mut app.entropy.rng()));
    let own = simulate::registered(app, here, poll, &own).await.unwrap();
    let seat = session.deputies[0];
    let code = session::hall_code(app, poll).digits;
    let code = Some(code.as_str());
    // The chief's own key again, once there is one.
    let key = session.keys.first().map(|one| one.key.clone());
    let key = key.unwrap_or_else(|| SecretKey::generate(&mut app.entropy.rng()));
    let key = key.verification_key(&mut app.entropy.rng()).to_json();
    vec![
        (
            "write_rules",
            name(session::write_rules(app, by_office, here, poll, &other_rule).await),
        ),
        (
            "adopt",
            name(session::adopt(app, by_office, here, poll, &adoption).await),
        ),
        (
            "check_in",
            name(session::check_in(app, by_office, here, poll, seat, &own, code).await),
        ),
        (
            "trustee_key",
            name(session::submit_trustee_key(app, chief, here, poll, &key).await),
        ),
        (
            "headcount",
            name(session::confirm_headcount(app, chief, here, poll, "nobody").await),
        ),
        ("freeze", confirm(DualControlStep::Freeze).await),
        ("open", confirm(DualControlStep::Open).await),
        ("close", confirm(DualControlStep::Close).await),
        (
            "approve",
            name(session::approve(app, chief, here, poll, junk()).await),
        ),
        ("cast", name(session::cast(app, &found, junk()).await)),
        (
            "state_closing",
            name(session::state_closing(app, chief, here, poll, junk()).await),
        ),
        (
            "decrypt",
            name(session::submit_partial_decryption(app, chief, here, poll, junk()).await),
        ),
        (
            "announce",
            name(closed_loop::announce(app, session.chair.account, here, poll).await),
        ),
        ("withdraw", put_forward(session, withdraw("")).await),
        ("void", put_forward(session, void("")).await),
        (
            "lot",
            put_forward(session, lot(&["QH26-01"], &["石磊", "乔安"])).await,
        ),
    ]
}

async fn put_forward(session: &TestSession, motion: Motion) -> String {
    let (here, poll) = (session.jurisdiction(), session.poll);
    let (account, side) = (session.chief.account, Party::ChiefScrutineer);
    name(session::put_forward(session.app(), account, here, poll, side, motion).await)
}

/// A rule of more deputies than there are.
const RULE: &str = include_str!("../../../../tally/rules/county.toml");

/// Which answers are to the content.
fn is_of_content(act: &str, answer: &str) -> bool {
    match act {
        "write_rules" => answer == "Deputies",
        "adopt" => ["NoRules", "RulesChanged"].contains(&answer),
        "headcount" => answer == "NamesChanged",
        "open" => answer == "ApprovalsMissing",
        "freeze" | "close" => answer == "MatterChanged",
        "approve" | "state_closing" => answer == "Statement",
        "cast" => answer == "Ballot",
        "decrypt" => ["Partial", "ClosingsMissing"].contains(&answer),
        "check_in" | "trustee_key" | "announce" => answer == "done",
        _ => false,
    }
}

#[tokio::test]
async fn each_act_has_its_states_and_is_refused_in_all_others() {
    let mut rows: Vec<Vec<String>> = ANSWERS
        .trim_matches('\n')
        .lines()
        .map(|line| line.split_whitespace().map(str::to_owned).collect())
        .collect();
    let states = rows.remove(0);
    let names: Vec<&str> = StateName::ALL.iter().map(|state| state.name()).collect();
    assert_eq!(states, names);
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let mut wrong = Vec::new();
    for (column, state) in StateName::ALL.into_iter().enumerate() {
        if matches!(state, StateName::Withdrawn | StateName::Voided) {
            session = TestSession::drafted(PollKind::Main, 3, 4).await;
        }
        advance(&mut session, state).await;
        assert_eq!(session.state().await, state);
        for ((act, answer), row) in answers(&session).await.into_iter().zip(&rows) {
            assert_eq!(act, row[0]);
            let expected = row[column + 1].as_str();
            let as_expected = if expected == "content" {
                is_of_content(act, &answer)
            } else {
                answer == expected
            };
            if !as_expected {
                wrong.push(format!("{state:?}, {act}: {answer}, {expected} expected"));
            }
        }
        if state != StateName::Decrypted {
            assert_eq!(session.state().await, state, "an act has changed it");
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Takes the step that leads to the state.
async fn advance(session: &mut TestSession, to: StateName) {
    match to {
        StateName::Drafted => {}
        StateName::RulesAdopted => {
            session.adopt(2).await;
            session.check_in(3).await;
        }
        StateName::Frozen => session.both(DualControlStep::Freeze).await,
        StateName::Open => session.both(DualControlStep::Open).await,
        StateName::Closed => {
            session.cast(0, &ticks(&[1, 1, 0, 0])).await;
            session.both(DualControlStep::Close).await;
        }
        StateName::Decrypted => session.decrypt_all().await,
        StateName::Announced => session.announce().await,
        StateName::Withdrawn => {
            session.adopt(2).await;
            session.check_in(3).await;
            session.carry(withdraw("会议改期")).await;
        }
        StateName::Voided => {
            session.adopt(2).await;
            session.check_in(3).await;
            session.both(DualControlStep::Freeze).await;
            session.both(DualControlStep::Open).await;
            session.cast(0, &ticks(&[1, 1, 0, 0])).await;
            session.both(DualControlStep::Close).await;
            session.carry(void("监票人设备损坏")).await;
        }
    }
}
