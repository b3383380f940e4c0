//! Simulated scrutineers' devices in the ceremony by which they make one key together.

use super::{SimulateError, SimulatedScrutineer};
use ballot::trustee::TrusteeId;
use ballot::trustee::ceremony::{CeremonyError, Certified, Committed, Keyed, Place, Revealed};
use ballot::{Ed25519, Wire as _};
use domain::infra::app::App;
use domain::infra::ids::{AccountId, JurisdictionId};
use domain::session::{self, Ceremony, Poll, PollId, SessionError, find, store};
use rand_core::CryptoRng;
use tally::record::ceremony::Round;

/// A device in the ceremony. It takes the rounds in their order, each from the messages of the one before.
#[derive(Debug)]
pub struct CeremonyDevice {
    /// Whose.
    pub account: AccountId,
    started: Certified<Ed25519>,
    state: State,
}

#[derive(Debug)]
enum State {
    Certified,
    Committed(Committed<Ed25519>),
    Revealed(Revealed<Ed25519>),
    Keyed(Box<Keyed<Ed25519>>),
}

impl CeremonyDevice {
    /// A device that takes the place of this trustee.
    ///
    /// # Errors
    /// [`CeremonyError::Index`] if there are not so many.
    pub fn start(
        account: AccountId,
        trustee: TrusteeId,
        ceremony: &Ceremony,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, CeremonyError> {
        let place = Place::new(ceremony.transcript.setting().clone(), trustee)?;
        Ok(Self {
            account,
            started: Certified::start(place, rng),
            state: State::Certified,
        })
    }

    /// What it sends in its round.
    pub fn message(&self) -> (Round, String) {
        match &self.state {
            State::Certified => (Round::Certificate, self.started.message()),
            State::Committed(state) => (Round::Commitment, state.message()),
            State::Revealed(state) => (Round::Polynomial, state.message()),
            State::Keyed(state) => (Round::Acknowledgement, state.message()),
        }
    }

    /// The complaint of the share of the member of this number, once the device has revealed its own polynomial.
    ///
    /// # Errors
    /// [`CeremonyError`] if it is in another round, or a message is refused.
    pub fn complaint(
        &self,
        polynomials: &[String],
        against: TrusteeId,
        rng: &mut impl CryptoRng,
    ) -> Result<String, CeremonyError> {
        match &self.state {
            State::Revealed(state) => {
                let complaint = state.complain(polynomials, against, rng)?;
                Ok(complaint.to_json())
            }
            State::Certified | State::Committed(_) | State::Keyed(_) => {
                Err(CeremonyError::Index(against))
            }
        }
    }

    /// Goes on from all messages of its round; after the last one it has its key.
    ///
    /// # Errors
    /// [`CeremonyError`] names the trustee whose message is refused.
    pub fn proceed(
        &mut self,
        messages: &[String],
        rng: &mut impl CryptoRng,
    ) -> Result<Option<SimulatedScrutineer>, CeremonyError> {
        self.state = match &self.state {
            State::Certified => State::Committed(self.started.commit(messages, rng)?),
            State::Committed(state) => State::Revealed(state.reveal(messages)?),
            State::Revealed(state) => State::Keyed(Box::new(state.acknowledge(messages, rng)?)),
            State::Keyed(state) => {
                return Ok(Some(SimulatedScrutineer {
                    account: self.account,
                    key: state.finish(messages)?.key,
                    signing: self.started.seed().signing_key(),
                }));
            }
        };
        Ok(None)
    }
}

/// The devices of all scrutineers of a poll, which have sent nothing yet.
pub async fn ceremony_devices(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
) -> Result<Vec<CeremonyDevice>, SimulateError> {
    let found = find(app, jurisdiction, poll).await?;
    let ceremony = under_way(app, &found).await?;
    let mut tx = app.database.read().await.map_err(SessionError::from)?;
    let all = store::scrutineers(&mut tx, &found).await;
    drop(tx);
    let mut devices = Vec::new();
    for one in all.map_err(SessionError::from)? {
        let trustee = TrusteeId::new(one.number).ok_or(SessionError::NotAScrutineer)?;
        let mut rng = app.entropy.rng();
        let device = CeremonyDevice::start(one.account, trustee, &ceremony, &mut rng);
        devices.push(device.map_err(refused)?);
    }
    Ok(devices)
}

/// All scrutineers make the key together, round after round.
pub async fn make_shared_key(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
) -> Result<Vec<SimulatedScrutineer>, SimulateError> {
    let mut devices = ceremony_devices(app, jurisdiction, poll).await?;
    loop {
        for device in &devices {
            send(app, jurisdiction, poll, device).await?;
        }
        let keyed = proceed(app, jurisdiction, poll, &mut devices).await?;
        if !keyed.is_empty() {
            return Ok(keyed);
        }
    }
}

/// Sends what the device sends in its round.
pub async fn send(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    device: &CeremonyDevice,
) -> Result<(), SimulateError> {
    let found = find(app, jurisdiction, poll).await?;
    let attempt = under_way(app, &found).await?.attempt;
    let (round, message) = device.message();
    session::submit_ceremony_message(
        app,
        device.account,
        jurisdiction,
        poll,
        attempt,
        round,
        message,
    )
    .await?;
    Ok(())
}

/// All go on from the messages of their round; after the last one with their keys.
pub async fn proceed(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    devices: &mut [CeremonyDevice],
) -> Result<Vec<SimulatedScrutineer>, SimulateError> {
    let found = find(app, jurisdiction, poll).await?;
    let transcript = under_way(app, &found).await?.transcript;
    let mut keyed = Vec::new();
    for device in devices {
        let (round, _) = device.message();
        let mut rng = app.entropy.rng();
        let next = device.proceed(&transcript.texts(round), &mut rng);
        keyed.extend(next.map_err(refused)?);
    }
    Ok(keyed)
}

async fn under_way(app: &App, poll: &Poll) -> Result<Ceremony, SimulateError> {
    let mut tx = app.database.read().await.map_err(SessionError::from)?;
    let found = session::ceremony(&mut tx, poll).await?;
    Ok(found.ok_or(SessionError::NoCeremony)?)
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn refused(error: CeremonyError) -> SimulateError {
    SimulateError::Object(error.to_string())
}
