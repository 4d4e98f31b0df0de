//! A new employee: the account, and the first PIN, which is shown once.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use kinfold_domain::{EmailAddress, Role};
use kinfold_service::{
    records::Asker,
    staff::{NewEmployee, StaffError},
};
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    session::{Open, SignedIn},
    sign_in::read_user_name,
    site::{Shared, Site},
    staff::{GivenPage, keeper},
};

const NO_ADDRESS: &str = "Enter an e-mail address like a.okafor@agency.example, or leave it empty";
const FORM: (&str, &str) = ("/staff", "staff-add.html");

#[derive(Default, Serialize)]
struct AddPage {
    #[serde(flatten)]
    problems: Problems,
    user_name: String,
    name: String,
    job_title: String,
    role: String,
    email: String,
    roles: Vec<String>,
}

/// `GET /staff/add`
pub(super) async fn form(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    keeper(&site, &open)?;
    let roles = site.services.staff.roles();
    site.page(&open, FORM, AddPage { roles, ..AddPage::default() })
}

/// `POST /staff/add`
pub(super) async fn add(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    keeper(&site, &open)?;
    let mut problems = Problems::default();
    if let Some(new) = read(&fields, &mut problems) {
        let user_name = new.user_name.to_string();
        let by = Asker::from(open.caller.employee());
        let _turn = site.proofs.acquire().await.map_err(|_| Failure::Busy)?;
        match site.services.staff.join(new, Some(&by)).await {
            Ok(pin) => {
                let page = GivenPage { user_name, pin: pin.expose().to_owned(), joined: true };
                return site.page(&open, ("/staff", "staff-given.html"), page);
            }
            Err(error @ StaffError::Taken) => {
                problems.add("user_name", sentence(&error.to_string()));
            }
            Err(error @ StaffError::Unnamed) => problems.add("name", sentence(&error.to_string())),
            Err(error @ StaffError::UnknownRole { .. }) => {
                problems.add("role", sentence(&error.to_string()));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let page = typed(&site, &fields, problems);
    site.refused_form(&open, FORM, page)
}

/// The form, as somebody left it.
pub(super) fn as_left(site: &Site, open: &Arc<Open>, left: &Fields) -> Result<Response, Failure> {
    keeper(site, open)?;
    site.page(open, FORM, typed(site, left, Problems::default()))
}

fn typed(site: &Site, fields: &Fields, problems: Problems) -> AddPage {
    let short = |name| fields.text(name).chars().take(200).collect();
    AddPage {
        problems,
        user_name: short("user_name"),
        name: short("name"),
        job_title: short("job_title"),
        role: short("role"),
        email: short("email"),
        roles: site.services.staff.roles(),
    }
}

fn read(fields: &Fields, problems: &mut Problems) -> Option<NewEmployee> {
    let user_name = read_user_name(fields).map_err(|text| problems.add("user_name", text)).ok();
    for (field, text) in [("name", "Enter the person’s name"), ("job_title", "Enter the job title")]
    {
        if fields.text(field).is_empty() {
            problems.add(field, text);
        }
    }
    let role = fields.text("role").parse::<Role>();
    let role = role.map_err(|_| problems.add("role", "Choose a role")).ok();
    let email = Some(fields.text("email")).filter(|typed| !typed.is_empty());
    let email = email.map(str::parse::<EmailAddress>).transpose();
    let email = email.map_err(|_| problems.add("email", NO_ADDRESS)).ok();
    if !problems.is_empty() {
        return None;
    }
    Some(NewEmployee {
        user_name: user_name?,
        name: fields.text("name").to_owned(),
        job_title: fields.text("job_title").to_owned(),
        role: role?,
        email: email?,
    })
}
