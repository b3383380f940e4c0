//! Whether the keys in the data directory are those of the copy.

use super::error::BackupError;
use crate::infra::config::Config;
use crate::infra::database::Tx;
use crate::infra::entropy::Entropy;
use crate::infra::record_key::RecordKey;
use crate::infra::vault::Vault;
use crate::people;
use crate::record;
use std::path::PathBuf;

/// The keys that are in the data directory already.
pub(super) struct OwnKeys {
    vault: Option<Vault>,
    pub(super) missing: Vec<PathBuf>,
}

impl OwnKeys {
    /// Reads them; a key that did not sign the copy's record is refused.
    pub(super) fn load(config: &Config, vkey: &str) -> Result<Self, BackupError> {
        let mut missing = Vec::new();
        match RecordKey::load(&config.data_dir)? {
            None => missing.push(config.data_dir.join("record.key")),
            Some(here) => {
                let here = record::verifier_key_of(&config.record_origin, here.public())?;
                if here.to_string() != vkey {
                    return Err(BackupError::OtherKey(config.data_dir.clone()));
                }
            }
        }
        let vault = Vault::load(&config.data_dir, &Entropy::system())?;
        if vault.is_none() {
            missing.push(config.data_dir.join("data.key"));
        }
        Ok(Self { vault, missing })
    }

    /// The data key, where it is there, opens the contacts that were put back.
    pub(super) async fn require_own(
        &self,
        config: &Config,
        tx: &mut Tx,
    ) -> Result<(), BackupError> {
        match &self.vault {
            Some(vault) if !people::is_own_data_key(tx, vault).await? => {
                Err(BackupError::OtherDataKey(config.data_dir.join("data.key")))
            }
            Some(_) | None => Ok(()),
        }
    }
}
