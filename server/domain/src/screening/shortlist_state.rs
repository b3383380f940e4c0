//! How far a cycle's shortlist has come.

use crate::infra::clock::Timestamp;
use time::Date;

/// The states of a shortlist and the steps between them.
///
/// ```mermaid
/// stateDiagram-v2
///     [*] --> drafting
///     drafting --> drafting: recompose
///     drafting --> reviewed: review
///     reviewed --> drafting: recompose
///     reviewed --> reviewed: review
///     reviewed --> published: publish
///     published --> published: amend
///     published --> [*]
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shortlist {
    /// The office is composing it.
    Drafting,
    /// The party committee has reviewed it.
    Reviewed(Review),
    /// Everybody can read it and comment.
    Published {
        /// The review before.
        review: Review,
        /// When it was published.
        at: Timestamp,
        /// [`tally::record::body::facts_sha256`] of what was published last.
        facts_sha256: String,
    },
}

/// The review that stands between screening and publishing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// On which day.
    pub on: Date,
    /// The document's number (文号).
    pub document: String,
}

/// Why a shortlist does not take a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShortlistStateError {
    /// It is published: nothing goes back from there.
    #[error("the shortlist is published")]
    Published,
    /// It is not published yet.
    #[error("the shortlist is not published")]
    NotPublished,
    /// The party committee's review has not been entered.
    #[error("the shortlist is not reviewed")]
    NotReviewed,
}

impl Shortlist {
    /// Whether everybody can read it.
    pub const fn is_published(&self) -> bool {
        match self {
            Self::Drafting | Self::Reviewed(_) => false,
            Self::Published { .. } => true,
        }
    }

    /// The review, once it is entered.
    pub const fn entered(&self) -> Option<&Review> {
        match self {
            Self::Drafting => None,
            Self::Reviewed(review) | Self::Published { review, .. } => Some(review),
        }
    }

    /// Requires that everybody can read it.
    pub const fn require_published(&self) -> Result<(), ShortlistStateError> {
        match self {
            Self::Drafting | Self::Reviewed(_) => Err(ShortlistStateError::NotPublished),
            Self::Published { .. } => Ok(()),
        }
    }

    /// The review is entered, or corrected while nothing is published.
    pub fn review(self, review: Review) -> Result<Self, ShortlistStateError> {
        match self {
            Self::Drafting | Self::Reviewed(_) => Ok(Self::Reviewed(review)),
            Self::Published { .. } => Err(ShortlistStateError::Published),
        }
    }

    /// Candidates are changed: a review of other candidates holds no longer.
    pub fn recompose(self) -> Result<Self, ShortlistStateError> {
        match self {
            Self::Drafting | Self::Reviewed(_) => Ok(Self::Drafting),
            Self::Published { .. } => Err(ShortlistStateError::Published),
        }
    }

    /// Everybody can read it from now on.
    pub fn publish(self, at: Timestamp, facts_sha256: String) -> Result<Self, ShortlistStateError> {
        match self {
            Self::Reviewed(review) => Ok(Self::Published {
                review,
                at,
                facts_sha256,
            }),
            Self::Drafting => Err(ShortlistStateError::NotReviewed),
            Self::Published { .. } => Err(ShortlistStateError::Published),
        }
    }

    /// A published fact was changed; when it was published first stays.
    pub fn amend(self, facts_sha256: String) -> Result<Self, ShortlistStateError> {
        match self {
            Self::Published { review, at, .. } => Ok(Self::Published {
                review,
                at,
                facts_sha256,
            }),
            Self::Drafting | Self::Reviewed(_) => Err(ShortlistStateError::NotPublished),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::drawn_edges;
    use time::macros::date;

    type Step = fn(Shortlist) -> Result<Shortlist, ShortlistStateError>;

    const AT: Timestamp = Timestamp::from_millis(7);

    fn reviewed_on(on: Date) -> Review {
        Review {
            on,
            document: "青委〔2026〕3号".to_owned(),
        }
    }

    const STEPS: [(&str, Step); 4] = [
        ("recompose", Shortlist::recompose),
        ("review", |list| {
            list.review(reviewed_on(date!(2026 - 01 - 11)))
        }),
        ("publish", |list| list.publish(AT, "published".to_owned())),
        ("amend", |list| list.amend("amended".to_owned())),
    ];

    fn samples() -> [Shortlist; 3] {
        let review = reviewed_on(date!(2026 - 01 - 10));
        [
            Shortlist::Drafting,
            Shortlist::Reviewed(review.clone()),
            Shortlist::Published {
                review,
                at: AT,
                facts_sha256: "first".to_owned(),
            },
        ]
    }

    const fn name(list: &Shortlist) -> &'static str {
        match list {
            Shortlist::Drafting => "drafting",
            Shortlist::Reviewed(_) => "reviewed",
            Shortlist::Published { .. } => "published",
        }
    }

    #[test]
    fn every_state_and_step_is_as_the_diagram_has_it() {
        let mut edges = Vec::new();
        for list in samples() {
            for (step, take) in STEPS {
                if let Ok(next) = take(list.clone()) {
                    edges.push((name(&list), name(&next), step));
                }
            }
        }
        assert_eq!(edges, drawn_edges(include_str!("shortlist_state.rs")));
    }

    #[test]
    fn a_refused_step_says_what_is_in_its_way() {
        let [drafting, reviewed, published] = samples();
        let publish = |list: Shortlist| list.publish(AT, String::new()).unwrap_err();
        assert_eq!(publish(drafting.clone()), ShortlistStateError::NotReviewed);
        assert_eq!(publish(published.clone()), ShortlistStateError::Published);
        for list in [drafting, reviewed] {
            let early = list.clone().amend(String::new()).unwrap_err();
            assert_eq!(early, ShortlistStateError::NotPublished);
            assert_eq!(list.require_published(), Err(early));
        }
        let late = published.clone().review(reviewed_on(date!(2026 - 01 - 11)));
        assert_eq!(late, Err(ShortlistStateError::Published));
        assert_eq!(published.recompose(), Err(ShortlistStateError::Published));
    }

    #[test]
    fn an_amendment_keeps_the_review_and_the_day() {
        let [.., published] = samples();
        let Shortlist::Published { review, at, .. } = published.clone() else {
            panic!("{published:?}");
        };
        assert_eq!(
            published.amend("amended".to_owned()),
            Ok(Shortlist::Published {
                review,
                at,
                facts_sha256: "amended".to_owned()
            })
        );
    }
}
