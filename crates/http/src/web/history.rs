//! Where the child of an answer attended before, and who looked at it last: fetched once the answer is there, which never waits for it.

use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use kinfold_service::history::HistoryQuestion;

use super::{failure::Failure, fields::Fields, history_page, session::SignedIn, site::Shared};

/// `POST /check/history`: a page, or with `part` the section of the answer's page alone.
pub(super) async fn answer(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let now = site.services.clock.now();
    let asked = site.remembered.find(open.caller.session(), fields.text("handle"), now);
    let asked = asked.filter(|asked| asked.choices.is_empty()).ok_or(Failure::Forgotten)?;
    let (subject, entries, purpose) = (asked.subject, asked.entries, asked.purpose);
    let question = HistoryQuestion { subject, entries, purpose };
    let release = site.services.history.list(&open.caller, question).await?;
    let page = history_page::of(&site, release.content());
    if fields.text("part").is_empty() {
        return site.page(&open, ("/check", "history.html"), page);
    }
    Ok(Html(site.pages.render_part("history-part.html", page)?).into_response())
}
