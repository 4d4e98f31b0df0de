//! Signing in at an outside identity provider, for agencies that have one: it makes sure of somebody, and a link says which named employee
//! that is.
//!
//! Nobody is known by a name or an e-mail address: a link is made by two named people, between one account and one subject of one provider.
//! Which question is out, for what and until when is in memory, taken away with the first answer, and bound to the browser that asked.
//! Who is signed in can prove themselves there anew, for what asks for it.

mod back;
mod links;
mod questions;
mod record;
mod sign_in;
mod step_ups;

pub use back::{Brought, Went};
pub use links::{LinkError, LinkLine, Links, LinksParts};
pub use record::LinkWord;
pub use sign_in::{Going, OutsideError, OutsideParts, OutsideSignIn};
pub use step_ups::Waiting;
