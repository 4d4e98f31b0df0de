//! The connector against GNU Health: a hospital system's own `PostgreSQL` schema, filled through its own models.

use std::process::Command;

use kinfold_connect::sql::{SqlConfig, SqlDatabase, SqlSource, SqlTls};
use kinfold_domain::{Category, FactContent, Sex};
use kinfold_service::ports::{SourceError, SourceSystem};

use crate::support::{agency, all, find, folder, noon, of, read_on, skip, use_ring};
use kinfold_temporary_postgres::{PASSWORD, TemporaryPostgres};

const NAME: &str = "a_hospital_systems_own_schema_is_adapted_to_by_a_mapping_file_alone";

fn prepare() -> Result<TemporaryPostgres, String> {
    let place = folder().join("gnuhealth");
    let site = place.join("site");
    if !site.join("trytond").is_dir() {
        return Err("GNU Health is not there; run cargo xtask setup".to_owned());
    }
    let postgres = TemporaryPostgres::start()?;
    postgres.sql("postgres", "CREATE DATABASE health");
    let configuration = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    let uri = format!(
        "[database]\nuri = postgresql://postgres:{PASSWORD}@127.0.0.1:{}/\n",
        postgres.port
    );
    std::fs::write(configuration.path(), uri).map_err(|error| error.to_string())?;
    let password = tempfile::NamedTempFile::new().map_err(|error| error.to_string())?;
    std::fs::write(password.path(), "synthetic-admin-password")
        .map_err(|error| error.to_string())?;
    let python = |script: std::path::PathBuf, arguments: &[&str]| {
        let output = Command::new("python3")
            .args(["-W", "ignore"])
            .arg(script)
            .args(arguments)
            .env("PYTHONPATH", &site)
            .env("TRYTOND_CONFIG", configuration.path())
            .env("TRYTONPASSFILE", password.path())
            .output()
            .map_err(|error| format!("python3: {error}"))?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        output.status.success().then_some(()).ok_or(said)
    };
    let install = [
        "-d",
        "health",
        "-u",
        "health",
        "--activate-dependencies",
        "-p",
        "--email",
        "a@example.org",
    ];
    python(site.join("bin/trytond-admin"), &install)?;
    python(place.join("fill.py"), &["health"])?;
    postgres.sql("health", "CREATE ROLE reader LOGIN PASSWORD 'reads-only'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader");
    Ok(postgres)
}

fn source(postgres: &TemporaryPostgres, password: &str, page_size: u32) -> SqlSource {
    let password_file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(password_file.path(), format!("{password}\n")).unwrap();
    let database = SqlDatabase::Postgres {
        host: "127.0.0.1".to_owned(),
        port: postgres.port,
        database: "health".to_owned(),
        user: "reader".to_owned(),
        password_file: Some(password_file.path().to_owned()),
        tls: SqlTls::Off,
        ca_file: None,
    };
    let mut config = SqlConfig::of(database, folder().join("gnuhealth/mapping.toml"));
    config.page_size = page_size;
    SqlSource::new("gnuhealth", agency(), config, noon()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hospital_systems_own_schema_is_adapted_to_by_a_mapping_file_alone() {
    use_ring();
    let postgres = match prepare() {
        Ok(postgres) => postgres,
        Err(reason) => return skip(NAME, &reason),
    };
    let source = source(&postgres, "reads-only", 2);
    let checked = source.check().await.unwrap();
    assert!(checked.categories.contains(&Category::Attendances));

    let (read, cursor) = read_on(&source, None).await.unwrap();
    assert_eq!((read.people.len(), read.gone.len()), (4, 1));
    assert_eq!(read.rejected.len(), 2, "{:?}", read.rejected);
    let told = format!("{:?}", read.rejected);
    assert!(
        told.contains("nhs_number") && told.contains("postcode") && !told.contains("9990000019")
    );
    assert!(!told.contains("NOWHERE"));

    let ada = find(&read.people, "Ada Zoë");
    let known = &ada.demographics;
    assert_eq!(known.nhs_number.unwrap().digits(), "9990000018");
    assert_eq!((known.name.family(), known.sex), ("O'Test-Świętek", Sex::Female));
    assert_eq!(known.birth_date.unwrap().expose().to_string(), "2019-03-31");
    assert_eq!(known.address.as_ref().unwrap().lines.len(), 3);
    assert!(known.other_names.iter().any(|name| name.family() == "Former"));
    find(&read.people, "فاطمة");

    let gathered = source.facts(&all(), &ada.id).await.unwrap();
    assert_eq!(gathered.rejected, vec![]);
    let count = |category| of(&gathered.facts, category).len();
    for (category, number) in [
        (Category::Existence, 1),
        (Category::Demographics, 1),
        (Category::Address, 1),
        (Category::Attendances, 1),
        (Category::HealthSummary, 2),
        (Category::Sensitive, 1),
        (Category::Household, 1),
        (Category::Contact, 1),
    ] {
        assert_eq!(count(category), number, "{category}");
    }
    let FactContent::Attendances(visit) = of(&gathered.facts, Category::Attendances)[0] else {
        panic!()
    };
    assert_eq!(visit.arrived, "2026-07-01T09:30:00Z".parse().unwrap());

    // What changes afterwards is read from the cursor on, and nobody else is lost.
    postgres.sql("health", "UPDATE party_party SET name = 'Renamed', write_date = now() AT TIME ZONE 'UTC' + interval '1 hour' \
                            WHERE name = 'Alan'");
    let (changed, _) = read_on(&source, cursor.as_ref()).await.unwrap();
    find(&changed.people, "Renamed");

    cannot_write(&postgres).await;
    let refused = self::source(&postgres, "wrong", 2).people(None).await.unwrap_err();
    assert_eq!(refused, SourceError::Unauthorised);
}

/// Even a query that tries, as a user who may, changes nothing.
async fn cannot_write(postgres: &TemporaryPostgres) {
    postgres.sql(
        "health",
        "CREATE FUNCTION meddle() RETURNS integer LANGUAGE sql AS \
         'UPDATE party_party SET active = false RETURNING 1'",
    );
    let mapping = "person_id = 'integer'\n[people]\nquery = 'SELECT id, meddle() AS given FROM party_party'\n\
                   id = 'id'\ngiven = 'given'\n";
    let mapping_file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(mapping_file.path(), mapping).unwrap();
    let database = SqlDatabase::Postgres {
        host: postgres.socket(),
        port: postgres.port,
        database: "health".to_owned(),
        user: "postgres".to_owned(),
        password_file: None,
        tls: SqlTls::Off,
        ca_file: None,
    };
    let config = SqlConfig::of(database, mapping_file.path());
    let source = SqlSource::new("gnuhealth", agency(), config, noon()).unwrap();
    let error = source.people(None).await.unwrap_err();
    // 25006: read_only_sql_transaction.
    assert_eq!(error, SourceError::Failed("SQL error 25006".to_owned()));
    assert_ne!(postgres.sql("health", "SELECT count(*) FROM party_party WHERE active"), "0");
}
