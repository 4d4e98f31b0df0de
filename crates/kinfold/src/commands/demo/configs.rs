//! The two nodes' configurations, as an operator would write them.

use anyhow::Context;
use kinfold_domain::AgencyKind;
use kinfold_sample::SampleAgency;

use super::Places;

/// The mapping of the sample case system's schema.
pub(super) const CASE_SYSTEM_MAPPING: &str =
    include_str!("../../../../connect/mappings/ashmoor-case-system.toml");

pub(super) fn council(
    places: &Places,
    (name, agency): (&str, &SampleAgency),
    stale_after_s: u64,
) -> anyhow::Result<String> {
    let common = common(places, (name, agency), stale_after_s);
    let operator = operator(agency)?;
    let (office, out_of_hours) = (agency.office, agency.out_of_hours);
    Ok(format!(
        r#"{common}
[feeds]
alarm = "{operator}"

[register]
source = "case-system"
poll_ms = 3000
phones = {{ office = "{office}", emergency_duty_team = "{out_of_hours}" }}

[[source]]
name = "case-system"
refresh_ms = 3000

[source.sql]
database = {{ kind = "sqlite", file = "case-system.sqlite" }}
mapping = "case-system-mapping.toml"
"#
    ))
}

pub(super) fn trust(
    places: &Places,
    (name, agency): (&str, &SampleAgency),
    stale_after_s: u64,
) -> anyhow::Result<String> {
    let common = common(places, (name, agency), stale_after_s);
    let operator = operator(agency)?;
    let (port, mllp) = (places.fhir(), places.mllp());
    Ok(format!(
        r#"{common}
[feeds]
alarm = "{operator}"

[department.mllp]
listen = "127.0.0.1:{mllp}"

[[department.mllp.sender]]
name = "patient administration"
addresses = ["127.0.0.1"]

[[source]]
name = "hospital"
refresh_ms = 3000

[source.fhir]
base_url = "http://127.0.0.1:{port}/fhir"
page_size = 1000
plain_http = true
auth = {{ kind = "bearer", token_file = "hospital.token" }}
"#
    ))
}

/// Who is told that a feed has stopped.
fn operator(agency: &SampleAgency) -> anyhow::Result<&'static str> {
    let operator = agency.employees.iter().find(|employee| employee.role == "operator");
    Ok(operator.context("an agency of the demonstration has no operator")?.user_name)
}

fn common(places: &Places, (name, agency): (&str, &SampleAgency), stale_after_s: u64) -> String {
    let (web, partner) = (places.web(name), places.partner(name));
    let kind = match agency.kind {
        AgencyKind::Council => "council",
        AgencyKind::NhsTrust => "nhs-trust",
    };
    let SampleAgency { id, name, out_of_hours, .. } = agency;
    format!(
        r#"# A node of the demonstration. Everything in it is synthetic.
folder = "data"
stale_after_s = {stale_after_s}

[agency]
id = "{id}"
name = "{name}"
kind = "{kind}"

[web]
listen = "127.0.0.1:{web}"

[partner]
listen = "127.0.0.1:{partner}"

[sealed_desk]
desk = "Safeguarding desk"
telephone = "{out_of_hours}"
"#
    )
}
