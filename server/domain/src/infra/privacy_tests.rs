//! The privacy manifest, `server/domain/privacy.toml`, labels every column of the database.

use crate::cycles::Stage;
use crate::infra::database::Tx;
use crate::testing::TestApp;
use std::collections::{BTreeMap, BTreeSet};

type Manifest = BTreeMap<String, BTreeMap<String, Label>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Label {
    Public,
    Personal,
    Secret,
}

fn manifest() -> Manifest {
    toml::from_str(include_str!("../../privacy.toml")).unwrap()
}

/// Every `table.column` there is. The tables behind the full-text index (shadow tables) hold nothing else.
async fn columns() -> BTreeSet<String> {
    let service = TestApp::start(Stage::Collecting).await;
    let Tx::Sqlite(mut tx) = service.app.database.read().await.unwrap() else {
        panic!("the test's database is SQLite");
    };
    let names: Vec<(String, String)> = sqlx::query_as(
        "SELECT tables.name, columns.name FROM pragma_table_list AS tables \
         JOIN pragma_table_info(tables.name) AS columns \
         WHERE tables.schema = 'main' AND tables.type IN ('table', 'virtual') \
         AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tables.name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut *tx)
    .await
    .unwrap();
    names
        .into_iter()
        .map(|(table, column)| format!("{table}.{column}"))
        .collect()
}

#[tokio::test]
async fn every_column_is_labelled_public_personal_or_secret() {
    let labelled: BTreeSet<String> = manifest()
        .iter()
        .flat_map(|(table, columns)| {
            columns
                .keys()
                .map(move |column| format!("{table}.{column}"))
        })
        .collect();
    let there = columns().await;
    let missing: Vec<_> = there.difference(&labelled).collect();
    assert!(
        missing.is_empty(),
        "server/domain/privacy.toml does not label {missing:?}: add each below its [table] as \"public\", \"personal\" or \
         \"secret\" (the head of the file says what that means)"
    );
    let gone: Vec<_> = labelled.difference(&there).collect();
    assert!(
        gone.is_empty(),
        "server/domain/privacy.toml labels what no longer exists: {gone:?}; delete those lines"
    );
}

#[test]
fn what_opens_something_is_secret_and_what_names_an_account_is_not_public() {
    for (table, columns) in manifest() {
        for (column, label) in columns {
            let opens = ["password", "token", "sealed", "previous_hash"]
                .iter()
                .any(|word| column.contains(word));
            assert!(!opens || label == Label::Secret, "{table}.{column}");
            let names_account =
                ["account", "author", "proposer", "owner", "decided_by"].contains(&column.as_str());
            assert!(!names_account || label != Label::Public, "{table}.{column}");
        }
    }
}
