//! One schema on two databases: the same tables, columns, unique keys and foreign keys, whatever each calls its types.

use crate::cycles::Stage;
use crate::infra::database::{Backend, Tx};
use crate::on_either;
use crate::testing::TestApp;
use std::collections::{BTreeMap, BTreeSet};

/// What a database says of its schema; each line reads `table: …`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Catalogue {
    columns: BTreeSet<String>,
    unique_keys: BTreeSet<String>,
    foreign_keys: BTreeSet<String>,
}

/// Full-text search differs by nature: SQLite keeps it in a virtual table with shadows.
fn is_compared(table: &str) -> bool {
    !table.starts_with("_sqlx") && !table.contains("search")
}

async fn rows(tx: &mut Tx, sql: &'static str) -> Vec<(String, String, String)> {
    on_either!(tx, conn => sqlx::query_as(sql).fetch_all(&mut *conn).await.unwrap())
}

/// `(table, key's name, "position column → what it refers to")` as lines, one a key.
fn keys(rows: Vec<(String, String, String)>) -> BTreeSet<String> {
    let mut keys: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for (table, name, part) in rows {
        if is_compared(&table) {
            keys.entry((table, name)).or_default().insert(part);
        }
    }
    keys.into_iter()
        .map(|((table, _), parts)| {
            let parts: Vec<String> = parts.into_iter().collect();
            format!("{table}: {}", parts.join(", "))
        })
        .collect()
}

async fn catalogue(tx: &mut Tx) -> Catalogue {
    let (columns, unique_keys, foreign_keys) = match tx.backend() {
        Backend::Sqlite => (SQLITE_COLUMNS, SQLITE_UNIQUE_KEYS, SQLITE_FOREIGN_KEYS),
        Backend::Postgres => (
            POSTGRES_COLUMNS,
            POSTGRES_UNIQUE_KEYS,
            POSTGRES_FOREIGN_KEYS,
        ),
    };
    Catalogue {
        columns: rows(tx, columns)
            .await
            .into_iter()
            .filter(|(table, ..)| is_compared(table))
            .map(|(table, column, null)| format!("{table}: {column} {null}"))
            .collect(),
        unique_keys: keys(rows(tx, unique_keys).await),
        foreign_keys: keys(rows(tx, foreign_keys).await),
    }
}

const SQLITE_COLUMNS: &str = "SELECT t.name, c.name, \
     CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN 'always' ELSE 'or null' END \
     FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c \
     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%'";

const SQLITE_UNIQUE_KEYS: &str = "SELECT t.name, i.name, c.seqno || ' ' || COALESCE(c.name, 'expression') || \
     CASE WHEN i.partial = 1 THEN ' where' ELSE '' END \
     FROM sqlite_master AS t JOIN pragma_index_list(t.name) AS i JOIN pragma_index_info(i.name) AS c \
     WHERE t.type = 'table' AND i.\"unique\" = 1 \
     UNION ALL SELECT t.name, 'rowid', '0 ' || c.name FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c \
     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND c.pk = 1 AND c.type = 'INTEGER' \
     AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name) AS i WHERE i.origin = 'pk')";

const SQLITE_FOREIGN_KEYS: &str = "SELECT t.name, 'key ' || f.id, \
     f.seq || ' ' || f.\"from\" || ' → ' || f.\"table\" || '.' || f.\"to\" \
     FROM sqlite_master AS t JOIN pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table'";

const POSTGRES_COLUMNS: &str = "SELECT c.table_name::text, c.column_name::text, \
     CASE WHEN c.is_nullable = 'NO' THEN 'always' ELSE 'or null' END \
     FROM information_schema.columns AS c WHERE c.table_schema = current_schema()";

const POSTGRES_UNIQUE_KEYS: &str = "SELECT t.relname::text, i.relname::text, \
     (k.position - 1) || ' ' || COALESCE(a.attname::text, 'expression') || \
     CASE WHEN x.indpred IS NULL THEN '' ELSE ' where' END \
     FROM pg_index AS x JOIN pg_class AS t ON t.oid = x.indrelid JOIN pg_class AS i ON i.oid = x.indexrelid \
     JOIN pg_namespace AS n ON n.oid = t.relnamespace AND n.nspname = current_schema() \
     CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k (number, position) \
     LEFT JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.number AND k.number <> 0 \
     WHERE x.indisunique";

const POSTGRES_FOREIGN_KEYS: &str = "SELECT t.relname::text, c.conname::text, \
     (k.position - 1) || ' ' || a.attname || ' → ' || r.relname || '.' || b.attname \
     FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid JOIN pg_class AS r ON r.oid = c.confrelid \
     JOIN pg_namespace AS n ON n.oid = t.relnamespace AND n.nspname = current_schema() \
     CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k (own, other, position) \
     JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.own \
     JOIN pg_attribute AS b ON b.attrelid = c.confrelid AND b.attnum = k.other \
     WHERE c.contype = 'f'";

fn differences(sqlite: &BTreeSet<String>, postgres: &BTreeSet<String>) -> Vec<String> {
    let only = |here: &BTreeSet<String>, there: &BTreeSet<String>, name: &str| {
        here.difference(there)
            .map(|line| format!("only {name}: {line}"))
            .collect::<Vec<_>>()
    };
    [
        only(sqlite, postgres, "SQLite"),
        only(postgres, sqlite, "PostgreSQL"),
    ]
    .concat()
}

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_keys() {
    let services = TestApp::on_each_database(Stage::Collecting).await;
    let [sqlite, postgres] = services.as_slice() else {
        return; // no PostgreSQL on this machine; where everything is required, its absence fails earlier
    };
    let mut tx = sqlite.app.database.read().await.unwrap();
    let one = catalogue(&mut tx).await;
    let mut tx = postgres.app.database.read().await.unwrap();
    let other = catalogue(&mut tx).await;
    assert!(one.columns.len() > 200, "{} columns", one.columns.len());
    assert!(one.foreign_keys.len() > 20, "{one:#?}");
    let found = [
        differences(&one.columns, &other.columns),
        differences(&one.unique_keys, &other.unique_keys),
        differences(&one.foreign_keys, &other.foreign_keys),
    ]
    .concat();
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn a_column_on_one_side_only_is_found() {
    let one = BTreeSet::from([
        "polls: id always".to_owned(),
        "polls: title always".to_owned(),
    ]);
    let other = BTreeSet::from(["polls: id always".to_owned()]);
    assert_eq!(
        differences(&one, &other),
        ["only SQLite: polls: title always"]
    );
}
