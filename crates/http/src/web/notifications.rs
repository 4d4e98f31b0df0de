//! Notifications that could not be delivered: an operator has each sent again, or gives it up.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use kinfold_service::notifications::{Destination, PutAside, Standing};
use serde::Serialize;

use super::{
    failure::{Failure, sentence},
    fields::Fields,
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::{Moment, Spoken},
};

#[derive(Serialize)]
struct NotificationLine {
    id: String,
    event: &'static str,
    way: &'static str,
    to: String,
    tries: u32,
    problem: String,
    happened: String,
    aside: String,
}

#[derive(Serialize)]
struct NotificationsPage {
    at: Moment,
    waiting: u64,
    all: u64,
    rows: Vec<NotificationLine>,
}

/// `GET /notifications`
pub(super) async fn page(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    let desk = &site.services.notifications;
    let (waiting, all) = desk.counts().await?;
    let spoken = site.spoken();
    let rows = desk.put_aside().await?.iter().map(|known| line(&spoken, known)).collect();
    let at = spoken.moment(site.services.clock.now());
    let page = NotificationsPage { at, waiting, all, rows };
    site.page(&open, ("/notifications", "notifications.html"), page)
}

/// `POST /notifications/again`
pub(super) async fn send_again(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    let id = fields.text("notification").parse().map_err(|_| Failure::Garbled)?;
    site.services.notifications.send_again(&open.caller, id).await?;
    Ok(Redirect::to("/notifications").into_response())
}

/// `POST /notifications/give-up`
pub(super) async fn give_up(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    admit(&site, &open)?;
    let id = fields.text("notification").parse().map_err(|_| Failure::Garbled)?;
    site.services.notifications.give_up(&open.caller, id).await?;
    Ok(Redirect::to("/notifications").into_response())
}

fn admit(site: &Site, open: &Open) -> Result<(), Failure> {
    if site.reach(open).notifications {
        return Ok(());
    }
    Err(Failure::NotForRole("Notifications that could not be delivered are the operators’ work."))
}

fn line(spoken: &Spoken, known: &PutAside) -> NotificationLine {
    let notification = &known.notification;
    let aside = match notification.standing {
        Standing::PutAside { at } => spoken.minute(at),
        _ => String::new(),
    };
    NotificationLine {
        id: notification.id.to_string(),
        event: notification.event.word(),
        way: match notification.to {
            Destination::Employee(_) => "E-mail to",
            Destination::Webhook(_) => "Webhook",
        },
        to: known.to.clone(),
        tries: notification.tries,
        problem: notification.problem.as_deref().map(sentence).unwrap_or_default(),
        happened: spoken.minute(notification.at),
        aside,
    }
}
