//! The query of a page's address. A link never fails: people pass it on shortened, twice pasted, with what other programs
//! have put into it.

use super::routes::Site;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::convert::Infallible;

/// What the address names: of a repeated name the first, of a value that is none of its kind nothing, of an unknown name
/// nothing. For pages; what programs ask for is read strictly.
#[derive(Debug, Clone, Copy, Default)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Default> FromRequestParts<Site> for Query<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Infallible> {
        Ok(Self(read(parts.uri.query().unwrap_or_default())))
    }
}

fn read<T: DeserializeOwned + Default>(query: &str) -> T {
    let pairs: Vec<(String, String)> = serde_html_form::from_str(query).unwrap_or_default();
    let mut first = BTreeMap::new();
    for (name, value) in pairs {
        first.entry(name).or_insert(value);
    }
    let parse = |pairs: &BTreeMap<String, String>| {
        let text = serde_html_form::to_string(pairs).ok()?;
        serde_html_form::from_str::<T>(&text).ok()
    };
    first.retain(|name, value| {
        let alone = BTreeMap::from([(name.clone(), value.clone())]);
        parse(&alone).is_some()
    });
    parse(&first).unwrap_or_default()
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
}
