//! The database's tables as plain rows that both databases understand: whole numbers, texts and bytes.
//!
//! PostgreSQL has more types than SQLite: its ids are 16 bytes here and its truth values 0 and 1, as SQLite stores
//! them, so that a copy of one database can be put into the other.

use super::BackupError;
use crate::infra::database::{Backend, DatabaseError, Tx};
use crate::on_either;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::TryStreamExt as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sqlx::Row as _;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns.
    pub columns: Vec<Column>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    stored: Stored,
}

/// What a column holds, for both databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Whole numbers, also truth values.
    Integer,
    /// Texts.
    Text,
    /// Bytes, also ids.
    Bytes,
}

/// How this database stores a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stored {
    Integer,
    ShortInteger,
    Truth,
    Text,
    Bytes,
    Id,
}

impl Column {
    /// What it holds.
    pub fn kind(&self) -> Kind {
        match self.stored {
            Stored::Integer | Stored::ShortInteger | Stored::Truth => Kind::Integer,
            Stored::Text => Kind::Text,
            Stored::Bytes | Stored::Id => Kind::Bytes,
        }
    }

    /// How it is read.
    fn selected(&self) -> String {
        let name = &self.name;
        match self.stored {
            Stored::Integer | Stored::Text | Stored::Bytes => format!("\"{name}\""),
            Stored::ShortInteger | Stored::Truth => {
                format!("CAST(CAST(\"{name}\" AS INTEGER) AS BIGINT)")
            }
            Stored::Id => format!("uuid_send(\"{name}\")"),
        }
    }

    /// How the parameter of this number is written into it.
    fn inserted(&self, parameter: usize) -> String {
        match self.stored {
            Stored::Integer | Stored::Text | Stored::Bytes => format!("${parameter}"),
            Stored::ShortInteger => format!("CAST(CAST(${parameter} AS BIGINT) AS INTEGER)"),
            Stored::Truth => {
                format!("CAST(CAST(CAST(${parameter} AS BIGINT) AS INTEGER) AS BOOLEAN)")
            }
            Stored::Id => format!("CAST(encode(CAST(${parameter} AS BYTEA), 'hex') AS UUID)"),
        }
    }
}

/// What the full-text index holds is made anew from the proposals; the migrations say for themselves what was applied.
const NOT_COPIED: [&str; 2] = ["_sqlx_migrations", "proposals_search"];

/// Every table that a copy holds, by name.
pub async fn tables(tx: &mut Tx) -> Result<Vec<Table>, DatabaseError> {
    let sql = match tx.backend() {
        Backend::Sqlite => {
            "SELECT tables.name, columns.name, columns.type FROM pragma_table_list AS tables \
             JOIN pragma_table_info(tables.name) AS columns WHERE tables.schema = 'main' \
             AND tables.type = 'table' AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
             ORDER BY tables.name, columns.cid"
        }
        Backend::Postgres => {
            "SELECT CAST(tables.table_name AS TEXT), CAST(columns.column_name AS TEXT), \
             CAST(columns.data_type AS TEXT) FROM information_schema.tables AS tables \
             JOIN information_schema.columns AS columns ON columns.table_schema = tables.table_schema \
             AND columns.table_name = tables.table_name WHERE tables.table_schema = current_schema() \
             AND tables.table_type = 'BASE TABLE' ORDER BY tables.table_name COLLATE \"C\", columns.ordinal_position"
        }
    };
    let rows: Vec<(String, String, String)> =
        on_either!(tx, conn => sqlx::query_as(sql).fetch_all(&mut *conn).await?);
    let backend = tx.backend();
    let mut tables: Vec<Table> = Vec::new();
    for (table, name, of_type) in rows {
        if NOT_COPIED.contains(&table.as_str()) {
            continue;
        }
        let stored = stored(backend, &of_type).ok_or_else(|| DatabaseError::Column {
            table: "every table",
            column: "every column",
            reason: format!("{table}.{name} is of type {of_type}, which a copy does not know"),
        })?;
        let column = Column { name, stored };
        match tables.last_mut() {
            Some(last) if last.name == table => last.columns.push(column),
            _ => tables.push(Table {
                name: table,
                columns: vec![column],
            }),
        }
    }
    Ok(tables)
}

fn stored(backend: Backend, of_type: &str) -> Option<Stored> {
    Some(match (backend, of_type) {
        (Backend::Sqlite, "INTEGER") | (Backend::Postgres, "bigint") => Stored::Integer,
        (Backend::Sqlite, "TEXT") | (Backend::Postgres, "text") => Stored::Text,
        (Backend::Sqlite, "BLOB") | (Backend::Postgres, "bytea") => Stored::Bytes,
        (Backend::Postgres, "integer") => Stored::ShortInteger,
        (Backend::Postgres, "boolean") => Stored::Truth,
        (Backend::Postgres, "uuid") => Stored::Id,
        _ => return None,
    })
}

/// Hands each row to `write`, as a JSON list on a line of its own. Gives the number of rows.
pub async fn copy_out(
    tx: &mut Tx,
    table: &Table,
    mut write: impl FnMut(&[u8]) -> Result<(), BackupError>,
) -> Result<u64, BackupError> {
    let columns: Vec<String> = table.columns.iter().map(Column::selected).collect();
    let sql = format!("SELECT {} FROM \"{}\"", columns.join(", "), table.name);
    let mut count = 0;
    on_either!(tx, conn => {
        let mut rows = sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(false).fetch(&mut *conn);
        while let Some(row) = rows.try_next().await.map_err(DatabaseError::from)? {
            let mut line = Vec::with_capacity(table.columns.len());
            for (index, column) in table.columns.iter().enumerate() {
                line.push(match column.kind() {
                    Kind::Integer => {
                        Value::from(row.try_get::<Option<i64>, _>(index).map_err(DatabaseError::from)?)
                    }
                    Kind::Text => {
                        Value::from(row.try_get::<Option<String>, _>(index).map_err(DatabaseError::from)?)
                    }
                    Kind::Bytes => Value::from(
                        row.try_get::<Option<Vec<u8>>, _>(index).map_err(DatabaseError::from)?
                            .map(|bytes| BASE64_STANDARD.encode(bytes)),
                    ),
                });
            }
            write(format!("{}\n", Value::from(line)).as_bytes())?;
            count += 1;
        }
    });
    Ok(count)
}

/// Puts the row of this line of JSON, which was written by [`copy_out`], into the table.
pub async fn copy_in(tx: &mut Tx, table: &Table, line: &str) -> Result<(), BackupError> {
    let misfit = || BackupError::Row {
        table: table.name.clone(),
    };
    let values: Vec<Value> = serde_json::from_str(line).map_err(|_| misfit())?;
    if values.len() != table.columns.len() {
        return Err(misfit());
    }
    let sql = insert_statement(tx.backend(), table);
    on_either!(tx, conn => {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for (column, value) in table.columns.iter().zip(values) {
            query = match (column.kind(), value) {
                (Kind::Integer, Value::Null) => query.bind(None::<i64>),
                (Kind::Text, Value::Null) => query.bind(None::<String>),
                (Kind::Bytes, Value::Null) => query.bind(None::<Vec<u8>>),
                (Kind::Integer, Value::Number(number)) => {
                    query.bind(Some(number.as_i64().ok_or_else(misfit)?))
                }
                (Kind::Text, Value::String(text)) => query.bind(Some(text)),
                (Kind::Bytes, Value::String(text)) => {
                    query.bind(Some(BASE64_STANDARD.decode(text).map_err(|_| misfit())?))
                }
                _ => return Err(misfit()),
            };
        }
        query.execute(&mut *conn).await.map_err(DatabaseError::from)?.rows_affected()
    });
    Ok(())
}

fn insert_statement(backend: Backend, table: &Table) -> String {
    let names: Vec<String> = table
        .columns
        .iter()
        .map(|column| format!("\"{}\"", column.name))
        .collect();
    let parameters: Vec<String> = table
        .columns
        .iter()
        .zip(1..)
        .map(|(column, parameter)| column.inserted(parameter))
        .collect();
    let overriding = match backend {
        Backend::Sqlite => "",
        Backend::Postgres => "OVERRIDING SYSTEM VALUE ",
    };
    format!(
        "INSERT INTO \"{}\" ({}) {overriding}VALUES ({})",
        table.name,
        names.join(", "),
        parameters.join(", ")
    )
}

/// How many rows a table has.
pub async fn count(tx: &mut Tx, table: &Table) -> Result<i64, DatabaseError> {
    let sql = format!("SELECT COUNT(*) FROM \"{}\"", table.name);
    Ok(
        on_either!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_one(&mut *conn).await?),
    )
}

/// Takes away the head of the empty record, which the migrations make: the copy brings its own.
pub async fn remove_empty_head(tx: &mut Tx) -> Result<(), DatabaseError> {
    let removed = on_either!(tx, conn => sqlx::query("DELETE FROM record_head WHERE size = 0")
        .execute(&mut *conn).await?.rows_affected());
    // The copy brings its own.
    on_either!(tx, conn => sqlx::query("DELETE FROM data_key_check")
        .execute(&mut *conn).await?.rows_affected());
    crate::infra::database::exactly_one("DELETE FROM record_head", removed)
}

/// Lets rows refer to rows that come later in the same transaction.
pub async fn defer_references(tx: &mut Tx) -> Result<(), DatabaseError> {
    match tx.backend() {
        Backend::Sqlite => {
            on_either!(tx, conn => sqlx::query("PRAGMA defer_foreign_keys = ON")
                .execute(&mut *conn).await?.rows_affected());
            Ok(())
        }
        Backend::Postgres => alter_references(tx, "DEFERRABLE INITIALLY DEFERRED").await,
    }
}

/// Checks every reference now, and has them checked at once again from here on.
pub async fn check_references(tx: &mut Tx) -> Result<(), DatabaseError> {
    match tx.backend() {
        // SQLite checks what was deferred when the transaction ends, and then forgets that it was deferred.
        Backend::Sqlite => Ok(()),
        Backend::Postgres => {
            on_either!(tx, conn => sqlx::query("SET CONSTRAINTS ALL IMMEDIATE")
                .execute(&mut *conn).await?.rows_affected());
            alter_references(tx, "NOT DEFERRABLE").await
        }
    }
}

async fn alter_references(tx: &mut Tx, how: &str) -> Result<(), DatabaseError> {
    let references: Vec<(String, String)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT CAST(conrelid AS REGCLASS)::TEXT, quote_ident(conname) FROM pg_constraint \
         WHERE contype = 'f' AND connamespace = CAST(current_schema() AS REGNAMESPACE)",
    ).fetch_all(&mut *conn).await?);
    for (table, name) in references {
        let sql = format!("ALTER TABLE {table} ALTER CONSTRAINT {name} {how}");
        on_either!(tx, conn => sqlx::query(sqlx::AssertSqlSafe(sql)).persistent(false)
            .execute(&mut *conn).await?.rows_affected());
    }
    Ok(())
}

/// Lets the audit trail go on after its last line.
pub async fn continue_numbers(tx: &mut Tx) -> Result<(), DatabaseError> {
    if tx.backend() == Backend::Postgres {
        let _: i64 = on_either!(tx, conn => sqlx::query_scalar(
            "SELECT setval(pg_get_serial_sequence('audit', 'line'), \
             GREATEST((SELECT COALESCE(MAX(line), 0) FROM audit), 1), \
             EXISTS (SELECT 1 FROM audit))",
        ).fetch_one(&mut *conn).await?);
    }
    Ok(())
}
