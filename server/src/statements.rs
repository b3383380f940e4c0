//! Which SQL statements a piece of work executes, for the tests that count them.

use std::collections::HashMap;
use std::fmt::Debug;
use std::future::Future;
use std::sync::{Mutex, Once};
use tracing::field::{Field, Visit};
use tracing::{Event, Instrument as _, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// The span in which statements are noted.
const NOTED: &str = "noted";

/// The statements of each span.
static STATEMENTS: Mutex<Option<HashMap<u64, Vec<String>>>> = Mutex::new(None);

/// Notes the statements that are executed within such a span, on whatever thread: the writer of `SQLite` has its own.
struct Notes;

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Notes {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut spans = context.event_scope(event).into_iter().flatten();
        if let Some(span) = spans.find(|span| span.name() == NOTED) {
            let mut summary = Summary::default();
            event.record(&mut summary);
            let mut all = STATEMENTS.lock().unwrap();
            let noted = all.get_or_insert_with(HashMap::new);
            noted
                .entry(span.id().into_u64())
                .or_default()
                .push(summary.0);
        }
    }
}

/// The beginning of a statement, as the database's log has it.
#[derive(Default)]
struct Summary(String);

impl Visit for Summary {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "summary" {
            self.0 = format!("{value:?}").trim_matches('"').to_owned();
        }
    }
}

/// Does the work, and answers with the statements that it cost. Not counted is what frames a transaction, and how a
/// connection that is opened meanwhile sets itself up.
pub async fn statements<T>(work: impl Future<Output = T>) -> (T, Vec<String>) {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let of_the_database = Targets::new()
            .with_target("sqlx::query", LevelFilter::DEBUG)
            .with_target(module_path!(), LevelFilter::DEBUG);
        let subscriber = tracing_subscriber::registry().with(Notes.with_filter(of_the_database));
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
    let span = tracing::debug_span!(NOTED);
    let id = span.id().unwrap().into_u64();
    let done = work.instrument(span).await;
    let mut all = STATEMENTS.lock().unwrap();
    let noted = all.as_mut().and_then(|all| all.remove(&id));
    let frame = ["BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"];
    let mut noted = noted.unwrap_or_default();
    noted.retain(|one| !frame.iter().any(|word| one.starts_with(word)));
    (done, noted)
}
