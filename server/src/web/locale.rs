//! Languages: Fluent files in `i18n/<language>/`. Adding a language is adding a folder; nothing here changes.

use super::limits::limits;
use domain::cycles::settings::{Bilingual, DecidingBody};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use unic_langid::LanguageIdentifier;

#[derive(RustEmbed)]
#[folder = "i18n"]
struct Files;

/// The language that is shown where nothing else is asked for.
const DEFAULT: &str = "zh-CN";

static LOCALES: LazyLock<BTreeMap<String, Locale>> = LazyLock::new(load_all);

thread_local! {
    /// Every text knows them.
    static LIMITS: FluentArgs<'static> = limits();
}

/// One language.
pub struct Locale {
    code: String,
    bundle: FluentBundle<FluentResource>,
}

impl Locale {
    /// All languages there are, by code.
    pub fn all() -> impl Iterator<Item = &'static Self> {
        LOCALES.values()
    }

    /// The language of this code.
    pub fn find(code: &str) -> Option<&'static Self> {
        LOCALES.get(code)
    }

    /// Chinese, as a congress office writes it.
    ///
    /// # Panics
    /// Where the program was built without its translations, which a test rules out.
    #[expect(
        clippy::expect_used,
        reason = "embedded at build time; a test opens it"
    )]
    pub fn default_locale() -> &'static Self {
        Self::find(DEFAULT).expect("the Chinese translation is part of the program")
    }

    /// The language chosen by cookie, else the first acceptable one of the browser, else Chinese.
    pub fn choose(cookie: Option<&str>, accept_language: Option<&str>) -> &'static Self {
        cookie
            .and_then(Self::find)
            .or_else(|| accept_language.and_then(Self::accepted))
            .unwrap_or_else(Self::default_locale)
    }

    /// The language of an `Accept-Language` header (RFC 9110 section 12.5.4) that there is and is preferred; of equals
    /// the first.
    fn accepted(header: &str) -> Option<&'static Self> {
        let mut ranges: Vec<(LanguageIdentifier, f32)> = header
            .split(',')
            .filter_map(|range| {
                let (tag, weight) = range.split_once(';').unwrap_or((range, "q=1"));
                let weight = weight.trim().strip_prefix("q=")?.trim().parse().ok()?;
                Some((tag.trim().parse().ok()?, weight))
            })
            .filter(|(_, weight)| *weight > 0.0)
            .collect();
        ranges.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        ranges.iter().find_map(|(wanted, _)| {
            Self::all().find(|locale| {
                locale
                    .code
                    .parse::<LanguageIdentifier>()
                    .is_ok_and(|here| here.language == wanted.language)
            })
        })
    }

    /// Whether the key is in the Chinese translation (so a cookie cannot make a page show anything else).
    pub fn is_known(key: &str) -> bool {
        Self::default_locale().bundle.has_message(key)
    }

    /// The language's code for the page's `lang`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Whether the language counts in ten thousands (万) and hundred millions (亿).
    pub fn counts_in_wan(&self) -> bool {
        self.code != "en"
    }

    /// Words of a jurisdiction's settings in this language; in Chinese where it is neither of theirs.
    pub fn of<'a>(&self, words: &'a Bilingual) -> &'a str {
        match self.code.as_str() {
            "en" => words.en.as_str(),
            _ => words.zh.as_str(),
        }
    }

    /// A text about a jurisdiction's deciding body: `$body`, `$members`, `$office` and `$confirmed_by` (or `none`) are
    /// what its settings call them.
    pub fn text_about(&self, key: &str, body: &DecidingBody) -> String {
        let confirmed_by = body.confirmed_by.as_ref().map_or("none", |by| self.of(by));
        self.text_with(
            key,
            &[
                ("body", self.of(&body.title).into()),
                ("members", self.of(&body.members).into()),
                ("office", self.of(&body.office).into()),
                ("confirmed_by", confirmed_by.into()),
            ],
        )
    }

    /// The text of a key.
    pub fn text(&self, key: &str) -> String {
        LIMITS.with(|limits| self.format(key, limits))
    }

    /// The text of a key with its arguments: `locale.text_with("votes", &[("count", 7.into())])`.
    pub fn text_with(&self, key: &str, values: &[(&str, FluentValue<'_>)]) -> String {
        let mut args: FluentArgs<'_> = limits();
        for (name, value) in values {
            args.set(*name, value.clone());
        }
        self.format(key, &args)
    }

    /// A count as people read it: a comma before each three digits.
    pub fn number(&self, number: i64) -> String {
        let digits = number.unsigned_abs().to_string();
        let mut grouped = String::from(if number < 0 { "-" } else { "" });
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped
    }

    /// Names one after the other, with the mark that the language puts between them.
    pub fn list(&self, names: &[String]) -> String {
        names.join(&self.text("list-separator"))
    }

    /// A text behind its label, with the mark that the language puts between them.
    pub fn labelled(&self, label: &str, text: &str) -> String {
        self.text_with(
            "labelled",
            &[("label", label.into()), ("text", text.into())],
        )
    }

    /// A missing text falls back to Chinese, then to its key; a test rules out both.
    fn format(&self, key: &str, args: &FluentArgs<'_>) -> String {
        let Some(pattern) = self
            .bundle
            .get_message(key)
            .and_then(|message| message.value())
        else {
            return if self.code == DEFAULT {
                #[cfg(test)]
                return format!("{}{key}", super::lint::MISSING);
                #[cfg(not(test))]
                key.to_owned()
            } else {
                Self::default_locale().format(key, args)
            };
        };
        let mut errors = Vec::new();
        let text = self.bundle.format_pattern(pattern, Some(args), &mut errors);
        if !errors.is_empty() {
            tracing::warn!(key, ?errors, "a translation could not be filled in");
        }
        text.into_owned()
    }
}

impl std::fmt::Debug for Locale {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Locale({})", self.code)
    }
}

fn load_all() -> BTreeMap<String, Locale> {
    let mut locales = BTreeMap::new();
    for path in Files::iter() {
        let Some((code, _)) = path.split_once('/') else {
            continue;
        };
        let Some(resource) = read(&path) else {
            continue;
        };
        let locale = locales
            .entry(code.to_owned())
            .or_insert_with(|| empty(code));
        if let Err(errors) = locale.bundle.add_resource(resource) {
            tracing::error!(%path, ?errors, "a translation key stands twice");
        }
    }
    locales
}

fn empty(code: &str) -> Locale {
    let language = code.parse().unwrap_or_default();
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Isolation marks (U+2068) around values confuse copying, searching and tests; our texts never mix directions.
    bundle.set_use_isolating(false);
    Locale {
        code: code.to_owned(),
        bundle,
    }
}

fn read(path: &str) -> Option<FluentResource> {
    let file = Files::get(path)?;
    let text = String::from_utf8(file.data.into_owned()).ok()?;
    match FluentResource::try_new(text) {
        Ok(resource) => Some(resource),
        Err((resource, errors)) => {
            tracing::error!(%path, ?errors, "a translation file has errors");
            Some(resource)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn the_language_that_a_browser_prefers_is_chosen_by_weight_not_by_place() {
        for (header, code) in [
            ("en;q=0.1, zh;q=0.9", "zh-CN"),
            ("de, zh;q=0.1, en;q=0.9", "en"),
            ("en-GB,en;q=0.9", "en"),
            ("zh-TW", "zh-CN"),
            ("en;q=0", "zh-CN"),
            ("de, fr;q=x", "zh-CN"),
        ] {
            assert_eq!(Locale::choose(None, Some(header)).code(), code, "{header}");
        }
    }

    fn keys(code: &str) -> BTreeMap<String, String> {
        let mut keys = BTreeMap::new();
        for path in Files::iter().filter(|path| path.starts_with(&format!("{code}/"))) {
            let text = String::from_utf8(Files::get(&path).unwrap().data.into_owned()).unwrap();
            let resource = FluentResource::try_new(text)
                .unwrap_or_else(|(_, errors)| panic!("{path}: {errors:?}"));
            for entry in resource.entries() {
                if let fluent_syntax::ast::Entry::Message(message) = entry {
                    let id = message.id.name.to_owned();
                    let before = keys.insert(id.clone(), path.to_string());
                    assert_eq!(before, None, "{id} stands twice in {code}");
                }
            }
        }
        keys
    }

    #[test]
    fn every_language_has_exactly_the_keys_of_chinese() {
        let chinese: BTreeSet<String> = keys(DEFAULT).into_keys().collect();
        assert!(!chinese.is_empty());
        for locale in Locale::all() {
            let here: BTreeSet<String> = keys(locale.code()).into_keys().collect();
            assert_eq!(chinese, here, "in {}", locale.code());
        }
    }

    #[test]
    fn the_browser_s_first_known_language_is_chosen_and_a_cookie_goes_before_it() {
        assert_eq!(
            Locale::choose(None, Some("fr, en-GB;q=0.8, zh;q=0.5")).code(),
            "en"
        );
        assert_eq!(Locale::choose(None, Some("fr")).code(), "zh-CN");
        assert_eq!(Locale::choose(Some("zh-CN"), Some("en")).code(), "zh-CN");
    }
}
