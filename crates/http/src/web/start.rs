//! `/`: each role begins with its own work.

use axum::{extract::State, response::Redirect};

use super::{session::SignedIn, site::Shared};

/// `GET /`
pub(super) async fn start(State(site): State<Shared>, SignedIn(open): SignedIn) -> Redirect {
    Redirect::to(site.reach(&open).start())
}
