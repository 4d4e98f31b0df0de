//! The worked example of `docs/connectors.md`, run as it stands there.

use kinfold_connect::{
    fhir::FhirConfig,
    sql::{Mapping, SqlConfig, SqlDatabase, SqlSource, SqlTls},
};
use kinfold_domain::Category;
use kinfold_service::ports::{KeptRegister, SourceSystem};

use crate::support::{agency, all, noon, of, skip};
use kinfold_temporary_postgres::TemporaryPostgres;

const DOCUMENT: &str = include_str!("../../../../docs/connectors.md");

/// The fenced block that begins with these words.
fn block(words: &str) -> &'static str {
    let from = DOCUMENT.find(words).unwrap();
    DOCUMENT[from..].split("```").next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worked_example_fits_its_database_as_it_is_printed() {
    let postgres = match TemporaryPostgres::start() {
        Ok(postgres) => postgres,
        Err(reason) => {
            return skip("the_worked_example_fits_its_database_as_it_is_printed", &reason);
        }
    };
    postgres.sql("postgres", block("CREATE TABLE client"));
    postgres.sql(
        "postgres",
        "INSERT INTO client VALUES (7, 'Test', 'Ada', NULL, '31/03/2019', 'F', '9990000018', 'A', 'N', '1', 'Sample Row', 'S60 1AA', now());
         INSERT INTO alias VALUES (7, 'Former', 'Ada');
         INSERT INTO contact_event VALUES (1, 7, '2026-07-01 10:00', 'North office', 'Call');
         INSERT INTO worker VALUES (3, 'Rosa Worker', '01632 960004', 'Team North');
         INSERT INTO cp_plan VALUES ('CP/1', 7, '2026-02-01', NULL, 'N', 3)",
    );
    let mapping = Mapping::parse(block("date = \"iso\""), "case-system.toml").unwrap();
    let database = SqlDatabase::Postgres {
        host: postgres.socket(),
        port: postgres.port,
        database: "postgres".to_owned(),
        user: "postgres".to_owned(),
        password_file: None,
        tls: SqlTls::Off,
        ca_file: None,
    };
    let config = SqlConfig::of(database, "case-system.toml");
    let source = SqlSource::with_mapping("cases", agency(), (config, mapping), noon()).unwrap();
    let checked = source.check().await.unwrap();
    assert_eq!(checked.notes, Vec::<String>::new());
    let page = source.people(None).await.unwrap();
    assert_eq!((page.people.len(), page.rejected.len()), (1, 0));
    let gathered = source.facts(&all(), &page.people[0].id).await.unwrap();
    assert_eq!(gathered.rejected, vec![]);
    assert_eq!(of(&gathered.facts, Category::Attendances).len(), 1);
    let KeptRegister { entries, rejected, .. } = source.register().await.unwrap().unwrap();
    assert_eq!((entries.len(), entries[0].professionals.len(), rejected.len()), (1, 1, 0));
}

#[test]
fn the_documented_configurations_are_read() {
    let under = |words: &str| block(words).split_once(']').unwrap().1;
    let _: FhirConfig = toml::from_str(under(
        "[source.fhir]\nbase_url = \"https://fhir.our-trust.example/R4\"\nauth",
    ))
    .unwrap();
    let _: SqlConfig = toml::from_str(under("[source.sql]\nmapping")).unwrap();
}
