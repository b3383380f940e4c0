//! Whose device made which credential, as long as it must be known: until the freeze.
//!
//! A link is stored only sealed, under a key of the poll's own in a file beside the database. The credentials themselves enter
//! the database when the roll is fixed, sorted and all at once. With the key destroyed, no page of the database, of its log or
//! of an old copy tells whose credential is whose.

use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::vault::{Purpose, Vault, VaultError};
use crate::infra::whole_file;
use crate::people::DeputyId;
use crate::session::base::inconsistent;
use crate::session::error::SessionError;
use crate::session::poll::{Poll, PollId};
use crate::session::state::StateName;
use crate::session::store::{self, SealedLink};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What a poll's links are sealed and opened with.
pub(in crate::session) struct Links<'a> {
    app: &'a App,
    poll: &'a Poll,
    vault: Vault,
}

fn key_file(app: &App, poll: PollId) -> PathBuf {
    app.config.data_dir.join(format!("{PREFIX}{poll}{SUFFIX}"))
}

const PREFIX: &str = "check-in-";
const SUFFIX: &str = ".key";

impl<'a> Links<'a> {
    /// The poll's links; its key is made at the first check-in.
    pub(in crate::session) fn of(app: &'a App, poll: &'a Poll) -> Result<Self, SessionError> {
        let vault = Vault::of_key_file(key_file(app, poll.id), &app.entropy)?;
        Ok(Self { app, poll, vault })
    }

    /// Seals whose device made the credentials: the poll's own first, then those of its reserved elections.
    pub(in crate::session) fn seal(
        &self,
        deputy: DeputyId,
        credentials: &[&str],
    ) -> Result<Vec<SealedLink>, SessionError> {
        let seal = |(slot, credential): (i32, &&str)| {
            let text = format!("{}{credential}", self.head(deputy, slot));
            let sealed = self
                .vault
                .seal(Purpose::Link, text.as_bytes(), &self.app.entropy);
            Ok(SealedLink {
                slot,
                sealed: sealed.map_err(|error| inconsistent(self.poll, error.to_string()))?,
                credential_mac: self.vault.mac(Purpose::Link, &[credential.as_bytes()]),
            })
        };
        (0..).zip(credentials).map(seal).collect()
    }

    /// By which these credentials are known again among those that devices registered.
    fn macs(&self, credentials: &[&str]) -> Vec<Vec<u8>> {
        let mac = |one: &&str| self.vault.mac(Purpose::Link, &[one.as_bytes()]).to_vec();
        credentials.iter().map(mac).collect()
    }

    fn head(&self, deputy: DeputyId, slot: i32) -> String {
        format!("{} {deputy} {slot} ", self.poll.id)
    }

    /// The credentials of those present, by slot; each list sorted, so that its order tells nothing.
    pub(in crate::session) async fn credentials(
        &self,
        tx: &mut Tx,
    ) -> Result<BTreeMap<i32, Vec<String>>, SessionError> {
        let mut credentials: BTreeMap<i32, Vec<String>> = BTreeMap::new();
        for (deputy, slot, sealed) in store::links(tx, self.poll).await? {
            let opened = self.open(deputy, slot, &sealed)?;
            credentials.entry(slot).or_default().push(opened);
        }
        for list in credentials.values_mut() {
            list.sort_unstable();
        }
        Ok(credentials)
    }

    fn open(&self, deputy: DeputyId, slot: i32, sealed: &[u8]) -> Result<String, SessionError> {
        let unfit = |reason: &str| {
            let file = key_file(self.app, self.poll.id);
            inconsistent(self.poll, format!("{}: {reason}", file.display()))
        };
        let text = self.vault.open(Purpose::Link, sealed);
        let text = text.map_err(|_| unfit("not the key that the check-ins were sealed with"))?;
        std::str::from_utf8(&text)
            .ok()
            .and_then(|text| text.strip_prefix(&self.head(deputy, slot)))
            .map(str::to_owned)
            .ok_or_else(|| unfit("a link that stands beside another deputy"))
    }
}

/// By which these credentials are known again among those that devices registered at the poll's check-in.
pub(in crate::session) fn macs_of(
    app: &App,
    poll: &Poll,
    credentials: &[&str],
) -> Result<Vec<Vec<u8>>, SessionError> {
    Ok(Links::of(app, poll)?.macs(credentials))
}

/// Destroys the key to the poll's links; again is the same.
pub(in crate::session) fn forget(app: &App, poll: PollId) -> Result<(), SessionError> {
    let path = key_file(app, poll);
    whole_file::destroy(&path).map_err(|source| VaultError::File { path, source }.into())
}

/// Destroys the keys of polls whose roll is fixed: a process that was killed right after the freeze has left one.
pub async fn forget_spent_links(app: &App) -> Result<(), SessionError> {
    let listed = std::fs::read_dir(&app.config.data_dir);
    let path = app.config.data_dir.clone();
    let listed = listed.map_err(|source| VaultError::File { path, source })?;
    for name in listed.filter_map(|entry| entry.ok()?.file_name().into_string().ok()) {
        let id = name
            .strip_prefix(PREFIX)
            .and_then(|name| name.strip_suffix(SUFFIX));
        let Some(id) = id.and_then(|id| id.parse::<PollId>().ok()) else {
            continue;
        };
        let mut tx = app.database.read().await?;
        let state = store::state_of(&mut tx, id).await?;
        if state.is_some_and(|state| state != StateName::RulesAdopted) {
            forget(app, id)?;
        }
    }
    Ok(())
}
