//! `server demo`: the fictional county, ready to be walked through.

use super::setup::say;
use super::{CliError, listen, serve_on};
use clap::Args;
use domain::infra::clock::Clock;
use domain::infra::config::{Config, SecondFactor};
use domain::record;
use domain::startup;
use server::demo;
use std::net::SocketAddr;
use std::path::PathBuf;

/// How the demo is started.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Where it listens; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The folder that it keeps everything in; an empty one begins afresh.
    #[arg(long, default_value = "data/demo")]
    data: PathBuf,
    /// Print the accounts as one line of JSON once it answers.
    #[arg(long)]
    accounts: bool,
}

/// Starts the demo: prints `ready URL`, then serves until stopped.
pub(crate) async fn run(args: DemoArgs) -> Result<(), CliError> {
    let listener = listen(args.listen).await?;
    let address = listener.local_addr().map_err(CliError::Output)?;
    let base_url = format!("http://{address}");
    let config = Config {
        listen: address,
        base_url: base_url.clone(),
        database_url: format!("sqlite:{}", args.data.join("demo.sqlite").display()),
        data_dir: args.data,
        second_factor: SecondFactor::Offered,
        ..Config::default()
    };
    let app = startup::open(config, Clock::starting_at(demo::beginning()), true).await?;
    demo::seed(&app, &demo::Content::load().map_err(demo::DemoError::from)?).await?;
    // A demo that goes on does not go back in time.
    let last = record::last_entry_at(&app).await?;
    if last > app.clock.now() {
        app.clock.set(last);
    }
    say(&format!("ready {base_url}"))?;
    if args.accounts {
        let accounts = demo::accounts(&app, &base_url).await?;
        say(&serde_json::to_string(&accounts).map_err(|error| CliError::Output(error.into()))?)?;
    }
    serve_on(app, listener).await
}
