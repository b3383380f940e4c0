//! Fields of forms, and what is wrong with them.

use crate::web::locale::Locale;
use domain::infra::field_errors::{FieldError, FieldErrors};
use maud::{Markup, html};

/// A labelled field of a form.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// The name as sent; the label's translation is `field-<name>`, a hint's `hint-<name>` where there is one.
    pub name: &'static str,
    /// What was typed.
    pub value: &'a str,
    /// What is wrong.
    pub errors: &'a FieldErrors,
    /// Whether it must be filled in.
    pub required: bool,
}

impl Field<'_> {
    fn id(&self) -> String {
        format!("field-{}", self.name)
    }

    fn described_by(&self) -> Option<String> {
        let hint =
            Locale::is_known(&format!("hint-{}", self.name)).then(|| format!("hint-{}", self.name));
        let error = self
            .errors
            .of(self.name)
            .map(|_| format!("error-{}", self.name));
        match (hint, error) {
            (Some(hint), Some(error)) => Some(format!("{hint} {error}")),
            (hint, error) => hint.or(error),
        }
    }

    fn frame(&self, locale: &Locale, control: &Markup) -> Markup {
        let hint = format!("hint-{}", self.name);
        html! {
            div.field.field-invalid[self.errors.of(self.name).is_some()] {
                label for=(self.id()) {
                    (locale.text(&format!("field-{}", self.name)))
                    @if !self.required { " " span.optional { (locale.text("optional")) } }
                }
                @if Locale::is_known(&hint) { p.hint id=(hint) { (locale.text(&hint)) } }
                (control)
                @if let Some(error) = self.errors.of(self.name) {
                    p.field-error id={ "error-" (self.name) } { (error_text(locale, error)) }
                }
            }
        }
    }

    /// One line of text; `kind` is the input's type, `autocomplete` its purpose (HTML 4.10.18.7) or `off`.
    pub fn input(&self, locale: &Locale, kind: &str, autocomplete: &str) -> Markup {
        self.frame(locale, &html! {
            input type=(kind) id=(self.id()) name=(self.name) value=(self.value) required[self.required]
                autocomplete=(autocomplete) inputmode=[(autocomplete == "one-time-code").then_some("numeric")]
                aria-describedby=[self.described_by()]
                aria-invalid=[self.errors.of(self.name).map(|_| "true")];
        })
    }

    /// A file, of the kinds that `accept` lists (HTML 4.10.5.1.17).
    pub fn file(&self, locale: &Locale, accept: &str) -> Markup {
        self.frame(locale, &html! {
            input type="file" id=(self.id()) name=(self.name) accept=(accept) required[self.required]
                aria-describedby=[self.described_by()]
                aria-invalid=[self.errors.of(self.name).map(|_| "true")];
        })
    }

    /// Several lines of text.
    pub fn textarea(&self, locale: &Locale, rows: u32) -> Markup {
        self.frame(
            locale,
            &html! {
                textarea id=(self.id()) name=(self.name) rows=(rows) required[self.required]
                    aria-describedby=[self.described_by()]
                    aria-invalid=[self.errors.of(self.name).map(|_| "true")] { (self.value) }
            },
        )
    }

    /// A choice from a list of (value, shown text).
    pub fn select(&self, locale: &Locale, options: &[(String, String)]) -> Markup {
        self.frame(
            locale,
            &html! {
                select id=(self.id()) name=(self.name) required[self.required]
                    aria-describedby=[self.described_by()]
                    aria-invalid=[self.errors.of(self.name).map(|_| "true")] {
                    option value="" { (locale.text("choose")) }
                    @for (value, text) in options {
                        option value=(value) selected[value == self.value] { (text) }
                    }
                }
            },
        )
    }
}

/// The message of a wrong field.
pub fn error_text(locale: &Locale, error: &FieldError) -> String {
    let limit = error.limit.unwrap_or_default();
    locale.text_with(&format!("error-{}", error.code), &[("limit", limit.into())])
}

/// What is wrong with a form, first in its page and in the page's order, each with a link to its field. The browser puts
/// the focus on it.
pub(in crate::web) fn error_summary(locale: &Locale, errors: &FieldErrors) -> Markup {
    let line = |field: &str, error: &FieldError| {
        locale.labelled(
            &locale.text(&format!("field-{field}")),
            &error_text(locale, error),
        )
    };
    html! {
        div.error-summary role="alert" tabindex="-1" autofocus {
            p.error-summary-title { (locale.text_with("form-has-errors", &[("count", errors.iter().count().into())])) }
            ul {
                @for (field, error) in errors.iter() {
                    li { a href={ "#field-" (field) } { (line(field, error)) } }
                }
            }
        }
    }
}
