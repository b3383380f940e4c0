//! The simulated people's devices. Their secrets lie in a file beside the database, so that the demo can be stopped
//! and started; nothing of the kind exists outside the demo.

use super::error::DemoError;
use crate::session::simulate::{SimulatedDeputy, SimulatedScrutineer};
use ballot::PaperSecret;
use ballot::Wire as _;
use ballot::trustee::{SecretKey, SigningKey};
use domain::infra::app::App;
use domain::infra::ids::AccountId;
use domain::infra::whole_file;
use domain::people::DeputyId;
use domain::session::PollId;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The simulated devices of one poll.
#[derive(Debug, Default)]
pub(crate) struct Devices {
    /// Deputies' devices, in the order in which they cast.
    pub deputies: Vec<SimulatedDeputy>,
    /// Scrutineers' devices.
    pub scrutineers: Vec<SimulatedScrutineer>,
    /// What the first teller's device seals paper with, where the rule sets any aside and no visitor's device does it.
    pub paper: Option<PaperSecret>,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    deputies: Vec<(DeputyId, String)>,
    scrutineers: Vec<(AccountId, String, String)>,
    paper: Option<String>,
}

fn path(app: &App, poll: PollId) -> PathBuf {
    app.config
        .data_dir
        .join(format!("demo-devices-{poll}.json"))
}

impl Devices {
    /// The devices of a poll; none if they have not been simulated yet.
    pub(crate) fn load(app: &App, poll: PollId) -> Result<Self, DemoError> {
        let text = match std::fs::read(path(app, poll)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(error.into()),
        };
        let unfit = |reason: String| DemoError::Unfit(format!("simulated devices: {reason}"));
        let kept: Kept = serde_json::from_slice(&text).map_err(|error| unfit(error.to_string()))?;
        let mut devices = Self::default();
        for (deputy, credential) in kept.deputies {
            let credential = credential
                .parse()
                .map_err(|_| unfit("credential".to_owned()))?;
            devices
                .deputies
                .push(SimulatedDeputy { deputy, credential });
        }
        for (account, key, signing) in kept.scrutineers {
            let key = SecretKey::from_json(key.as_bytes());
            let signing = SigningKey::from_json(signing.as_bytes());
            devices.scrutineers.push(SimulatedScrutineer {
                account,
                key: key.map_err(|error| unfit(error.to_string()))?,
                signing: signing.map_err(|error| unfit(error.to_string()))?,
            });
        }
        let paper = kept.paper.map(|secret| secret.parse());
        devices.paper = paper.transpose().map_err(|_| unfit("paper".to_owned()))?;
        Ok(devices)
    }

    /// Keeps the devices.
    pub(crate) fn save(&self, app: &App, poll: PollId) -> Result<(), DemoError> {
        let kept = Kept {
            paper: self.paper.as_ref().map(|secret| secret.expose().to_owned()),
            deputies: self
                .deputies
                .iter()
                .map(|device| (device.deputy, device.credential.expose().to_owned()))
                .collect(),
            scrutineers: self
                .scrutineers
                .iter()
                .map(|device| {
                    (
                        device.account,
                        device.key.to_json(),
                        device.signing.to_json(),
                    )
                })
                .collect(),
        };
        let text = serde_json::to_vec(&kept).map_err(std::io::Error::other)?;
        whole_file::replace(&path(app, poll), &text)?;
        Ok(())
    }
}
