//! Icons drawn for this service, on a grid of 24. They are decoration: a word always stands beside them.

use maud::{Markup, html};

/// An icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    /// To the page before.
    Previous,
    /// To the next page.
    Next,
    /// Done, in order.
    Check,
    /// Look for something.
    Search,
    /// Something to take home.
    Download,
    /// Printed on paper.
    Print,
    /// Sealed: only the scrutineers together can open it.
    Lock,
    /// A public entry that cannot be changed.
    Seal,
    /// A place.
    Place,
    /// People who support something.
    People,
    /// Residents say what is needed.
    Propose,
    /// A ballot goes into the box.
    Vote,
    /// Something is being built.
    Build,
    /// Somebody says how good it is.
    Judge,
}

impl Icon {
    /// All icons.
    pub const ALL: [Self; 14] = [
        Self::Previous,
        Self::Next,
        Self::Check,
        Self::Search,
        Self::Download,
        Self::Print,
        Self::Lock,
        Self::Seal,
        Self::Place,
        Self::People,
        Self::Propose,
        Self::Vote,
        Self::Build,
        Self::Judge,
    ];

    const fn path(self) -> &'static str {
        match self {
            Self::Previous => "M15 5l-7 7 7 7",
            Self::Next => "M9 5l7 7-7 7",
            Self::Check => "M4.5 12.5l5 5L19.5 7",
            Self::Search => "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5L20 20",
            Self::Download => "M12 4v11M7 10.5l5 5 5-5M4.5 20h15",
            Self::Print => "M7 9V4h10v5M7 17H4.5V9h15v8H17M7 14h10v6H7z",
            Self::Lock => "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
            Self::Seal => "M5 5h14v14H5zM8.5 9h7M8.5 12h7M8.5 15h4",
            Self::Place => {
                "M12 21s7-6.2 7-11.2A7 7 0 0 0 5 9.8C5 14.8 12 21 12 21zM12 7.2a2.6 2.6 0 1 1 0 5.2 2.6 2.6 0 0 1 0-5.2z"
            }
            Self::Propose => "M4 5h16v11H11l-4.5 4v-4H4zM8 9h8M8 12h5",
            Self::Vote => "M4 13h16v7H4zM8.5 13V4h7v9M10 16.5h4M10.5 8l1.2 1.2L14 7",
            Self::Build => "M4 20h16M6 20V10l6-5 6 5v10M10 20v-5h4v5",
            Self::Judge => "M12 3.8l2.5 5.2 5.7.8-4.1 4 1 5.7L12 16.8l-5.1 2.7 1-5.7-4.1-4 5.7-.8z",
            Self::People => {
                "M9 5a3.2 3.2 0 1 1 0 6.4A3.2 3.2 0 0 1 9 5zM2.8 19.5c.4-3.6 2.7-5.6 6.2-5.6s5.8 2 6.2 5.6M15.5 5.3a3.2 3.2 0 0 1 0 5.8M17.3 14.4c2.3.6 3.6 2.3 3.9 5.1"
            }
        }
    }
}

/// The icon's drawing.
pub fn icon(icon: Icon) -> Markup {
    html! {
        svg.icon viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="2"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false" {
            path d=(icon.path()) {}
        }
    }
}

/// The service's mark: a vermilion seal with a tick.
pub fn mark() -> Markup {
    html! {
        svg width="30" height="30" viewBox="0 0 32 32" aria-hidden="true" focusable="false" {
            rect width="32" height="32" rx="6" fill="#b23a1c" {}
            rect x="3.5" y="3.5" width="25" height="25" rx="3" fill="none" stroke="#f6dcd0" stroke-width="1.2" {}
            path d="M9 16.6l5 5L23.5 11" fill="none" stroke="#ffffff" stroke-width="3.4"
                stroke-linecap="round" stroke-linejoin="round" {}
        }
    }
}
