//! Closed lists of words, as the domain's types write them: a program that reads the document knows each.

use domain::cycles::{JurisdictionKind, Stage};
use domain::projects::{Colour, StateName as ProjectStateName};
use domain::proposals::Channel;
use domain::proposals::search::Progress;
use domain::session::{PollKind as KindOfPoll, StateName as PollStateName};
use std::borrow::Cow;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

macro_rules! closed_lists {
    ($(#[doc = $doc:literal] $schema:ident: $words:ident,)+) => {
        $(
            #[doc = $doc]
            #[derive(Debug)]
            pub enum $schema {}

            impl PartialSchema for $schema {
                fn schema() -> RefOr<Schema> {
                    let words = $words::ALL.iter().map(|one| one.name());
                    list($doc.trim(), words).into()
                }
            }

            impl ToSchema for $schema {
                fn name() -> Cow<'static, str> {
                    stringify!($schema).into()
                }
            }
        )+
    };
}

fn list(meaning: &str, words: impl Iterator<Item = &'static str>) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(meaning))
        .enum_values(Some(words))
        .build()
}

closed_lists! {
    /// What a jurisdiction is.
    KindOfJurisdiction: JurisdictionKind,
    /// How far a cycle has come.
    CycleStage: Stage,
    /// By which way a proposal came in.
    ProposalChannel: Channel,
    /// How far an accepted proposal has come.
    ProposalState: Progress,
    /// main, or evaluation of the projects.
    PollKind: KindOfPoll,
    /// How far a poll has come.
    PollState: PollStateName,
    /// How far a project has come.
    ProjectState: ProjectStateName,
    /// A light: on plan green, behind yellow, far behind red; done and accepted blue.
    Light: Colour,
}
