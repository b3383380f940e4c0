//! Simulated people, for the demo and for tests: they go through the same use cases as real ones, with the same
//! mathematics, only their secrets lie in this process instead of on a device.

mod ceremony;
pub mod paper;

use ballot::trustee::{Approval, Closing, SecretKey, Signed, SigningKey, Statement, TrusteeId};
use ballot::{
    BoundDecryption, Choices, Credential, Digest, Ed25519, Election, EncryptedTally, Group as _,
    SealError, Wire as _, seal,
};
pub use ceremony::{CeremonyDevice, ceremony_devices, make_shared_key, proceed, send};
use domain::infra::app::App;
use domain::infra::ids::{AccountId, JurisdictionId};
use domain::people::DeputyId;
use domain::record;
use domain::record::change::Actor;
use domain::session::SessionError;
use domain::session::store::{self, CastBallot, ObjectKind};
use domain::session::{self, Credentials, find, submit_trustee_key};
use domain::session::{Confirmed, DualControlStep, Party, Poll, PollId};

/// A deputy whose device is simulated.
#[derive(Debug, Clone)]
pub struct SimulatedDeputy {
    /// Who.
    pub deputy: DeputyId,
    /// The secret.
    pub credential: Credential,
}

/// A scrutineer whose device is simulated.
#[derive(Debug, Clone)]
pub struct SimulatedScrutineer {
    /// Who.
    pub account: AccountId,
    /// The secret: an own key, or a share of the common one.
    pub key: SecretKey<Ed25519>,
    /// The secret that signs: of the ceremony, or the own key.
    pub signing: SigningKey<Ed25519>,
}

impl SimulatedScrutineer {
    /// Somebody with a key of their own.
    pub fn alone(account: AccountId, key: SecretKey<Ed25519>) -> Self {
        Self {
            account,
            signing: key.signing_key(),
            key,
        }
    }
}

/// Why a simulated person could not act.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SimulateError {
    /// The service refused.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// The choice is not one that the election allows.
    #[error(transparent)]
    Choice(#[from] SealError),
    /// What the service published cannot be read.
    #[error("published object: {0}")]
    Object(String),
}

impl From<ballot::WireError> for SimulateError {
    fn from(error: ballot::WireError) -> Self {
        Self::Object(error.to_string())
    }
}

/// Signs a deputy in with a fresh credential.
pub async fn check_in(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    deputy: DeputyId,
) -> Result<SimulatedDeputy, SimulateError> {
    let credential = Credential::generate(&mut app.entropy.rng());
    let credentials = registered(app, jurisdiction, poll, &credential).await?;
    // In the hall, where the screen shows the code.
    let code = session::hall_code(app, poll).digits;
    let (who, code) = (Actor::System, Some(code.as_str()));
    session::check_in(app, who, jurisdiction, poll, deputy, &credentials, code).await?;
    Ok(SimulatedDeputy { deputy, credential })
}

/// What a device registers of its credential: for the poll, and for the elections that its rule reserves.
pub async fn registered(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    credential: &Credential,
) -> Result<Credentials, SimulateError> {
    let found = find(app, jurisdiction, poll).await?;
    let mut tx = app.database.read().await.map_err(SessionError::from)?;
    let others = session::elections_of_check_in(&mut tx, &found).await?;
    drop(tx);
    let public = |election: &ballot::Uuid| Ed25519::encode(&credential.public::<Ed25519>(election));
    Ok(Credentials {
        own: public(&found.election),
        reserved: others
            .iter()
            .filter_map(|id| id.parse().ok())
            .map(|id| public(&id))
            .collect(),
    })
}

/// Every delegation's head confirms who of it is present.
pub async fn confirm_headcounts(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
) -> Result<(), SessionError> {
    let found = find(app, jurisdiction, poll).await?;
    let mut tx = app.database.read().await.map_err(SessionError::from)?;
    let counts = session::headcounts(&mut tx, &found).await?;
    drop(tx);
    for count in counts.iter().filter(|count| !count.is_confirmed()) {
        let head = count.delegation.head_account;
        let head = head.ok_or(SessionError::NotTheHead)?;
        session::confirm_headcount(app, head, jurisdiction, poll, count.names.as_str()).await?;
    }
    Ok(())
}

/// One side confirms a step as it stands now.
pub async fn confirm(
    app: &App,
    account: AccountId,
    poll: &Poll,
    step: DualControlStep,
    side: Party,
) -> Result<Confirmed, SessionError> {
    let poll = find(app, poll.jurisdiction, poll.id).await?;
    let mut tx = app.database.read().await.map_err(SessionError::from)?;
    let matter = session::matter(&mut tx, &poll, step).await?;
    drop(tx);
    session::confirm(
        app,
        account,
        poll.jurisdiction,
        poll.id,
        step,
        side,
        &matter,
    )
    .await
}

/// Gives a fresh key for a scrutineer.
pub async fn make_key(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    account: AccountId,
) -> Result<SimulatedScrutineer, SimulateError> {
    let key = SecretKey::<Ed25519>::generate(&mut app.entropy.rng());
    let public = key.verification_key(&mut app.entropy.rng()).to_json();
    submit_trustee_key(app, account, jurisdiction, poll, &public).await?;
    Ok(SimulatedScrutineer::alone(account, key))
}

/// Seals a choice as a deputy's device does: the exact bytes of the ballot.
pub async fn seal_ballot(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    deputy: &SimulatedDeputy,
    choices: &Choices,
) -> Result<String, SimulateError> {
    let election = election(app, jurisdiction, poll).await?;
    let sealed = seal(
        &election,
        &deputy.credential,
        choices,
        &mut app.entropy.rng(),
    )?;
    Ok(sealed.ballot.to_json())
}

/// Seals a choice and casts the ballot.
pub async fn cast(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    deputy: &SimulatedDeputy,
    choices: &Choices,
) -> Result<CastBallot, SimulateError> {
    let ballot = seal_ballot(app, jurisdiction, poll, deputy, choices).await?;
    let poll = find(app, jurisdiction, poll).await?;
    Ok(session::cast(app, &poll, ballot).await?)
}

/// Approves the election as a scrutineer's device does.
pub async fn approve(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    scrutineer: &SimulatedScrutineer,
) -> Result<(), SimulateError> {
    let signed = approval(app, jurisdiction, poll, scrutineer).await?;
    session::approve(app, scrutineer.account, jurisdiction, poll, signed).await?;
    Ok(())
}

/// A scrutineer's signed approval.
pub async fn approval(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    scrutineer: &SimulatedScrutineer,
) -> Result<String, SimulateError> {
    let election = election(app, jurisdiction, poll).await?;
    let rule = object(app, jurisdiction, poll, ObjectKind::Rule).await?;
    let roll = object(app, jurisdiction, poll, ObjectKind::Roll).await?;
    let approval = Approval::of(&election, rule.as_bytes(), roll.as_bytes())
        .map_err(|error| SimulateError::Object(error.to_string()))?;
    sign(app, jurisdiction, poll, scrutineer, approval).await
}

/// States which ballots are summed as a scrutineer's device does.
pub async fn state_closing(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    scrutineer: &SimulatedScrutineer,
) -> Result<(), SimulateError> {
    let signed = closing(app, jurisdiction, poll, scrutineer).await?;
    session::state_closing(app, scrutineer.account, jurisdiction, poll, signed).await?;
    Ok(())
}

/// A scrutineer's signed closing statement, under the newest checkpoint of the record.
pub async fn closing(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    scrutineer: &SimulatedScrutineer,
) -> Result<String, SimulateError> {
    let election = election(app, jurisdiction, poll).await?;
    let tally = object(app, jurisdiction, poll, ObjectKind::EncryptedTally).await?;
    let found = find(app, jurisdiction, poll).await?;
    let mut tx = app.database.read().await.map_err(SessionError::from)?;
    let ballots = store::count_ballots(&mut tx, &found)
        .await
        .map_err(SessionError::from)?;
    drop(tx);
    let signed = record::checkpoint(app).await.map_err(SessionError::from)?;
    let closing = Closing {
        fingerprint: election.fingerprint(),
        root: Some(Digest::from_bytes(*signed.checkpoint.root.as_bytes())),
        ballots: ballots.into(),
        tally: Digest::of(tally),
    };
    sign(app, jurisdiction, poll, scrutineer, closing).await
}

/// What a scrutineer's device signs, encoded.
async fn sign<S: Statement>(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    scrutineer: &SimulatedScrutineer,
    statement: S,
) -> Result<String, SimulateError> {
    let found = find(app, jurisdiction, poll).await?;
    let mut tx = app.database.read().await.map_err(SessionError::from)?;
    let all = store::scrutineers(&mut tx, &found)
        .await
        .map_err(SessionError::from)?;
    drop(tx);
    let own = all.iter().find(|one| one.account == scrutineer.account);
    let trustee = own
        .and_then(|one| TrusteeId::new(one.number))
        .ok_or(SessionError::NotAScrutineer)?;
    let mut rng = app.entropy.rng();
    let signed = Signed::<Ed25519, S>::sign(statement, trustee, &scrutineer.signing, &mut rng);
    Ok(signed.to_json())
}

/// Decrypts as a scrutineer's device does, and hands the part in.
pub async fn decrypt(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    scrutineer: &SimulatedScrutineer,
) -> Result<(), SimulateError> {
    let partial = partial_decryption(app, jurisdiction, poll, scrutineer).await?;
    session::submit_partial_decryption(app, scrutineer.account, jurisdiction, poll, partial)
        .await?;
    Ok(())
}

/// A scrutineer's partial decryption with the proof that binds its factors.
pub async fn partial_decryption(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    scrutineer: &SimulatedScrutineer,
) -> Result<String, SimulateError> {
    let election = election(app, jurisdiction, poll).await?;
    let tally = object(app, jurisdiction, poll, ObjectKind::EncryptedTally).await?;
    let tally = EncryptedTally::<Ed25519>::from_json(tally.as_bytes())?;
    let mut rng = app.entropy.rng();
    Ok(BoundDecryption::make(&tally, &scrutineer.key, &election, &mut rng).to_json())
}

async fn election(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
) -> Result<Election<Ed25519>, SimulateError> {
    let text = object(app, jurisdiction, poll, ObjectKind::Election).await?;
    Ok(Election::from_json(text.as_bytes())?)
}

async fn object(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    kind: ObjectKind,
) -> Result<String, SessionError> {
    let poll = find(app, jurisdiction, poll).await?;
    let mut tx = app.database.read().await.map_err(SessionError::from)?;
    store::object(&mut tx, &poll, kind)
        .await?
        .ok_or(SessionError::NotYet)
}
