//! By which ways somebody can prove who they are.

use crate::web::http_error::HttpResult;
use domain::infra::app::App;
use domain::infra::database::Tx;
use domain::people::factors::webauthn::RelyingParty;
use domain::people::store::{self, FactorKind, Session, Standing};
use domain::people::{Contact, PeopleError};

/// By which ways this person can prove who they are: by a second factor where there is one, else as at sign-in.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each way is there or not, whatever the others"
)]
#[derive(Debug, Default)]
pub(super) struct Ways {
    pub(super) totp: bool,
    pub(super) passkey: bool,
    pub(super) recovery: bool,
    pub(super) password: bool,
    /// Where a code can be sent.
    pub(super) message: Option<Contact>,
    /// In the demo one button is enough.
    pub(super) demo: bool,
}

impl Ways {
    pub(super) async fn of(app: &App, session: &Session) -> HttpResult<Self> {
        let mut tx = app.database.read().await?;
        let factors = store::factors(&mut tx, session.account).await?;
        let has = |kind| factors.iter().any(|factor| factor.kind == kind);
        let demo = app.demo && session.standing == Standing::Full;
        if !factors.is_empty() {
            return Ok(Self {
                totp: has(FactorKind::Totp),
                passkey: has(FactorKind::Passkey)
                    && RelyingParty::at(&app.config.base_url).is_some(),
                recovery: store::recovery_codes_left(&mut tx, session.account).await? > 0,
                demo,
                ..Self::default()
            });
        }
        let contacts = contacts(app, &mut tx, session).await?;
        let has_password = store::password_hash(&mut tx, session.account).await?;
        Ok(Self {
            password: has_password.is_some() && !contacts.is_empty(),
            message: contacts
                .into_iter()
                .find(|contact| app.senders.offers(contact.channel())),
            demo,
            ..Self::default()
        })
    }

    /// Whether there is none.
    pub(super) const fn is_none(&self) -> bool {
        !(self.totp
            || self.passkey
            || self.recovery
            || self.password
            || self.message.is_some()
            || self.demo)
    }
}

/// How the person is reached.
pub(super) async fn contacts(
    app: &App,
    tx: &mut Tx,
    session: &Session,
) -> HttpResult<Vec<Contact>> {
    let stored = store::contacts(tx, session.account).await?;
    let contacts: Result<_, _> = stored
        .iter()
        .map(|contact| Contact::unseal(&app.vault, contact.channel, &contact.sealed))
        .collect();
    Ok(contacts.map_err(PeopleError::from)?)
}
