//! How a cycle's projects stand in each district (乡镇、街道): a strip of links that also narrow the list of projects down.

use crate::web::components::{LightColour, light_mark};
use crate::web::cycle_path::CycleHeading;
use crate::web::http_error::url_encode;
use crate::web::visit::Visit;
use domain::projects::DistrictLights;
use maud::{Markup, html};

/// The district that the visitor has said to live in comes first, then the selected one, which is marked, then the others in
/// their order.
pub fn lamp_strip(
    visit: &Visit,
    heading: &CycleHeading,
    districts: &[DistrictLights],
    selected: Option<&str>,
) -> Markup {
    let locale = visit.locale;
    let path = format!("{}/projects", heading.path());
    let is_home = |one: &DistrictLights| visit.district.as_ref() == Some(&one.district);
    let mut listed: Vec<&DistrictLights> = districts.iter().collect();
    let is_selected = |one: &DistrictLights| selected == Some(one.district.as_str());
    listed.sort_by_key(|one| (!is_home(one), !is_selected(one)));
    html! {
        @if !listed.is_empty() {
            nav.lamp-strip aria-label=(locale.text("lamp-strip")) {
                ul {
                    @if selected.is_some() {
                        li { a href=(path) { span.lamp-town { (locale.text("lamp-strip-all")) } } }
                    }
                    @for one in listed {
                        li { a href={ (path) "?district=" (url_encode(&one.district)) }
                            aria-current=[is_selected(one).then_some("true")] {
                            span.lamp-town {
                                (one.district)
                                @if is_home(one) { " " span.lamp-home { (locale.text("lamp-strip-home")) } }
                            }
                            span.lamp-counts { (lights(visit, one)) }
                        } }
                    }
                }
            }
        }
    }
}

/// The worst first: a mark, how many, and the word.
fn lights(visit: &Visit, district: &DistrictLights) -> Markup {
    html! {
        @for (colour, count) in &district.lights {
            @let colour = LightColour::from(*colour);
            span.light .(colour.name()) {
                (light_mark(colour)) (count)
                " " span.lamp-word { (visit.locale.text(&format!("lamp-{}", colour.name()))) }
            }
            " "
        }
    }
}
