//! What was typed into the one field of a code, where people sign in and unlock: by its length it is known which of the two it is.

use kinfold_service::{emergency::EmergencyCredentials, sign_in::Credentials};
use kinfold_token::EmergencyCode;

use super::{
    clues::Problems,
    fields::Fields,
    sign_in::{NEXT_CODE, NO_CODE, read_code, read_pin},
};

/// A PIN, and either kind of code.
pub(super) enum TypedCode {
    /// As a token shows it.
    Token(Credentials),
    /// From a sheet of emergency codes.
    Emergency(EmergencyCredentials),
}

impl TypedCode {
    /// Reads the fields `pin` and `code`.
    pub(super) fn read(fields: &Fields, problems: &mut Problems) -> Option<Self> {
        let pin = read_pin(fields).map_err(|text| problems.add("pin", text)).ok();
        if let Ok(code) = fields.text("code").parse::<EmergencyCode>() {
            return Some(Self::Emergency(EmergencyCredentials { pin: pin?, code }));
        }
        let wrong = |_| match fields.text("code") {
            "" => problems.add("code", NO_CODE),
            _ => problems.add("code", "A code has 6 or 8 digits, an emergency code 20"),
        };
        let code = read_code(fields, "code").map_err(wrong).ok();
        Some(Self::Token(Credentials { pin: pin?, code: code? }))
    }

    /// What to do when it opened nothing.
    pub(super) const fn hint(&self) -> &'static str {
        match self {
            Self::Token(_) => NEXT_CODE,
            Self::Emergency(_) => {
                " Compare it with your sheet, or use a code that is not crossed out."
            }
        }
    }
}
