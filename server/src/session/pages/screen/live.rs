//! How a screen learns that something has changed: one watcher a poll looks every second and tells all who listen, however many
//! they are. It looks into the database, so that what another server has changed is seen as well.

use super::facts::{self, Facts, Signs};
use crate::session::in_poll::InPoll;
use crate::web::http_error::HttpError;
use axum::response::sse::{Event, KeepAlive, Sse};
use domain::infra::app::App;
use domain::session::{PollId, store};
use futures_util::Stream;
use futures_util::stream::unfold;
use std::collections::HashMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Sleep, sleep};

/// How often a watcher looks.
const LOOKS_EVERY: Duration = Duration::from_secs(1);
/// How long one stream is. Whoever listens asks again by itself, and is then known, or not, as everybody who asks.
const STREAM: Duration = Duration::from_mins(10);
/// How long a listener waits before it asks again.
const RETRY: Duration = Duration::from_secs(3);
/// A sign of life for what stands between, in which nothing is said.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

type Watchers = HashMap<PollId, watch::Sender<Arc<Facts>>>;

/// The polls that somebody watches.
#[derive(Debug, Clone, Default)]
pub(crate) struct Screens(Arc<Mutex<Watchers>>);

impl Screens {
    fn watchers(&self) -> MutexGuard<'_, Watchers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Listens to a poll; its watcher begins with the first who does, and ends with the last.
    pub(super) async fn watch(
        &self,
        app: &App,
        found: InPoll,
    ) -> Result<watch::Receiver<Arc<Facts>>, HttpError> {
        if let Some(sender) = self.watchers().get(&found.poll.id) {
            return Ok(sender.subscribe());
        }
        let signs = {
            let mut tx = app.database.read().await?;
            facts::signs(app, &mut tx, &found.poll).await?
        };
        let first = Arc::new(facts::load(app, found.clone()).await?);
        let mut watchers = self.watchers();
        // Two came at once: the other one's watches.
        if let Some(sender) = watchers.get(&found.poll.id) {
            return Ok(sender.subscribe());
        }
        let (sender, receiver) = watch::channel(first);
        watchers.insert(found.poll.id, sender);
        drop(watchers);
        tokio::spawn(watcher(self.clone(), app.clone(), found, signs));
        Ok(receiver)
    }

    /// Whether nobody listens any more; then the watcher is forgotten.
    fn is_deserted(&self, poll: PollId) -> bool {
        let mut watchers = self.watchers();
        let listens = watchers
            .get(&poll)
            .is_some_and(|sender| sender.receiver_count() > 0);
        if !listens {
            watchers.remove(&poll);
        }
        !listens
    }

    fn tell(&self, poll: PollId, facts: Facts) {
        if let Some(sender) = self.watchers().get(&poll) {
            sender.send_replace(Arc::new(facts));
        }
    }
}

async fn watcher(screens: Screens, app: App, found: InPoll, mut seen: Signs) {
    loop {
        sleep(LOOKS_EVERY).await;
        if screens.is_deserted(found.poll.id) {
            return;
        }
        match look(&app, &found, &seen).await {
            Ok(None) => {}
            Ok(Some((signs, facts))) => {
                seen = signs;
                screens.tell(found.poll.id, facts);
            }
            // It passes when the database is back; the screen shows what it knew.
            Err(error) => tracing::warn!(code = error.code(), "a screen could not look"),
        }
    }
}

/// What is shown now, where something has changed.
async fn look(
    app: &App,
    found: &InPoll,
    seen: &Signs,
) -> Result<Option<(Signs, Facts)>, HttpError> {
    let mut tx = app.database.read().await?;
    let (here, id) = (found.poll.jurisdiction, found.poll.id);
    let poll = store::poll(&mut tx, here, id).await?;
    let poll = poll.ok_or(HttpError::NotFound)?;
    let signs = facts::signs(app, &mut tx, &poll).await?;
    drop(tx);
    if signs == *seen {
        return Ok(None);
    }
    let mut now = found.clone();
    now.poll = poll;
    let facts = facts::load(app, now).await?;
    Ok(Some((signs, facts)))
}

struct Listener<R> {
    watched: watch::Receiver<Arc<Facts>>,
    render: R,
    /// What was sent last.
    sent: String,
    end: Pin<Box<Sleep>>,
}

/// The events of one listener: what is shown now, and again whenever it is another.
pub(super) fn stream<R>(
    mut watched: watch::Receiver<Arc<Facts>>,
    render: R,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>>
where
    R: Fn(&Facts) -> String + Send + 'static,
{
    watched.mark_changed();
    let listener = Listener {
        watched,
        render,
        sent: String::new(),
        end: Box::pin(sleep(STREAM)),
    };
    let events = unfold(listener, async |mut listener| {
        let html = listener.next().await?;
        let event = Event::default().retry(RETRY).data(&html);
        listener.sent = html;
        Some((Ok(event), listener))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(SIGN_OF_LIFE))
}

impl<R: Fn(&Facts) -> String> Listener<R> {
    /// The next content that is another than the last; `None` at the stream's end.
    async fn next(&mut self) -> Option<String> {
        loop {
            tokio::select! {
                changed = self.watched.changed() => changed.ok()?,
                () = &mut self.end => return None,
            }
            let facts = Arc::clone(&self.watched.borrow_and_update());
            // An event's line ends with a return, too.
            let html = (self.render)(&facts).replace('\r', " ");
            if html != self.sent {
                return Some(html);
            }
        }
    }
}
