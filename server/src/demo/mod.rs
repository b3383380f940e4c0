//! The demo: a fictional county whose cycle a visitor walks through, as anybody in it, in minutes.

pub(crate) mod audit;
mod content;
mod devices;
mod error;
mod pages;
mod people;
mod seed;
mod steps;

pub use content::Content;
pub use error::DemoError;
pub use seed::{beginning, seed};
pub use steps::{DemoStep, Now, next, take};

use crate::web::routes::{Access, Routes, Takes};
use domain::infra::app::App;
use serde::Serialize;
use std::sync::OnceLock;

/// The demo's content, read once.
struct Demo {
    content: Content,
}

impl Demo {
    fn of(_app: &App) -> Result<&'static Self, DemoError> {
        static DEMO: OnceLock<Demo> = OnceLock::new();
        if let Some(demo) = DEMO.get() {
            return Ok(demo);
        }
        let content = Content::load()?;
        Ok(DEMO.get_or_init(|| Self { content }))
    }
}

/// The demo's pages; elsewhere they do not exist.
pub fn routes(app: &App) -> Routes {
    Routes::new(app.clone())
        .get("/demo", Access::Demo, pages::demo)
        .post("/demo/step", Access::Demo, pages::step)
        .post("/demo/sign-in", Access::Demo, pages::sign_in)
        .post_on(Takes::Held, "/demo/again", Access::Demo, pages::prove_again)
        .get("/demo/enter/{account}", Access::Demo, pages::enter)
}

/// A demo account, as `server demo --accounts` prints it.
#[derive(Debug, Serialize)]
pub struct Account {
    /// The role.
    pub role: &'static str,
    /// The name.
    pub name: String,
    /// Opened in a browser, it signs in.
    pub sign_in_url: String,
}

/// Everybody in the demo.
pub async fn accounts(app: &App, base_url: &str) -> Result<Vec<Account>, DemoError> {
    let demo = Demo::of(app)?;
    let mut tx = app.database.read().await?;
    let mut accounts = Vec::new();
    for person in people::everybody(&demo.content.people) {
        let account = people::account_of(app, &mut tx, &person.email).await?;
        accounts.push(Account {
            role: person.role.name(),
            name: person.name,
            sign_in_url: format!("{base_url}/demo/enter/{account}"),
        });
    }
    Ok(accounts)
}
