//! `server check`: whether everything stands as it should. It only looks: it makes no file and applies no migration.

use super::CliError;
use super::setup::say;
use domain::infra::config::Config;
use domain::infra::database::Database;
use domain::infra::entropy::Entropy;
use domain::infra::mail::{Channel, Senders};
use domain::infra::record_key::RecordKey;
use domain::infra::vault::Vault;
use domain::record;
use tally::record::VerifierKey;

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

/// Looks at the configuration, the keys, the database, the record and the assets; prints a line for each.
pub(crate) async fn check(config: &Config) -> Result<(), CliError> {
    let mut report = Report { wrong: 0 };
    report.line("configuration", Ok(config.base_url.clone()))?;
    report.line("https", https(config))?;
    let key = record_key(config);
    report.line("record key", key.clone().map(|key| key.to_string()))?;
    report.line("data key", data_key(config))?;
    report.line("senders", senders(config))?;
    match Database::open_existing(&config.database_url).await {
        Err(error) => report.line("database", Err(error.to_string()))?,
        Ok(database) => {
            let outcome = in_database(&database).await;
            let usable = outcome.is_ok();
            report.line("database", outcome)?;
            if let Ok(key) = key
                && usable
            {
                report.line("record", the_record(&database, &key).await)?;
            }
            database.close().await;
        }
    }
    for asset in [
        "css/main.css",
        "wasm/ballot.js",
        "wasm/ballot_bg.wasm",
        "wasm/tally.js",
        "wasm/tally_bg.wasm",
    ] {
        let outcome = if server::web::assets::has(asset) {
            Ok("built in".to_owned())
        } else {
            Err(
                "not built into this program; run `./dev run` once, or build as ./dev does"
                    .to_owned(),
            )
        };
        report.line(asset, outcome)?;
    }
    if report.wrong == 0 {
        Ok(())
    } else {
        Err(CliError::Check(report.wrong))
    }
}

fn https(config: &Config) -> Result<String, String> {
    let is_local = config.base_url.starts_with("http://localhost")
        || config.base_url.starts_with("http://127.");
    if config.is_https() || is_local {
        Ok("sessions are safe on this address".to_owned())
    } else {
        Err("base_url must begin with https:// outside this machine".to_owned())
    }
}

fn record_key(config: &Config) -> Result<VerifierKey, String> {
    let key = RecordKey::load(&config.data_dir)
        .map_err(|error| error.to_string())?
        .ok_or_else(|| not_yet(config, "record.key"))?;
    record::verifier_key_of(&config.record_origin, key.public()).map_err(|error| error.to_string())
}

fn data_key(config: &Config) -> Result<String, String> {
    Vault::load(&config.data_dir, &Entropy::system())
        .map_err(|error| error.to_string())?
        .map(|_| format!("in {}", config.data_dir.display()))
        .ok_or_else(|| not_yet(config, "data.key"))
}

fn not_yet(config: &Config, file: &str) -> String {
    format!(
        "{} is not there; `server serve` makes it at its first start",
        config.data_dir.join(file).display()
    )
}

async fn in_database(database: &Database) -> Result<String, String> {
    let pending = database
        .pending_migrations()
        .await
        .map_err(|error| error.to_string())?;
    if !pending.is_empty() {
        let names: Vec<String> = pending.iter().map(ToString::to_string).collect();
        return Err(format!(
            "{:?}, {} migrations pending ({}): run `server migrate`",
            database.backend(),
            pending.len(),
            names.join(", ")
        ));
    }
    let mut tx = database.read().await.map_err(|error| error.to_string())?;
    let jurisdictions = domain::cycles::store::jurisdictions(&mut tx)
        .await
        .map_err(|error| error.to_string())?;
    Ok(format!(
        "{:?}, up to date, {} jurisdictions",
        database.backend(),
        jurisdictions.len()
    ))
}

async fn the_record(database: &Database, key: &VerifierKey) -> Result<String, String> {
    let mut tx = database.read().await.map_err(|error| error.to_string())?;
    let found = record::recheck(&mut tx, key)
        .await
        .map_err(|error| error.to_string())?;
    Ok(format!(
        "{} entries, hashed anew, give what was signed",
        found.entries
    ))
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
