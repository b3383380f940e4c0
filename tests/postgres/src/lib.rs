//! A PostgreSQL cluster that lives as long as the test process that asked for it.
//!
//! Store tests run on both databases. [`database`] gives a test an empty database of its own in one
//! cluster that the whole test process shares; the cluster is made from the server that the
//! distribution installed, in a temporary folder, reachable by a Unix socket only.
//!
//! ```no_run
//! let Some(database) = throwaway_postgres::database() else { return };
//! let url: &str = database.url(); // for sqlx; keep `database` alive as long as the pool
//! ```
//!
//! Nothing is left behind, not even when the test process is killed, at whatever moment: a small shell
//! stands between the test and everything else. It makes the folder and starts the server, waits for the
//! end of its standard input, and then stops what runs and removes the folder.

use std::{
    error, fmt, fs,
    io::{self, BufRead as _, BufReader, Write as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How long a cluster may take to answer before it counts as failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where distributions put the server's programs (`…/{major}/bin`).
const INSTALLATIONS: &str = "/usr/lib/postgresql";

/// Set to anything: a program that is not installed fails the test instead of skipping it.
pub const REQUIRED: &str = "MINSHENG_REQUIRE_ALL";

/// An empty database for one test, in the process's shared cluster.
///
/// `None`, after a loud line on standard error, only where no PostgreSQL server is installed.
///
/// # Panics
/// When a server is installed but cannot be started, and when none is installed although the
/// environment has [`REQUIRED`].
#[expect(
    clippy::panic,
    reason = "only tests call this, and a broken PostgreSQL must fail them"
)]
pub fn database() -> Option<Database> {
    match shared().and_then(Cluster::database) {
        Ok(database) => Some(database),
        Err(Error::NotInstalled) if std::env::var_os(REQUIRED).is_none() => {
            // Not `eprintln!`: the test harness would swallow it in a passing test.
            let _ = writeln!(
                io::stderr(),
                "\n!!!! SKIPPED: no PostgreSQL server below {INSTALLATIONS}; \
                 `./dev test` installs one (Debian: postgresql) !!!!\n"
            );
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// The cluster that all tests of this process share; started by whoever asks first.
///
/// # Errors
/// What [`Cluster::start`] said to the first who asked.
pub fn shared() -> Result<&'static Cluster, Error> {
    static SHARED: OnceLock<Result<Cluster, Error>> = OnceLock::new();
    SHARED
        .get_or_init(Cluster::start)
        .as_ref()
        .map_err(Clone::clone)
}

/// A running server with a data folder of its own; both end with this value or with the process.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    /// The shell that made the folder, and removes it when its standard input ends.
    keeper: Child,
}

impl Cluster {
    /// Makes a data folder and starts a server on it: about a second.
    ///
    /// Durability is switched off, so this is for tests of meaning and not of crashes.
    ///
    /// # Errors
    /// [`Error::NotInstalled`], or what the failing program printed.
    pub fn start() -> Result<Self, Error> {
        Self::start_in("/tmp/minsheng-postgres")
    }

    /// The same in a folder whose path begins like this. A socket's path may have 107 bytes, and the account `postgres` must be
    /// able to enter.
    fn start_in(begins: &str) -> Result<Self, Error> {
        let programs = installed().ok_or(Error::NotInstalled)?;
        let mut keeper = keeper(&programs, begins)?;
        // Before it has said where, nothing is there.
        let mut folder = String::new();
        let said = keeper.stdout.take().map(BufReader::new);
        said.map_or(Ok(0), |mut said| said.read_line(&mut folder))
            .map_err(|error| Error::io("asking for the folder", &error))?;
        let mut cluster = Self {
            programs,
            folder: PathBuf::from(folder.trim_end()),
            keeper,
        };
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// Makes an empty database (UTF-8) with a name that no other has.
    ///
    /// # Errors
    /// What `createdb` printed.
    pub fn database(&self) -> Result<Database, Error> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("t{}", COUNT.fetch_add(1, Ordering::Relaxed));
        output(self.client("createdb").arg(&name))?;
        Ok(Database {
            url: format!(
                "postgresql://postgres@localhost:5432/{name}?host={}",
                self.folder.display()
            ),
            drop_it: (self.programs.join("dropdb"), self.folder.clone(), name),
        })
    }

    /// Attaches a program that takes the log as it is written, as an asynchronous standby does, until the cluster ends.
    ///
    /// # Errors
    /// What the shell printed.
    pub fn stream_log(&self) -> Result<(), Error> {
        const RECEIVER: &str = r#"
cd "$2" && mkdir received &&
"$1/pg_receivewal" --no-loop --no-sync --username=postgres --host "$2" -D received </dev/null >received.log 2>&1 &
"#;
        output(
            as_postgres("sh")
                .args(["-c", RECEIVER, "receiver"])
                .arg(&self.programs)
                .arg(&self.folder),
        )
        .map(drop)
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command
            .args(["--username=postgres", "--host"])
            .arg(&self.folder);
        command
    }

    fn wait_until_ready(&mut self) -> Result<(), Error> {
        let since = Instant::now();
        while output(self.client("pg_isready").arg("--quiet")).is_err() {
            let ended = self
                .keeper
                .try_wait()
                .map_err(|error| Error::io("asking for the server", &error))?;
            let ended = ended.is_some() || self.folder.join("ended").exists();
            if ended || since.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                return Err(Error::Failed {
                    program: "postgres".into(),
                    output: log,
                });
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}

/// A database of one test; dropped with this value, whoever is still connected.
#[derive(Debug)]
pub struct Database {
    url: String,
    drop_it: (PathBuf, PathBuf, String),
}

impl Database {
    /// `postgresql://postgres@localhost:5432/NAME?host=FOLDER`, as libpq and sqlx read it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (dropdb, folder, name) = &self.drop_it;
        // At the end of the process the whole cluster goes, so a failure here costs nothing.
        let _ = output(
            Command::new(dropdb)
                .args(["--username=postgres", "--force", "--if-exists", "--host"])
                .arg(folder)
                .arg(name),
        );
    }
}

/// Why a test has no PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The distribution's server is not on this machine.
    NotInstalled,
    /// The system refused something.
    Io {
        /// What was being done.
        doing: String,
        /// The system's own words.
        reason: String,
    },
    /// A program of PostgreSQL ended with an error.
    Failed {
        /// Its name.
        program: String,
        /// What it printed.
        output: String,
    },
}

impl Error {
    fn io(doing: impl Into<String>, error: &io::Error) -> Self {
        Self::Io {
            doing: doing.into(),
            reason: error.to_string(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInstalled => write!(f, "no PostgreSQL server below {INSTALLATIONS}"),
            Self::Io { doing, reason } => write!(f, "{doing}: {reason}"),
            Self::Failed { program, output } => write!(f, "{program} failed: {output}"),
        }
    }
}

impl error::Error for Error {}

/// `$1` programs, `$2` how the folder's path begins. Signals of the terminal reach the test and the keeper alike; the keeper
/// must outlive the test, so it waits for the end of its input only. It says where the folder is; why a server does not start
/// stands in the folder's `log`.
///
/// What runs in the background of a shell begins with SIGQUIT ignored, and the server takes it up only once it has started: so
/// it is told again until it is gone.
const KEEPER: &str = r#"
trap '' INT TERM HUP PIPE
folder=$(mktemp -d "$2.XXXXXXXX") || exit
cd "$folder"
echo "$folder"
setsid sh -c '
  "$1/initdb" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync -D "$2/data" &&
  "$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c port=5432 -c max_connections=300 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=64MB
  : >"$2/ended"
' server "$1" "$folder" </dev/null >log 2>&1 &
read -r _
tries=0
while kill -0 $! 2>/dev/null; do
  kill -s QUIT -- -$! 2>/dev/null
  tries=$((tries + 1))
  [ $tries -lt 600 ] || kill -s KILL -- -$! 2>/dev/null
  sleep 0.05
done
cd /
while ! rm -rf "$folder"; do sleep 0.1; done
"#;

/// Started first, so that nothing is ever there that it does not watch over.
fn keeper(programs: &Path, begins: &str) -> Result<Child, Error> {
    as_postgres("sh")
        .args(["-c", KEEPER, "keeper"])
        .arg(programs)
        .arg(begins)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| Error::io("starting the server", &error))
}

/// The programs of the newest installed server.
fn installed() -> Option<PathBuf> {
    fs::read_dir(INSTALLATIONS)
        .ok()?
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let major: u32 = path.file_name()?.to_str()?.parse().ok()?;
            let programs = path.join("bin");
            programs
                .join("initdb")
                .is_file()
                .then_some((major, programs))
        })
        .max()
        .map(|(_, programs)| programs)
}

/// The server refuses to run as root, so root steps down to the account that came with it.
fn as_postgres(program: impl AsRef<Path>) -> Command {
    let root = fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
    let mut command = if root {
        Command::new("runuser")
    } else {
        Command::new(program.as_ref())
    };
    if root {
        command.args(["-u", "postgres", "--"]).arg(program.as_ref());
    }
    command.current_dir("/");
    command
}

/// Runs a program to its end; its standard output where it succeeded.
fn output(command: &mut Command) -> Result<String, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let done = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Error::io(format!("starting {program}"), &error))?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    Err(Error::Failed {
        program,
        output: String::from_utf8_lossy(&done.stderr).into_owned(),
    })
}

#[cfg(test)]
mod tests;
