//! What was ordered from vendors, and what of it has come.

use std::{collections::BTreeMap, sync::Arc};

use axum::{extract::State, response::Response};
use jiff::civil::Date;
use kinfold_service::{
    ports::TokenOrder,
    records::Asker,
    tokens::{NewOrder, TokenError},
};
use serde::Serialize;

use super::{
    clues::Problems,
    failure::{Failure, sentence},
    fields::Fields,
    register_fields::{DateFields, date},
    session::{Open, SignedIn},
    site::{Shared, Site},
    spoken::{Spoken, day},
    tokens::admit,
};

const PAGE: (&str, &str) = ("/tokens", "tokens-orders.html");
const ORDERED: DateFields =
    DateFields(["ordered_day", "ordered_month", "ordered_year"], "Day of the order");
const EXPECTED: DateFields =
    DateFields(["expected_day", "expected_month", "expected_year"], "Expected day");
const FIELDS: [&str; 9] = [
    "reference",
    "vendor",
    "tokens",
    "ordered_day",
    "ordered_month",
    "ordered_year",
    "expected_day",
    "expected_month",
    "expected_year",
];

/// An order as a page shows it.
#[derive(Serialize)]
struct Line {
    reference: String,
    vendor: String,
    came: String,
    ordered: String,
    expected: String,
    late: bool,
    open: bool,
    closed: String,
}

#[derive(Serialize)]
struct Page {
    orders: Vec<Line>,
    typed: BTreeMap<&'static str, String>,
    #[serde(flatten)]
    problems: Problems,
}

/// `GET /tokens/orders`
pub(super) async fn page(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
) -> Result<Response, Failure> {
    listed(&site, &open, &Fields::default(), Problems::default()).await
}

/// `POST /tokens/orders`
pub(super) async fn add(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let inventory = admit(&site, &open)?;
    let mut problems = Problems::default();
    let Some(new) = read(&site, &fields, &mut problems) else {
        return listed(&site, &open, &fields, problems).await;
    };
    match inventory.order(new, Some(Asker::from(open.caller.employee()))).await {
        Ok(()) => listed(&site, &open, &Fields::default(), problems).await,
        Err(error @ (TokenError::Ordered | TokenError::WrongOrder)) => {
            problems.add("reference", sentence(&error.to_string()));
            listed(&site, &open, &fields, problems).await
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /tokens/orders/close`
pub(super) async fn close(
    State(site): State<Shared>,
    SignedIn(open): SignedIn,
    fields: Fields,
) -> Result<Response, Failure> {
    let inventory = admit(&site, &open)?;
    let by = Some(Asker::from(open.caller.employee()));
    inventory.close_order(fields.text("reference"), by).await?;
    listed(&site, &open, &Fields::default(), Problems::default()).await
}

async fn listed(
    site: &Site,
    open: &Arc<Open>,
    fields: &Fields,
    problems: Problems,
) -> Result<Response, Failure> {
    let orders = admit(site, open)?.orders().await?;
    let spoken = site.spoken();
    let orders = orders.iter().map(|order| line(&spoken, order)).collect();
    let short = |name: &str| fields.text(name).chars().take(200).collect();
    let typed = FIELDS.map(|name| (name, short(name))).into_iter().collect();
    let wrong = !problems.errors.is_empty();
    let page = Page { orders, typed, problems };
    if wrong { site.refused_form(open, PAGE, page) } else { site.page(open, PAGE, page) }
}

fn read(site: &Site, fields: &Fields, problems: &mut Problems) -> Option<NewOrder> {
    for (name, text) in [("reference", "Enter the order’s number"), ("vendor", "Enter the vendor")]
    {
        if fields.text(name).is_empty() {
            problems.add(name, text);
        }
    }
    let tokens = fields.text("tokens").parse::<u64>().ok().filter(|tokens| *tokens > 0);
    if tokens.is_none() {
        problems.add("tokens", "How many must be a number, like 50");
    }
    let ordered = date(fields, ORDERED, problems);
    let expected = date(fields, EXPECTED, problems);
    problems.errors.is_empty().then_some(NewOrder {
        reference: fields.text("reference").to_owned(),
        vendor: fields.text("vendor").to_owned(),
        tokens: tokens?,
        ordered: ordered.unwrap_or_else(|| site.spoken().today()),
        expected,
    })
}

/// How many tokens are to come, and whether some of them are late.
pub(super) fn to_come(orders: &[TokenOrder], today: Date) -> (u64, bool) {
    let open = orders.iter().filter(|order| order.is_open());
    open.fold((0, false), |(tokens, late), order| {
        (tokens + order.tokens - order.arrived, late || is_late(order, today))
    })
}

fn is_late(order: &TokenOrder, today: Date) -> bool {
    order.is_open() && order.expected.is_some_and(|expected| expected < today)
}

fn line(spoken: &Spoken, order: &TokenOrder) -> Line {
    Line {
        reference: order.reference.clone(),
        vendor: order.vendor.clone(),
        came: format!("{} of {}", order.arrived, order.tokens),
        ordered: day(order.ordered),
        expected: order.expected.map(day).unwrap_or_default(),
        late: is_late(order, spoken.today()),
        open: order.is_open(),
        closed: order.closed.map(|closed| spoken.minute(closed)).unwrap_or_default(),
    }
}
