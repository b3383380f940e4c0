//! The cluster is the test's own, and nothing of it stays.

use super::*;
use std::env;

fn ask(url: &str, sql: &str) -> String {
    let psql = installed().expect("installed").join("psql");
    output(Command::new(psql).args(["--no-psqlrc", "-qAt", url, "-c", sql])).expect(sql)
}

#[test]
fn each_test_gets_an_empty_database_of_its_own() {
    let (Some(one), Some(other)) = (database(), database()) else {
        return;
    };
    ask(one.url(), "create table t (x int)");
    assert_ne!(one.url(), other.url());
    assert_eq!(
        ask(
            other.url(),
            "select count(*) from pg_tables where schemaname = 'public'"
        ),
        "0\n"
    );
}

#[test]
fn nothing_is_left_behind() {
    let cluster = match Cluster::start() {
        Err(Error::NotInstalled) => return,
        cluster => cluster.expect("starts"),
    };
    let folder = cluster.folder.clone();
    assert!(folder.is_dir());
    drop(cluster);
    assert!(!folder.exists());
}

/// Where the cluster of [`until_it_is_killed`] is.
const BEGINS: &str = "MINSHENG_POSTGRES_BEGINS";

#[test]
#[ignore = "is run, and killed, by the test below"]
fn until_it_is_killed() {
    let Ok(begins) = env::var(BEGINS) else { return };
    let _cluster = Cluster::start_in(&begins).expect("starts");
    thread::sleep(PATIENCE);
}

/// The processes and folders whose command line or name has this.
fn left(begins: &str) -> Vec<String> {
    let processes = fs::read_dir("/proc").expect("processes");
    let processes = processes.filter_map(|entry| {
        let command = fs::read(entry.ok()?.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&command).replace('\0', " "))
    });
    let folders = fs::read_dir("/tmp").expect("folders");
    let folders = folders.filter_map(|entry| Some(entry.ok()?.path().display().to_string()));
    let all = processes.chain(folders);
    all.filter(|text| text.contains(begins)).collect()
}

/// Whenever it is killed while the server starts, and when it runs.
#[test]
fn a_killed_process_leaves_no_process_and_no_folder() {
    if installed().is_none() {
        return;
    }
    let own = env::current_exe().expect("this program");
    let mut seen = false;
    for after in [
        0, 3, 10, 20, 40, 80, 150, 300, 600, 900, 1200, 1800, 2500, 4000,
    ] {
        let begins = format!("/tmp/minsheng-killed-{}-{after}-", std::process::id());
        let mut killed = Command::new(&own)
            .args(["--ignored", "--exact", "tests::until_it_is_killed"])
            .env(BEGINS, &begins)
            .stdout(Stdio::null())
            .spawn()
            .expect("starts");
        thread::sleep(Duration::from_millis(after));
        seen |= !left(&begins).is_empty();
        killed.kill().expect("killed");
        killed.wait().expect("ended");
        let since = Instant::now();
        while !left(&begins).is_empty() {
            let still = left(&begins);
            assert!(since.elapsed() < PATIENCE, "after {after} ms: {still:#?}");
            thread::sleep(Duration::from_millis(50));
        }
    }
    assert!(seen, "nothing had begun at any of the moments");
}
