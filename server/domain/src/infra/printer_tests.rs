//! With small programs in place of the real one, which `server/print` and the journeys try.

use super::*;
use std::fs;
use std::io::Write as _;
use std::time::Instant;

struct Scripted {
    folder: tempfile::TempDir,
    printer: Printer,
}

/// A printer whose program is this script.
fn scripted(script: &str, time_limit: Duration) -> Scripted {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join(PROGRAM);
    let script = script.replace("$FOLDER", &folder.path().display().to_string());
    write_elsewhere(
        &program,
        &format!("#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n"),
    );
    let printer = Printer {
        program: Some(program),
        time_limit,
        ..Printer::default()
    };
    Scripted { folder, printer }
}

/// By another process: a file that this one has open for writing is inherited by whatever another test starts at the same
/// moment, and cannot be run until that has begun.
fn write_elsewhere(program: &Path, script: &str) {
    let mut shell = std::process::Command::new("/bin/sh")
        .args(["-c", "cat >\"$0\" && chmod 700 \"$0\""])
        .arg(program)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    shell
        .stdin
        .take()
        .unwrap()
        .write_all(script.as_bytes())
        .unwrap();
    assert!(shell.wait().unwrap().success());
}

const ECHO: &str = "echo once >>$FOLDER/runs\nprintf '%%PDF-'\ncat";

#[tokio::test]
async fn a_paper_is_printed_once_and_then_kept() {
    let Scripted { folder, printer } = scripted(ECHO, TIME_LIMIT);
    for _ in 0..3 {
        assert_eq!(&*printer.print(b"one").await.unwrap(), b"%PDF-one");
    }
    assert_eq!(&*printer.print(b"other").await.unwrap(), b"%PDF-other");
    let runs = fs::read_to_string(folder.path().join("runs")).unwrap();
    assert_eq!(runs.lines().count(), 2);
}

#[tokio::test]
async fn of_papers_only_the_last_few_are_kept() {
    let Scripted {
        folder: _kept,
        printer,
    } = scripted(ECHO, TIME_LIMIT);
    for at in 0..=KEPT {
        printer.print(at.to_string().as_bytes()).await.unwrap();
    }
    let key = |document: &[u8]| Key::try_from(digest(&SHA256, document).as_ref()).unwrap();
    assert!(printer.earlier(&key(b"0")).is_none());
    assert!(printer.earlier(&key(b"1")).is_some());
}

#[tokio::test]
async fn nothing_of_the_service_s_surroundings_reaches_the_program() {
    let Scripted {
        folder: _kept,
        printer,
    } = scripted("cat >/dev/null; printf '%%PDF-'; pwd; env", TIME_LIMIT);
    let said = printer.print(b"").await.unwrap();
    let said = String::from_utf8(said.to_vec()).unwrap();
    assert!(said.starts_with("%PDF-/\n"), "{said}");
    for name in ["CARGO", "HOME", "MINSHENG"] {
        assert!(!said.contains(name), "{said}");
    }
}

#[tokio::test]
async fn a_program_that_does_not_end_is_ended_in_time() {
    let Scripted { folder, printer } = scripted(
        "echo $$ >$FOLDER/pid\nexec sleep 600",
        Duration::from_millis(800),
    );
    let begun = Instant::now();
    let late = printer.print(b"x").await;
    assert!(matches!(late, Err(PrintError::Late)), "{late:?}");
    assert!(begun.elapsed() < Duration::from_secs(20));
    let pid = fs::read_to_string(folder.path().join("pid")).unwrap();
    let process = PathBuf::from(format!("/proc/{}/cmdline", pid.trim()));
    for _ in 0..100 {
        // A process that has ended, but was not waited for yet, has no command any more.
        if fs::read(&process).is_ok_and(|command| !command.is_empty()) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        } else {
            return;
        }
    }
    panic!("{pid} still runs");
}

#[tokio::test]
async fn no_more_than_two_are_printed_at_once() {
    let Scripted { folder, printer } = scripted(
        "echo + >>$FOLDER/steps\nsleep 0.3\necho - >>$FOLDER/steps\nprintf '%%PDF-'\ncat",
        TIME_LIMIT,
    );
    let all = (0..5).map(|at| {
        let printer = &printer;
        async move { printer.print(at.to_string().as_bytes()).await.unwrap() }
    });
    futures_util::future::join_all(all).await;
    let steps = fs::read_to_string(folder.path().join("steps")).unwrap();
    let mut running = 0_usize;
    let mut most = 0;
    for step in steps.lines() {
        running = if step == "+" {
            running + 1
        } else {
            running - 1
        };
        most = most.max(running);
    }
    assert_eq!((steps.lines().count(), most), (10, AT_ONCE));
}

#[tokio::test]
async fn what_is_no_pdf_is_not_handed_out_and_not_kept() {
    for script in ["cat", "cat >/dev/null", "yes"] {
        let Scripted {
            folder: _kept,
            printer,
        } = scripted(script, TIME_LIMIT);
        let answer = printer.print(b"<html>").await;
        assert!(
            matches!(
                answer,
                Err(PrintError::NoPdf | PrintError::Failed(_) | PrintError::Late)
            ),
            "{script}: {answer:?}"
        );
        assert!(printer.kept.lock().unwrap().is_empty());
    }
    let Scripted {
        folder: _kept,
        printer,
    } = scripted("printf '%%PDF-'; exit 2", TIME_LIMIT);
    let refused = printer.print(b"").await;
    assert!(
        matches!(refused, Err(PrintError::Failed(status)) if status.code() == Some(2)),
        "{refused:?}"
    );
    let none = Printer::default();
    assert!(!none.is_there());
    assert!(matches!(
        none.print(b"").await,
        Err(PrintError::NotInstalled)
    ));
}
