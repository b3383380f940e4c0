//! Which of a crate's modules know which, compared with what is drawn.
//!
//! A module here is a direct child of the crate's root, with everything below it. It *knows* another if its code, tests
//! left out, names it: in a `use`, in a path, in a macro's arguments or in an attribute. A crate draws its arrows
//! in a text, one line a module, and a test compares. Here is this crate's own:
//!
//! ```
//! let known = arrows::read("src".as_ref())?;
//! let drawn = arrows::Arrows::parse("known: lib paths")?;
//! assert_eq!(known.differences(&drawn), [], "as the code has it:\n{known}");
//! # Ok::<(), arrows::ArrowsError>(())
//! ```
//!
//! Names that the root gives on (`pub use ballot::Ballot`, then `crate::Ballot`) count as the module that they come from. What
//! the root itself defines counts as the module [`ROOT`].

mod known;
mod paths;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::path::{Path, PathBuf};

pub use known::read;

/// The name under which the crate's root stands among the modules.
pub const ROOT: &str = "lib";

/// Arrows from modules to the modules that they know, each with the place that shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrows(BTreeMap<String, BTreeMap<String, Place>>);

/// Where an arrow was first seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The source file, or nothing for a drawing.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

/// Compares the crate under `src` with its drawing.
///
/// # Errors
/// Every difference in words, and the drawing as the code has it, to be pasted; or why either cannot be read.
pub fn compare(src: &Path, drawn: &str) -> Result<(), String> {
    let known = read(src).map_err(|error| error.to_string())?;
    let drawn = Arrows::parse(drawn).map_err(|error| error.to_string())?;
    let differences = known.differences(&drawn);
    if differences.is_empty() {
        return Ok(());
    }
    let words: Vec<String> = differences.iter().map(ToString::to_string).collect();
    Err(format!(
        "{}\n\nas the code has it:\n{known}",
        words.join("\n")
    ))
}

/// How the arrows of the code differ from the drawn ones, or from what any drawing may hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The code has an arrow that is not drawn.
    New {
        /// The module that knows.
        from: String,
        /// The module that is known.
        to: String,
        /// Where.
        place: Place,
    },
    /// An arrow is drawn that the code does not have (any more).
    Unused {
        /// The module that would know.
        from: String,
        /// The module that would be known.
        to: String,
    },
    /// The code's arrows lead from a module back to itself, by way of these.
    Circle(Vec<String>),
}

/// Why arrows cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ArrowsError {
    /// A source file cannot be read; for a module without a file, the first place where it could be.
    #[error("{path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// A source file is not Rust.
    #[error("{path}: {error}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Why.
        error: syn::Error,
    },
    /// A line of a drawing is not `module: other other`, or its module has a line already.
    #[error("line {0} of the drawing is not `module: other other`, or stands twice")]
    Drawing(usize),
}

impl Arrows {
    /// Reads a drawing: lines `module: other other`, in any order; empty lines and those that begin with `#` are left out.
    ///
    /// # Errors
    /// [`ArrowsError::Drawing`].
    pub fn parse(text: &str) -> Result<Self, ArrowsError> {
        let mut arrows = Self::default();
        for (line, row) in (1..).zip(text.lines().map(str::trim)) {
            if row.is_empty() || row.starts_with('#') {
                continue;
            }
            let (from, others) = row.split_once(':').ok_or(ArrowsError::Drawing(line))?;
            if arrows.0.contains_key(from) {
                return Err(ArrowsError::Drawing(line));
            }
            for to in others.split_whitespace() {
                let file = PathBuf::new();
                arrows.add(from, to, Place { file, line });
            }
        }
        Ok(arrows)
    }

    /// New arrows, then unused ones, then circles among the code's arrows. Nothing if the code is as `drawn`.
    pub fn differences(&self, drawn: &Self) -> Vec<Difference> {
        let new =
            self.all()
                .filter(|(from, to, _)| !drawn.has(from, to))
                .map(|(from, to, place)| Difference::New {
                    from: from.to_owned(),
                    to: to.to_owned(),
                    place: place.clone(),
                });
        let unused =
            drawn
                .all()
                .filter(|(from, to, _)| !self.has(from, to))
                .map(|(from, to, _)| Difference::Unused {
                    from: from.to_owned(),
                    to: to.to_owned(),
                });
        let circles = self.circles().into_iter().map(Difference::Circle);
        new.chain(unused).chain(circles).collect()
    }

    /// The shortest circle through each arrow that lies on one, each circle once, beginning with its first module by name.
    pub fn circles(&self) -> BTreeSet<Vec<String>> {
        self.all()
            .filter_map(|(from, to, _)| {
                let mut circle = self.way(to, from)?;
                let first = circle.iter().enumerate().min_by_key(|(_, name)| *name);
                let at = first.map_or(0, |(at, _)| at);
                circle.rotate_left(at);
                Some(circle.into_iter().map(str::to_owned).collect())
            })
            .collect()
    }

    pub(crate) fn add(&mut self, from: &str, to: &str, place: Place) {
        if from != to {
            self.0
                .entry(from.to_owned())
                .or_default()
                .entry(to.to_owned())
                .or_insert(place);
        }
    }

    fn all(&self) -> impl Iterator<Item = (&str, &str, &Place)> {
        self.0.iter().flat_map(|(from, known)| {
            known
                .iter()
                .map(move |(to, place)| (from.as_str(), to.as_str(), place))
        })
    }

    fn has(&self, from: &str, to: &str) -> bool {
        self.0.get(from).is_some_and(|known| known.contains_key(to))
    }

    /// The modules on a shortest way from `start` to `end`, both included.
    fn way<'a>(&'a self, start: &'a str, end: &str) -> Option<Vec<&'a str>> {
        let mut ways = VecDeque::from([vec![start]]);
        let mut seen = BTreeSet::from([start]);
        while let Some(way) = ways.pop_front() {
            let last = *way.last()?;
            if last == end {
                return Some(way);
            }
            for next in self.0.get(last).into_iter().flat_map(BTreeMap::keys) {
                if seen.insert(next) {
                    ways.push_back([way.as_slice(), &[next]].concat());
                }
            }
        }
        None
    }
}

impl fmt::Display for Arrows {
    /// As a drawing that [`Arrows::parse`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (from, known) in &self.0 {
            write!(f, "{from}:")?;
            for to in known.keys() {
                write!(f, " {to}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New { from, to, place } => {
                let file = place.file.display();
                write!(f, "{file}:{}: {from} now knows {to}", place.line)
            }
            Self::Unused { from, to } => write!(f, "{from} does not know {to}, as is drawn"),
            Self::Circle(modules) => write!(f, "a circle: {}", modules.join(" → ")),
        }
    }
}
