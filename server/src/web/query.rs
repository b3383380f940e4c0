//! The query of an address. A page's link never fails: people pass it on shortened, twice pasted, with what other programs
//! have put into it. Of a program it is taken at its word: what is wrong in it is named, so that no typing error gets the whole list.

use super::http_error::HttpError;
use super::routes::Site;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::convert::Infallible;

/// What the address names: of a repeated name the first, of a value that is none of its kind nothing, of an unknown name
/// nothing. For pages; what programs ask for is read by [`Parameters`].
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Default> FromRequestParts<Site> for Query<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Infallible> {
        Ok(Self(read(parts.uri.query().unwrap_or_default())))
    }
}

/// What a program asks for: each parameter once and of its kind, or the refusal that names it; an empty one is none. That no other is there, the
/// route's guard has seen ([`names_only`]).
#[derive(Debug, Clone, Copy, Default)]
pub struct Parameters<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Site> for Parameters<T> {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, HttpError> {
        take(parts.uri.query().unwrap_or_default()).map(Self)
    }
}

/// A parameter that is none of its kind.
pub fn malformed(name: impl Into<Cow<'static, str>>) -> HttpError {
    HttpError::invalid(name, "parameter-malformed")
}

/// Refuses a query with a name that is none of these.
pub fn names_only(query: Option<&str>, known: &[&str]) -> Result<(), HttpError> {
    let other = pairs(query.unwrap_or_default())
        .into_iter()
        .find(|(name, _)| !known.contains(&name.as_str()));
    match other {
        Some((name, _)) => Err(HttpError::invalid(name, "parameter-unknown")),
        None => Ok(()),
    }
}

fn take<T: DeserializeOwned>(query: &str) -> Result<T, HttpError> {
    let mut seen = BTreeMap::new();
    for (name, value) in pairs(query) {
        if seen.contains_key(&name) {
            return Err(HttpError::invalid(name, "parameter-repeated"));
        }
        if !is_of_its_kind::<T>(&name, &value) {
            return Err(malformed(name));
        }
        seen.insert(name, value);
    }
    parse(&seen).ok_or_else(|| malformed("query"))
}

fn read<T: DeserializeOwned + Default>(query: &str) -> T {
    let mut first = BTreeMap::new();
    for (name, value) in pairs(query) {
        first.entry(name).or_insert(value);
    }
    first.retain(|name, value| is_of_its_kind::<T>(name, value));
    parse(&first).unwrap_or_default()
}

fn pairs(query: &str) -> Vec<(String, String)> {
    serde_html_form::from_str(query).unwrap_or_default()
}

fn parse<T: DeserializeOwned>(pairs: &BTreeMap<String, String>) -> Option<T> {
    let text = serde_html_form::to_string(pairs).ok()?;
    serde_html_form::from_str(&text).ok()
}

fn is_of_its_kind<T: DeserializeOwned>(name: &str, value: &str) -> bool {
    let alone = BTreeMap::from([(name.to_owned(), value.to_owned())]);
    parse::<T>(&alone).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Default, PartialEq, Eq, Deserialize)]
    #[serde(default)]
    struct Wanted {
        q: String,
        page: Option<usize>,
    }

    #[test]
    fn a_link_that_came_back_a_little_changed_means_what_it_meant() {
        let wanted = |q: &str, page| Wanted {
            q: q.to_owned(),
            page,
        };
        for (query, meant) in [
            ("q=路灯&page=2", wanted("路灯", Some(2))),
            ("q=a&q=b&page=1&page=2", wanted("a", Some(1))),
            ("q=a&page=abc", wanted("a", None)),
            ("page=-1&q=a", wanted("a", None)),
            ("q=a&from=singlemessage&isappinstalled=0", wanted("a", None)),
            ("", wanted("", None)),
            ("&&=&%", wanted("", None)),
        ] {
            assert_eq!(read::<Wanted>(query), meant, "{query}");
        }
    }

    #[test]
    fn a_program_is_told_which_parameter_is_wrong() {
        let told = |query: &str| {
            let known = names_only(Some(query), &["q", "page"]);
            match known.and_then(|()| take::<Wanted>(query)) {
                Ok(wanted) => format!("{} {:?}", wanted.q, wanted.page),
                Err(HttpError::Invalid { field, code }) => format!("{field}: {code}"),
                Err(other) => panic!("{other:?}"),
            }
        };
        for (query, answer) in [
            ("q=%E8%B7%AF&page=2", "路 Some(2)"),
            ("", " None"),
            ("page=abc", "page: parameter-malformed"),
            ("q=a&page=", "a None"),
            ("page=-1", "page: parameter-malformed"),
            ("page=1&page=1", "page: parameter-repeated"),
            ("q=a&pages=1", "pages: parameter-unknown"),
            ("Page=1", "Page: parameter-unknown"),
            ("q=a&=", ": parameter-unknown"),
        ] {
            assert_eq!(told(query), answer, "{query}");
        }
    }
}
