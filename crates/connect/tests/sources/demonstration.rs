//! The connectors against the demonstration's own two systems.

use std::sync::Arc;

use kinfold_connect::{
    fhir::{FhirAuth, FhirConfig, FhirSource},
    sql::{SqlConfig, SqlDatabase, SqlSource},
};
use kinfold_domain::{Category, RegisterEntry, RegisterStatus};
use kinfold_sample::{
    Access, CaseSystem, ClientId, District, FhirServer, Hospital, Seed, Size, serve,
};
use kinfold_service::ports::{Clock, KeptRegister, SourceSystem};

use crate::support::{agency, all, noon, of, person, read_on, use_ring};

fn district() -> District {
    let today = noon().now().to_zoned(jiff::tz::TimeZone::UTC).date();
    District::generate(Seed(7), Size { people_per_agency: 2_000 }, today)
}

#[tokio::test]
async fn the_councils_case_system_is_read_through_its_mapping_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.db");
    let district = district();
    CaseSystem::create(&file, &district, |_| ()).await.unwrap();
    let mapping = concat!(env!("CARGO_MANIFEST_DIR"), "/mappings/ashmoor-case-system.toml");
    let config = SqlConfig::of(SqlDatabase::Sqlite { file: file.clone() }, mapping);
    let source = SqlSource::new("case-system", agency(), config, noon()).unwrap();
    source.check().await.unwrap();

    let (read, cursor) = read_on(&source, None).await.unwrap();
    assert_eq!(read.people.len(), district.clients.len());
    assert!(!read.gone.is_empty() && read.people.iter().any(|person| person.sealed));
    assert!(read.people.iter().any(|person| !person.demographics.other_names.is_empty()));
    assert!(read.people.iter().any(|person| !person.demographics.former_postcodes.is_empty()));
    let odd = read
        .rejected
        .iter()
        .filter(|r| !r.problem.contains("nhs_number") && !r.problem.contains("postcode"));
    assert_eq!(odd.count(), 0, "{:?}", read.rejected);

    let entries = the_register(&source).await;
    let on_plan = entries
        .iter()
        .find(|e| e.sealed.is_none() && e.status == RegisterStatus::ChildProtectionPlan)
        .unwrap();
    let number = on_plan.subject.nhs_number;
    let child = read
        .people
        .iter()
        .find(|p| number.is_some() && p.demographics.nhs_number == number)
        .unwrap();
    let gathered = source.facts(&all(), &child.id).await.unwrap();
    for category in [
        Category::Register,
        Category::Contact,
        Category::Household,
        Category::Involvement,
        Category::SocialCareSummary,
    ] {
        assert!(!of(&gathered.facts, category).is_empty(), "{category}");
    }

    let cases = CaseSystem::open(&file).await.unwrap();
    let client = ClientId::from(&district.clients[0]);
    cases.rename(client, ("Renamed", "Somebody"), noon().now()).await.unwrap();
    let (changed, _) = read_on(&source, cursor.as_ref()).await.unwrap();
    assert!(changed.people.len() < 200, "{}", changed.people.len());
    assert!(changed.people.iter().any(|p| p.demographics.name.family() == "Renamed"));
}

async fn the_register(source: &SqlSource) -> Vec<RegisterEntry> {
    let KeptRegister { entries, rejected, .. } = source.register().await.unwrap().unwrap();
    assert!(entries.len() > 20, "{}", entries.len());
    for status in [
        RegisterStatus::ChildProtectionPlan,
        RegisterStatus::LookedAfter,
        RegisterStatus::UnbornPlan,
    ] {
        assert!(entries.iter().any(|entry| entry.status == status), "{status:?}");
    }
    assert!(
        entries.iter().all(|e| e.professionals.first().is_some_and(|p| p.role == "Key worker"))
    );
    assert!(
        entries.iter().any(|e| e.sealed.is_some())
            && entries.iter().any(|e| !e.household.is_empty())
    );
    assert!(
        rejected
            .iter()
            .all(|r| r.problem.contains("loaded without nhs_number")
                || r.problem.contains("postcode"))
    );
    entries
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trusts_fhir_server_is_read_and_its_facts_gathered() {
    use_ring();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hospital.db");
    let district = district();
    Hospital::create(&file, &district, |_| ()).await.unwrap();
    let hospital = Hospital::open(&file).await.unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/fhir", listener.local_addr().unwrap());
    let server =
        FhirServer { hospital, access: Access::bearer("synthetic"), base_url: url.clone() };
    let task = tokio::spawn(serve(listener, server, std::future::pending()));
    let token_file = folder.path().join("token");
    std::fs::write(&token_file, "synthetic").unwrap();
    let mut config = FhirConfig::at(&url);
    config.auth = FhirAuth::Bearer { token_file };
    let clock: Arc<dyn Clock> = noon();
    let source = FhirSource::new("pas", agency(), config, clock).unwrap();
    source.check().await.unwrap();

    let (read, _) = read_on(&source, None).await.unwrap();
    assert!(read.people.len() + 50 > district.patients.len(), "{}", read.people.len());
    assert!(read.people.iter().any(|person| person.sealed));
    let mut seen = std::collections::BTreeSet::new();
    for known in read.people.iter().filter(|p| !p.sealed).take(60) {
        let gathered = source.facts(&all(), &known.id).await.unwrap();
        assert_eq!(gathered.rejected.len(), 0, "{:?}", gathered.rejected);
        seen.extend(gathered.facts.iter().map(kinfold_domain::Fact::category));
    }
    for category in [
        Category::Demographics,
        Category::Address,
        Category::Attendances,
        Category::HealthSummary,
        Category::Contact,
        Category::Household,
    ] {
        assert!(seen.contains(&category), "{category}: {seen:?}");
    }
    assert!(source.facts(&all(), &person("pas", "nobody")).await.unwrap().facts.is_empty());
    task.abort();
}
