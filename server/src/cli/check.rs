//! `server check`: whether everything stands as it should. It only looks: it makes no file and applies no migration.

use super::CliError;
use super::setup::say;
use domain::infra::clock::Clock;
use domain::infra::config::{Config, ConfigError, Loaded};
use domain::infra::mail::{Channel, Senders};
use domain::inspection::inspect;

/// What was found, and how many things are not in order.
struct Report {
    wrong: u32,
}

impl Report {
    fn line(&mut self, name: &str, outcome: Result<String, String>) -> Result<(), CliError> {
        let line = match outcome {
            Ok(what) => format!("ok     {name}: {what}"),
            Err(why) => {
                self.wrong += 1;
                format!("WRONG  {name}: {why}")
            }
        };
        say(&line)
    }
}

/// Looks at the configuration, the keys, the database, the record, the polls and the assets; prints a line for each. A configuration
/// that `serve` refuses is refused here with the same words, and then there is nothing else to look at.
pub(crate) async fn check(loaded: Result<Loaded, ConfigError>) -> Result<(), CliError> {
    let mut report = Report { wrong: 0 };
    let Loaded { config, file } = match loaded {
        Ok(loaded) => loaded,
        Err(error) => {
            report.line("configuration", Err(error.to_string()))?;
            return Err(CliError::Check(report.wrong));
        }
    };
    let config = &config;
    let read = match file {
        Some(file) => format!("read from {}", file.display()),
        None => "no minsheng.toml here: defaults and variables alone".to_owned(),
    };
    report.line("configuration", Ok(read))?;
    report.line("address", Ok(config.base_url.clone()))?;
    report.line("record origin", Ok(config.record_origin.clone()))?;
    report.line("senders", senders(config))?;
    for finding in inspect(config, Clock::system().now()).await {
        let name = finding.part.label();
        match finding.outcome {
            Err(fault) if fault.is_warning() => say(&format!("warn   {name}: {fault}"))?,
            outcome => report.line(name, outcome.map_err(|fault| fault.to_string()))?,
        }
    }
    for asset in [
        "css/main.css",
        "wasm/ballot.js",
        "wasm/ballot_bg.wasm",
        "wasm/tally.js",
        "wasm/tally_bg.wasm",
    ] {
        report.line(asset, built_in(asset))?;
    }
    if report.wrong == 0 {
        Ok(())
    } else {
        Err(CliError::Check(report.wrong))
    }
}

fn built_in(asset: &str) -> Result<String, String> {
    if server::web::assets::has(asset) {
        Ok("built in".to_owned())
    } else {
        Err("not built into this program; run `./dev run` once, or build as ./dev does".to_owned())
    }
}

fn senders(config: &Config) -> Result<String, String> {
    let senders = Senders::from_config(config).map_err(|error| error.to_string())?;
    let text = match (
        senders.offers(Channel::Email),
        senders.offers(Channel::Phone),
    ) {
        (true, true) => "codes by e-mail and by text message",
        (true, false) => "codes by e-mail; no text messages",
        (false, true) => "codes by text message; no e-mail",
        (false, false) => "none: people sign in by password or link only",
    };
    Ok(text.to_owned())
}
