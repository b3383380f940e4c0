//! Charts: SVG whose lengths are attributes in per cent (no inline style), each figure also as text.

use crate::web::components::Tone;
use maud::{Markup, html};

/// One bar.
#[derive(Debug, Clone)]
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// Its value, not above the chart's whole.
    pub value: u64,
    /// How it is coloured: [`Tone::Chosen`] for the chosen ones.
    pub tone: Tone,
    /// A word that says what the colour says (e.g. 入选), shown beside the label.
    pub word: Option<String>,
    /// The value that it is measured by (e.g. the majority), as a line across it; what the line says stands under the caption.
    pub line: Option<u64>,
}

/// Horizontal bars of the same whole; `key` says what the bars' lines stand for. Put the same figures into a table beside it.
pub fn bar_chart(caption: &str, whole: u64, bars: &[Bar], key: Option<&str>) -> Markup {
    html! {
        figure.chart {
            figcaption { (caption) }
            @if let Some(text) = key {
                p.chart-key { span {
                    svg width="10" height="14" aria-hidden="true" class="bar-key" {
                        line x1="5" y1="0" x2="5" y2="14" stroke="currentColor" stroke-width="2" {}
                    }
                    (text)
                } }
            }
            @for bar in bars {
                div.bar-row {
                    span { (bar.label) @if let Some(word) = &bar.word { " " (super::badge(bar.tone, word)) } }
                    span.bar-value { (bar.value) }
                    (drawn(bar.value, whole, bar.tone, bar.line))
                }
            }
        }
    }
}

/// How far something is, in whole per cent, with where it should be by plan.
pub fn progress(label: &str, done: u32, planned: Option<u32>, tone: Tone, text: &str) -> Markup {
    html! {
        div.progress {
            p { span { (label) } span.number { (text) } }
            (drawn(done.into(), 100, tone, planned.map(Into::into)))
        }
    }
}

/// The bar itself, hidden from screen readers: the text beside it says the same.
fn drawn(value: u64, whole: u64, tone: Tone, mark: Option<u64>) -> Markup {
    let colour = match tone {
        Tone::Neutral => "fill",
        Tone::Good => "fill good",
        Tone::Warn => "fill warn",
        Tone::Bad => "fill bad",
        Tone::Done => "fill done",
        Tone::Accent => "fill accent",
        Tone::Chosen => "fill chosen",
    };
    html! {
        svg.bar height="14" aria-hidden="true" focusable="false" {
            rect.track width="100%" height="100%" rx="3" {}
            rect class=(colour) width=(percent(value, whole)) height="100%" rx="3" {}
            @if let Some(at) = mark {
                line.mark x1=(percent(at, whole)) x2=(percent(at, whole)) y1="-3" y2="100%" {}
            }
        }
    }
}

/// `value` of `whole` in per cent with one decimal, at most 100.
fn percent(value: u64, whole: u64) -> String {
    let tenths = (u128::from(value) * 1000 / u128::from(whole.max(1))).min(1000);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_never_longer_than_its_whole() {
        assert_eq!(percent(107, 213), "50.2%");
        assert_eq!(percent(5, 0), "100.0%");
        assert_eq!(percent(300, 213), "100.0%");
        assert_eq!(percent(u64::MAX / 2, u64::MAX), "49.9%");
    }
}
