use jiff::civil::date;
use kinfold_domain::AbuseCategory;
use sqlx::Row;

use super::*;
use crate::{Seed, Size, StoryKey};

const TODAY: Date = date(2026, 11, 1);

async fn system() -> (tempfile::TempDir, District, CaseSystem) {
    let folder = tempfile::tempdir().unwrap();
    let district = District::generate(Seed(7), Size::SMALL, TODAY);
    let path = folder.path().join("cases.db");
    let mut steps = Vec::new();
    CaseSystem::create(&path, &district, |progress| steps.push(progress)).await.unwrap();
    assert_eq!(steps.last().map(|p| p.done), steps.last().map(|p| p.of));
    let system = CaseSystem::open(&path).await.unwrap();
    (folder, district, system)
}

impl CaseSystem {
    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.pool).await.unwrap()
    }
}

#[tokio::test]
async fn every_reference_of_the_case_database_holds() {
    let (_folder, district, system) = system().await;
    let broken = sqlx::query("PRAGMA foreign_key_check").fetch_all(&system.pool).await.unwrap();
    assert!(broken.is_empty());
    let live = system
        .count("SELECT COUNT(*) FROM PERSON WHERE RECORD_STATUS = 'A' AND EXPECTED_DOB IS NULL")
        .await;
    assert_eq!(usize::try_from(live).unwrap(), district.clients.len());
    assert!(system.count("SELECT COUNT(*) FROM PERSON WHERE RECORD_STATUS <> 'A'").await > 0);
    let plans = system.count("SELECT COUNT(*) FROM CP_PLAN").await
        + system.count("SELECT COUNT(*) FROM LAC_EPISODE").await;
    assert_eq!(usize::try_from(plans).unwrap(), district.placements.len());
    for table in ["PERSON_ALIAS", "RELATIONSHIP", "ASSESSMENT", "CASE_NOTE_SUMMARY", "RESTRICTION"]
    {
        let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let rows: i64 = sqlx::query_scalar(sql).fetch_one(&system.pool).await.unwrap();
        assert!(rows > 0, "{table}");
    }
}

#[tokio::test]
async fn dates_of_birth_are_uk_text_and_codes_are_in_their_tables() {
    let (_folder, _, system) = system().await;
    let odd = "SELECT COUNT(*) FROM PERSON WHERE DOB IS NOT NULL AND DOB NOT GLOB '[0-3][0-9]/[01][0-9]/[12][0-9][0-9][0-9]'";
    assert_eq!(system.count(odd).await, 0);
    let lost = "SELECT COUNT(*) FROM RELATIONSHIP r WHERE NOT EXISTS
                (SELECT 1 FROM REF_CODE c WHERE c.DOMAIN = 'REL' AND c.CODE = r.REL_CODE)";
    assert_eq!(system.count(lost).await, 0);
    let ahead = "SELECT COUNT(*) FROM PERSON WHERE LAST_UPDATED >= '2026-11-01'";
    assert_eq!(system.count(ahead).await, 0);
}

#[tokio::test]
async fn an_unborn_plan_is_found_through_the_mother() {
    let (_folder, district, system) = system().await;
    let story = district.story(StoryKey::UnbornPlan).unwrap();
    let client = system.client(story.ask.nhs_number.unwrap()).await.unwrap().unwrap();
    let row = sqlx::query(
        "SELECT p.PLAN_TYPE, u.FORENAMES, u.EXPECTED_DOB FROM CP_PLAN p
         JOIN PERSON u ON u.PERSON_ID = p.PERSON_ID WHERE p.MOTHER_PERSON_ID = $1",
    );
    let row = row.bind(client.0).fetch_one(&system.pool).await.unwrap();
    assert_eq!((row.get::<&str, _>(0), row.get::<&str, _>(1)), ("UNB", "Unborn"));
    assert_eq!(row.get::<&str, _>(2), "2027-01-03");
}

#[tokio::test]
async fn a_plan_begins_and_ends_and_each_bumps_what_was_touched() {
    let (_folder, district, system) = system().await;
    let story = district.story(StoryKey::NotOnRegister).unwrap();
    let client = system.client(story.ask.nhs_number.unwrap()).await.unwrap().unwrap();
    assert_eq!(system.open_plan(client).await.unwrap(), None);
    let at = moment(TODAY, 600);
    let plan = NewPlan {
        client,
        category: AbuseCategory::Physical,
        key_worker: 0,
        start: TODAY,
        next_review: date(2027, 1, 20),
    };
    let id = system.put_child_on_plan(plan, at).await.unwrap();
    assert_eq!(system.open_plan(client).await.unwrap(), Some(id));
    let fresh = "SELECT COUNT(*) FROM CP_PLAN WHERE LAST_UPDATED = '2026-11-01 10:00:00'";
    assert_eq!(system.count(fresh).await, 1);
    system.end_plan(id, TODAY, at).await.unwrap();
    assert_eq!(system.open_plan(client).await.unwrap(), None);
    assert!(matches!(system.end_plan(id, TODAY, at).await, Err(CaseSystemError::Unknown)));

    let nobody = NewPlan { client: ClientId(1), ..plan };
    assert!(matches!(system.put_child_on_plan(nobody, at).await, Err(CaseSystemError::Unknown)));
}

#[tokio::test]
async fn a_corrected_telephone_and_a_new_home_are_stored() {
    let (_folder, district, system) = system().await;
    let at = moment(TODAY, 660);
    let telephone = "07700 900999".parse().unwrap();
    system.correct_worker_telephone(0, &telephone, at).await.unwrap();
    let sql = "SELECT COUNT(*) FROM WORKER WHERE PHONE = '07700 900999' AND LAST_UPDATED = '2026-11-01 11:00:00'";
    assert_eq!(system.count(sql).await, 1);
    let client = ClientId::from(&district.clients[0]);
    let home = crate::places::address("1 Sample Street", "Ashmoor", "ZZ1 1ZZ");
    system.move_home(client, &home, (TODAY, at)).await.unwrap();
    system.rename(client, ("Mockford", "Jay"), at).await.unwrap();
    let sql = "SELECT COUNT(*) FROM ADDRESS_HISTORY h JOIN ADDRESS a USING (ADDRESS_ID)
               WHERE h.TO_DATE IS NULL AND a.POSTCODE = 'ZZ1 1ZZ'";
    assert_eq!(system.count(sql).await, 1);
}

#[tokio::test]
async fn the_same_district_writes_the_same_people() {
    let (_folder, _, one) = system().await;
    let (_other, _, two) = system().await;
    let all =
        "SELECT group_concat(SURNAME || COALESCE(DOB, '') || COALESCE(NHS_NO, '')) FROM PERSON";
    let read = async |system: &CaseSystem| -> String {
        sqlx::query_scalar(all).fetch_one(&system.pool).await.unwrap()
    };
    assert_eq!(read(&one).await, read(&two).await);
}

#[tokio::test]
async fn a_new_database_replaces_the_old_one_whole() {
    let (folder, district, system) = system().await;
    let path = folder.path().join("cases.db");
    let client = ClientId::from(&district.clients[0]);
    system.rename(client, ("Written", "Before"), moment(TODAY, 600)).await.unwrap();
    // The first system is still open, with its change in the write-ahead log, as after a kill.
    CaseSystem::create(&path, &district, |_| ()).await.unwrap();
    let fresh = CaseSystem::open(&path).await.unwrap();
    let before = "SELECT COUNT(*) FROM PERSON WHERE SURNAME = 'Written'";
    assert_eq!(fresh.count(before).await, 0);
    let sound: String =
        sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&fresh.pool).await.unwrap();
    assert_eq!(sound, "ok");
}
