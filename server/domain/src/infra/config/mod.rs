//! Configuration: `minsheng.toml`, overridden by `MINSHENG_*` variables.

use crate::name_enum;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Everything an operator can set. Every key can also be given as `MINSHENG_<KEY>` in capitals.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where the service listens.
    pub listen: SocketAddr,
    /// The address that people type, without a final slash; links in messages and posters begin with it.
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
    /// A variable's value is of the wrong kind.
    #[error("{variable}: {reason}")]
    Variable {
        /// Which variable.
        variable: &'static str,
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
            metrics_listen: None,
            second_factor: SecondFactor::Required,
            senders: Senders::default(),
        }
    }
}

impl Config {
    /// Reads `path` (absent: defaults), then the environment.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let mut config = match std::fs::read_to_string(path) {
            Ok(text) => toml::from_str(&text).map_err(|source| ConfigError::Parse {
                path: path.to_owned(),
                source: Box::new(source),
            })?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::default(),
            Err(source) => {
                return Err(ConfigError::Read {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        config.override_from(|name| std::env::var(name).ok())?;
        Ok(config)
    }

    fn override_from(&mut self, get: impl Fn(&str) -> Option<String>) -> Result<(), ConfigError> {
        fn parse<T: std::str::FromStr>(variable: &'static str, text: &str) -> Result<T, ConfigError>
        where
            T::Err: std::fmt::Display,
        {
            text.parse().map_err(|error: T::Err| ConfigError::Variable {
                variable,
                reason: error.to_string(),
            })
        }
        if let Some(text) = get("MINSHENG_LISTEN") {
            self.listen = parse("MINSHENG_LISTEN", &text)?;
        }
        if let Some(text) = get("MINSHENG_BASE_URL") {
            text.trim_end_matches('/').clone_into(&mut self.base_url);
        }
        if let Some(text) = get("MINSHENG_DATABASE_URL") {
            self.database_url = text;
        }
        if let Some(text) = get("MINSHENG_DATA_DIR") {
            self.data_dir = PathBuf::from(text);
        }
        if let Some(text) = get("MINSHENG_RECORD_ORIGIN") {
            self.record_origin = text;
        }
        if let Some(text) = get("MINSHENG_ZONE_MINUTES") {
            self.zone_minutes = parse("MINSHENG_ZONE_MINUTES", &text)?;
        }
        if let Some(text) = get("MINSHENG_BEHIND_PROXY") {
            self.behind_proxy = parse("MINSHENG_BEHIND_PROXY", &text)?;
        }
        if let Some(text) = get("MINSHENG_MAX_CONNECTIONS") {
            self.max_connections = parse("MINSHENG_MAX_CONNECTIONS", &text)?;
        }
        if let Some(text) = get("MINSHENG_SECOND_FACTOR") {
            self.second_factor =
                SecondFactor::find(&text).ok_or_else(|| ConfigError::Variable {
                    variable: "MINSHENG_SECOND_FACTOR",
                    reason: format!("{text:?} is neither required nor offered"),
                })?;
        }
        if let Some(text) = get("MINSHENG_METRICS_LISTEN") {
            self.metrics_listen = Some(parse("MINSHENG_METRICS_LISTEN", &text)?);
        }
        if let Some(text) = get("MINSHENG_SMTP_URL") {
            self.senders.smtp_url = Some(Secret(text));
        }
        if let Some(text) = get("MINSHENG_MAIL_FROM") {
            self.senders.mail_from = Some(text);
        }
        if let Some(text) = get("MINSHENG_SMS_GATEWAY_URL") {
            self.senders.sms_gateway_url = Some(text);
        }
        if let Some(text) = get("MINSHENG_SMS_GATEWAY_TOKEN") {
            self.senders.sms_gateway_token = Some(Secret(text));
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
mod tests {
    use super::*;

    #[test]
    fn a_variable_overrides_the_file_and_a_bad_one_is_named() {
        let mut config = Config::default();
        config
            .override_from(|name| (name == "MINSHENG_LISTEN").then(|| "0.0.0.0:80".to_owned()))
            .unwrap();
        assert_eq!(config.listen, SocketAddr::from(([0, 0, 0, 0], 80)));
        let error = config
            .override_from(|name| (name == "MINSHENG_LISTEN").then(|| "nowhere".to_owned()))
            .unwrap_err();
        assert!(matches!(
            error,
            ConfigError::Variable {
                variable: "MINSHENG_LISTEN",
                ..
            }
        ));
    }

    #[test]
    fn an_unknown_key_in_the_file_is_refused() {
        let error = toml::from_str::<Config>("listn = \"127.0.0.1:1\"").unwrap_err();
        assert!(error.message().contains("listn"), "{error}");
    }

    #[test]
    fn a_secret_never_shows_itself() {
        assert_eq!(format!("{:?}", Secret("hunter2".to_owned())), "<redacted>");
    }
}
