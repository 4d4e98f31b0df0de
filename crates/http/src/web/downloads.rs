//! Files that leave a page. A file outlives the session and whatever guards the page, so one that says anything of a person needs a
//! step-up ([`super::step_up`]); counts need none.

use axum::{
    http::header,
    response::{IntoResponse, Response},
};

/// A CSV file with a line of headings. Its name stands in folders and histories of downloads, so it is fixed words.
pub(super) fn csv(name: &'static str, bytes: Vec<u8>) -> Response {
    let kind = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")),
    ];
    (kind, bytes).into_response()
}
