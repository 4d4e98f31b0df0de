//! What is said of each thing that can go wrong: what happened, and what to do now.

use std::borrow::Cow;

use axum::http::StatusCode;
use kinfold_service::{
    JournalError, agreements::NoAgreement, audit::WhoError, sign_in::SignInError, staff::EnrolError,
};

/// What the page says.
pub(super) struct Told {
    pub(super) status: StatusCode,
    pub(super) heading: &'static str,
    pub(super) explanation: Cow<'static, str>,
    pub(super) what_to_do: Cow<'static, str>,
    pub(super) link: Option<(&'static str, &'static str)>,
    /// The telephones stand on the page: somebody waits for an answer about a child.
    pub(super) ring: bool,
    /// It is for want of an agreement: who ended it, and why, stands on the page.
    pub(super) agreement: bool,
    /// Somebody has to mend it: it stands in the log, under a reference.
    pub(super) logged: bool,
}

impl Told {
    fn new(
        status: StatusCode,
        heading: &'static str,
        explanation: impl Into<Cow<'static, str>>,
        what_to_do: &'static str,
    ) -> Self {
        let (explanation, what_to_do) = (explanation.into(), what_to_do.into());
        let (link, ring, agreement, logged) = (None, false, false, false);
        Self { status, heading, explanation, what_to_do, link, ring, agreement, logged }
    }

    fn with_link(self, text: &'static str, href: &'static str) -> Self {
        Self { link: Some((text, href)), ..self }
    }

    pub(super) fn broken(explanation: &'static str) -> Self {
        let heading = "Sorry, this did not work";
        let what = "Try again. If it happens again, tell your IT operator the reference. \
            If a child may be in danger do not wait: ring.";
        let told = Self::new(StatusCode::INTERNAL_SERVER_ERROR, heading, explanation, what);
        Self { ring: true, logged: true, ..told }
    }

    pub(super) fn no_agreement(why: &NoAgreement) -> Self {
        let heading = "Nothing can be shared now";
        let what = "Until the agreement is in force again, ring the other agency.";
        let told = Self::new(StatusCode::SERVICE_UNAVAILABLE, heading, sentence(&why.0), what);
        let told = told.with_link("Read how the agreement stands", "/agreement");
        Self { ring: true, agreement: true, ..told }
    }

    pub(super) fn refused(why: &str) -> Self {
        let heading = "The agreement does not allow this";
        let what = "The refusal is recorded. If you need this for your work, ask your information \
            governance lead. If a child may be in danger, ring the other agency.";
        let told = Self::new(StatusCode::FORBIDDEN, heading, sentence(why), what);
        Self { ring: true, ..told.with_link("Read the agreement", "/agreement") }
    }

    pub(super) fn ledger(error: &JournalError) -> Self {
        match error {
            JournalError::Unwritable(_) => {
                let heading = "Nothing can be shown now";
                let why = "Every look at a child must be recorded before anything is shown, and the \
                    ledger cannot be written at this moment.";
                let what =
                    "Ring instead, and tell your IT operator that the ledger cannot be written.";
                let told = Self::new(StatusCode::SERVICE_UNAVAILABLE, heading, why, what);
                Self { ring: true, logged: true, ..told }
            }
            JournalError::Unreadable(_) | JournalError::Foreign => {
                Self::broken("An entry of the ledger could not be read.")
            }
        }
    }

    pub(super) fn signed_out() -> Self {
        let why = "Your session is over, so nothing was done with what you sent.";
        let what = "Sign in, then do it again.";
        Self::new(StatusCode::UNAUTHORIZED, "You are signed out", why, what)
            .with_link("Sign in", "/sign-in")
    }

    pub(super) fn locked() -> Self {
        let why = "Nothing was done with what you sent.";
        let what = "Unlock it with your PIN and a code, then do it again.";
        Self::new(StatusCode::UNAUTHORIZED, "Your session is locked", why, what)
            .with_link("Unlock", "/unlock")
    }

    pub(super) fn given_pin() -> Self {
        let why =
            "The PIN that you were given is known to whoever gave it to you. Nothing was done.";
        let what = "Choose a PIN of your own, then do it again.";
        Self::new(StatusCode::FORBIDDEN, "Choose a PIN of your own first", why, what)
            .with_link("Choose a PIN", "/pin")
    }

    pub(super) fn not_let_in(error: &SignInError) -> Self {
        let status = match error {
            SignInError::Wait { .. } => StatusCode::TOO_MANY_REQUESTS,
            SignInError::Clock(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNAUTHORIZED,
        };
        Self::new(status, "You are not signed in", sentence(&error.to_string()), "")
            .with_link("Sign in", "/sign-in")
    }

    pub(super) fn not_for_role(why: &'static str) -> Self {
        let what = "The agreement says who may see what. If you need this for your work, ask your \
            information governance lead.";
        Self::new(StatusCode::FORBIDDEN, "This page is not for your role", why, what)
            .with_link("Read the agreement", "/agreement")
    }

    pub(super) fn forgotten() -> Self {
        let why = "What this button referred to is no longer kept: it lasts for twelve hours, and for \
            one session.";
        Self::new(StatusCode::GONE, "Start again", why, "Look the child up again.")
            .with_link("Start page", "/")
    }

    pub(super) fn not_changed(why: &str) -> Self {
        let what = "Nothing was changed. Open the entry again to see how it stands now.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "This can’t be changed so", sentence(why), what)
            .with_link("The register", "/register")
    }

    pub(super) fn token_unchanged(why: &str) -> Self {
        let what = "Nothing was changed. Look again how the token stands now.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "This did not happen", sentence(why), what)
            .with_link("Tokens", "/tokens")
    }

    pub(super) fn account_unchanged(why: &str) -> Self {
        let what = "Nothing was changed. Look again how the account stands now.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "This did not happen", sentence(why), what)
            .with_link("Employees", "/staff")
    }

    pub(super) fn passkey_unused(why: &str) -> Self {
        let what = "Nothing was changed.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "This did not happen", sentence(why), what)
            .with_link("My ways to sign in", "/passkeys")
    }

    pub(super) fn crowded() -> Self {
        let why =
            "Eight colleagues have locked this screen and not come back, and are kept apart here.";
        let what = "Go back to the locked screen, turn to one of them who has left, and sign that person out. \
            What they had typed is then gone.";
        Self::new(StatusCode::CONFLICT, "Too many are set aside at this screen", why, what)
            .with_link("The locked screen", "/unlock")
    }

    pub(super) fn case_system_away() -> Self {
        let why = "The case system could not be read just now. Your decision is kept.";
        let what = "The register follows by itself as soon as the case system answers.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Decided, and not yet done", why, what)
            .with_link("The register", "/register")
    }

    pub(super) fn not_confirmed() -> Self {
        let heading = "Confirm who it is first";
        let why = "The NHS number that you entered belongs to this child, the name does not. Nothing was \
            opened.";
        let what = "Go back, find out which child is in front of you, and tick that you did; or check \
            again with the right number or name.";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, heading, why, what)
            .with_link("Check again", "/check")
    }

    pub(super) fn too_large() -> Self {
        let why =
            "A form here holds a few lines of text. Something much longer was pasted or sent.";
        let what = "Go back and enter only what the form asks for.";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "What you sent is too large", why, what)
    }

    pub(super) fn garbled() -> Self {
        let why = "The form did not arrive in one piece, or held characters that are no text.";
        let what = "Go back, reload the page and enter it again.";
        Self::new(StatusCode::BAD_REQUEST, "What you sent could not be read", why, what)
    }

    pub(super) fn cross_site() -> Self {
        let why = "Forms are taken from this site's own pages alone. Nothing was done.";
        let what = "Open Kinfold from its own address and do it there.";
        Self::new(StatusCode::FORBIDDEN, "This came from another site", why, what)
            .with_link("Start page", "/")
    }

    pub(super) fn not_found() -> Self {
        let why = "The address is wrong, or the page has moved.";
        Self::new(StatusCode::NOT_FOUND, "There is no such page", why, "")
            .with_link("Start page", "/")
    }

    pub(super) fn wrong_method() -> Self {
        let why = "It answers a form only, or no form at all.";
        let heading = "This page cannot be opened that way";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, heading, why, "").with_link("Start page", "/")
    }

    pub(super) fn too_slow() -> Self {
        let why = "The node is busy, or something that it depends on does not answer.";
        let what = "Try once more. If a child may be in danger do not wait: ring.";
        let told = Self::new(StatusCode::SERVICE_UNAVAILABLE, "This takes too long", why, what);
        Self { ring: true, logged: true, ..told }
    }

    pub(super) fn no_register() -> Self {
        let heading = "No register can be searched here";
        let why = "This node holds no register: its agreement or its feed is not set up.";
        let what = "Ring the council, and tell your IT operator.";
        let told = Self::new(StatusCode::SERVICE_UNAVAILABLE, heading, why, what);
        Self { ring: true, ..told }
    }

    pub(super) fn too_little(error: &WhoError) -> Self {
        let heading = "Too little to look anybody up by";
        let why = sentence(&error.to_string());
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, heading, why, "")
            .with_link("Who looked", "/who")
    }

    pub(super) fn not_enrolled(error: &EnrolError) -> Self {
        let why = sentence(&error.to_string());
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "The token is not set up", why, "")
            .with_link("Begin again", "/enrol")
    }
}

/// An error's lower-case text as a sentence of a page.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return String::new() };
    let mut sentence: String = first.to_uppercase().chain(chars).collect();
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}
