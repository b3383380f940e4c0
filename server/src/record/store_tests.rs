//! What the database holds of the record: it only grows, and what is appended to is the edge of what is there.

use super::tests::{begin, fact, publish};
use crate::testing::TestService;
use domain::cycles::Stage;
use domain::infra::database::DatabaseError;
use domain::on_either;
use domain::record::change::{Actor, Change};
use domain::record::store::{head, nodes};
use domain::record::{Rechecked, RecordError, checkpoint, recheck, verifier_key};
use tally::record::tree::root_nodes;

#[tokio::test]
async fn what_is_in_the_record_cannot_be_changed_in_the_database() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        publish(&service, 2).await;
        checkpoint(&service.app).await.unwrap();
        for statement in [
            "UPDATE record_entries SET kind = 'other'",
            "DELETE FROM record_entries",
            "UPDATE record_nodes SET level = 9",
            "DELETE FROM record_nodes",
            "UPDATE record_bodies SET body = '{}'",
            "DELETE FROM record_bodies",
            "UPDATE record_checkpoints SET note = ''",
            "DELETE FROM record_checkpoints",
        ] {
            let mut tx = service.app.database.write().await.unwrap();
            let refused = on_either!(&mut tx, conn => sqlx::query(statement)
                .execute(&mut *conn).await.map(|_| ()).unwrap_err().to_string());
            assert!(
                refused.contains("append-only") || refused.contains("only be taken down"),
                "{statement}: {refused}"
            );
        }
    }
}

#[tokio::test]
async fn the_head_keeps_the_tree_s_right_edge_after_every_entry() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        for size in 1..=20 {
            publish(&service, 1).await;
            let mut tx = service.app.database.read().await.unwrap();
            let edge = root_nodes(size);
            let stored = nodes(&mut tx, &edge).await.unwrap();
            let expected: Vec<_> = edge.iter().map(|id| stored[id]).collect();
            assert_eq!(head(&mut tx).await.unwrap().peaks(), expected);
        }
        checkpoint(&service.app).await.unwrap();
        let key = verifier_key(&service.app).unwrap();
        let mut tx = service.app.database.read().await.unwrap();
        let rechecked = recheck(&mut tx, &key).await.unwrap();
        let expected = Rechecked {
            entries: 20,
            checkpoint: Some(20),
        };
        assert_eq!(rechecked, expected);
    }
}

#[tokio::test]
async fn a_head_with_another_right_edge_is_found() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        publish(&service, 5).await;
        let key = verifier_key(&service.app).unwrap();
        let mut tx = service.app.database.write().await.unwrap();
        // Five entries have two peaks.
        on_either!(&mut tx, conn => sqlx::query("UPDATE record_head SET peaks = $1")
            .bind(vec![7_u8; 64]).execute(&mut *conn).await.unwrap().rows_affected());
        let other = recheck(&mut tx, &key).await;
        assert!(matches!(other, Err(RecordError::RightEdge(5))), "{other:?}");
    }
}

/// A head of a size that the record once had, with the right edge of then: what came after would never be signed.
#[tokio::test]
async fn entries_beyond_the_size_that_the_head_says_are_found() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        publish(&service, 5).await;
        let key = verifier_key(&service.app).unwrap();
        let mut tx = service.app.database.write().await.unwrap();
        recheck(&mut tx, &key).await.unwrap();
        for size in [4, 0] {
            let edge = root_nodes(size);
            let stored = nodes(&mut tx, &edge).await.unwrap();
            let peaks: Vec<u8> = edge.iter().flat_map(|id| *stored[id].as_bytes()).collect();
            on_either!(&mut tx, conn => sqlx::query("UPDATE record_head SET size = $1, peaks = $2")
                .bind(i64::try_from(size).unwrap()).bind(peaks)
                .execute(&mut *conn).await.unwrap().rows_affected());
            let found = recheck(&mut tx, &key).await;
            assert!(
                matches!(found, Err(RecordError::Entry(at)) if at == size),
                "{found:?}"
            );
        }
    }
}

#[tokio::test]
async fn nothing_is_changed_without_a_line_in_the_audit_trail() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let place = Some(service.cycle.scope());
        let mut unseen = Change::begin(&service.app, Actor::System, place)
            .await
            .unwrap();
        unseen.publish(fact(1)).await.unwrap();
        let refused = unseen.commit().await;
        assert!(
            matches!(refused, Err(DatabaseError::Touched { touched: 0, .. })),
            "{refused:?}"
        );
        let entries = async || {
            let mut tx = service.app.database.read().await.unwrap();
            head(&mut tx).await.unwrap().size()
        };
        assert_eq!(entries().await, 0);
        let mut seen = begin(&service).await;
        seen.publish(fact(1)).await.unwrap();
        seen.commit().await.unwrap();
        assert_eq!(entries().await, 1);
    }
}
