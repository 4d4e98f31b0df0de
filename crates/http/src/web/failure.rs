//! The one mapping of whatever can go wrong to the page that says so.

use std::{borrow::Cow, sync::Arc};

use axum::{
    http::{HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use kinfold_service::{
    agreements::NoAgreement,
    attendances::ListError,
    audit::{LinesError, WhoError},
    check::CheckError,
    department::{BoardError, OutcomeError},
    emergency::EmergencyError,
    history::HistoryError,
    oidc::{LinkError, OutsideError},
    passkeys::PasskeyError,
    pooled_view::ViewError,
    ports::PortError,
    register::{CustodyError, FeedError},
    sign_in::{PinError, SessionError, SignInError},
    staff::{EnrolError, StaffError},
    tokens::TokenError,
};
use serde::Serialize;

pub(super) use super::told::sentence;
use super::{
    failed_staff::{emergency, link, outside, passkey, pin, staff, token},
    revoked::{self, Revoked},
    ring::{self, RingGroup},
    session::Session,
    site::Site,
    told::Told,
};
use crate::design::DesignError;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("nobody is signed in")]
    SignedOut,
    #[error("the session is locked")]
    Locked,
    #[error("the PIN is one that somebody gave")]
    GivenPin,
    #[error("this page is not for this role")]
    NotForRole(&'static str),
    #[error("nobody more can be set aside in this browser")]
    Crowded,
    #[error("what a page referred to is no longer remembered")]
    Forgotten,
    #[error("a child under another name was chosen without a confirmation")]
    NotConfirmed,
    #[error("the form is too large")]
    TooLarge,
    #[error("the form cannot be read")]
    Garbled,
    #[error("the form came from another site")]
    CrossSite,
    #[error("the page took too long")]
    TooSlow,
    #[error("too many pages at once")]
    Busy,
    #[error("a page panicked")]
    Panicked,
    #[error("there is no such page")]
    NotFound,
    #[error("the page does not answer this method")]
    WrongMethod,
    #[error(transparent)]
    NoAgreement(#[from] NoAgreement),
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error(transparent)]
    View(#[from] ViewError),
    #[error(transparent)]
    Who(#[from] WhoError),
    #[error(transparent)]
    History(#[from] HistoryError),
    #[error(transparent)]
    Custody(#[from] CustodyError),
    #[error(transparent)]
    OwnLooks(#[from] LinesError),
    #[error(transparent)]
    SignIn(#[from] SignInError),
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    #[error(transparent)]
    Session(#[from] SessionError),
    #[error(transparent)]
    Store(#[from] PortError),
    #[error(transparent)]
    Board(#[from] BoardError),
    #[error(transparent)]
    Outcome(#[from] OutcomeError),
    #[error(transparent)]
    List(#[from] ListError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    Staff(#[from] StaffError),
    #[error(transparent)]
    Pin(#[from] PinError),
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    #[error(transparent)]
    Emergency(#[from] EmergencyError),
    #[error(transparent)]
    Outside(#[from] OutsideError),
    #[error(transparent)]
    Link(#[from] LinkError),
    #[error(transparent)]
    Design(#[from] DesignError),
}

impl Failure {
    #[expect(clippy::too_many_lines, reason = "the one exhaustive mapping")]
    fn told(&self) -> Told {
        match self {
            Self::SignedOut
            | Self::SignIn(SignInError::NoSession)
            | Self::Session(SessionError::None) => Told::signed_out(),
            Self::Locked | Self::Session(SessionError::Locked(_)) => Told::locked(),
            Self::SignIn(
                error @ (SignInError::Refused
                | SignInError::Locked
                | SignInError::Wait { .. }
                | SignInError::Clock(_)),
            ) => Told::not_let_in(error),
            Self::GivenPin
            | Self::Session(SessionError::GivenPin(_))
            | Self::SignIn(SignInError::GivenPin) => Told::given_pin(),
            Self::NotForRole(why) => Told::not_for_role(why),
            Self::Custody(error) => custody(error),
            Self::Token(error) => token(error),
            Self::Staff(error) => staff(error),
            Self::Pin(error) => pin(error),
            Self::Passkey(error) => passkey(error),
            Self::Emergency(error) => emergency(error),
            Self::Outside(error) => outside(error),
            Self::Link(error) => link(error),
            Self::Forgotten
            | Self::Outcome(OutcomeError::Unknown)
            | Self::List(ListError::Unknown) => Told::forgotten(),
            Self::NotConfirmed => Told::not_confirmed(),
            Self::Crowded => Told::crowded(),
            Self::TooLarge => Told::too_large(),
            Self::Garbled => Told::garbled(),
            Self::CrossSite => Told::cross_site(),
            Self::NotFound => Told::not_found(),
            Self::WrongMethod => Told::wrong_method(),
            Self::TooSlow | Self::Busy => Told::too_slow(),
            Self::NoAgreement(why)
            | Self::Check(CheckError::NoAgreement(why))
            | Self::View(ViewError::NoAgreement(why))
            | Self::Who(WhoError::NoAgreement(why))
            | Self::History(HistoryError::NoAgreement(why))
            | Self::Board(BoardError::NoAgreement(why))
            | Self::Outcome(OutcomeError::NoAgreement(why))
            | Self::List(ListError::NoAgreement(why)) => Told::no_agreement(why),
            Self::Check(CheckError::Refused(why))
            | Self::View(ViewError::Refused(why))
            | Self::Who(WhoError::Refused(why))
            | Self::History(HistoryError::Refused(why))
            | Self::Board(BoardError::Refused(why))
            | Self::Outcome(OutcomeError::Refused(why))
            | Self::List(ListError::Refused(why)) => Told::refused(why),
            Self::Check(CheckError::NoRegister) => Told::no_register(),
            Self::Who(error @ WhoError::TooLittle) => Told::too_little(error),
            Self::Check(CheckError::Ledger(error))
            | Self::View(ViewError::Ledger(error))
            | Self::Who(WhoError::Ledger(error))
            | Self::History(HistoryError::Ledger(error))
            | Self::Board(BoardError::Ledger(error))
            | Self::Outcome(OutcomeError::Ledger(error))
            | Self::List(ListError::Ledger(error))
            | Self::OwnLooks(LinesError::Ledger(error))
            | Self::SignIn(SignInError::Ledger(error))
            | Self::Enrol(EnrolError::Ledger(error)) => Told::ledger(error),
            Self::Enrol(
                error @ (EnrolError::NoAccount
                | EnrolError::Refused
                | EnrolError::Wait { .. }
                | EnrolError::NothingPending
                | EnrolError::NotMatched
                | EnrolError::SameCodeTwice
                | EnrolError::AppIgnoresPeriod
                | EnrolError::Clock(_)),
            ) => Told::not_enrolled(error),
            Self::Enrol(EnrolError::Secret) => {
                Told::broken("The token's secret could not be made.")
            }
            Self::Store(_)
            | Self::Who(WhoError::Store(_))
            | Self::History(HistoryError::Store(_))
            | Self::Outcome(OutcomeError::Store(_))
            | Self::List(ListError::Store(_))
            | Self::OwnLooks(LinesError::Store(_))
            | Self::SignIn(SignInError::Store(_))
            | Self::Enrol(EnrolError::Store(_))
            | Self::Session(SessionError::Store(_)) => {
                Told::broken("What this node keeps could not be read or written.")
            }
            Self::Panicked | Self::Design(_) => Told::broken("A page of this program is broken."),
        }
    }
}

/// What can go wrong in the custodian's work.
fn custody(error: &CustodyError) -> Told {
    match error {
        CustodyError::NoAgreement(why) => Told::no_agreement(why),
        CustodyError::Refused(why) => Told::refused(why),
        CustodyError::NotFound => Told::forgotten(),
        CustodyError::Change(why) => Told::not_changed(&why.to_string()),
        CustodyError::Ledger(error) | CustodyError::Feed(FeedError::Ledger(error)) => {
            Told::ledger(error)
        }
        CustodyError::Feed(FeedError::Source(_) | FeedError::NoRegister) => {
            Told::case_system_away()
        }
        CustodyError::Feed(FeedError::Store(_)) | CustodyError::Store(_) => {
            Told::broken("What this node keeps could not be read or written.")
        }
    }
}

impl IntoResponse for Failure {
    /// Only carries the failure to where the page is made.
    fn into_response(self) -> Response {
        let mut response = self.told().status.into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

#[derive(Serialize)]
struct Content {
    heading: &'static str,
    explanation: Cow<'static, str>,
    what_to_do: Cow<'static, str>,
    link: Option<(&'static str, &'static str)>,
    ring: Vec<RingGroup>,
    reference: Option<String>,
    revoked: Option<Revoked>,
}

/// Makes the page, and logs what somebody has to mend: once, here.
pub(super) fn page(site: &Site, session: &Session, failure: &Failure) -> Response {
    let told = failure.told();
    let reference = told.logged.then(|| site.reference());
    if let Some(reference) = &reference {
        tracing::error!(reference, error = chain(failure), "a page could not be given");
    }
    // Whom to ring is in the agreement: for employees, not for whoever passes by.
    let signed_in = matches!(session, Session::Open(_));
    let ring = if told.ring && signed_in { ring::everybody(site) } else { Vec::new() };
    let revoked = if told.agreement && signed_in { revoked::of(site) } else { None };
    let Told { status, heading, explanation, what_to_do, link, .. } = told;
    let content = Content { heading, explanation, what_to_do, link, ring, reference, revoked };
    let frame = site.frame(session, None);
    let mut response = match site.pages.render("failure.html", &frame, content) {
        Ok(html) => (status, Html(html)).into_response(),
        Err(_) => (status, "Sorry, this did not work. Ring instead.").into_response(),
    };
    if let Failure::SignIn(SignInError::Wait { seconds }) = failure
        && let Ok(seconds) = HeaderValue::try_from(seconds.to_string())
    {
        response.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    response
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        // A transparent error repeats its cause.
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}
