//! `Patient/$match` (hl7.org/fhir/R4/patient-operation-match.html, IHE ITI-119): whom of this agency's own people does a Patient mean?

use axum::{
    body::Body,
    extract::{Request, State},
    http::StatusCode,
};
use kinfold_domain::{Demographics, NumberAgreement, PersonName};
use kinfold_service::identify::{Extent, Identified, IdentifyQuestion, Likeness};
use kinfold_wire::fhir::{Limits, MatchRequest, NHS_NUMBER_SYSTEM};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    answer::{Desk, Fhir, Shared},
    bearer::{Granted, Patients},
    body,
    issue::{Issue, Severity, outcome},
    media::TakesJson,
    people,
    refusal::Refusal,
    words::moment,
};

/// From which probability on, in thousandths, a match is called probable.
const PROBABLE: u16 = 800;

/// `POST /fhir/Patient/$match`
pub(super) async fn answer(
    State(desk): State<Shared>,
    Granted(client, _): Granted<Patients>,
    _: TakesJson,
    request: Request<Body>,
) -> Result<Fhir, Refusal> {
    let bytes = body::resource(request).await?;
    let limits = Limits { bytes: body::RESOURCE, ..Limits::default() };
    let wish = MatchRequest::parse(&bytes, limits)?;
    let (subject, unread) = people::described(&desk, &wish.patient)?;
    // Whoever is looked for by less than was said may be taken for somebody else.
    if !unread.is_empty() {
        return Err(Refusal::invalid("value", unread.join(". ")));
    }
    let question = IdentifyQuestion { subject, purpose: people::purpose() };
    let release = desk.services.identify.identify(&client.system, question).await;
    let release = release.map_err(|error| Refusal::Identify(Box::new(error)))?;
    Ok(Fhir(StatusCode::OK, bundle(&desk, release.content(), &wish)))
}

fn bundle(desk: &Desk, found: &Identified, wish: &MatchRequest) -> Value {
    let most = wish.count.and_then(|count| usize::try_from(count).ok()).unwrap_or(usize::MAX);
    let wanted = |one: &&Likeness| one.certain || !wish.only_certain;
    let shown: Vec<&Likeness> = found.people.iter().filter(wanted).take(most).collect();
    let mut entries: Vec<Value> = shown
        .iter()
        .map(|one| {
            let id = desk.uuid();
            json!({
                "fullUrl": format!("urn:uuid:{id}"),
                "resource": patient(desk, id, one),
                "search": search(one),
            })
        })
        .collect();
    let issues = issues(desk, found, shown.len());
    if !issues.is_empty() {
        entries.push(json!({
            "fullUrl": format!("urn:uuid:{}", desk.uuid()),
            "resource": outcome(&issues),
            "search": { "mode": "outcome" },
        }));
    }
    json!({
        "resourceType": "Bundle",
        "id": found.ask.0.to_string(),
        "type": "searchset",
        "timestamp": found.at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "total": shown.len(),
        "entry": entries,
    })
}

fn search(one: &Likeness) -> Value {
    let grade = match (one.certain, one.number) {
        (true, _) => "certain",
        (false, NumberAgreement::AnotherName) => "possible",
        (false, _) if one.permille >= PROBABLE => "probable",
        (false, _) => "possible",
    };
    json!({
        "extension": [{
            "url": "http://hl7.org/fhir/StructureDefinition/match-grade",
            "valueCode": grade,
        }],
        "mode": "match",
        "score": f64::from(one.permille) / 1000.0,
    })
}

/// The identity that this agency holds; the id holds for this answer alone, the record's own name is an identifier.
fn patient(desk: &Desk, id: Uuid, one: &Likeness) -> Value {
    let known = &one.demographics;
    let mut identifiers = Vec::new();
    if let Some(number) = known.nhs_number {
        identifiers.push(json!({ "system": NHS_NUMBER_SYSTEM, "value": number.digits() }));
    }
    identifiers.push(json!({
        "system": format!("{}/{}", desk.address("fhir/source"), one.person.source),
        "value": one.person.record,
    }));
    // Aliases and former names are not told apart here, so no use is claimed of them.
    let names = std::iter::once((&known.name, Some("official")))
        .chain(known.other_names.iter().map(|name| (name, None)));
    let mut patient = json!({
        "resourceType": "Patient",
        "id": id.to_string(),
        "meta": { "lastUpdated": one.as_at.0.strftime("%Y-%m-%dT%H:%M:%SZ").to_string() },
        "identifier": identifiers,
        "name": names.map(|(name, kind)| human_name(name, kind)).collect::<Vec<_>>(),
        "gender": known.sex,
    });
    if let Some(born) = known.birth_date {
        patient["birthDate"] = json!(born.expose().to_string());
    }
    if let Some(address) = address(known) {
        patient["address"] = json!([address]);
    }
    patient
}

fn human_name(name: &PersonName, kind: Option<&str>) -> Value {
    let given: Vec<&str> = name.given().split_whitespace().collect();
    let mut json = json!({ "text": name.expose() });
    if let Some(kind) = kind {
        json["use"] = json!(kind);
    }
    if !name.family().is_empty() {
        json["family"] = json!(name.family());
    }
    if !given.is_empty() {
        json["given"] = json!(given);
    }
    json
}

/// Where they live, if the use case left it in.
fn address(known: &Demographics) -> Option<Value> {
    let address = known.address.as_ref()?;
    let lines: Vec<&String> = address.lines.iter().map(kinfold_domain::Personal::expose).collect();
    let mut json = json!({ "use": "home" });
    if !lines.is_empty() {
        json["line"] = json!(lines);
    }
    if let Some(postcode) = &address.postcode {
        json["postalCode"] = json!(postcode.expose());
    }
    Some(json)
}

/// What a reader must know beside the matches; never nothing where there is no match.
fn issues(desk: &Desk, found: &Identified, shown: usize) -> Vec<Issue> {
    let mut issues = Vec::new();
    let agency = &desk.services.agency.name;
    if let Some(sealed) = &found.sealed {
        let (name, phone) = (&sealed.desk, sealed.telephone.as_str());
        let text = format!(
            "A record is sealed. Ring {name}, {phone}, and quote {}. Nothing else of it is told here.",
            sealed.reference
        );
        issues.push(Issue::warning("suppressed", text));
    }
    match found.extent {
        Extent::TooLittle => issues.push(Issue::warning(
            "incomplete",
            "This is too little to look anybody up by: send an NHS number, or a name with date of birth or \
             postcode.",
        )),
        Extent::Cut => issues.push(Issue::warning(
            "incomplete",
            "More people may be meant than were weighed: send more to go by.",
        )),
        Extent::Whole => {}
    }
    let left = found.people.len() - shown;
    if left > 0 {
        let text = format!("{left} less certain or further matches were left out, as asked.");
        issues.push(informational("informational", text));
    }
    if shown == 0 && found.people.is_empty() && issues.is_empty() {
        let at = moment(found.at);
        let text = format!("{agency} knows nobody who fits, as at {at}.");
        issues.push(informational("not-found", text));
    }
    issues
}

fn informational(code: &'static str, text: String) -> Issue {
    Issue { severity: Severity::Information, code, answer: None, text }
}
