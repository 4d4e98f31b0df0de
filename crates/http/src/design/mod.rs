//! The look of the pages: NHS England's design system, rendered by its own component templates.
//!
//! Two template environments meet here. Ours holds the pages (`templates/*.html`) and is strict: a misspelt variable is
//! an error. Theirs holds the components, which rely on unknown variables being empty. A page reaches a component
//! through one function:
//!
//! ```html
//! {{ nhs("button", {"text": "Check", "variant": "secondary"}) }}
//! ```
//!
//! What a component surrounds may follow as a third argument. Calls whose parameters are literals cost nothing
//! (`fixed`); others take 5 µs (a tag) to 400 µs (a date input), so a page that must be fast writes its
//! lists as HTML with the design system's classes. A parameter that is `none` counts as not given. An undefined one is an error, and so is, in debug builds and
//! therefore in every test, one whose name the component's documentation does not know: the components themselves
//! would pass over both in silence.

mod assets;
mod attributes;
mod components;
mod filters;
mod fixed;
mod frame;
mod pages;
#[cfg(debug_assertions)]
mod parameters;

pub use assets::{Asset, asset, asset_url};
pub use frame::{Account, Frame, Link};
pub use pages::{DesignError, Pages};

/// What `build.rs` found: assets, templates, the components' parameters.
mod embedded {
    include!(concat!(env!("OUT_DIR"), "/design.rs"));
}
