//! What people see of the evaluation.

mod evaluation;
mod rating;

pub(super) use evaluation::{apply, create, evaluation};
pub(super) use rating::{rate, rating_form};
