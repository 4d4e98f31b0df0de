//! What takes two named people: whoever is at the page, and a second person, each with PIN and a fresh code.

use kinfold_domain::UserName;
use kinfold_service::tokens::{TokenError, Witnesses};
use kinfold_token::{Code, Pin};

use super::{
    clues::Problems,
    fields::Fields,
    session::Open,
    sign_in::{read_code, read_pin, read_user_name},
    site::Site,
};

/// What the two typed.
pub(super) struct Typed {
    own: (Pin, Code),
    second: (UserName, Pin, Code),
}

/// Reads the part of a form that the two fill in.
pub(super) fn read(fields: &Fields, problems: &mut Problems) -> Option<Typed> {
    let pin = read_pin(fields).map_err(|text| problems.add("pin", text)).ok();
    let code = read_code(fields, "code").map_err(|text| problems.add("code", text)).ok();
    let user = read_user_name(fields).map_err(|text| problems.add("user_name", text)).ok();
    let second_pin = fields.text("second_pin").parse().ok();
    if second_pin.is_none() {
        problems.add("second_pin", "The second person enters their PIN, 6 to 16 digits");
    }
    let second = read_code(fields, "second_code");
    let second = second.map_err(|text| problems.add("second_code", text)).ok();
    Some(Typed { own: (pin?, code?), second: (user?, second_pin?, second?) })
}

impl Typed {
    /// Makes sure of both.
    pub(super) async fn vouch(self, site: &Site, open: &Open) -> Result<Witnesses, TokenError> {
        let Self { own: (pin, code), second: (second, second_pin, second_code) } = self;
        let (inventory, here) =
            (&site.services.inventory, site.services.sign_in.place_of(&open.caller));
        let first = (&open.caller.employee().user_name, pin, code);
        inventory.witnesses(here, first, (&second, second_pin, second_code)).await
    }
}
