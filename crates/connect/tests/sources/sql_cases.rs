//! A case system in `SQLite` with a schema of its own: dates as people write them, codes, names in one column, a register.

use kinfold_connect::sql::{Mapping, SqlConfig, SqlDatabase, SqlSource};
use kinfold_domain::{AbuseCategory, Category, FactContent, RegisterStatus};
use kinfold_service::ports::{KeptRegister, SourceSystem};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::support::{agency, all, noon, of, person, read_on};

pub(crate) const SCHEMA: &str = "
CREATE TABLE client (ref TEXT PRIMARY KEY, label TEXT, dob TEXT, g INTEGER, nhs TEXT, lock_yn TEXT, st TEXT, amended INTEGER, addr TEXT, pc TEXT);
INSERT INTO client VALUES ('c/1', 'O''TEST, Ada', '31/03/2019', 2, '9990000018', 'N', 'A', 100, '1 Sample Row' || char(10) || 'Ashmoor', 's601aa');
INSERT INTO client VALUES ('c/2', 'Zebedee Example', '31/02/2019', 9, '9990000019', 'N', 'A', 100, NULL, 'NOWHERE');
INSERT INTO client VALUES ('c/3', '', '01/01/2015', 1, NULL, 'N', 'A', 100, NULL, NULL);
INSERT INTO client VALUES ('c/4', 'Hidden, Child', '01/01/2015', 1, NULL, 'Y', 'A', 100, 'SECRET HOUSE', NULL);
INSERT INTO client VALUES ('c/5', 'Merged, Child', '01/01/2015', 1, NULL, 'N', 'M', 100, NULL, NULL);
INSERT INTO client VALUES ('c/6', 'Odd, Child', '01/01/2015', 1, '0000000000', 'perhaps', 'A', NULL, NULL, NULL);
CREATE TABLE visit (id INTEGER PRIMARY KEY, client TEXT, seen TEXT, site TEXT, why TEXT);
INSERT INTO visit VALUES (1, 'c/1', '01/07/2026 10:00', 'Clinic', 'Zebedee'), (2, 'c/1', 'soon', 'Clinic', NULL), (3, 'c/4', '01/07/2026 10:00', 'Refuge', NULL);
CREATE TABLE plan (id TEXT, client TEXT, kind TEXT, since TEXT, till TEXT, cat TEXT, worker TEXT);
INSERT INTO plan VALUES ('CP/7', 'c/1', 'CP', '01/02/2026', NULL, 'N', 'Rosa Worker'), ('CP/8', 'c/2', 'XX', '01/02/2026', NULL, 'N', NULL),
  ('CP/9', 'c/4', 'LAC', '01/02/2026', '01/03/2026', 'Q', NULL), ('cp/7', 'c/1', 'CP', '01/02/2026', NULL, 'N', NULL);
";

pub(crate) const MAPPING: &str = "
date = 'DD/MM/YYYY'
time = 'DD/MM/YYYY HH:mm'
[codes.abuse]
N = 'NEG'
[people]
query = \"SELECT *, st = 'M' AS gone FROM client -- everybody\"
id = 'REF'
changed = 'amended'
gone = 'gone'
sealed = 'lock_yn'
name = 'label'
birth_date = 'dob'
sex = { column = 'g', codes = { 1 = 'male', 2 = 'female' } }
nhs_number = 'nhs'
address_lines = 'addr'
postcode = 'pc'
[[facts.attendances]]
query = 'SELECT * FROM visit WHERE client = $person'
record = 'id'
arrived = 'seen'
place = 'site'
reason = 'why'
[register]
query = \"SELECT p.*, c.label, c.lock_yn, '01632 960001' AS office FROM plan p JOIN client c ON c.ref = p.client\"
id = 'id'
person = 'client'
name = 'label'
status = { column = 'kind', codes = { CP = 'child-protection-plan', LAC = 'looked-after' } }
start = 'since'
end = 'till'
category = { column = 'cat', codes = 'abuse' }
office_telephone = 'office'
emergency_telephone = { text = '01632 960002' }
sealed = 'lock_yn'
desk = { text = 'Safeguarding desk' }
desk_telephone = { text = '01632 960003' }
desk_reference = 'id'
[register_professionals]
query = 'SELECT * FROM plan WHERE worker IS NOT NULL'
entry = 'id'
name = 'worker'
role = { text = 'Key worker' }
";

pub(crate) struct Cases {
    pub(crate) folder: tempfile::TempDir,
}

impl Cases {
    pub(crate) async fn new() -> Self {
        let cases = Self { folder: tempfile::tempdir().unwrap() };
        cases.write(SCHEMA).await;
        cases
    }

    pub(crate) async fn write(&self, sql: &str) {
        let options = SqliteConnectOptions::new().filename(self.file()).create_if_missing(true);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    pub(crate) fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("cases.db")
    }

    pub(crate) fn source(&self, mapping: &str, change: impl FnOnce(&mut SqlConfig)) -> SqlSource {
        let mut config = SqlConfig::of(SqlDatabase::Sqlite { file: self.file() }, "cases.toml");
        change(&mut config);
        let mapping = Mapping::parse(mapping, "cases.toml").unwrap();
        SqlSource::with_mapping("cases", agency(), (config, mapping), noon()).unwrap()
    }
}

#[tokio::test]
async fn people_are_read_page_by_page_and_what_cannot_be_read_is_told_by_column() {
    let cases = Cases::new().await;
    for page_size in [1, 2, 500] {
        let source = cases.source(MAPPING, |config| config.page_size = page_size);
        source.check().await.unwrap();
        let (read, _) = read_on(&source, None).await.unwrap();
        let ids: Vec<_> = read.people.iter().map(|p| p.id.record.as_str()).collect();
        assert_eq!(ids, ["c/1", "c/2", "c/4", "c/6"]);
        assert_eq!(read.gone, [person("cases", "c/5")]);
        let sealed: Vec<_> = read.people.iter().map(|p| p.sealed).collect();
        assert_eq!(sealed, [false, false, true, true], "what says neither yes nor no is sealed");
        let ada = &read.people[0].demographics;
        assert_eq!((ada.name.family(), ada.name.given()), ("O'TEST", "Ada"));
        assert_eq!(ada.postcode().unwrap().expose(), "S60 1AA");
        assert_eq!(ada.address.as_ref().unwrap().lines.len(), 2);

        let told: Vec<String> =
            read.rejected.iter().map(|r| format!("{} {}", r.record, r.problem)).collect();
        let expected = [
            "c/2 loaded without nhs_number",
            "c/2 loaded without birth_date",
            "c/2 loaded without sex",
            "c/2 loaded without postcode",
            "c/3 not loaded: name",
            "c/6 loaded without sealed",
        ];
        assert_eq!(told.len(), expected.len(), "{told:?}");
        for start in expected {
            let line = told
                .iter()
                .find(|line| line.starts_with(start))
                .unwrap_or_else(|| panic!("{start}: {told:?}"));
            assert!(line.contains("column ") && line.contains("correct it"), "{line}");
        }
        let whole = told.join(" ");
        assert!(
            !["Zebedee", "31/02", "9990000019", "NOWHERE"]
                .iter()
                .any(|value| whole.contains(value)),
            "{whole}"
        );
    }
}

#[tokio::test]
async fn only_what_changed_is_read_again_and_nothing_at_the_same_instant_is_lost() {
    let cases = Cases::new().await;
    let source = cases.source(MAPPING, |_| ());
    let (_, cursor) = read_on(&source, None).await.unwrap();
    cases.write("INSERT INTO client VALUES ('c/0', 'Same, Instant', NULL, 1, NULL, 'N', 'A', 100, NULL, NULL);
                 INSERT INTO client VALUES ('c/9', 'Old, News', NULL, 1, NULL, 'N', 'A', 99, NULL, NULL)").await;
    let (read, _) = read_on(&source, cursor.as_ref()).await.unwrap();
    let ids: Vec<_> = read.people.iter().map(|p| p.id.record.as_str()).collect();
    assert_eq!(ids, ["c/0", "c/1", "c/2", "c/4"]);
}

#[tokio::test]
async fn facts_are_typed_and_a_sealed_child_gives_away_nothing_but_being_known() {
    let cases = Cases::new().await;
    let source = cases.source(MAPPING, |_| ());
    let gathered = source.facts(&all(), &person("cases", "c/1")).await.unwrap();
    let visits = of(&gathered.facts, Category::Attendances);
    let [FactContent::Attendances(visit)] = visits[..] else { panic!("{visits:?}") };
    assert_eq!(visit.arrived, "2026-07-01T09:00:00Z".parse().unwrap(), "British summer time");
    assert_eq!(of(&gathered.facts, Category::Register).len(), 1);
    assert_eq!(
        gathered
            .facts
            .iter()
            .find(|f| f.category() == Category::Attendances)
            .unwrap()
            .source
            .record,
        "1"
    );
    let told = format!("{:?}", gathered.rejected);
    assert!(told.contains("arrived") && !told.contains("soon"), "{told}");

    let sealed = source.facts(&all(), &person("cases", "c/4")).await.unwrap();
    assert_eq!(sealed.facts.len(), 1);
    assert_eq!(of(&sealed.facts, Category::Existence).len(), 1);
    for nobody in ["c/5", "nobody", "' OR 1=1 --"] {
        assert!(source.facts(&all(), &person("cases", nobody)).await.unwrap().facts.is_empty());
    }
}

#[tokio::test]
async fn the_register_is_read_whole_with_its_professionals() {
    let cases = Cases::new().await;
    let source = cases.source(MAPPING, |_| ());
    let KeptRegister { entries, rejected, .. } = source.register().await.unwrap().unwrap();
    let [plan, looked_after] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!((plan.id.as_str(), plan.status), ("cp-7", RegisterStatus::ChildProtectionPlan));
    assert_eq!(plan.category, Some(AbuseCategory::Neglect));
    assert_eq!(plan.professionals[0].role, "Key worker");
    assert_eq!(looked_after.sealed.as_ref().unwrap().desk, "Safeguarding desk");
    assert_eq!(looked_after.end.unwrap().to_string(), "2026-03-01");
    let told: Vec<String> =
        rejected.iter().map(|r| format!("{} {}", r.record, r.problem)).collect();
    for start in [
        "CP/8 loaded without status",
        "CP/8 not loaded: status",
        "CP/9 loaded without category",
        "cp/7 not loaded: id",
    ] {
        assert!(told.iter().any(|line| line.starts_with(start)), "{start}: {told:?}");
    }
    assert!(
        cases
            .source(&MAPPING[..MAPPING.find("[register]").unwrap()], |_| ())
            .register()
            .await
            .unwrap()
            .is_none()
    );
}
