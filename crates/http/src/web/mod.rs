//! The web application: the pages that named employees of an agency work with. Every page is rendered here and works
//! without JavaScript.
//!
//! Architecture invariant: a page asks one use case and shows what it released. No personal data stands in an address
//! or a title; whatever is about a child travels in bodies of forms and in the answers to them, which nobody keeps.

mod agreement;
mod answer_page;
mod assets;
mod attendances;
mod board_page;
mod break_glass;
mod check;
mod clauses;
mod clues;
mod corrections;
mod coverage;
mod department;
mod downloads;
mod drafts;
mod emergency;
mod enrol;
mod entry_card;
mod fact_card;
mod failed_staff;
mod failure;
mod feed_alarms;
mod feeds;
mod feeds_clock;
mod feeds_module;
mod feeds_page;
mod feeds_vpn;
mod fields;
mod glass_reviews;
mod guard;
mod history;
mod history_page;
mod letter_case;
mod lock;
mod looks;
mod merged;
mod notifications;
mod outside_sign_in;
mod own_pin;
mod passkey_sign_in;
mod passkeys;
mod peer;
mod phone;
mod places;
mod purposes;
mod qr;
mod reach;
mod register_add;
mod register_change;
mod register_discussions;
mod register_due;
mod register_entry;
mod register_fields;
mod register_hand_over;
mod register_hand_overs;
mod register_handed;
mod register_import;
mod register_queue;
mod register_start;
mod register_words;
mod register_work;
mod remembered;
mod resync;
mod revoked;
mod ring;
mod routes;
mod sent;
mod session;
mod set_aside;
mod sign_in;
mod site;
mod spoken;
mod staff;
mod staff_add;
mod staff_ticket;
mod start;
mod step_up;
mod tell_apart;
mod tokens;
mod tokens_emergency;
mod tokens_import;
mod tokens_link;
mod tokens_orders;
mod tokens_passkey;
mod tokens_temporary;
mod tokens_unlock;
mod told;
mod two_people;
mod typed_code;
mod unread;
mod view;
mod view_page;
mod view_part;
mod who;
mod who_file;
mod who_page;

#[cfg(test)]
mod tests;

use std::{net::IpAddr, sync::Arc};

use axum::Router;
use kinfold_domain::Agency;
use kinfold_service::{
    agreements::Agreements,
    attendances::AttendanceLists,
    audit::{OwnLooks, WhoLooked},
    check::Check,
    corrections::Corrections,
    department::{Board, Coverages, Outcomes},
    emergency::Emergency,
    feeds::{FeedAlarms, Feeds},
    history::History,
    notifications::NotificationDesk,
    oidc::{Links, OutsideSignIn},
    passkeys::Passkeys,
    pooled_view::Pool,
    ports::Clock,
    register::Custodian,
    sign_in::SignIn,
    staff::Staff,
    tokens::Inventory,
};

use crate::design::DesignError;
use site::Site;

/// The use cases behind the pages.
pub struct Services {
    /// Whose node this is.
    pub agency: Agency,
    /// Sign-in and sessions.
    pub sign_in: Arc<SignIn>,
    /// Passkeys.
    pub passkeys: Arc<Passkeys>,
    /// Emergency codes.
    pub emergency: Arc<Emergency>,
    /// Signing in at an identity provider, if there is one.
    pub outside: Arc<OutsideSignIn>,
    /// Who employees are there.
    pub links: Arc<Links>,
    /// Accounts and tokens, for the enrolment page.
    pub staff: Arc<Staff>,
    /// The inventory of tokens.
    pub inventory: Arc<Inventory>,
    /// The agreement.
    pub agreements: Arc<Agreements>,
    /// The check.
    pub check: Arc<Check>,
    /// The pooled view.
    pub pool: Arc<Pool>,
    /// Own look-ups.
    pub own_looks: Arc<OwnLooks>,
    /// Who looked.
    pub who: Arc<WhoLooked>,
    /// What stands beside an answer.
    pub history: Arc<History>,
    /// The custodian's work, where this agency keeps a register.
    pub custodian: Option<Arc<Custodian>>,
    /// How feeds stand.
    pub feeds: Arc<Feeds>,
    /// Feeds that have stopped.
    pub alarms: Arc<FeedAlarms>,
    /// Notifications that could not be delivered.
    pub notifications: Arc<NotificationDesk>,
    /// The department, at a hospital.
    pub department: Option<Department>,
    /// Attendances at partners, where this agency keeps a register.
    pub attendances: Option<Arc<AttendanceLists>>,
    /// What is said to be wrong on registers.
    pub corrections: Arc<Corrections>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The pages are served over TLS: browsers are told to insist on it (HSTS). Without it a node may be reached over
    /// loopback alone, where browsers take the same `Secure` cookie.
    pub secure: bool,
    /// Proxies in front of the listener, whose word for a client's address is taken.
    pub trusted_proxies: Vec<IpAddr>,
}

/// The use cases of a hospital's department.
pub struct Department {
    /// Who is here.
    pub board: Arc<Board>,
    /// What became of them.
    pub outcomes: Arc<Outcomes>,
    /// Arrivals against checks made.
    pub coverage: Arc<Coverages>,
}

/// The web application. Fails only when a template of the program is broken.
pub fn router(services: Services) -> Result<Router, DesignError> {
    let site = Arc::new(Site::new(services)?);
    Ok(guard::around(routes::table().router, &site).with_state(site))
}
