//! The districts (乡镇、街道) that a candidate or project serves, in words.

use crate::web::locale::Locale;
use domain::cycles::JurisdictionKind;

/// How many names a line has room for.
const SHOWN: usize = 3;

/// All of them; where it serves the whole jurisdiction, that.
pub fn served(locale: &Locale, kind: JurisdictionKind, districts: &[String]) -> String {
    if districts.is_empty() {
        locale.text(&format!("whole-{}", kind.name()))
    } else {
        locale.list(districts)
    }
}

/// The same for a line in a list: the first of many, `wanted` before all, and how many there are.
pub fn served_in_short(
    locale: &Locale,
    kind: JurisdictionKind,
    districts: &[String],
    wanted: Option<&str>,
) -> String {
    if districts.len() <= SHOWN {
        return served(locale, kind, districts);
    }
    let mut names = districts.to_vec();
    names.sort_by_key(|name| Some(name.as_str()) != wanted);
    names.truncate(if wanted.is_some() { 1 } else { SHOWN });
    locale.text_with(
        "districts-and-more",
        &[
            ("shown", locale.list(&names).into()),
            ("count", districts.len().into()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_named_by_the_district_that_is_asked_for_and_its_length() {
        let locale = Locale::default_locale();
        let of = |names: &[&str], wanted| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            served_in_short(locale, JurisdictionKind::County, &names, wanted)
        };
        let many = ["城关", "稻香镇", "石桥镇", "柳湾镇"];
        assert_eq!(of(&many, None), "城关、稻香镇、石桥镇等 4 个乡镇（街道）");
        assert_eq!(of(&many, Some("柳湾镇")), "柳湾镇等 4 个乡镇（街道）");
        assert_eq!(of(&many[..2], Some("柳湾镇")), "城关、稻香镇");
        assert_eq!(of(&[], None), "全县（区）");
    }
}
