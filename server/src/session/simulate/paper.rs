//! Two tellers whose devices are simulated.

use super::{SimulateError, election};
use ballot::{Choices, Credential, Ed25519, Group as _, PaperSecret, Wire as _, seal};
use domain::infra::app::App;
use domain::infra::ids::{AccountId, JurisdictionId};
use domain::session::{self, PaperList, PaperSide, PollId, SessionError};
use tally::bundle::PaperCount;

/// The two tellers, and the secret on the first one's device.
#[derive(Debug, Clone)]
pub struct SimulatedTellers {
    /// Whose device seals.
    pub first: AccountId,
    /// Whose device compares.
    pub second: AccountId,
    /// The paper's secret.
    pub secret: PaperSecret,
}

/// The first teller's device makes the paper's credentials and hands in their public parts.
pub async fn reserve_paper(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    [first, second]: [AccountId; 2],
) -> Result<SimulatedTellers, SimulateError> {
    let secret = PaperSecret::generate(&mut app.entropy.rng());
    let found = session::find(app, jurisdiction, poll).await?;
    let mut tx = app.database.read().await.map_err(SessionError::from)?;
    let count = session::reserved_paper(&mut tx, &found).await?;
    let others = session::elections_of_check_in(&mut tx, &found).await?;
    drop(tx);
    let own: Vec<Credential> = (1..=count)
        .map(|number| secret.credential(number))
        .collect();
    let public = |election: &ballot::Uuid| {
        let of = |one: &Credential| Ed25519::encode(&one.public::<Ed25519>(election));
        own.iter().map(of).collect()
    };
    let others = others.iter().filter_map(|id| id.parse().ok());
    let elections = std::iter::once(found.election.clone()).chain(others);
    let credentials: Vec<Vec<String>> = elections.map(|election| public(&election)).collect();
    session::reserve_paper(app, first, jurisdiction, poll, &credentials).await?;
    Ok(SimulatedTellers {
        first,
        second,
        secret,
    })
}

/// What a teller's device says of the sheets as it was typed; nothing for one that was ruled invalid.
pub async fn marks(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    secret: &PaperSecret,
    sheets: &[Option<Choices>],
) -> Result<(PaperList, Vec<u32>), SimulateError> {
    let election = election(app, jurisdiction, poll).await?;
    let key = secret.comparison(election.uuid());
    let (mut marks, mut invalid) = (Vec::new(), Vec::new());
    for (number, choices) in (1..).zip(sheets) {
        let sheet = key.mark(&election, number, choices.as_ref())?;
        marks.push(sheet.mark);
        if !sheet.valid {
            invalid.push(number);
        }
    }
    let count = u32::try_from(sheets.len()).unwrap_or(u32::MAX);
    let list = PaperList {
        count: key.mark_of_count(election.uuid(), count),
        sheets: marks,
    };
    Ok((list, invalid))
}

/// Both tellers type the same, and the first one's device seals, casts and says what came out of the box.
pub async fn count_paper(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    tellers: &SimulatedTellers,
    sheets: &[Option<Choices>],
) -> Result<PaperCount, SimulateError> {
    let (list, invalid) = marks(app, jurisdiction, poll, &tellers.secret, sheets).await?;
    for (account, side) in [
        (tellers.first, PaperSide::First),
        (tellers.second, PaperSide::Second),
    ] {
        session::submit_paper_list(app, account, jurisdiction, poll, side, &list).await?;
    }
    let sealed = seal_paper(app, jurisdiction, poll, tellers, (sheets, &invalid)).await?;
    let count = PaperCount {
        returned: sheets.len() as u64,
        invalid,
        sealed,
    };
    session::submit_paper_count(app, tellers.first, jurisdiction, poll, &count).await?;
    Ok(count)
}

/// The first teller's device seals and casts the valid sheets: answers with their trackers, sorted.
pub async fn seal_paper(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    tellers: &SimulatedTellers,
    (sheets, invalid): (&[Option<Choices>], &[u32]),
) -> Result<Vec<String>, SimulateError> {
    let election = election(app, jurisdiction, poll).await?;
    let mut sealed = Vec::new();
    let valid = (1..)
        .zip(sheets)
        .filter(|(number, _)| !invalid.contains(number));
    for (number, (_, choices)) in (1..).zip(valid) {
        let Some(choices) = choices else { continue };
        let credential = tellers.secret.credential(number);
        let made = seal(&election, &credential, choices, &mut app.entropy.rng())?;
        sealed.push(made.ballot.to_json());
    }
    // By their own hashes, so that their order tells nothing of the sheets'.
    sealed.sort_by_key(|ballot| ballot::Digest::of(ballot).to_string());
    let found = session::find(app, jurisdiction, poll).await?;
    let mut trackers = Vec::new();
    for ballot in sealed {
        trackers.push(session::cast(app, &found, ballot).await?.tracker);
    }
    Ok(trackers)
}
