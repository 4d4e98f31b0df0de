//! Operators link an account to somebody at the identity provider, with a second named person; or remove the link.

use axum::{extract::State, response::Response};
use kinfold_domain::UserName;
use kinfold_service::{oidc::LinkError, records::Asker, tokens::TokenError};
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    session::SignedIn,
    sign_in::read_user_name,
    site::{Shared, Site},
    spoken::Spoken,
    tokens::{admit, of_employee},
    two_people,
};

const FORM: (&str, &str) = ("/tokens", "token-link.html");

/// A link as the operators' page shows it. Who they are at the provider stands in the ledger and on no page.
#[derive(Serialize)]
pub(super) struct LinkRow {
    issuer: String,
    linked: String,
    used: Option<String>,
}

#[derive(Serialize)]
struct FormPage {
    #[serde(flatten)]
    problems: Problems,
    provider: String,
    employee: String,
    subject: String,
    user_name: String,
    own: String,
}

/// What somebody is linked to.
pub(super) async fn links(
    site: &Site,
    spoken: &Spoken,
    user_name: &UserName,
) -> Result<Vec<LinkRow>, Failure> {
    let known = match site.services.links.of(user_name).await {
        Err(LinkError::NoAccount) => Vec::new(),
        known => known?,
    };
    let row = |known: kinfold_service::oidc::LinkLine| LinkRow {
        linked: spoken.minute(known.linked),
        used: known.used.map(|used| spoken.minute(used)),
        issuer: known.issuer,
    };
    Ok(known.into_iter().map(row).collect())
}

/// `POST /tokens/link`: the form first, then what was typed into it.
pub(super) async fn link(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    let outside = &site.services.outside;
    let (Some(provider), Some(issuer)) = (outside.name(), outside.issuer()) else {
        return Err(Failure::NotFound);
    };
    let employee: UserName = fields.text("employee").parse().map_err(|_| Failure::Garbled)?;
    let own = &open.caller.employee().user_name;
    let subject = fields.text("subject").trim();
    let mut page = FormPage {
        problems: Problems::default(),
        provider: provider.to_owned(),
        employee: employee.to_string(),
        subject: subject.chars().take(255).collect(),
        user_name: fields.text("user_name").chars().take(64).collect(),
        own: own.to_string(),
    };
    if fields.text("asked").is_empty() {
        return site.page(&open, FORM, page);
    }
    if subject.is_empty() {
        page.problems.add("subject", "Enter who the employee is at the identity provider");
    }
    let typed = two_people::read(&fields, &mut page.problems);
    let Some(typed) = typed.filter(|_| !subject.is_empty()) else {
        return site.refused_form(&open, FORM, page);
    };
    let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
    let witnesses = match typed.vouch(&site, &open).await {
        Ok(witnesses) => witnesses,
        Err(error @ (TokenError::Ledger(_) | TokenError::Store(_))) => return Err(error.into()),
        Err(error) => {
            page.problems.add("user_name", sentence(&error.to_string()));
            return site.refused_form(&open, FORM, page);
        }
    };
    match site.services.links.link(&employee, (issuer, subject), &witnesses).await {
        Ok(()) => of_employee(&site, &open, employee.as_str()).await,
        Err(error @ (LinkError::Ledger(_) | LinkError::Store(_))) => Err(error.into()),
        Err(error @ LinkError::NotTwoPeople) => {
            page.problems.add("user_name", sentence(&error.to_string()));
            site.refused_form(&open, FORM, page)
        }
        Err(error) => {
            page.problems.add("subject", sentence(&error.to_string()));
            site.refused_form(&open, FORM, page)
        }
    }
}

/// `POST /tokens/unlink`
pub(super) async fn unlink(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    let user_name = read_user_name(&fields).map_err(|_| Failure::Garbled)?;
    let by = Asker::from(open.caller.employee());
    site.services.links.unlink(&user_name, Some(&by)).await?;
    of_employee(&site, &open, user_name.as_str()).await
}
