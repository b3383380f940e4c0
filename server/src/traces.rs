//! What a piece of work leaves in the log at TRACE, for the tests that search it or count its SQL statements.
//!
//! All tests share one subscriber: spans go to other threads, as to the one that writes to `SQLite`, and must not meet
//! another subscriber there.

use std::collections::HashMap;
use std::fmt::{Debug, Write as _};
use std::future::Future;
use std::sync::{Mutex, Once};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, EnteredSpan, Id, Record};
use tracing::{Event, Instrument as _, Metadata, Span, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, SpanRef};

/// The span whose lines are kept.
const KEPT: &str = "kept";

/// The lines within each such span, by its id.
static LINES: Mutex<Option<HashMap<u64, Vec<Line>>>> = Mutex::new(None);

/// A span that began, or an event.
struct Line {
    /// All of it: the spans that it stands in, from the outermost, with their fields; its target and its own fields.
    text: String,
    /// The beginning of the SQL statement, where the database's log has it.
    statement: Option<String>,
}

/// Fields as they are logged.
#[derive(Default)]
struct Fields {
    text: String,
    summary: Option<String>,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // How long a statement took looks like a code now and then.
        if field.name().starts_with("elapsed") {
            return;
        }
        let separator = if self.text.is_empty() { "" } else { " " };
        write!(self.text, "{separator}{field}={value:?}").unwrap();
        if field.name() == "summary" {
            self.summary = Some(format!("{value:?}").trim_matches('"').to_owned());
        }
    }
}

/// Keeps what happens within a span called [`KEPT`], on whatever thread.
struct Keeper;

impl Keeper {
    fn keep<S: for<'s> LookupSpan<'s>>(
        innermost: Option<SpanRef<'_, S>>,
        metadata: &Metadata<'_>,
        fields: impl FnOnce(&mut Fields),
    ) {
        let Some(innermost) = innermost else { return };
        let Some(kept) = innermost.scope().find(|span| span.name() == KEPT) else {
            return;
        };
        let mut own = Fields::default();
        fields(&mut own);
        let mut text = String::new();
        for span in innermost.scope().from_root() {
            let extensions = span.extensions();
            let fields = extensions.get::<Fields>().map_or("", |fields| &fields.text);
            write!(text, "{}{{{fields}}}:", span.name()).unwrap();
        }
        write!(text, " {} {}", metadata.target(), own.text).unwrap();
        let is_statement = metadata.target() == "sqlx::query";
        let statement = own.summary.filter(|_| is_statement);
        let mut all = LINES.lock().unwrap();
        let lines = all.get_or_insert_default().entry(kept.id().into_u64());
        lines.or_default().push(Line { text, statement });
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Keeper {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
        Self::keep(context.span(id), attributes.metadata(), |_| ());
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let innermost = context.event_span(event);
        Self::keep(innermost, event.metadata(), |fields| event.record(fields));
    }
}

fn kept_span() -> Span {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let subscriber = tracing_subscriber::registry().with(Keeper);
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
    tracing::error_span!(KEPT)
}

/// Everything that is logged from now on by this thread, and by what it sends to others, until it is dropped. For a test
/// that has its thread to itself, as every `tokio::test` has.
pub(crate) struct Logs {
    id: u64,
    _entered: EnteredSpan,
}

impl Logs {
    pub(crate) fn keep() -> Self {
        let span = kept_span();
        Self {
            id: span.id().unwrap().into_u64(),
            _entered: span.entered(),
        }
    }

    /// What was logged so far, line by line.
    pub(crate) fn text(&self) -> String {
        let all = LINES.lock().unwrap();
        let lines = all.as_ref().and_then(|all| all.get(&self.id));
        let texts = lines.into_iter().flatten().map(|line| line.text.as_str());
        texts.collect::<Vec<_>>().join("\n")
    }
}

/// Does the work, and answers with the statements that it cost. Not counted is what frames a transaction, and how a
/// connection that is opened meanwhile sets itself up.
pub(crate) async fn statements<T>(work: impl Future<Output = T>) -> (T, Vec<String>) {
    let span = kept_span();
    let id = span.id().unwrap().into_u64();
    let done = work.instrument(span).await;
    let lines = LINES.lock().unwrap().get_or_insert_default().remove(&id);
    let frame = ["BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"];
    let statements = lines
        .into_iter()
        .flatten()
        .filter_map(|line| line.statement)
        .filter(|one| !frame.iter().any(|word| one.starts_with(word)));
    (done, statements.collect())
}
