//! `Flag`: is this child on a register? Asked by a search, answered by a check.

use axum::{
    body::Body,
    extract::{RawQuery, Request, State},
    http::{HeaderMap, StatusCode},
};
use kinfold_service::{
    System,
    check::{CheckQuestion, Checked},
};
use serde_json::{Value, json};

use super::{
    answer::{Desk, Fhir, Shared},
    bearer::{Flags, Granted},
    body,
    flag_resource::flag,
    form::Form,
    issue::{Issue, Severity, outcome},
    media::TakesJson,
    parameters::{self, Search},
    people,
    refusal::Refusal,
    told::{self, told},
};

/// `GET /fhir/Flag?…`
pub(super) async fn by_address(
    State(desk): State<Shared>,
    Granted(client, _): Granted<Flags>,
    _: TakesJson,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Fhir, Refusal> {
    let form = Form::parse(query.unwrap_or_default().as_bytes())?;
    answer(&desk, &client.system, &parameters::read(&form, parameters::is_strict(&headers))?).await
}

/// `POST /fhir/Flag/_search`: the same, with the child in the body, where no log of addresses finds it.
pub(super) async fn by_form(
    State(desk): State<Shared>,
    Granted(client, _): Granted<Flags>,
    _: TakesJson,
    headers: HeaderMap,
    request: Request<Body>,
) -> Result<Fhir, Refusal> {
    let form = Form::parse(&body::form(request).await?)?;
    answer(&desk, &client.system, &parameters::read(&form, parameters::is_strict(&headers))?).await
}

async fn answer(desk: &Desk, system: &System, search: &Search) -> Result<Fhir, Refusal> {
    let question =
        CheckQuestion { subject: search.subject.clone(), purpose: people::purpose(), choice: None };
    let release = desk.services.check.check_by_itself(system, question).await;
    let release = release.map_err(|error| Refusal::check(desk, error))?;
    Ok(Fhir(StatusCode::OK, bundle(desk, release.content(), search)))
}

fn bundle(desk: &Desk, checked: &Checked, search: &Search) -> Value {
    let flags: Vec<Value> = told::certain(&checked.answer)
        .map(|hit| {
            let id = desk.uuid();
            json!({
                "fullUrl": format!("urn:uuid:{id}"),
                "resource": flag(id, checked, hit),
                "search": { "mode": "match" },
            })
        })
        .collect();
    let total = flags.len();
    let beside = json!({
        "fullUrl": format!("urn:uuid:{}", desk.uuid()),
        "resource": outcome(&issues(desk, checked, search)),
        "search": { "mode": "outcome" },
    });
    // The names of the parameters that counted, without what stood in them.
    let used: Vec<String> = search.used.iter().map(|name| format!("{name}=")).collect();
    json!({
        "resourceType": "Bundle",
        "id": checked.ask.0.to_string(),
        "type": "searchset",
        "timestamp": checked.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "total": total,
        "link": [{
            "relation": "self",
            "url": format!("{}?{}", desk.address("fhir/Flag"), used.join("&")),
        }],
        "entry": flags.into_iter().chain([beside]).collect::<Vec<_>>(),
    })
}

/// The answer in words first, then whatever makes it less than whole.
fn issues(desk: &Desk, checked: &Checked, search: &Search) -> Vec<Issue> {
    let told = told(desk, checked);
    let is_plain = matches!(told.code, "informational") && checked.withheld.is_empty();
    let mut issues = vec![Issue {
        severity: if is_plain { Severity::Information } else { Severity::Warning },
        code: told.code,
        answer: Some(told.answer),
        text: format!("{}. {}", told.summary, told.lines.join(" ")),
    }];
    for register in checked.registers.iter().filter(|register| register.stale) {
        let name = &register.agency.name;
        issues.push(Issue::warning(
            "incomplete",
            format!(
                "The copy of the {name} register is older than its limit: it may lack changes."
            ),
        ));
    }
    if !checked.withheld.is_empty() {
        issues.push(Issue::warning("suppressed", "Not every register could be searched."));
    }
    if !search.ignored.is_empty() {
        let names = search.ignored.join(", ");
        issues.push(Issue::warning("not-supported", format!("Ignored parameters: {names}.")));
    }
    issues
}
