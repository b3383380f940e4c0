//! A project's light.

use crate::web::components::{LightColour, light};
use crate::web::locale::Locale;
use domain::projects::Colour;
use maud::Markup;

/// A light with its word.
pub fn lamp(locale: &Locale, colour: Colour) -> Markup {
    let shown = match colour {
        Colour::Blue => LightColour::Blue,
        Colour::Green => LightColour::Green,
        Colour::Yellow => LightColour::Yellow,
        Colour::Red => LightColour::Red,
    };
    light(locale, shown)
}
