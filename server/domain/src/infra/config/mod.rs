//! Configuration: `minsheng.toml`, overridden by `MINSHENG_*` variables.

mod address;
mod keys;

pub use keys::{KEYS, Key};

use crate::name_enum;
use serde::Deserialize;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use tally::note::KeyName;

/// The zones that there are, in minutes east of UTC.
const ZONES: RangeInclusive<i32> = -12 * 60..=14 * 60;

/// Everything an operator can set. Every key can also be given as `MINSHENG_<KEY>` in capitals.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the service listens.
    pub listen: SocketAddr,
    /// The address that people type, without path or final slash; links in messages and posters begin with it.
    pub base_url: String,
    /// `sqlite:PATH` or `postgres://…`.
    pub database_url: String,
    /// Files, keys and backups live here.
    pub data_dir: PathBuf,
    /// The record's origin line (C2SP tlog-checkpoint), e.g. `vote.qinghe.example/record`.
    pub record_origin: String,
    /// Minutes east of UTC of the zone that pages show times in; 480 is Beijing.
    pub zone_minutes: i32,
    /// Whether a reverse proxy in front sets `X-Forwarded-For`; without one the header is ignored.
    pub behind_proxy: bool,
    /// How many connections there are at once; fewer where the process may not open as many files.
    pub max_connections: usize,
    /// The folder of the programs that are offered for download, if there is one.
    pub downloads: Option<PathBuf>,
    /// The program that makes papers into PDF; not set, `minsheng-print` beside the service's own program or on the path.
    pub print_program: Option<PathBuf>,
    /// Where metrics are served (own port), if anywhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Whether those who lead a vote, count it, or say who may, must prove a second factor: `required` (the default), or
    /// `offered`, which is how the demo runs.
    pub second_factor: SecondFactor,
    /// How one-time codes are sent.
    pub senders: Senders,
}

name_enum! {
    /// What is asked of the roles that need a second factor.
    pub enum SecondFactor {
        /// They can do nothing in these roles without one.
        Required = "required",
        /// They may have one, and are then asked for it.
        Offered = "offered",
    }
}

/// How one-time codes are sent. What is not set is not offered at sign-in.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Senders {
    /// `smtps://user:password@host:465` or `smtp://…?tls=required`.
    pub smtp_url: Option<Secret>,
    /// The sender's address of e-mails.
    pub mail_from: Option<String>,
    /// An HTTP gateway for SMS: receives `POST` JSON `{"to": "+86…", "text": "…"}`.
    pub sms_gateway_url: Option<String>,
    /// The gateway's bearer token.
    pub sms_gateway_token: Option<Secret>,
}

/// A configured secret that never shows itself.
#[derive(Clone, Deserialize, zeroize::ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The secret itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<redacted>")
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not valid TOML, or names an unknown key, or a value is of the wrong kind.
    #[error("{path}: {source}")]
    Parse {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A variable is none of ours, or its value is of the wrong kind.
    #[error("{variable}: {reason}")]
    Variable {
        /// Which variable.
        variable: String,
        /// Why.
        reason: String,
    },
    /// A value cannot be used.
    #[error("{key}: {reason}")]
    Value {
        /// Which key.
        key: &'static str,
        /// Why.
        reason: String,
    },
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            base_url: "http://localhost:8080".to_owned(),
            database_url: "sqlite:data/minsheng.sqlite".to_owned(),
            data_dir: PathBuf::from("data"),
            record_origin: "localhost/record".to_owned(),
            zone_minutes: 480,
            behind_proxy: false,
            max_connections: 4096,
            downloads: None,
            print_program: None,
            metrics_listen: None,
            second_factor: SecondFactor::Required,
            senders: Senders::default(),
        }
    }
}

/// The file that is read where none is named.
const DEFAULT_FILE: &str = "minsheng.toml";

/// What was read, and from where.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// The file; `None` where none was named and the default one is not there.
    pub file: Option<PathBuf>,
}

impl Config {
    /// Reads the named file, or `minsheng.toml` where there is one, then the environment, and looks whether the values can be used.
    ///
    /// # Errors
    /// [`ConfigError`]: a named file must be there, and whoever misspells a key or a variable is told so.
    pub fn load(named: Option<&Path>) -> Result<Loaded, ConfigError> {
        let path = named.unwrap_or_else(|| Path::new(DEFAULT_FILE));
        let (mut config, file) = match std::fs::read_to_string(path) {
            Ok(text) => {
                let config = toml::from_str(&text).map_err(|source| ConfigError::Parse {
                    path: path.to_owned(),
                    source: Box::new(source),
                })?;
                (config, Some(path.to_owned()))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
                (Self::default(), None)
            }
            Err(source) => {
                return Err(ConfigError::Read {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        keys::read_variables(&mut config, std::env::vars_os())?;
        config.settle()?;
        Ok(Loaded { config, file })
    }

    /// Brings the values into their one form, and refuses those that cannot be used together or at all.
    fn settle(&mut self) -> Result<(), ConfigError> {
        let wrong = |key, reason: String| Err(ConfigError::Value { key, reason });
        let address = match address::parse(&self.base_url) {
            Ok(address) => address,
            Err(reason) => return wrong("base_url", reason),
        };
        self.base_url = address.text;
        if !address.is_local && !self.is_https() {
            let reason = "must begin with https:// outside this machine: sessions would be open to the network";
            return wrong("base_url", reason.to_owned());
        }
        if KeyName::new(self.record_origin.as_str()).is_none() {
            let reason = format!(
                "{:?} has white space or a plus sign, or is empty",
                self.record_origin
            );
            return wrong("record_origin", reason);
        }
        let names_this_machine = self.record_origin.split('/').next() == Some("localhost");
        if !address.is_local && names_this_machine {
            let reason = format!(
                "{:?} names no service; set it to the service's own name, e.g. {}/record, before anything is signed: \
                 it cannot be changed afterwards",
                self.record_origin, address.host
            );
            return wrong("record_origin", reason);
        }
        if !ZONES.contains(&self.zone_minutes) {
            let reason = format!("{} minutes east of UTC is no zone", self.zone_minutes);
            return wrong("zone_minutes", reason);
        }
        if self.max_connections == 0 {
            return wrong("max_connections", "nobody could connect".to_owned());
        }
        if let Some(folder) = self.downloads.as_ref().filter(|folder| !folder.is_dir()) {
            return wrong("downloads", format!("{} is no folder", folder.display()));
        }
        let is_program = |path: &&PathBuf| path.is_absolute() && path.is_file();
        if let Some(path) = self.print_program.as_ref().filter(|path| !is_program(path)) {
            let reason = format!("{} is no program by its full path", path.display());
            return wrong("print_program", reason);
        }
        Ok(())
    }

    /// Whether people reach the service by HTTPS (then the session cookie carries the `__Host-` prefix).
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// The zone that pages show times in.
    pub fn zone(&self) -> time::UtcOffset {
        time::UtcOffset::from_whole_seconds(self.zone_minutes.saturating_mul(60))
            .unwrap_or(time::UtcOffset::UTC)
    }
}

#[cfg(test)]
mod tests;
