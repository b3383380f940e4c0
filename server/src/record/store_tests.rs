//! What the database holds of the record: it only grows, and what is appended to is the edge of what is there.

use super::tests::publish;
use crate::testing::TestService;
use domain::cycles::Stage;
use domain::on_either;
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
