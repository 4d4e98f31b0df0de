//! An enrolment code, with which an employee sets up a token of their own: by an operator and a second person, since with a PIN it lets
//! one person be another.

use axum::{extract::State, response::Response};
use kinfold_domain::UserName;
use kinfold_service::{staff::StaffError, tokens::TokenError};
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    session::SignedIn,
    site::Shared,
    staff::keeper,
    two_people,
};

const FORM: (&str, &str) = ("/staff", "staff-ticket.html");

#[derive(Serialize)]
struct FormPage {
    #[serde(flatten)]
    problems: Problems,
    holder: String,
    user_name: String,
    own: String,
}

#[derive(Serialize)]
struct TicketPage {
    holder: String,
    code: String,
}

/// `POST /staff/ticket`: the form first, then what was typed into it.
pub(super) async fn issue(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    keeper(&site, &open)?;
    let holder: UserName = fields.text("holder").parse().map_err(|_| Failure::Garbled)?;
    let own = &open.caller.employee().user_name;
    let mut page = FormPage {
        problems: Problems::default(),
        holder: holder.to_string(),
        user_name: fields.text("user_name").chars().take(64).collect(),
        own: own.to_string(),
    };
    if fields.text("asked").is_empty() {
        return site.page(&open, FORM, page);
    }
    let Some(typed) = two_people::read(&fields, &mut page.problems) else {
        return site.refused_form(&open, FORM, page);
    };
    let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
    let issued = async {
        let witnesses = typed.vouch(&site, &open).await?;
        site.services.staff.issue_ticket_by(&holder, &witnesses).await
    };
    match issued.await {
        Ok(ticket) => {
            let page = TicketPage { holder: holder.to_string(), code: ticket.expose().to_owned() };
            site.page(&open, ("/staff", "staff-ticket-issued.html"), page)
        }
        Err(
            error @ (StaffError::NoAccount
            | StaffError::Token(TokenError::NotTwoPeople | TokenError::NotVouched { .. })),
        ) => {
            page.problems.add("user_name", sentence(&error.to_string()));
            site.refused_form(&open, FORM, page)
        }
        Err(error) => Err(error.into()),
    }
}
