//! What the command line can do.

mod account;
mod check;
mod copies;
mod demo;
mod setup;

use clap::{Parser, Subcommand};
use domain::backup::LastPublished;
use domain::infra::app::App;
use domain::infra::clock::Clock;
use domain::infra::config::{Config, ConfigError};
use domain::infra::database::{Database, DatabaseError};
use domain::people::PeopleError;
use domain::startup::{self, OpenError};
use server::router::router;
use server::serve::ServeLimits;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;

/// Livelihood projects from proposal to evaluation, with a vote that anyone can check.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    /// The configuration file; every key can also be set as `MINSHENG_<KEY>`.
    #[arg(long, default_value = "minsheng.toml", global = true)]
    config: PathBuf,
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
    #[error("output: {0}")]
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
    let config = Config::load(&cli.config)?;
    match cli.command {
        Command::Serve => serve(startup::open(config, Clock::system(), false).await?).await,
        Command::Migrate => {
            let database = Database::open(&config.database_url).await?;
            Ok(database.migrate().await?)
        }
        Command::Jurisdiction(command) => setup::jurisdiction(config, command).await,
        Command::Admin(command) => setup::admin(config, command).await,
        Command::Account(command) => account::account(config, command).await,
        Command::Demo(args) => demo::run(args).await,
        Command::Backup { file } => copies::backup(&config, &file).await,
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
            copies::restore(&config, &file, &last).await
        }
        Command::Check => check::check(&config).await,
    }
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
    let address = app.config.listen;
    tracing::info!(%address, "listening");
    startup::start_loops(&app);
    let limits = ServeLimits::new(&app.config);
    server::serve::serve(listener, router(&app), &limits, stop_signal()).await;
    app.database.close().await;
    Ok(())
}

/// Completes when the operator asks the service to stop.
async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let interrupt = tokio::signal::ctrl_c();
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        drop(interrupt.await);
        return;
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
