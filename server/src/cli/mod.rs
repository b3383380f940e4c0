//! What the command line can do.

mod account;
mod check;
mod copies;
mod demo;
mod logs;
mod setup;

use clap::{Parser, Subcommand};
use domain::backup::LastPublished;
use domain::infra::app::App;
use domain::infra::clock::Clock;
use domain::infra::config::{Config, ConfigError, Loaded};
use domain::infra::database::{Database, DatabaseError};
use domain::people::PeopleError;
use domain::startup::{self, OpenError};
use server::router::router;
use server::serve::ServeLimits;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Livelihood projects from proposal to evaluation, with a vote that anyone can check.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    /// The configuration file, which must be there; without this, minsheng.toml is read where there is one. Every key can also be set
    /// as `MINSHENG_<KEY>`.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until stopped.
    Serve,
    /// Bring the database up to date.
    Migrate,
    /// Set up jurisdictions.
    #[command(subcommand)]
    Jurisdiction(setup::JurisdictionCommand),
    /// Set up administrators.
    #[command(subcommand)]
    Admin(setup::AdminCommand),
    /// Help people in.
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Serve the demo: a fictional county that a visitor walks through as anybody in it.
    Demo(demo::DemoArgs),
    /// Write everything that the database holds into one new file.
    Backup {
        /// The file to be; it must not exist yet.
        file: PathBuf,
    },
    /// Put a backup into the configured database, which must be empty.
    ///
    /// A backup is older than what it takes the place of. So that no second history is ever signed, it must go as far as the
    /// last checkpoint that was published: that of record.checkpoint in the data directory, or of --checkpoint.
    Restore {
        /// The file that `server backup` wrote.
        file: PathBuf,
        /// The newest signed checkpoint that was published, as `/record/checkpoint` serves it: from a mirror, a bundle or
        /// anybody's receipt.
        #[arg(long, value_name = "FILE", conflicts_with = "no_checkpoint")]
        checkpoint: Option<PathBuf>,
        /// No checkpoint was ever published: believed only where none was signed when the backup was made.
        #[arg(long)]
        no_checkpoint: bool,
    },
    /// Look whether configuration, database, keys and assets are in order. Changes nothing.
    Check,
}

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum CliError {
    /// The configuration cannot be used.
    #[error("configuration: {0}")]
    Config(#[from] ConfigError),
    /// The service cannot start.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database refused.
    #[error("database: {0}")]
    Database(#[from] DatabaseError),
    /// Something about people was refused.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// The demo cannot go on.
    #[error("demo: {0}")]
    Demo(#[from] server::demo::DemoError),
    /// A copy cannot be made or put back.
    #[error(transparent)]
    Backup(#[from] domain::backup::BackupError),
    /// A slug that is none.
    #[error("--slug {0}: 2 to 40 lower-case letters, digits and hyphens")]
    Slug(String),
    /// A contact that is none.
    #[error("--email or --phone: neither an e-mail address nor a mobile number")]
    Contact,
    /// A jurisdiction that is not there.
    #[error("--jurisdiction {0}: no such jurisdiction; add it by `server jurisdiction add`")]
    NoJurisdiction(String),
    /// A number that no deputy in office has.
    #[error("--number {0}: no deputy in office has this number")]
    NoDeputy(i32),
    /// Something is not in order; the lines above say what.
    #[error("{0} things are not in order")]
    Check(u32),
    /// What was to be said cannot be written.
    #[error("standard output: {0}")]
    Output(std::io::Error),
    /// The port cannot be listened on.
    #[error("listening on {address}: {source}")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

/// Reads the command line and does what it asks.
pub(crate) async fn run() -> Result<(), CliError> {
    let cli = Cli::parse();
    if matches!(cli.command, Command::Serve | Command::Demo(_)) {
        logs::begin();
    }
    let loaded = Config::load(cli.config.as_deref());
    match cli.command {
        Command::Check => check::check(loaded).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Serve => start(loaded?).await,
        Command::Migrate => {
            let database = Database::open(&loaded?.config.database_url).await?;
            Ok(database.migrate().await?)
        }
        Command::Jurisdiction(command) => setup::jurisdiction(loaded?.config, command).await,
        Command::Admin(command) => setup::admin(loaded?.config, command).await,
        Command::Account(command) => account::account(loaded?.config, command).await,
        Command::Backup { file } => copies::backup(&loaded?.config, &file).await,
        Command::Restore {
            file,
            checkpoint,
            no_checkpoint,
        } => {
            let last = match (checkpoint, no_checkpoint) {
                (Some(path), _) => LastPublished::File(path),
                (None, true) => LastPublished::Never,
                (None, false) => LastPublished::Remembered,
            };
            copies::restore(&loaded?.config, &file, &last).await
        }
    }
}

async fn start(loaded: Loaded) -> Result<(), CliError> {
    match loaded.file {
        Some(file) => tracing::info!(file = %file.display(), "configuration read"),
        None => tracing::info!("no minsheng.toml here: defaults and variables alone"),
    }
    serve(startup::open(loaded.config, Clock::system(), false).await?).await
}

async fn listen(address: SocketAddr) -> Result<TcpListener, CliError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| CliError::Listen { address, source })
}

async fn serve(app: App) -> Result<(), CliError> {
    let listener = listen(app.config.listen).await?;
    serve_on(app, listener).await
}

async fn serve_metrics(app: &App) -> Result<(), CliError> {
    let Some(address) = app.config.metrics_listen else {
        return Ok(());
    };
    let listener = listen(address).await?;
    let metrics = server::web::health::metrics_router(app);
    tracing::info!(%address, "metrics");
    tokio::spawn(async move {
        // As long as the process: it stops with the service.
        let limits = ServeLimits::of_few();
        server::serve::serve(listener, metrics, &limits, std::future::pending()).await;
    });
    Ok(())
}

async fn serve_on(app: App, listener: TcpListener) -> Result<(), CliError> {
    serve_metrics(&app).await?;
    let stop = stop_signal();
    let address = app.config.listen;
    tracing::info!(%address, "listening");
    startup::start_loops(&app);
    let limits = ServeLimits::new(&app.config);
    server::serve::serve(listener, router(&app), &limits, stop).await;
    app.database.close().await;
    Ok(())
}

/// Completes when the operator asks the service to stop. Signals are caught from the call on, not only once it is waited for.
fn stop_signal() -> impl Future<Output = ()> {
    let [interrupt, terminate] =
        [SignalKind::interrupt(), SignalKind::terminate()].map(|kind| signal(kind).ok());
    async move {
        tokio::select! {
            () = caught(interrupt) => {}
            () = caught(terminate) => {}
        }
    }
}

/// Completes at the signal; never where it cannot be caught.
async fn caught(signal: Option<Signal>) {
    match signal {
        Some(mut signal) => drop(signal.recv().await),
        None => std::future::pending().await,
    }
}
