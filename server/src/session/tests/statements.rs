//! How many SQL statements a ballot costs: a hall casts all at once.

use crate::session::testkit::{TestSession, ticks};
use crate::testing::TestService;
use domain::cycles::Stage;
use domain::session::{DualControlStep, PollKind, cast, find};
use std::fmt::Debug;
use std::sync::Mutex;
use tracing::field::{Field, Visit};
use tracing::{Event, Instrument as _, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// The span in which statements are noted.
const NOTED: &str = "noted";

static STATEMENTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Notes the statements that are executed within the span, on whatever thread.
struct Notes;

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Notes {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut spans = context.event_scope(event).into_iter().flatten();
        if spans.any(|span| span.name() == NOTED) {
            let mut summary = Summary::default();
            event.record(&mut summary);
            STATEMENTS.lock().unwrap().push(summary.0);
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

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the number is worth seeing")]
async fn a_ballot_costs_at_most_eight_statements() {
    let of_the_database = Targets::new()
        .with_target("sqlx::query", LevelFilter::DEBUG)
        .with_target(module_path!(), LevelFilter::DEBUG);
    let subscriber = tracing_subscriber::registry().with(Notes.with_filter(of_the_database));
    // The writer of SQLite is a thread of its own: a subscriber of this thread alone would not hear it.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    for service in TestService::on_each_database(Stage::Voting).await {
        let backend = service.app.database.backend();
        let mut hall = TestSession::in_service(service, PollKind::Main, 6, 4).await;
        hall.adopt(2).await;
        hall.check_in(6).await;
        hall.both(DualControlStep::Freeze).await;
        hall.both(DualControlStep::Open).await;
        // The first ballot reads the election for all.
        hall.cast(0, &ticks(&[1, 1, 0, 0])).await;
        let poll = find(hall.app(), hall.jurisdiction(), hall.poll)
            .await
            .unwrap();
        for deputy in 1..6 {
            let ballot = hall.seal(deputy, &ticks(&[1, 0, 1, 0])).await;
            STATEMENTS.lock().unwrap().clear();
            cast(hall.app(), &poll, ballot)
                .instrument(tracing::debug_span!(NOTED))
                .await
                .unwrap();
            let mut noted = STATEMENTS.lock().unwrap().clone();
            // A connection that is opened meanwhile sets itself up, whoever needs it.
            let frame = ["BEGIN", "COMMIT", "PRAGMA"];
            noted.retain(|one| !frame.iter().any(|word| one.starts_with(word)));
            println!("{backend:?}: {} statements", noted.len());
            assert!((5..=8).contains(&noted.len()), "{backend:?}: {noted:#?}");
        }
    }
}
