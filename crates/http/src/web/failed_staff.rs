//! What is told when something of accounts, tokens and ways in does not happen.

use kinfold_service::{
    emergency::EmergencyError,
    oidc::{LinkError, OutsideError},
    passkeys::PasskeyError,
    sign_in::{PinError, SignInError},
    staff::StaffError,
    tokens::TokenError,
};

use super::told::Told;

/// What can go wrong with a token.
pub(super) fn token(error: &TokenError) -> Told {
    match error {
        TokenError::Ledger(error) => Told::ledger(error),
        TokenError::Store(_) | TokenError::Session(_) => {
            Told::broken("What this node keeps could not be read or written.")
        }
        TokenError::Secret => Told::broken("A token's secret could not be made ready."),
        TokenError::Unknown(_)
        | TokenError::NoAccount
        | TokenError::NotNow(_)
        | TokenError::NobodyHolds
        | TokenError::Changed
        | TokenError::NotLost
        | TokenError::HasAnother
        | TokenError::NotLocked
        | TokenError::NotTwoPeople
        | TokenError::NotVouched { .. }
        | TokenError::Shift
        | TokenError::WrongOrder
        | TokenError::Ordered
        | TokenError::NoOrder
        | TokenError::File(_) => Told::token_unchanged(&error.to_string()),
    }
}

/// What can go wrong with an account.
pub(super) fn staff(error: &StaffError) -> Told {
    match error {
        StaffError::Ledger(error) => Told::ledger(error),
        StaffError::Token(error) => token(error),
        StaffError::Passkey(error) => passkey(error),
        StaffError::Emergency(error) => emergency(error),
        StaffError::Link(error) => link(error),
        StaffError::Store(_) | StaffError::Session(_) => {
            Told::broken("What this node keeps could not be read or written.")
        }
        StaffError::Pin => Told::broken("A PIN could not be kept safely."),
        StaffError::Taken
        | StaffError::NoAccount
        | StaffError::NotLeft
        | StaffError::Oneself
        | StaffError::Unnamed
        | StaffError::NotIts { .. }
        | StaffError::UnknownRole { .. } => Told::account_unchanged(&error.to_string()),
    }
}

/// What can go wrong with one's own PIN, where the form cannot say it.
pub(super) fn pin(error: &PinError) -> Told {
    match error {
        PinError::Ledger(error) => Told::ledger(error),
        PinError::Session(_) | PinError::NotProved(_) | PinError::Same => Told::signed_out(),
        PinError::Hash => Told::broken("The PIN could not be kept safely."),
        PinError::Store(_) => Told::broken("What this node keeps could not be read or written."),
    }
}

/// What can go wrong with a passkey.
pub(super) fn passkey(error: &PasskeyError) -> Told {
    match error {
        PasskeyError::Ledger(error) | PasskeyError::SignIn(SignInError::Ledger(error)) => {
            Told::ledger(error)
        }
        PasskeyError::Store(_) | PasskeyError::SignIn(SignInError::Store(_)) => {
            Told::broken("What this node keeps could not be read or written.")
        }
        PasskeyError::SignIn(SignInError::NoSession) => Told::signed_out(),
        PasskeyError::SignIn(error) => Told::not_let_in(error),
        PasskeyError::NotHere
        | PasskeyError::Refused
        | PasskeyError::Over
        | PasskeyError::Wait { .. }
        | PasskeyError::Locked
        | PasskeyError::Unnamed
        | PasskeyError::TooMany
        | PasskeyError::OneShift
        | PasskeyError::NotAdded
        | PasskeyError::Unknown
        | PasskeyError::NoAccount => Told::passkey_unused(&error.to_string()),
    }
}

/// What can go wrong with emergency codes.
pub(super) fn emergency(error: &EmergencyError) -> Told {
    match error {
        EmergencyError::Ledger(error) | EmergencyError::SignIn(SignInError::Ledger(error)) => {
            Told::ledger(error)
        }
        EmergencyError::Store(_) | EmergencyError::SignIn(SignInError::Store(_)) => {
            Told::broken("What this node keeps could not be read or written.")
        }
        EmergencyError::SignIn(SignInError::NoSession) => Told::signed_out(),
        EmergencyError::SignIn(error) => Told::not_let_in(error),
        EmergencyError::OneShift
        | EmergencyError::Changed
        | EmergencyError::NoSheet
        | EmergencyError::NoAccount => Told::passkey_unused(&error.to_string()),
    }
}

/// What can go wrong at an identity provider, where the form of the sign-in can't say it.
pub(super) fn outside(error: &OutsideError) -> Told {
    match error {
        OutsideError::Ledger(error) | OutsideError::SignIn(SignInError::Ledger(error)) => {
            Told::ledger(error)
        }
        OutsideError::Store(_) | OutsideError::SignIn(SignInError::Store(_)) => {
            Told::broken("What this node keeps could not be read or written.")
        }
        OutsideError::SignIn(SignInError::NoSession) => Told::signed_out(),
        OutsideError::SignIn(error) => Told::not_let_in(error),
        OutsideError::NotHere
        | OutsideError::Away { .. }
        | OutsideError::Declined { .. }
        | OutsideError::Refused
        | OutsideError::TooWeak { .. }
        | OutsideError::TooOld { .. }
        | OutsideError::NotLinked { .. }
        | OutsideError::Over => Told::passkey_unused(&error.to_string()),
    }
}

/// What can go wrong with a link to an identity provider.
pub(super) fn link(error: &LinkError) -> Told {
    match error {
        LinkError::Ledger(error) => Told::ledger(error),
        LinkError::Store(_) => Told::broken("What this node keeps could not be read or written."),
        LinkError::NoAccount
        | LinkError::Subject
        | LinkError::Taken
        | LinkError::HasAnother
        | LinkError::NotTwoPeople
        | LinkError::Unknown => Told::account_unchanged(&error.to_string()),
    }
}
