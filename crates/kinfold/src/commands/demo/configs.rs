//! The two nodes' configurations, as an operator would write them.

use kinfold_sample::SampleAgency;

use super::Places;

/// The mapping of the sample case system's schema.
pub(super) const CASE_SYSTEM_MAPPING: &str =
    include_str!("../../../../connect/mappings/ashmoor-case-system.toml");

pub(super) fn council(places: &Places, agency: &SampleAgency, stale_after_s: u64) -> String {
    let common = common(places, agency, "council", stale_after_s);
    let (office, out_of_hours) = (agency.office, agency.out_of_hours);
    format!(
        r#"{common}
[feeds]
alarm = "otto.operator"

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
    )
}

pub(super) fn trust(places: &Places, agency: &SampleAgency, stale_after_s: u64) -> String {
    let common = common(places, agency, "trust", stale_after_s);
    let (port, mllp) = (places.fhir(), places.mllp());
    format!(
        r#"{common}
[feeds]
alarm = "piet.operator"

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
    )
}

fn common(places: &Places, agency: &SampleAgency, name: &str, stale_after_s: u64) -> String {
    let (web, partner) = (places.web(name), places.partner(name));
    let kind = if name == "council" { "council" } else { "nhs-trust" };
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
