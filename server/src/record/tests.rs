//! The record on both databases, read as a stranger reads it: by its addresses, with `tally`'s verifier.

use crate::demo::audit::DemoEvent;
use crate::testing::{NOW, TestService};
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::infra::app::{App, Parts};
use domain::infra::clock::Clock;
use domain::infra::database::{Backend, Database, DatabaseError};
use domain::infra::ids::JurisdictionId;
use domain::infra::mail::Senders;
use domain::infra::record_key::RecordKey;
use domain::infra::vault::Vault;
use domain::on_either;
use domain::record::change::{Actor, Change};
use domain::record::{
    EntryIndex, InclusionProof, RecordError, check_against_published, checkpoint, receipt,
};
use std::collections::{BTreeMap, BTreeSet};
use tally::record::body::CycleStageReached;
use tally::record::leaf::open_body;
use tally::record::note::NoteError;
use tally::record::receipt::ReceiptError;
use tally::record::tile::{Bundle, Tile, TiledTree, bundles, tiles};
use tally::record::tree::{self, leaf_hash};
use tally::record::{Checkpoint, LeafHeader, Note, VerifierKey};

/// The sample of a stage that is reached, unlike any other by its number.
pub(super) fn fact(number: usize) -> CycleStageReached {
    let sample = CycleStageReached::KIND.sample();
    CycleStageReached {
        places: u32::try_from(number).unwrap(),
        ..CycleStageReached::parse(sample.as_bytes()).unwrap()
    }
}

pub(crate) async fn publish(service: &TestService, facts: usize) -> Vec<EntryIndex> {
    let mut change = begin(service).await;
    let mut positions = Vec::new();
    for number in 0..facts {
        positions.push(change.publish(fact(number)).await.unwrap());
    }
    change.commit().await.unwrap();
    positions
}

pub(super) async fn begin(service: &TestService) -> Change<'_> {
    let mut change = Change::begin(&service.app, Actor::System, Some(service.cycle.scope()))
        .await
        .unwrap();
    change
        .audit(DemoEvent::Enrol {
            jurisdiction: service.jurisdiction.id,
        })
        .await
        .unwrap();
    change
}

/// What a stranger downloads.
pub(super) struct Downloaded {
    vkey: VerifierKey,
    checkpoint: Note,
    tiles: BTreeMap<Tile, Vec<u8>>,
    bundles: BTreeMap<Bundle, Vec<u8>>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    Signature,
    Tile,
    Root,
    Leaf(u64),
}

impl Downloaded {
    pub(super) async fn from(service: &TestService) -> Self {
        let vkey = service.get("/record/vkey", None).await.body;
        let note = service.get("/record/checkpoint", None).await.body;
        let checkpoint = Note::parse(&note).unwrap();
        let size = Checkpoint::parse(checkpoint.text()).unwrap().size;
        let mut downloaded = Self {
            vkey: vkey.trim_end().parse().unwrap(),
            checkpoint,
            tiles: BTreeMap::new(),
            bundles: BTreeMap::new(),
        };
        for tile in tiles(size) {
            let reply = service.get(&format!("/record/{}", tile.path()), None).await;
            assert_eq!(reply.status, StatusCode::OK, "{}", tile.path());
            downloaded.tiles.insert(tile, reply.bytes);
        }
        for bundle in bundles(size) {
            let path = format!("/record/{}", bundle.path());
            let reply = service.get(&path, None).await;
            assert_eq!(reply.status, StatusCode::OK, "{path}");
            downloaded.bundles.insert(bundle, reply.bytes);
        }
        downloaded
    }

    /// Checks everything and gives the number of entries.
    pub(super) fn verify(&self) -> Result<u64, Refused> {
        self.checkpoint
            .verify(&self.vkey)
            .map_err(|_| Refused::Signature)?;
        let head = Checkpoint::parse(self.checkpoint.text()).map_err(|_| Refused::Signature)?;
        let tree = TiledTree::new(head.size, |tile| tile.hashes(self.tiles.get(&tile)?).ok());
        if tree::root(head.size, &tree).map_err(|_| Refused::Tile)? != head.root {
            return Err(Refused::Root);
        }
        for (bundle, content) in &self.bundles {
            let entries = bundle.entries(content).map_err(|_| Refused::Tile)?;
            for (entry, position) in entries.into_iter().zip(bundle.first_entry()..) {
                let proof = tree::inclusion_proof(position, head.size, &tree).unwrap();
                LeafHeader::from_entry(entry).map_err(|_| Refused::Leaf(position))?;
                tree::verify_inclusion(leaf_hash(entry), position, head.size, &proof, head.root)
                    .map_err(|_| Refused::Leaf(position))?;
            }
        }
        Ok(head.size)
    }
}

#[tokio::test]
async fn a_thousand_entries_verify_by_their_addresses_and_one_changed_byte_is_refused() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        publish(&service, 1000).await;
        let mut log = Downloaded::from(&service).await;
        assert_eq!(log.verify(), Ok(1000));

        let bundle = log.bundles.keys().nth(2).copied().unwrap();
        let at = log.bundles[&bundle].len() - 2;
        log.bundles.get_mut(&bundle).unwrap()[at] ^= 1;
        assert_eq!(log.verify(), Err(Refused::Leaf(767)));
        log.bundles.get_mut(&bundle).unwrap()[at] ^= 1;

        let tile = log.tiles.keys().next().copied().unwrap();
        log.tiles.get_mut(&tile).unwrap()[40] ^= 1;
        assert!(matches!(
            log.verify(),
            Err(Refused::Root | Refused::Leaf(_))
        ));
        log.tiles.get_mut(&tile).unwrap()[40] ^= 1;

        let changed = log.checkpoint.to_string().replacen("1000", "1001", 1);
        log.checkpoint = Note::parse(&changed).unwrap();
        assert_eq!(log.verify(), Err(Refused::Signature));
    }
}

#[tokio::test]
async fn a_tile_beyond_the_record_s_end_or_of_another_spelling_is_not_found() {
    let service = TestService::start(Stage::Collecting).await;
    publish(&service, 3).await;
    let found = service.get("/record/tile/0/000.p/3", None).await;
    assert_eq!(found.status, StatusCode::OK);
    assert_eq!(found.bytes.len(), 96);
    for path in [
        "/record/tile/0/000",
        "/record/tile/0/000.p/4",
        "/record/tile/0/0.p/3",
        "/record/tile/entries/000.p/4",
        "/record/tile/1/000.p/1",
    ] {
        let reply = service.get(path, None).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_rolled_back_act_leaves_no_gap() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        publish(&service, 2).await;
        let mut change = begin(&service).await;
        let lost = change.publish(fact(3)).await.unwrap();
        assert_eq!(lost.position(), 2);
        drop(change);
        let kept = publish(&service, 1).await;
        assert_eq!(kept, [EntryIndex::new(2).unwrap()]);
        assert_eq!(Downloaded::from(&service).await.verify(), Ok(3));
    }
}

#[tokio::test]
async fn parallel_appends_take_each_position_once() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut tasks = tokio::task::JoinSet::new();
        for task in 0..8 {
            let (app, place) = (service.app.clone(), service.cycle.scope());
            tasks.spawn(async move {
                let mut positions = Vec::new();
                for number in 0..10 {
                    let mut change = Change::begin(&app, Actor::System, Some(place))
                        .await
                        .unwrap();
                    let fact = fact(task * 100 + number);
                    positions.push(change.publish(fact).await.unwrap());
                    let event = DemoEvent::Enrol {
                        jurisdiction: place.jurisdiction,
                    };
                    change.audit(event).await.unwrap();
                    change.commit().await.unwrap();
                    // Signing while others append must see whole transactions only.
                    checkpoint(&app).await.unwrap();
                }
                positions
            });
        }
        let positions: BTreeSet<u64> = tasks
            .join_all()
            .await
            .into_iter()
            .flatten()
            .map(EntryIndex::position)
            .collect();
        assert_eq!(positions, (0..80).collect());
        assert_eq!(Downloaded::from(&service).await.verify(), Ok(80));
    }
}

pub(super) fn verify(receipt: &InclusionProof) -> Result<LeafHeader, ReceiptError> {
    let vkey: VerifierKey = receipt.vkey.parse().unwrap();
    let text: tally::record::Receipt = receipt.text.parse()?;
    Ok(text.verify(&vkey, &[], 0)?.header)
}

#[tokio::test]
async fn a_receipt_proves_its_entry_and_stays_the_same_while_the_record_grows() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let positions = publish(&service, 7).await;
        let first = receipt(&service.app, positions[3]).await.unwrap();
        let header = verify(&first).unwrap();
        assert_eq!(
            (header.kind(), header.scope()),
            ("cycle_stage_reached", "qinghe/2026")
        );
        publish(&service, 20).await;
        checkpoint(&service.app).await.unwrap();
        assert_eq!(receipt(&service.app, positions[3]).await.unwrap(), first);

        let path = format!("/record/body/{}", header.body().to_hex());
        let document = service.get(&path, None).await;
        assert_eq!(document.status, StatusCode::OK);
        let body = open_body(&document.bytes, header.body()).unwrap();
        assert_eq!(body, fact(3).to_json().as_bytes());

        let mut forged = first.clone();
        forged.text = first.text.replacen("index 3", "index 2", 1);
        assert!(matches!(verify(&forged), Err(ReceiptError::Inclusion(_))));
        let mut foreign = first;
        let stranger = RecordKey::load_or_make(tempfile::tempdir().unwrap().path()).unwrap();
        let key: VerifierKey = foreign.vkey.parse().unwrap();
        let other = VerifierKey::new(key.name().clone(), key.kind(), stranger.public());
        foreign.vkey = other.to_string();
        assert!(matches!(
            verify(&foreign),
            Err(ReceiptError::Signature(NoteError::Unsigned(_)))
        ));
    }
}

/// A service with this one's key and memory of what was published, but with another database.
async fn restored_beside(service: &TestService, dir: &tempfile::TempDir) -> App {
    let url = format!("sqlite:{}", dir.path().join("older.sqlite").display());
    let database = Database::open(&url).await.unwrap();
    database.migrate().await.unwrap();
    let data_dir = &service.app.config.data_dir;
    App::new(Parts {
        downloads: domain::infra::downloads::Downloads::default(),
        printer: domain::infra::printer::Printer::default(),
        config: service.app.config.clone(),
        record_key: RecordKey::load_or_make(data_dir).unwrap(),
        vault: Vault::load_or_make(data_dir, &service.app.entropy).unwrap(),
        senders: Senders::to_console(),
        database,
        clock: Clock::fixed(NOW),
        entropy: service.app.entropy.clone(),
        elections: domain::infra::elections::Elections::default(),
        metrics: domain::infra::metrics::Metrics::default(),
        demo: false,
    })
}

async fn publish_elsewhere(app: &App) {
    let mut change = Change::begin(app, Actor::System, None).await.unwrap();
    change.publish(fact(1)).await.unwrap();
    change
        .audit(DemoEvent::Enrol {
            jurisdiction: JurisdictionId::from(uuid::Uuid::nil()),
        })
        .await
        .unwrap();
    change.commit().await.unwrap();
}

#[tokio::test]
async fn an_older_or_another_database_beside_the_same_key_is_never_signed() {
    let service = TestService::start(Stage::Collecting).await;
    publish(&service, 2).await;
    checkpoint(&service.app).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let restored = restored_beside(&service, &dir).await;
    assert!(matches!(
        check_against_published(&restored).await,
        Err(RecordError::SecondHistory {
            published: 2,
            stored: 0
        })
    ));
    let refused = Change::begin(&restored, Actor::System, None)
        .await
        .map(drop);
    assert!(matches!(refused, Err(DatabaseError::SecondHistory)));
    // Where nobody looked before it went on, it is found out at the next signature.
    let dir = tempfile::tempdir().unwrap();
    let restored = restored_beside(&service, &dir).await;
    for _ in 0..3 {
        publish_elsewhere(&restored).await;
    }
    assert!(matches!(
        checkpoint(&restored).await,
        Err(RecordError::SecondHistory {
            published: 2,
            stored: 3
        })
    ));
}

#[tokio::test]
async fn where_as_many_entries_are_others_nothing_is_signed_or_changed_until_they_are_back() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let app = &service.app;
        publish(&service, 2).await;
        let signed = checkpoint(app).await.unwrap();
        let turn = async || {
            let mut tx = app.database.write().await.unwrap();
            // The guard of the table lets nobody change a node; an older copy of the database is another one.
            let open = match app.database.backend() {
                Backend::Postgres => "SET LOCAL session_replication_role = replica",
                Backend::Sqlite => "DROP TRIGGER IF EXISTS record_nodes_no_update",
            };
            on_either!(&mut tx, conn => sqlx::query(open).execute(&mut *conn).await.map(drop))
                .unwrap();
            let node = "SELECT hash FROM record_nodes WHERE level = 1 AND position = 0";
            let mut hash: Vec<u8> = on_either!(&mut tx, conn => sqlx::query_scalar(node)
                .fetch_one(&mut *conn).await.unwrap());
            hash[0] ^= 1;
            let put = "UPDATE record_nodes SET hash = $1 WHERE level = 1 AND position = 0";
            on_either!(&mut tx, conn => sqlx::query(put).bind(&hash).execute(&mut *conn).await.map(drop))
                .unwrap();
            tx.commit().await.unwrap();
        };
        // What a failover leaves that lost a commit: as many entries, another root.
        turn().await;
        let refused = checkpoint(app).await;
        assert!(
            matches!(
                refused,
                Err(RecordError::SecondHistory {
                    published: 2,
                    stored: 2
                })
            ),
            "{refused:?}"
        );
        let refused = Change::begin(app, Actor::System, None).await.map(drop);
        assert!(
            matches!(refused, Err(DatabaseError::SecondHistory)),
            "{refused:?}"
        );
        let ready = service.get("/readyz", None).await;
        assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
        let office = service.get("/sign-in", None).await;
        assert_eq!(office.status, StatusCode::OK, "what is there can be read");
        // The right database is back.
        turn().await;
        let ready = service.get("/readyz", None).await;
        assert_eq!(ready.status, StatusCode::OK, "{}", ready.body);
        publish(&service, 1).await;
        let more = checkpoint(app).await.unwrap();
        assert_eq!((signed.checkpoint.size, more.checkpoint.size), (2, 3));
    }
}

#[tokio::test]
async fn a_checkpoint_that_another_server_has_overtaken_is_not_stored_behind_it() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut tx = service.app.database.write().await.unwrap();
        for (size, note) in [(5, "five"), (3, "three"), (5, "five again"), (7, "seven")] {
            domain::record::store::insert_checkpoint(&mut tx, size, note)
                .await
                .unwrap();
        }
        let stored: Vec<String> = on_either!(&mut tx, conn => sqlx::query_scalar(
            "SELECT note FROM record_checkpoints ORDER BY size",
        ).fetch_all(&mut *conn).await.unwrap());
        assert_eq!(stored, ["five", "seven"]);
    }
}

#[tokio::test]
async fn the_record_s_pages_show_entries_in_plain_words() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        publish(&service, 60).await;
        let page = service.get("/record", None).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("年度工作进入新环节"), "{}", page.body);
        let about = "<span class=\"mono\">qinghe/2026</span>";
        assert!(page.body.contains(about), "each says what it is about");
        let zone = "（北京时间）</time>";
        assert!(page.body.contains(zone), "no time without its zone");
        let list = service
            .get(
                "/j/qinghe/2026/record?kind=cycle_stage_reached&page=2",
                None,
            )
            .await;
        assert_eq!(list.status, StatusCode::OK);
        assert!(list.body.contains("/record/entry/9"), "{}", list.body);
        assert!(!list.body.contains("/record/entry/59\""));
        let entry = service.get("/record/entry/59", None).await;
        for part in ["qinghe/2026", "环节", "票决", "— "] {
            assert!(entry.body.contains(part), "{part}: {}", entry.body);
        }
        let name = &service.jurisdiction.name;
        let place = format!("<a href=\"/j/qinghe/2026\">{name} 2026</a>");
        assert!(
            entry.body.contains(&place),
            "its place by name: {}",
            entry.body
        );
        let missing = service.get("/record/entry/60", None).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
        assert!(
            missing.body.contains("<h1>没有找到</h1>"),
            "{}",
            missing.body
        );
    }
}
